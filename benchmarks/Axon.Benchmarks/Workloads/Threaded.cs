// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Workloads;

/// <summary>Ping-pong and the pipeline by threaded components: each has a thread of its own, and messages cross threads twice on their way.</summary>
internal static class Threaded
{
    private static readonly object s_message = new();

    public static Action PreparePingPong(int operations)
    {
        Scheduler scheduler = new();
        Player one = new(operations / 2, serves: true);
        Player other = new(operations / 2, serves: false);
        one.Link((one, "outbox"), (other, "inbox"));
        one.Link((other, "outbox"), (one, "inbox"));
        one.Activate(scheduler);
        other.Activate(scheduler);
        return () =>
        {
            scheduler.RunThreads();
            Check(operations, one.Caught + other.Caught);
        };
    }

    public static Action PreparePipeline(int stages, int operations)
    {
        Scheduler scheduler = new();
        Component previous = new Source(operations / stages).Activate(scheduler);
        Component wiring = new();
        List<Stage> row = [];
        for (int i = 0; i < stages; i++)
        {
            Stage stage = new(operations / stages);
            wiring.Link((previous, "outbox"), (stage, "inbox"), pipeWidth: 1000);
            previous = stage.Activate(scheduler);
            row.Add(stage);
        }

        return () =>
        {
            scheduler.RunThreads();
            Check(operations, row.Sum(stage => (long)stage.Passed));
        };
    }

    private static void Check(long expected, long counted)
    {
        if (counted != expected)
        {
            throw new InvalidOperationException($"Threaded components: expected {expected}, counted {counted}.");
        }
    }

    private sealed class Player(int catches, bool serves) : ThreadedComponent
    {
        public int Caught { get; private set; }

        protected override void ThreadMain()
        {
            if (serves)
            {
                Send(s_message);
            }

            for (; Caught < catches; Caught++)
            {
                Send(Recv());
            }
        }
    }

    private sealed class Source(int messages) : ThreadedComponent
    {
        protected override void ThreadMain()
        {
            for (int i = 0; i < messages; i++)
            {
                while (!TrySend(s_message))
                {
                    Pause();
                }
            }
        }
    }

    private sealed class Stage(int messages) : ThreadedComponent
    {
        public int Passed { get; private set; }

        protected override void ThreadMain()
        {
            for (; Passed < messages; Passed++)
            {
                object? message = Recv();
                while (!TrySend(message))
                {
                    Pause();
                }
            }
        }
    }
}
