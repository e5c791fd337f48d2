// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Bare;

namespace Axon.Benchmarks.Workloads;

/// <summary>A source and a row of stages that pass on what they get, ended by a shutdown message that follows the data.</summary>
internal sealed class Hop(int batch) : Workload
{
    private const int Stages = 10;

    private static readonly object s_message = new();

    public override string Name => batch == 1 ? "Hop, 1 message a step" : $"Hop, {batch} messages a step";

    public override string Unit => "hop";

    public override Action PrepareAxon(int operations)
    {
        Scheduler scheduler = new();
        Component previous = new Source(operations / Stages, batch).Activate(scheduler);
        Component wiring = new();
        Stage[] stages = new Stage[Stages];
        for (int i = 0; i < Stages; i++)
        {
            stages[i] = new Stage().Activate(scheduler);
            wiring.Link((previous, "outbox"), (stages[i], "inbox"));
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
            BareBox inbox = new(new BareProcess(scheduler));
            inbox.Reader.Start(BareStage(inbox, next, tally));
            next = inbox;
        }

        BareProcess source = new(scheduler);
        source.Start(BareSource(source, next!, operations / Stages, batch));
        return () =>
        {
            scheduler.Run();
            Check(operations, tally.Total, "hops");
        };
    }

    private static IEnumerator<int> BareSource(BareProcess self, BareBox next, int messages, int batch)
    {
        for (int sent = 0; sent < messages;)
        {
            for (int i = 0; i < batch && sent < messages; i++, sent++)
            {
                next.Push(s_message);
            }

            self.Wake();
            yield return 0;
        }

        next.Push(BareBox.End);
    }

    private static IEnumerator<int> BareStage(BareBox inbox, BareBox? next, Tally tally)
    {
        int passed = 0;
        while (true)
        {
            while (inbox.TryPop(out object? message))
            {
                next?.Push(message);
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

    private sealed class Source(int messages, int batch) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            for (int sent = 0; sent < messages;)
            {
                for (int i = 0; i < batch && sent < messages; i++, sent++)
                {
                    Send(s_message);
                }

                yield return 1;
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
                    Passed++;
                    Send(message);
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
