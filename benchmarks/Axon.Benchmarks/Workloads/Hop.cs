// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Bare;

namespace Axon.Benchmarks.Workloads;

/// <summary>A source and a row of stages that pass on what they get, ended by a shutdown message that follows the data.</summary>
/// <param name="batch">How many messages the source sends a step.</param>
/// <param name="isAsync">Whether the stages are async components; their bare loop is the same.</param>
internal sealed class Hop(int batch, bool isAsync = false) : Workload
{
    private const int Stages = 10;

    private static readonly object s_message = new();

    public override string Name => (isAsync ? "Hop, async" : "Hop") + (batch == 1 ? ", 1 message a step" : $", {batch} messages a step");

    public override string Unit => "hop";

    public override Action PrepareAxon(int operations)
    {
        Scheduler scheduler = new();
        Tally tally = new();
        Activate(scheduler, operations, batch, isAsync, tally);
        return () =>
        {
            scheduler.RunThreads();
            Check(operations, tally.Total, "hops");
        };
    }

    /// <summary>Makes such a row on a scheduler.</summary>
    public static void Activate(Scheduler scheduler, int operations, int batch, bool isAsync, Tally tally)
    {
        Component previous = new Source(operations / Stages, batch).Activate(scheduler);
        Component wiring = new();
        for (int i = 0; i < Stages; i++)
        {
            Component stage = isAsync ? new AsyncStage(tally) : new Stage(tally);
            wiring.Link((previous, "outbox"), (stage, "inbox"));
            wiring.Link((previous, "signal"), (stage, "control"));
            previous = stage.Activate(scheduler);
        }
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

    private sealed class Stage(Tally tally) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            int passed = 0;
            while (true)
            {
                while (TryRecv(out object? message))
                {
                    passed++;
                    Send(message);
                }

                if (TryRecv(out object? stop, "control"))
                {
                    tally.Total += passed;
                    Send(stop, "signal");
                    yield break;
                }

                yield return Pause();
            }
        }
    }

    private sealed class AsyncStage(Tally tally) : AsyncComponent
    {
        protected override async Task Main()
        {
            int passed = 0;
            await foreach (object? message in Inbox().Until("control"))
            {
                passed++;
                Send(message);
            }

            tally.Total += passed;
            Send(Recv("control"), "signal");
        }
    }
}
