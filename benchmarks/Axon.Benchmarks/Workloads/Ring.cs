// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Bare;

namespace Axon.Benchmarks.Workloads;

/// <summary>One token goes round a ring of components: the thread-ring benchmark. All but one of them sleep.</summary>
internal sealed class Ring(int members) : Workload
{
    public override string Name => $"Ring of {members}";

    public override string Unit => "message";

    public override Action PrepareAxon(int operations)
    {
        Scheduler scheduler = new();
        Member[] ring = new Member[members];
        for (int i = 0; i < members; i++)
        {
            ring[i] = new Member().Activate(scheduler);
        }

        Component wiring = new();
        for (int i = 0; i < members; i++)
        {
            Member next = ring[(i + 1) % members];
            wiring.Link((ring[i], "outbox"), (next, "inbox"));
            wiring.Link((ring[i], "signal"), (next, "control"));
        }

        ring[0].GetInbox().Append(new Token { Left = operations });
        return () =>
        {
            scheduler.RunThreads();
            Check(operations, ring.Sum(member => (long)member.Passed), "messages");
        };
    }

    public override Action PrepareBare(int operations)
    {
        BareScheduler scheduler = new();
        Tally tally = new();
        BareBox[] inboxes = new BareBox[members];
        for (int i = 0; i < members; i++)
        {
            inboxes[i] = new BareBox(new BareProcess(scheduler));
        }

        for (int i = 0; i < members; i++)
        {
            inboxes[i].Reader.Start(BareMember(inboxes[i], inboxes[(i + 1) % members], tally));
        }

        inboxes[0].Push(new Token { Left = operations });
        return () =>
        {
            scheduler.Run();
            Check(operations, tally.Total, "messages");
        };
    }

    private static IEnumerator<int> BareMember(BareBox inbox, BareBox next, Tally tally)
    {
        int passed = 0;
        while (true)
        {
            while (inbox.TryPop(out object? message))
            {
                if (message == BareBox.End)
                {
                    next.Push(message);
                    tally.Total += passed;
                    yield break;
                }

                passed++;
                next.Push(--((Token)message!).Left > 0 ? message : BareBox.End);
            }

            yield return 0;
        }
    }

    private sealed class Token
    {
        public int Left { get; set; }
    }

    private sealed class Member : Component
    {
        public int Passed { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                while (TryRecv<Token>(out Token? token))
                {
                    Passed++;
                    if (--token.Left > 0)
                    {
                        Send(token);
                    }
                    else
                    {
                        Send(new ProducerFinished(this), "signal");
                    }
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
