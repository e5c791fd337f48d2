// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Bare;

namespace Axon.Benchmarks.Workloads;

/// <summary>A component sends to itself and takes it out again, a hundred times a step: the price of the boxes, without the scheduler's.</summary>
internal sealed class SendAndRecv(bool byName) : Workload
{
    private const int Batch = 100;

    private static readonly object s_message = new();

    public override string Name => byName ? "SendAndRecv by name" : "SendAndRecv by resolved box";

    public override string Unit => "message";

    public override Action PrepareAxon(int operations)
    {
        Scheduler scheduler = new();
        Tally tally = new();
        Component component = byName ? new ByName(operations, tally) : new ByBox(operations, tally);
        component.Link((component, "outbox"), (component, "inbox"));
        component.Activate(scheduler);
        return () =>
        {
            scheduler.RunThreads();
            Check(operations, tally.Total, "messages");
        };
    }

    public override Action PrepareBare(int operations)
    {
        BareScheduler scheduler = new();
        Tally tally = new();
        BareProcess process = new(scheduler);
        process.Start(BareBody(new BareBox(process), operations, tally));
        return () =>
        {
            scheduler.Run();
            Check(operations, tally.Total, "messages");
        };
    }

    // It need not ask to stay awake: its own message wakes it, as it does in Axon.
    private static IEnumerator<int> BareBody(BareBox box, int messages, Tally tally)
    {
        int received = 0;
        while (received < messages)
        {
            for (int i = 0; i < Batch; i++)
            {
                box.Push(s_message);
                if (box.TryPop(out _))
                {
                    received++;
                }
            }

            yield return 0;
        }

        tally.Total += received;
    }

    private sealed class ByName(int messages, Tally tally) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            int received = 0;
            while (received < messages)
            {
                for (int i = 0; i < Batch; i++)
                {
                    Send(s_message);
                    if (TryRecv(out object? _))
                    {
                        received++;
                    }
                }

                yield return 1;
            }

            tally.Total += received;
        }
    }

    private sealed class ByBox(int messages, Tally tally) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            Postbox inbox = GetInbox();
            Postbox outbox = GetOutbox();
            int received = 0;
            while (received < messages)
            {
                for (int i = 0; i < Batch; i++)
                {
                    outbox.Append(s_message);
                    if (inbox.TryPop(out _))
                    {
                        received++;
                    }
                }

                yield return 1;
            }

            tally.Total += received;
        }
    }
}
