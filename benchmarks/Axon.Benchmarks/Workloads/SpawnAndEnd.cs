// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Bare;

namespace Axon.Benchmarks.Workloads;

/// <summary>A component makes and activates others, a hundred in a step; each takes one step and ends.</summary>
internal sealed class SpawnAndEnd : Workload
{
    private const int Brood = 100;

    public override string Name => "SpawnAndEnd";

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
                new BareProcess(self.Scheduler).Start(BareChild(tally));
            }

            self.Wake();
            yield return 0;
        }
    }

    private static IEnumerator<int> BareChild(Tally tally)
    {
        tally.Total++;
        yield break;
    }

    private sealed class Parent(int children, Tally tally) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            for (int made = 0; made < children; made += Brood)
            {
                for (int i = 0; i < Brood; i++)
                {
                    new Child(tally).Activate();
                }

                yield return 1;
            }
        }
    }

    private sealed class Child(Tally tally) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            tally.Total++;
            yield break;
        }
    }
}
