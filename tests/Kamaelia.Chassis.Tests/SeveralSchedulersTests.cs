// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Kamaelia.Chassis.Tests;

/// <summary>A chassis with children of another scheduler.</summary>
public class SeveralSchedulersTests
{
    [Fact]
    public async Task Child_WhoseSchedulerLetsGoOfItLongAfterItToldItsParents_IsNoticed()
    {
        using SchedulerGroup group = new(2);
        using ManualResetEventSlim cyclesHavePassed = new();
        Lingerer child = new(group[0], cyclesHavePassed);
        child.Activate(group[1]);
        Pipeline pipeline = new(child);
        pipeline.Activate(group[0]);

        group.Start();
        await group.Completion.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.True(child.HasLingered);
        Assert.True(pipeline.IsStopped);
    }

    /// <summary>Ends when it has a parent, and stays in its last turn until the other scheduler has gone through some cycles.</summary>
    private sealed class Lingerer(Scheduler other, ManualResetEventSlim cyclesHavePassed) : Component
    {
        public bool HasLingered { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            while (GetOutbox().Linkage is null)
            {
                yield return 1;
            }
        }

        protected override Ipc? CloseDown()
        {
            base.CloseDown();
            PassCycles(5);
            HasLingered = cyclesHavePassed.Wait(TimeSpan.FromSeconds(20));
            return null;
        }

        private void PassCycles(int count) => other.Post(() =>
        {
            if (count == 0)
            {
                cyclesHavePassed.Set();
            }
            else
            {
                PassCycles(count - 1);
            }
        });
    }
}
