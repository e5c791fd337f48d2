// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Axon.TestKit;

namespace Kamaelia.Chassis.Tests;

/// <summary>Whose crash reaches which supervisor.</summary>
public class SupervisorFamilyTests
{
    private readonly SupervisorFixture _system = new();

    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    public void Crash_InsideAChassis_TheChassisIsMadeAnewAndTheRestOfTheOldOneEnded(string crashing)
    {
        Supervisor supervisor = _system.Start(new Supervisor(() => new Pipeline(_system.Factory("A")()!, new Pipeline(_system.Factory("B")()!))));
        NamedPuppet[] before = [.. _system.Made];
        Component pipeline = Assert.Single(supervisor.ChildComponents());
        NamedPuppet crashed = _system[crashing];

        _system.Crash(crashing);

        Assert.All(before, puppet => Assert.True(puppet.IsStopped));
        Assert.True(pipeline.IsStopped);
        Assert.Equal(["A", "B", "A", "B"], _system.Made.Select(puppet => puppet.Called));
        Assert.NotSame(pipeline, Assert.Single(supervisor.ChildComponents()));
        Assert.Same(crashed, _system.Report().Component);
        Assert.Empty(_system.Uncaught);
        Assert.Equal(5, _system.System.Scheduler.ListAll().Count);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    public void Crash_InsideAChassis_WhatWaitedWhereItsInboxLedIsHandedOnAndWhatWasInsideIsLost(string crashing)
    {
        _system.Start(new Supervisor(() => new Pipeline(_system.Factory("A")()!, _system.Factory("B")()!)));
        _system.Probe.Feed(1, 2);
        _system["A"].Send("inside");

        _system[crashing].Crash(new InvalidTimeZoneException("on purpose"));
        _system.System.Cycle();
        _system.Probe.Feed(3);
        _system.System.RunUntilIdle();

        Assert.Equal([1, 2, 3], _system["A"].Inbox());
        Assert.Empty(_system["B"].Inbox());
        _system["B"].Send("out");
        Assert.Equal(["out"], _system.Probe.Collect());
    }

    [Fact]
    public void Crash_OfSeveralInsideInOneCycle_IsOneRestart()
    {
        _system.Start(new Supervisor(() => new Par(_system.Factory("A")()!, _system.Factory("B")()!)));
        _system["A"].Crash(new InvalidTimeZoneException("on purpose"));
        _system.Crash("B");

        Assert.Equal(4, _system.Made.Count);
        Assert.Equal([CrashAction.Restart, CrashAction.LetGo], _system.Reports().Select(report => report.Action));
    }

    [Fact]
    public void Crash_OfWhatAChildAdoptedItself_IsACrashOfTheChild()
    {
        _system.Start(new Supervisor(_system.Factory("A")));
        NamedPuppet parent = _system["A"];
        Puppet adopted = new();
        parent.AddChildren(adopted);
        _system.System.Start(adopted);

        adopted.Crash(new InvalidTimeZoneException("on purpose"));
        _system.System.RunUntilIdle();

        Assert.True(parent.IsStopped);
        Assert.Equal(2, _system.Made.Count);
        Assert.Same(adopted, _system.Report().Component);
    }

    [Fact]
    public void Crash_AtItsEnd_OfItsStopOrCloseDown_IsACrashToo()
    {
        Queue<Component> products = new([new FailsAtTheEnd(), new Puppet()]);
        Supervisor supervisor = _system.Start(new Supervisor(() => products.Dequeue()));

        ((Puppet)supervisor.ChildComponents()[0]).End();
        _system.System.RunUntilIdle();

        Assert.Empty(products);
        Assert.Equal("at the end", _system.Report().Exception.Message);
        Assert.Empty(_system.Uncaught);
        Assert.False(supervisor.IsStopped);
    }

    [Fact]
    public void Nested_Crash_IsTheNearestSupervisorsAlone()
    {
        Supervisor inner = new(_system.Factory("A"));
        Supervisor outer = _system.Start(new Supervisor(() => inner));
        Probe crashes = _system.Probe;

        _system.Crash("A");

        Assert.Equal(2, _system.Made.Count);
        Assert.Empty(crashes.Collect("crashes"));
        Assert.Equal([inner], outer.ChildComponents());
    }

    [Fact]
    public void Nested_InnerGivesUp_TheOuterHearsACrashAndMakesAnotherAndMessagesAreHandedOn()
    {
        List<Supervisor> inner = [];
        Supervisor outer = _system.Start(new Supervisor(() =>
        {
            inner.Add(new Supervisor(_system.Factory("A")) { Restarts = new RestartPolicy { Restarts = 1 } });
            return inner[^1];
        }));
        _system.Probe.Feed(1, 2);
        _system.Crash("A");
        Assert.Single(inner);

        _system.Crash("A");

        Assert.Equal(2, inner.Count);
        Assert.True(inner[0].IsStopped);
        Assert.Equal(3, _system.Made.Count);
        Assert.Equal([1, 2], _system["A"].Inbox());
        CrashReport report = _system.Report();
        Assert.Same(inner[0], report.Component);
        Assert.IsType<RestartLimitExceededException>(report.Exception);
        Assert.IsType<ErrorInformation>(Assert.Single(_system.Probe.Collect("signal")));
        Assert.Empty(_system.Uncaught);
        Assert.False(outer.IsStopped);
    }

    [Fact]
    public void Nested_AllGiveUp_TheCrashLeavesTheRunWithTheWholeStory()
    {
        Supervisor outer = _system.Start(
            new Supervisor(() => new Supervisor(_system.Factory("A")) { Restarts = RestartPolicy.Never }) { Restarts = RestartPolicy.Never });

        RestartLimitExceededException exception = Assert.Throws<RestartLimitExceededException>(() => _system.Crash("A"));

        Assert.Same(outer, exception.Supervisor);
        Assert.IsType<RestartLimitExceededException>(exception.InnerException);
        Assert.IsType<InvalidTimeZoneException>(exception.InnerException!.InnerException);
        Assert.Empty(_system.System.Scheduler.ListAll());
    }

    [Fact]
    public void Family_WithACircleAndNoSupervisor_CrashLeavesTheRun()
    {
        Puppet a = _system.System.Start(new Puppet());
        Puppet b = _system.System.Start(new Puppet());
        a.AddChildren(b);
        b.AddChildren(a);

        a.Crash(new InvalidTimeZoneException("on purpose"));

        Assert.Throws<InvalidTimeZoneException>(() => _system.System.RunUntilIdle());
        Assert.Equal([a], _system.Uncaught);
    }

    [Fact]
    public async Task Crash_OnAnotherScheduler_IsHeardByTheSupervisorOnItsOwn()
    {
        using SchedulerGroup group = new(2);
        List<Pipeline> made = [];
        Knocker knocker = new();
        Supervisor supervisor = new(() =>
        {
            Answerer answerer = new Answerer(crashes: made.Count == 0, knocker).Limit(1).Activate(group[1]);
            made.Add(new Pipeline(answerer));
            return made[^1];
        });
        CollectingSink sink = new();
        new Pipeline(knocker, supervisor, sink).Activate(group[0]);

        group.Start();
        await group.Completion.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(2, made.Count);
        Assert.All(made, pipeline => Assert.True(pipeline.IsStopped));
        Assert.Equal(["alive"], sink.Messages);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Crash_OnAnotherScheduler_IfTheSupervisorHasEndedMeanwhileItIsItsSchedulers(bool ends)
    {
        Scheduler elsewhere = new();
        Puppet far = new Puppet().Activate(elsewhere);
        Component[] products = [new Pipeline(far), new Pipeline(new Puppet())];
        int made = 0;
        Supervisor supervisor = _system.Start(new Supervisor(() => products[made++]));
        far.Crash(new InvalidTimeZoneException("far away"));
        Exception? left = null;

        // All of it while a cycle of the Supervisor's scheduler is under way, so that it hears of it at the end of that cycle.
        _system.System.Activate(new Actor(() =>
        {
            Thread thread = new(() => left = Record.Exception(() => elsewhere.RunThreads()));
            thread.Start();
            thread.Join();
            if (ends)
            {
                supervisor.Stop();
            }
        }));
        Exception? heard = Record.Exception(() => _system.System.RunUntilIdle());

        Assert.Null(left);
        Assert.True(far.IsStopped);
        Assert.Equal(ends, heard is InvalidTimeZoneException);
        Assert.Equal(ends ? 1 : 2, made);
    }

    [Fact]
    public void Crash_OfAThreadedComponent_IsACrashOfTheChild()
    {
        Scheduler scheduler = new();
        int made = 0;
        CollectingSink sink = new();
        Pipeline pipeline = new(new Supervisor(() => new ThreadedCrasher(crashes: ++made == 1)), sink);
        pipeline.Activate(scheduler);

        scheduler.RunThreads();

        Assert.Equal(2, made);
        Assert.Equal(["alive"], sink.Messages);
    }

    private sealed class FailsAtTheEnd : Puppet
    {
        protected override Ipc? CloseDown()
        {
            base.CloseDown();
            throw new InvalidTimeZoneException("at the end");
        }
    }

    /// <summary>Sends until somebody answers: what is sent while nobody is at home is lost on the way to another scheduler.</summary>
    private sealed class Knocker : Component
    {
        private volatile bool _answered;

        public void Answer() => _answered = true;

        protected override IEnumerator<Yield> Main()
        {
            while (!_answered)
            {
                TrySend("knock");
                yield return 1;
            }
        }
    }

    private sealed class Answerer(bool crashes, Knocker knocker) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            // Its boxes are linked from another thread, one after the other.
            while (!DataReady() || GetOutbox().Linkage is null)
            {
                yield return Pause();
            }

            if (crashes)
            {
                throw new InvalidTimeZoneException("on purpose");
            }

            Send("alive");
            knocker.Answer();
        }
    }

    private sealed class Actor(Action act) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            yield return 1;
            act();
        }
    }

    private sealed class ThreadedCrasher(bool crashes) : ThreadedComponent
    {
        protected override void ThreadMain() => Send(crashes ? throw new InvalidTimeZoneException("on purpose") : "alive");
    }
}
