// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Axon.TestKit;

namespace Kamaelia.Chassis.Tests;

/// <summary>What every chassis has to do that puts components in a row; see the classes at the end for which ones there are.</summary>
public abstract class ChassisContract
{
    [Fact]
    [Trait("Spec", "CH-GEN-01")]
    public void Nested_ThreeDeepAndLinked_PassesDataAndShutdownAndEnds()
    {
        SteppedScheduler system = new();
        CollectingSink sink = new();
        Component chassis = InARow(new ScriptedSource(1, 2, 3), InARow(InARow(new Relay()), new Relay()), sink);
        Probe probe = system.Probe(system.Activate(chassis));

        system.RunToEnd();

        Assert.Equal([1, 2, 3], sink.Messages);
        Assert.IsType<ProducerFinished>(Assert.Single(probe.Collect("signal")));
        Assert.True(chassis.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-GEN-02")]
    public void Constructor_BeforeFirstStep_ChildrenAreNeitherLinkedNorActive()
    {
        SteppedScheduler system = new();
        Puppet a = new();
        Puppet b = new();
        Component chassis = InARow(a, b);

        Assert.False(a.IsLinked || b.IsLinked);
        Assert.Empty(chassis.ChildComponents());
        system.Activate(chassis);
        system.Cycle();
        Assert.False(a.IsLinked || b.IsLinked);
        Assert.Null(a.Scheduler);

        system.Cycle();
        Assert.True(a.IsLinked && b.IsLinked);
        Assert.Same(system.Scheduler, a.Scheduler);
        Assert.Equal([a, b], chassis.ChildComponents());
    }

    [Fact]
    [Trait("Spec", "CH-GEN-03")]
    public void Child_ThatActivatesAnother_OnlyTheChildIsWaitedFor()
    {
        SteppedScheduler system = new();
        Puppet child = new();
        Component chassis = system.Start(InARow(child));
        Puppet grandchild = system.Start(new Puppet());
        child.AddChildren(grandchild);

        system.End(child);

        Assert.True(chassis.IsStopped);
        Assert.Equal([grandchild], system.Scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "CH-GEN-04")]
    public void Child_SaysProducerFinishedAndLivesOn_ChassisLivesOn()
    {
        SteppedScheduler system = new();
        Puppet child = new();
        Component chassis = system.Start(InARow(child));

        child.Send(new ProducerFinished(), "signal");
        child.Send(new ShutdownMicroprocess(), "signal");
        system.RunUntilIdle();
        Assert.False(chassis.IsStopped);

        system.End(child);
        Assert.True(chassis.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-GEN-05")]
    public void Child_Ended_ItAndItsLinkagesAreGoneAndNoOthers()
    {
        SteppedScheduler system = new();
        Puppet[] children = [new(), new(), new(), new()];
        Component chassis = system.Start(InARow(children));
        var before = chassis.Wiring().ToList();

        system.End(children[1]);

        Assert.Equal([children[0], children[2], children[3]], chassis.ChildComponents());
        Assert.False(children[1].IsLinked);
        Assert.Equal(before.Where(link => link.Item1 != children[1] && link.Item3 != children[1]), chassis.Wiring());
        Assert.NotEmpty(chassis.Wiring());
    }

    [Fact]
    [Trait("Spec", "CH-GEN-05")]
    public void Child_Ended_OnlyItsOwnLinkagesAreTouched()
    {
        SteppedScheduler system = new(TraceKinds.Link);
        Puppet[] children = [.. Enumerable.Range(0, 50).Select(_ => new Puppet())];
        system.Start(InARow(children));
        system.Trace.Name(children[20], "ended");
        system.Trace.Clear();

        system.End(children[20]);

        Assert.All(system.Trace.Lines, line => Assert.Matches(@"^unlink .*\bended\b", line));
        Assert.Equal(4, system.Trace.Lines.Count);
    }

    [Fact]
    [Trait("Spec", "CH-GEN-05")]
    public void Child_ToldToStop_KeepsItsLinkagesUntilItsLastWords()
    {
        SteppedScheduler system = new();
        LastWords child = new();
        Puppet next = new();
        Component chassis = system.Start(InARow(child, next));

        // The chassis is awake in the very cycle in which the child is stopped but has not ended.
        chassis.Unpause();
        system.Scheduler.Post(child.Stop);
        system.RunUntilIdle();

        Assert.Equal(["goodbye"], next.Inbox());
        Assert.Equal([next], chassis.ChildComponents());
    }

    [Fact]
    [Trait("Spec", "CH-GEN-06")]
    public void Idle_SleepingChildren_ChassisTakesNoStep()
    {
        SteppedScheduler system = new();
        Component chassis = system.Start(InARow(new Puppet(), InARow(new Puppet())));
        system.Trace.Clear();

        for (int i = 0; i < 1000; i++)
        {
            system.Clock.Advance(TimeSpan.FromMilliseconds(1));
            system.Cycle();
        }

        Assert.Empty(system.Trace.Lines);
        Assert.True(system.Scheduler.IsIdle);
        Assert.False(chassis.IsStopped);
    }

    [Theory]
    [InlineData("inbox")]
    [InlineData("control")]
    [Trait("Spec", "CH-GEN-07")]
    public void StrayMessage_InboxLeadsNowhere_OneStepDropsIt(string inbox)
    {
        SteppedScheduler system = new();
        Puppet first = new();
        Component chassis = system.Start(InARow(first, new Puppet()));
        Probe probe = system.Probe(chassis);
        system.End(first);
        long before = Dropped(chassis);
        system.Trace.Clear();

        probe.FeedTo(inbox, "stray", "stray", "stray");
        system.RunUntilIdle();
        system.Cycles(100);

        Assert.Equal(1, system.StepsOf(chassis));
        Assert.Equal(0, chassis.Waiting(inbox));
        Assert.Equal(before + 3, Dropped(chassis));
        Assert.False(chassis.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-GEN-08")]
    [Trait("Spec", "CH-PIPE-16")]
    public void Constructor_NullComponent_ThrowsAtOnce()
    {
        Assert.ThrowsAny<ArgumentException>(() => InARow(new Puppet(), null!));
    }

    [Fact]
    [Trait("Spec", "CH-GEN-08")]
    [Trait("Spec", "CH-PIPE-16")]
    public void Constructor_SameComponentTwice_ThrowsAtOnceAndNamesIt()
    {
        Puppet twice = new();

        ArgumentException exception = Assert.ThrowsAny<ArgumentException>(() => InARow(twice, new Puppet(), twice));

        Assert.Contains(twice.Name, exception.Message, StringComparison.Ordinal);
        Assert.False(twice.IsLinked);
    }

    [Fact]
    [Trait("Spec", "CH-GEN-08")]
    [Trait("Spec", "CH-GRAPH-13")]
    public void Constructor_ComponentLacksABox_ThrowsAtOnceAndNamesBoth()
    {
        Odd odd = new();

        ArgumentException exception = Assert.ThrowsAny<ArgumentException>(() => InARow(new Puppet(), odd));

        Assert.Contains(odd.Name, exception.Message, StringComparison.Ordinal);
        Assert.Contains("\"inbox\"", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "CH-GEN-09")]
    public void Crash_MortalScheduler_LeavesTheRunAndAFurtherRunGoesOn()
    {
        SteppedScheduler system = new();
        Puppet crashing = new();
        Puppet sibling = new();
        Component chassis = system.Start(InARow(crashing, sibling));
        InvalidTimeZoneException crash = new("on purpose");

        crashing.Crash(crash);
        Assert.Same(crash, Assert.Throws<InvalidTimeZoneException>(() => system.Scheduler.RunThreads()));

        system.RunUntilIdle();
        Assert.Equal([sibling], chassis.ChildComponents());
        Assert.False(crashing.IsLinked);
        Assert.False(chassis.IsStopped);
        Assert.False(sibling.IsStopped);

        sibling.End();
        system.Scheduler.RunThreads();
        Assert.True(chassis.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-GEN-09")]
    public void Crash_ImmortalScheduler_IsReportedAndSiblingsGoOn()
    {
        SteppedScheduler system = new(immortal: true);
        Puppet crashing = new();
        Relay sibling = new();
        Component chassis = system.Start(InARow(crashing, sibling));
        Probe probe = system.Probe(sibling);
        List<(Microprocess, Exception)> reports = [];
        system.Scheduler.ComponentCrashed += (who, what) => reports.Add((who, what));
        InvalidTimeZoneException crash = new("on purpose");

        crashing.Crash(crash);
        system.RunUntilIdle();

        Assert.Equal([(crashing, crash)], reports);
        Assert.Equal([sibling], chassis.ChildComponents());
        probe.Feed("still here");
        system.RunUntilIdle();
        Assert.False(sibling.IsStopped);
        probe.FeedTo("control", new ProducerFinished());
        system.RunToEnd();
        Assert.True(chassis.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-GEN-10")]
    public void Messages_ManyThroughThreeChildren_KeepTheirOrder()
    {
        SteppedScheduler system = new(TraceKinds.None);
        Component chassis = system.Start(InARow(new Relay(), new Relay(), new Relay()));
        Probe probe = system.Probe(chassis);
        object?[] messages = [.. Enumerable.Range(0, 500).Cast<object?>()];

        probe.Feed(messages.AsSpan(0, 200));
        system.Cycle();
        probe.Feed(messages.AsSpan(200));
        system.RunUntilIdle();

        Assert.Equal(messages, probe.Collect());
    }

    [Fact]
    [Trait("Spec", "CH-GEN-11")]
    public void BoundedChild_Full_OutsideSenderIsRefused()
    {
        SteppedScheduler system = new();
        Puppet child = new();
        child.SetInboxSize("inbox", 2);
        Component chassis = system.Start(InARow(InARow(child)));
        Probe probe = system.Probe(chassis);
        probe.Feed(1, 2);

        Assert.Throws<NoSpaceInBoxException>(() => probe.Feed(3));

        Assert.Equal(1, child.Recv());
        probe.Feed(3);
        Assert.Equal([2, 3], child.Inbox());
    }

    [Fact]
    [Trait("Spec", "CH-GEN-11")]
    [Trait("Spec", "CH-PIPE-06")]
    public void BoundedChild_MoreWaitedForTheFirstStepThanFits_AllArrivesThenTheLimitHolds()
    {
        SteppedScheduler system = new();
        Puppet child = new();
        child.SetInboxSize("inbox", 2);
        Component chassis = InARow(InARow(child));
        Probe probe = system.Probe(chassis);
        probe.Feed(1, 2, 3);

        system.Start(chassis);

        Assert.Equal(3, child.Waiting());
        Assert.Throws<NoSpaceInBoxException>(() => probe.Feed(4));
        Assert.Equal([1, 2, 3], child.Inbox());
        probe.Feed(4, 5);
        Assert.Throws<NoSpaceInBoxException>(() => probe.Feed(6));
    }

    [Fact]
    [Trait("Spec", "CH-GEN-06")]
    [Trait("Spec", "CH-PIPE-15")]
    public void Message_ThroughFiveNestedChassis_TakesTheStepsOfOne()
    {
        IReadOnlyList<string> one = StepsOfAMessage(InARow(new Relay()));
        IReadOnlyList<string> five = StepsOfAMessage(InARow(InARow(InARow(InARow(InARow(new Relay()))))));

        // The second step: somebody collected what it sent, so there might be room again.
        Assert.Equal(["step Relay", "step Relay"], one);
        Assert.Equal(one, five);
    }

    protected abstract Component InARow(params Component[] components);

    protected abstract long Dropped(Component chassis);

    private static IReadOnlyList<string> StepsOfAMessage(Component chassis)
    {
        SteppedScheduler system = new(TraceKinds.Step);
        system.Start(chassis);
        Probe probe = system.Probe(chassis);
        system.Trace.Clear();
        probe.Feed("message");
        system.RunUntilIdle();
        Assert.Equal(["message"], probe.Collect());
        system.RunUntilIdle();
        return system.Trace.Lines;
    }

    private sealed class LastWords : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                yield return Pause();
            }
        }

        protected override Ipc? CloseDown()
        {
            Send("goodbye");
            return base.CloseDown();
        }
    }
}

/// <summary>What every chassis has to do, also those that put nothing in a row: around one child.</summary>
public abstract class LoneChildContract
{
    /// <summary>Whether the end of the child is the end of the chassis.</summary>
    protected virtual bool EndsWithItsChild => true;

    /// <summary>Whether it takes the crash of its child upon itself, so that the scheduler has nothing to report.</summary>
    protected virtual bool ClaimsCrashes => false;

    [Fact]
    [Trait("Spec", "CH-GEN-01")]
    public void Nested_InItselfAndInAPipeline_PassesDataAndEnds()
    {
        SteppedScheduler system = new();
        Puppet child = new();
        Component chassis = Around(Around(child));
        CollectingSink sink = new();
        Component pipeline = system.Start(new Pipeline(chassis, sink));

        child.Send(1);
        system.RunUntilIdle();
        Assert.Equal([1], sink.Messages);

        system.Probe(pipeline).FeedTo("control", new ShutdownMicroprocess());
        system.RunUntilIdle();
        child.Send(child.Recv("control"), "signal");
        system.End(child);
        Assert.True(pipeline.IsStopped);
        Assert.Empty(system.Scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "CH-GEN-02")]
    public void Constructor_BeforeFirstStep_ChildIsNeitherLinkedNorActive()
    {
        SteppedScheduler system = new();
        Puppet child = new();
        Component chassis = Around(child);
        Assert.False(child.IsLinked);
        Assert.Null(child.Scheduler);

        system.Start(chassis);

        Assert.True(child.IsLinked);
        Assert.Equal([child], chassis.ChildComponents());
    }

    [Fact]
    [Trait("Spec", "CH-GEN-03")]
    [Trait("Spec", "CH-GEN-04")]
    [Trait("Spec", "CH-GEN-05")]
    public void Child_SaysItHasFinished_OnlyItsEndCountsAndItIsLetGo()
    {
        SteppedScheduler system = new();
        Puppet child = new();
        Component chassis = system.Start(Around(child));
        child.AddChildren(system.Start(new Puppet()));

        child.Send(new ProducerFinished(), "signal");
        system.RunUntilIdle();
        Assert.Equal([child], chassis.ChildComponents());
        system.End(child);

        Assert.Empty(chassis.ChildComponents());
        Assert.Empty(chassis.Wiring());
        Assert.False(child.IsLinked);
        Assert.Equal(EndsWithItsChild, chassis.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-GEN-06")]
    [Trait("Spec", "CH-GEN-07")]
    public void Idle_AlsoAfterStrayMessages_ChassisTakesNoStep()
    {
        SteppedScheduler system = new();
        Component chassis = system.Start(Around(new Puppet()));
        Probe probe = system.Probe(chassis);
        probe.FeedTo("control", "stray", "stray");
        probe.FeedTo("inbox", "data");
        system.RunUntilIdle();
        system.Trace.Clear();

        for (int i = 0; i < 1000; i++)
        {
            system.Clock.Advance(TimeSpan.FromMilliseconds(1));
            system.Cycle();
        }

        Assert.Empty(system.Trace.Lines);
        Assert.False(chassis.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-GEN-09")]
    public void Crash_ImmortalScheduler_CountsAsTheEndOfTheChild()
    {
        SteppedScheduler system = new(immortal: true);
        Puppet child = new();
        Component chassis = system.Start(Around(child));
        List<Microprocess> reports = [];
        system.Scheduler.ComponentCrashed += (who, _) => reports.Add(who);

        child.Crash(new InvalidTimeZoneException("on purpose"));
        system.RunUntilIdle();

        Assert.Equal(ClaimsCrashes ? [] : [child], reports);
        Assert.Empty(chassis.ChildComponents());
        Assert.Equal(EndsWithItsChild, chassis.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-GEN-10")]
    [Trait("Spec", "CH-GEN-06")]
    public void Output_ManyMessages_KeepTheirOrderAndCostTheChassisNoStep()
    {
        SteppedScheduler system = new(TraceKinds.Step);
        Puppet child = new();
        Component chassis = system.Start(Around(child));
        Probe probe = system.Probe(chassis);
        object?[] messages = [.. Enumerable.Range(0, 500).Cast<object?>()];
        system.Trace.Clear();

        foreach (object? message in messages)
        {
            child.Send(message);
        }

        Assert.Equal(messages, probe.Collect());
        system.RunUntilIdle();
        Assert.Equal(0, system.StepsOf(chassis));
    }

    protected abstract Component Around(Component child);
}

/// <summary>What every chassis has to do that gives its child its own inbox.</summary>
public abstract class LoneChildInboxContract : LoneChildContract
{
    [Fact]
    [Trait("Spec", "CH-GEN-11")]
    public void BoundedChild_Full_OutsideSenderIsRefused()
    {
        SteppedScheduler system = new();
        Puppet child = new();
        Probe probe = system.Probe(system.Start(Around(Around(child.Limit(2)))));
        probe.Feed(1, 2);

        Assert.Throws<NoSpaceInBoxException>(() => probe.Feed(3));

        Assert.Equal(1, child.Recv());
        probe.Feed(3);
        Assert.Equal([2, 3], child.Inbox());
    }
}

public class PipelineAroundOneTests : LoneChildInboxContract
{
    protected override Component Around(Component child) => new Pipeline(child);
}

public class SeqAroundOneTests : LoneChildInboxContract
{
    protected override Component Around(Component child) => new Seq(child);
}

public class CarouselAroundOneTests : LoneChildInboxContract
{
    protected override bool EndsWithItsChild => false;

    protected override Component Around(Component child) => Row.Carousel(child);
}

public class SupervisorAroundOneTests : LoneChildInboxContract
{
    protected override bool ClaimsCrashes => true;

    protected override Component Around(Component child) => new Supervisor(() => child, Restart.Temporary);
}

public class ParAroundOneTests : LoneChildContract
{
    protected override Component Around(Component child) => new Par(child);
}

public class PipelineAsChassisTests : ChassisContract
{
    protected override Component InARow(params Component[] components) => Row.Pipeline(components);

    protected override long Dropped(Component chassis) => ((Pipeline)chassis).DroppedMessages;
}

public class GraphlineAsChassisTests : ChassisContract
{
    protected override Component InARow(params Component[] components) => Row.Graphline(components);

    protected override long Dropped(Component chassis) => ((Graphline)chassis).DroppedMessages;
}
