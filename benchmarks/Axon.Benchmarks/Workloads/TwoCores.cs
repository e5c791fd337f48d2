// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Workloads;

/// <summary>Two pipelines that have nothing to do with each other, on two threads; and one message after the other from one thread to another.</summary>
internal static class TwoCores
{
    public static Action PrepareBarePipelines(int batch, int operations)
    {
        Hop hop = new(batch);
        Action[] runs = [hop.PrepareBare(operations / 2), hop.PrepareBare(operations / 2)];
        return () => Parallel(runs);
    }

    public static Action PrepareAxonPipelines(int batch, int operations)
    {
        SchedulerGroup group = new(2);
        Tally[] tallies = [new(), new()];
        for (int i = 0; i < 2; i++)
        {
            Hop.Activate(group[i], operations / 2, batch, isAsync: false, tallies[i]);
        }

        return () =>
        {
            group.Run();
            group.Dispose();
            long total = tallies.Sum(tally => tally.Total);
            if (total != operations)
            {
                throw new InvalidOperationException($"Expected {operations}, counted {total}.");
            }
        };
    }

    /// <summary>A source on one scheduler of a group, a counter on the other; at most so many messages under way.</summary>
    public static Action PrepareCrossing(int limit, int operations)
    {
        Source source = new(operations);
        Counter counter = new(operations);
        source.Link((source, "outbox"), (counter, "inbox"), pipeWidth: limit);
        return () =>
        {
            using SchedulerGroup group = new(2);
            group.Activate(source, counter);
            group.Run();
            if (counter.Received != operations)
            {
                throw new InvalidOperationException($"Expected {operations}, counted {counter.Received}.");
            }
        };
    }

    private static void Parallel(Action[] runs)
    {
        Thread other = new(() => runs[1]()) { IsBackground = true };
        other.Start();
        runs[0]();
        other.Join();
    }

    private sealed class Source(int messages) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            object message = new();
            for (int i = 0; i < messages; i++)
            {
                while (!TrySend(message))
                {
                    yield return Pause();
                }
            }
        }
    }

    private sealed class Counter(int messages) : Component
    {
        public int Received { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                while (TryRecv(out object? _))
                {
                    Received++;
                }

                if (Received == messages)
                {
                    yield break;
                }

                yield return Pause();
            }
        }
    }
}
