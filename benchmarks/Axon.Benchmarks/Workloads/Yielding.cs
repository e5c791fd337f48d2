// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Bare;

namespace Axon.Benchmarks.Workloads;

/// <summary>Components that do nothing but yield.</summary>
internal sealed class Yielding(int components) : Workload
{
    public override string Name => components == 1 ? "Yield, 1 component" : $"Yield, {components} components";

    public override string Unit => "step";

    public override Action PrepareAxon(int operations)
    {
        Scheduler scheduler = new();
        Yielder[] yielders = new Yielder[components];
        for (int i = 0; i < components; i++)
        {
            yielders[i] = new Yielder(operations / components).Activate(scheduler);
        }

        return () =>
        {
            scheduler.RunThreads();
            Check(operations, yielders.Sum(yielder => (long)yielder.Steps), "steps");
        };
    }

    public override Action PrepareBare(int operations)
    {
        BareScheduler scheduler = new();
        Tally tally = new();
        for (int i = 0; i < components; i++)
        {
            BareProcess process = new(scheduler);
            process.Start(BareYielder(process, operations / components, tally));
        }

        return () =>
        {
            scheduler.Run();
            Check(operations, tally.Total, "steps");
        };
    }

    private static IEnumerator<int> BareYielder(BareProcess self, int steps, Tally tally)
    {
        int done = 0;
        for (; done < steps; done++)
        {
            self.Wake();
            yield return 0;
        }

        tally.Total += done;
    }

    private sealed class Yielder(int steps) : Component
    {
        public int Steps { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            for (; Steps < steps; Steps++)
            {
                yield return 1;
            }
        }
    }
}
