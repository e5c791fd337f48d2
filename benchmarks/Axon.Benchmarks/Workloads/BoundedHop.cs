// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Bare;

namespace Axon.Benchmarks.Workloads;

/// <summary>As <see cref="Hop"/>, but each inbox holds so many messages at most, and whoever finds it full waits for room.</summary>
internal sealed class BoundedHop(int limit) : Workload
{
    private const int Stages = 10;

    private static readonly object s_message = new();

    public override string Name => $"Hop, inboxes limited to {limit}";

    public override string Unit => "hop";

    public override Action PrepareAxon(int operations)
    {
        Scheduler scheduler = new();
        Component previous = new Source(operations / Stages).Activate(scheduler);
        Component wiring = new();
        Stage[] stages = new Stage[Stages];
        for (int i = 0; i < Stages; i++)
        {
            stages[i] = new Stage().Activate(scheduler);
            wiring.Link((previous, "outbox"), (stages[i], "inbox"), pipeWidth: limit);
            wiring.Link((previous, "signal"), (stages[i], "control"));
            previous = stages[i];
        }

        return () =>
        {
            scheduler.RunThreads();
            Check(operations, stages.Sum(stage => (long)stage.Passed), "hops");
            Check(operations / Stages, stages[^1].Passed, "messages at the end");
        };
    }

    public override Action PrepareBare(int operations)
    {
        BareScheduler scheduler = new();
        Tally tally = new();
        BareBox? next = null;
        for (int i = 0; i < Stages; i++)
        {
            BareBox inbox = new(new BareProcess(scheduler), limit);
            inbox.Reader.Start(BareStage(inbox, next, tally));
            next = inbox;
        }

        BareProcess source = new(scheduler);
        source.Start(BareSource(source, next!, operations / Stages));
        return () =>
        {
            scheduler.Run();
            Check(operations, tally.Total, "hops");
        };
    }

    private static IEnumerator<int> BareSource(BareProcess self, BareBox next, int messages)
    {
        for (int sent = 0; sent <= messages; sent++)
        {
            object message = sent < messages ? s_message : BareBox.End;
            while (!next.TryPush(message, self))
            {
                yield return 0;
            }
        }
    }

    private static IEnumerator<int> BareStage(BareBox inbox, BareBox? next, Tally tally)
    {
        int passed = 0;
        while (true)
        {
            while (inbox.TryPop(out object? message))
            {
                while (next?.TryPush(message, inbox.Reader) == false)
                {
                    yield return 0;
                }

                if (message == BareBox.End)
                {
                    tally.Total += passed;
                    yield break;
                }

                passed++;
            }

            yield return 0;
        }
    }

    private sealed class Source(int messages) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            for (int sent = 0; sent < messages; sent++)
            {
                while (!TrySend(s_message))
                {
                    yield return Pause();
                }
            }

            Send(new ProducerFinished(this), "signal");
        }
    }

    private sealed class Stage : Component
    {
        public int Passed { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                while (TryRecv(out object? message))
                {
                    while (!TrySend(message))
                    {
                        yield return Pause();
                    }

                    Passed++;
                }

                if (TryRecv(out object? stop, "control"))
                {
                    Send(stop, "signal");
                    yield break;
                }

                yield return Pause();
            }
        }
    }
}
