// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Runtime.CompilerServices;
using Axon;

namespace Kamaelia.Chassis.Tests;

/// <summary>Memory is counted for the whole process, so these run while no other test does.</summary>
[CollectionDefinition(nameof(CostTests), DisableParallelization = true)]
public class CostTestsCollection;

[Collection(nameof(CostTests))]
public class CostTests
{
    [Theory]
    [InlineData(nameof(Row.Pipeline))]
    [InlineData(nameof(Row.Graphline))]
    [InlineData(nameof(Row.Carousel))]
    [InlineData(nameof(Row.Par))]
    [InlineData(nameof(Row.Seq))]
    [InlineData(nameof(Row.Supervisor))]
    [Trait("Spec", "CH-GEN-06")]
    public void Messages_ThroughNestedChassis_AllocateNothing(string chassis)
    {
        const int Messages = 20_000;
        Scheduler scheduler = new();
        Counter counter = new();
        InARow(chassis, new Fountain(), InARow(chassis, InARow(chassis, new Relay()), new Relay()), counter).Activate(scheduler);
        RunCycles(scheduler, 1000);
        int before = counter.Count;
        long bytes = GC.GetAllocatedBytesForCurrentThread();

        RunCycles(scheduler, Messages);

        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        Assert.InRange(counter.Count - before, Messages - 1, Messages + 1);
        Assert.True(bytes < Messages / 10, $"{Messages} messages allocated {bytes} bytes.");
    }

    // A Par is not here: it takes a step for what it shares out.
    [Theory]
    [InlineData(nameof(Row.Pipeline))]
    [InlineData(nameof(Row.Graphline))]
    [InlineData(nameof(Row.Carousel))]
    [InlineData(nameof(Row.Seq))]
    [InlineData(nameof(Row.Supervisor))]
    [Trait("Spec", "CH-GEN-06")]
    public void Messages_ThroughFiveNestedChassis_TakeTheStepsAndBytesOfOne(string chassis)
    {
        const int Messages = 20_000;
        (long stepsOfNone, _) = CostOf(chassis, nested: 0, Messages);
        (long stepsOfOne, long bytesOfOne) = CostOf(chassis, nested: 1, Messages);
        (long stepsOfFive, long bytesOfFive) = CostOf(chassis, nested: 5, Messages);

        Assert.Equal(stepsOfNone, stepsOfOne);
        Assert.Equal(stepsOfOne, stepsOfFive);
        Assert.True(bytesOfOne < Messages / 100 && bytesOfFive < Messages / 100, $"{Messages} messages took {bytesOfOne} and {bytesOfFive} bytes.");
    }

    [Theory]
    [InlineData(nameof(Row.Pipeline))]
    [InlineData(nameof(Row.Graphline))]
    [InlineData(nameof(Row.Carousel))]
    [InlineData(nameof(Row.Par))]
    [InlineData(nameof(Row.Seq))]
    [InlineData(nameof(Row.Supervisor))]
    [Trait("Spec", "CH-GEN-05")]
    public void BuiltAndEnded_ManyTimes_LeavesNothingBehind(string chassis)
    {
        const int Rounds = 1000;
        Scheduler scheduler = new();
        BuildAndEnd(chassis, scheduler, 10);

        // The least of three: what the test runner itself keeps meanwhile does not come every time, a leak does.
        long grown = long.MaxValue;
        for (int attempt = 0; attempt < 3; attempt++)
        {
            long before = GC.GetTotalMemory(forceFullCollection: true);
            BuildAndEnd(chassis, scheduler, Rounds);
            grown = Math.Min(grown, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        Assert.True(grown < Rounds * 20, $"{Rounds} rounds left {grown} bytes.");
        Assert.Empty(scheduler.ListAll());
    }

    [Theory]
    [InlineData(nameof(Row.Pipeline))]
    [InlineData(nameof(Row.Graphline))]
    [InlineData(nameof(Row.Carousel))]
    [InlineData(nameof(Row.Par))]
    [InlineData(nameof(Row.Seq))]
    [InlineData(nameof(Row.Supervisor))]
    [Trait("Spec", "CH-GEN-05")]
    public void Ended_SchedulerLivesOn_ChassisAndChildrenAreCollected(string chassis)
    {
        Scheduler scheduler = new();

        (WeakReference row, WeakReference child) = BuildAndEnd(chassis, scheduler, 3);
        GC.Collect();

        Assert.False(row.IsAlive);
        Assert.False(child.IsAlive);
        GC.KeepAlive(scheduler);
    }

    [Fact]
    [Trait("Spec", "CH-GEN-05")]
    public void Pipeline_BuiltAndEnded100000Times_LeavesNoMemoryLinkageOrRegistration()
    {
        const int Rounds = 100_000;
        Scheduler scheduler = new();
        BuildAndEnd(nameof(Row.Pipeline), scheduler, 1000);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        BuildAndEnd(nameof(Row.Pipeline), scheduler, Rounds);

        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < Rounds, $"{Rounds} rounds left {grown} bytes.");
        Assert.Empty(scheduler.ListAll());
    }

    private static (long Steps, long Bytes) CostOf(string chassis, int nested, int messages)
    {
        StepCounter steps = new();
        Scheduler scheduler = new(new SchedulerOptions { Listener = steps });
        Counter counter = new();
        Component middle = new Relay();
        for (int i = 0; i < nested; i++)
        {
            middle = InARow(chassis, middle);
        }

        Row.Pipeline(new Fountain(), middle, counter).Activate(scheduler);
        RunCycles(scheduler, 1000);
        int before = counter.Count;
        steps.Count = 0;
        long bytes = GC.GetAllocatedBytesForCurrentThread();

        RunCycles(scheduler, messages);

        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        Assert.Equal(messages, counter.Count - before);
        return (steps.Count, bytes);
    }

    private static Component InARow(string chassis, params Component[] components) => chassis switch
    {
        nameof(Row.Carousel) => Row.Carousel(components),
        nameof(Row.Par) => Row.Par(components),
        nameof(Row.Seq) => Row.Seq(components),
        nameof(Row.Supervisor) => Row.Supervisor(components),
        nameof(Row.Graphline) => Row.Graphline(components),
        _ => Row.Pipeline(components),
    };

    private static void RunCycles(Scheduler scheduler, int count)
    {
        for (int i = 0; i < count; i++)
        {
            scheduler.RunCycle();
        }
    }

    // In a method of its own, so that no variable of the test keeps anything alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Row, WeakReference Child) BuildAndEnd(string chassis, Scheduler scheduler, int rounds)
    {
        WeakReference ended = new(null);
        WeakReference child = new(null);
        for (int i = 0; i < rounds; i++)
        {
            Component[] relays = [.. Enumerable.Range(0, 10).Select(_ => new Relay())];
            Component row = InARow(chassis, relays);
            Puppet outside = new();
            outside.Link((outside, "signal"), (row, "control"));
            outside.Send(new ShutdownMicroprocess(), "signal");
            row.Activate(scheduler);
            scheduler.RunThreads();
            Assert.True(row.IsStopped);
            Assert.Equal(0, row.Postoffice.Count);
            ended.Target = row;
            child.Target = relays[5];
        }

        return (ended, child);
    }

    private sealed class StepCounter : SchedulerListener
    {
        public long Count { get; set; }

        public override void Stepped(Microprocess process) => Count++;
    }
}
