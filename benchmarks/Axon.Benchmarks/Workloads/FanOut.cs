// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Bare;

namespace Axon.Benchmarks.Workloads;

/// <summary>One component sends each message to many, through an outbox for each; a message a step.</summary>
internal sealed class FanOut(int receivers) : Workload
{
    private static readonly object s_message = new();

    public override string Name => $"FanOut to {receivers}";

    public override string Unit => "delivery";

    public override Action PrepareAxon(int operations)
    {
        Scheduler scheduler = new();
        Tally tally = new();
        Source source = new(receivers, operations / receivers);
        foreach (string outbox in source.Outboxes)
        {
            Receiver receiver = new Receiver(operations / receivers, tally).Activate(scheduler);
            source.Link((source, outbox), (receiver, "inbox"));
        }

        source.Activate(scheduler);
        return () =>
        {
            scheduler.RunThreads();
            Check(operations, tally.Total, "deliveries");
        };
    }

    public override Action PrepareBare(int operations)
    {
        BareScheduler scheduler = new();
        Tally tally = new();
        BareBox[] inboxes = new BareBox[receivers];
        for (int i = 0; i < receivers; i++)
        {
            inboxes[i] = new BareBox(new BareProcess(scheduler));
            inboxes[i].Reader.Start(BareReceiver(inboxes[i], operations / receivers, tally));
        }

        BareProcess source = new(scheduler);
        source.Start(BareSource(source, inboxes, operations / receivers));
        return () =>
        {
            scheduler.Run();
            Check(operations, tally.Total, "deliveries");
        };
    }

    private static IEnumerator<int> BareSource(BareProcess self, BareBox[] inboxes, int messages)
    {
        for (int sent = 0; sent < messages; sent++)
        {
            foreach (BareBox inbox in inboxes)
            {
                inbox.Push(s_message);
            }

            self.Wake();
            yield return 0;
        }
    }

    private static IEnumerator<int> BareReceiver(BareBox inbox, int messages, Tally tally)
    {
        int received = 0;
        while (true)
        {
            while (inbox.TryPop(out _))
            {
                received++;
            }

            if (received == messages)
            {
                tally.Total += received;
                yield break;
            }

            yield return 0;
        }
    }

    private sealed class Source : AdaptiveCommsComponent
    {
        private readonly int _messages;

        public Source(int receivers, int messages)
        {
            _messages = messages;
            Outboxes = [.. Enumerable.Range(0, receivers).Select(_ => AddOutbox("copy"))];
        }

        public IReadOnlyList<string> Outboxes { get; }

        protected override IEnumerator<Yield> Main()
        {
            Postbox[] outboxes = [.. Outboxes.Select(GetOutbox)];
            for (int sent = 0; sent < _messages; sent++)
            {
                foreach (Postbox outbox in outboxes)
                {
                    outbox.Append(s_message);
                }

                yield return 1;
            }
        }
    }

    private sealed class Receiver(int messages, Tally tally) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            int received = 0;
            while (true)
            {
                while (TryRecv(out object? _))
                {
                    received++;
                }

                if (received == messages)
                {
                    tally.Total += received;
                    yield break;
                }

                yield return Pause();
            }
        }
    }
}
