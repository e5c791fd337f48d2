// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>The one thing that tests cannot have for themselves: these run alone and put it back.</summary>
[CollectionDefinition(nameof(Scheduler.Default), DisableParallelization = true)]
public class DefaultSchedulerCollection;

[Collection(nameof(Scheduler.Default))]
public sealed class DefaultSchedulerTests : IDisposable
{
    private readonly Scheduler _before = Scheduler.Default;

    public void Dispose() => Scheduler.Default = _before;

    [Fact]
    [Trait("Spec", "AX-SCH-92")]
    public void Default_WithoutAnySetUp_IsThere()
    {
        Assert.NotNull(_before);
        Assert.Same(_before, Scheduler.Default);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-92")]
    public void Constructor_OfAnotherScheduler_LeavesTheDefaultAlone()
    {
        _ = new Scheduler();

        Assert.Same(_before, Scheduler.Default);
    }

    [Fact]
    public void Default_SetToNull_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => Scheduler.Default = null!);
        Assert.Same(_before, Scheduler.Default);
    }

    [Fact]
    [Trait("Spec", "AX-MP-05")]
    [Trait("Spec", "AX-SCH-86")]
    public void Activate_WithoutArgumentOutsideOfAStep_UsesTheDefault()
    {
        SteppedScheduler system = new(TraceKinds.Activate | TraceKinds.End);
        Scheduler.Default = system.Scheduler;
        Actor actor = system.Make("A", Bodies.Empty).Activate();

        system.RunToEnd();

        Assert.True(actor.IsStopped);
        system.Trace.Expect(
            """
            activate A
            end A
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-86")]
    public void Activate_WithoutArgumentInsideAStepOfAnother_DoesNotUseTheDefault()
    {
        SteppedScheduler system = new(TraceKinds.None);
        SteppedScheduler other = new(TraceKinds.All);
        Scheduler.Default = other.Scheduler;
        Actor child = new(Bodies.Empty);
        system.Start("A", Bodies.Script(_ => child.Activate()));

        system.RunToEnd();
        other.Cycles(2);

        Assert.True(child.IsStopped);
        other.Trace.Expect("");
    }

    [Fact]
    [Trait("Spec", "AX-MP-22")]
    public void Run_OfOneNeverActivated_RunsItOnTheDefault()
    {
        Scheduler.Default = new Scheduler();
        Scheduler? ranOn = null;
        Actor actor = new(Bodies.Script(self => ranOn = self.Scheduler));

        actor.Run();

        Assert.Same(Scheduler.Default, ranOn);
        Assert.True(actor.IsStopped);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-55")]
    public void ImmortaliseAndMortalise_Always_ActOnTheDefault()
    {
        Scheduler other = new();
        Scheduler.Default = new Scheduler();

        List<bool> immortal = [Scheduler.Default.Immortal];
        Scheduler.Immortalise();
        immortal.AddRange([Scheduler.Default.Immortal, other.Immortal]);
        Scheduler.Mortalise();
        immortal.Add(Scheduler.Default.Immortal);

        Assert.Equal([false, true, false, false], immortal);
    }
}
