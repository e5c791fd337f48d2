// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Bare;

namespace Axon.Benchmarks.Workloads;

/// <summary>A component makes and activates others, a hundred in a step; each takes a message out of its inbox and ends.</summary>
internal sealed class SpawnUseAndEnd : Workload
{
    private const int Brood = 100;

    private static readonly object s_message = new();

    public override string Name => "SpawnUseAndEnd";

    public override string Unit => "component";

    public override Action PrepareAxon(int operations)
    {
        Scheduler scheduler = new();
        Tally tally = new();
        new Parent(operations, tally).Activate(scheduler);
        return () =>
        {
            scheduler.RunThreads();
            Check(operations, tally.Total, "children");
        };
    }

    public override Action PrepareBare(int operations)
    {
        BareScheduler scheduler = new();
        Tally tally = new();
        BareProcess parent = new(scheduler);
        parent.Start(BareParent(parent, operations, tally));
        return () =>
        {
            scheduler.Run();
            Check(operations, tally.Total, "children");
        };
    }

    private static IEnumerator<int> BareParent(BareProcess self, int children, Tally tally)
    {
        for (int made = 0; made < children; made += Brood)
        {
            for (int i = 0; i < Brood; i++)
            {
                BareBox inbox = new(new BareProcess(self.Scheduler));
                inbox.Reader.Body = BareChild(inbox, tally);
                inbox.Push(s_message);
            }

            self.Wake();
            yield return 0;
        }
    }

    private static IEnumerator<int> BareChild(BareBox inbox, Tally tally)
    {
        object? message;
        while (!inbox.TryPop(out message))
        {
            yield return 0;
        }

        tally.Total += message == s_message ? 1 : 0;
    }

    private sealed class Parent(int children, Tally tally) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            for (int made = 0; made < children; made += Brood)
            {
                for (int i = 0; i < Brood; i++)
                {
                    new Child(tally).Activate().GetInbox().Append(s_message);
                }

                yield return 1;
            }
        }
    }

    private sealed class Child(Tally tally) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            object? message;
            while (!TryRecv(out message))
            {
                yield return Pause();
            }

            tally.Total += message == s_message ? 1 : 0;
        }
    }
}
