// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

public class SchedulerRunTests
{
    [Fact]
    [Trait("Spec", "AX-SCH-25")]
    public void RunThreads_NothingActivated_ReturnsAtOnce()
    {
        using CountingParker parker = new();
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker });

        scheduler.RunThreads();

        Assert.Empty(parker.Timeouts);
        Assert.False(scheduler.RunCycle());
    }

    [Fact]
    [Trait("Spec", "AX-SCH-25")]
    public void Main_NothingActivated_EndsInItsFirstStep()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Activate(new Scheduler(), "inner");

        system.Cycles(2);

        system.Trace.Expect(
            """
            activate inner
            step inner
            end inner
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-26")]
    public void RunThreads_SeveralMicroprocesses_ReturnsWhenAllHaveEndedAndWereStopped()
    {
        Trace trace = new(TraceKinds.Scheduling);
        Scheduler scheduler = new(new SchedulerOptions { Listener = trace });
        foreach ((string name, int steps) in (ReadOnlySpan<(string, int)>)[("A", 2), ("B", 0), ("C", 1)])
        {
            Actor actor = new(Bodies.Steps(steps));
            trace.Name(actor, name);
            actor.NoteEnd(trace).Activate(scheduler);
        }

        scheduler.RunThreads();

        Assert.Empty(scheduler.ListAll());
        trace.Expect(
            """
            activate A
            activate B
            activate C
            step A
            step B
            stop B
            closedown B
            end B
            step C
            step A
            step C
            stop C
            closedown C
            end C
            step A
            stop A
            closedown A
            end A
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-26")]
    public void RunCycle_UntilTheEnd_TellsWhetherAnybodyIsLeft()
    {
        SteppedScheduler system = new();
        system.Start("A", Bodies.Steps(1));
        Actor sleeper = system.Start("T", Bodies.Script(self => self.Pause()));

        bool[] left = [system.Cycle(), system.Cycle(), system.Cycle(), system.Cycle()];
        sleeper.Unpause();
        bool[] after = [system.Cycle(), system.Cycle()];

        // A sleeper is somebody.
        Assert.Equal([true, true, true, true], left);
        Assert.Equal([true, false], after);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-27")]
    public void RunThreads_CalledAgain_RunsWhatWasActivatedSince()
    {
        Scheduler scheduler = new();
        List<int> ran = [];
        for (int run = 0; run < 3; run++)
        {
            int number = run;
            new Actor(Bodies.Script(_ => ran.Add(number), _ => ran.Add(number))).Activate(scheduler);
            scheduler.RunThreads();
        }

        Assert.Equal([0, 0, 1, 1, 2, 2], ran);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-28")]
    public void RunThreads_EverybodyAsleep_ParksOnceWithoutLimitAndStepsNobody()
    {
        using CountingParker parker = new();
        Trace trace = new(TraceKinds.Scheduling);
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker, Listener = trace });
        foreach (string name in (string[])["A", "B"])
        {
            Actor actor = new(Bodies.Asleep);
            trace.Name(actor, name);
            actor.Activate(scheduler);
        }

        using SchedulerThread run = new(scheduler);
        parker.AwaitPark();

        // The scheduler's thread is inside of Park and stays there, so nothing below can change any more.
        Assert.False(run.HasEnded);
        Assert.Equal([Timeout.InfiniteTimeSpan], parker.Timeouts);
        trace.Expect(
            """
            activate A
            activate B
            step A
            step B
            pause A
            pause B
            """);

        scheduler.Stop();
        run.Join();
        Assert.Single(parker.Timeouts);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-29")]
    public void RunCycle_EverybodyAsleep_NeverParks()
    {
        using CountingParker parker = new();
        SteppedScheduler system = new(options: new SchedulerOptions { Parker = parker });
        system.Start("A", Bodies.Asleep);
        system.Start("B", Bodies.Each(self => self.Sleep(TimeSpan.FromHours(1))));

        system.Cycles(10);

        Assert.True(system.Scheduler.IsIdle);
        Assert.Empty(parker.Timeouts);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-29")]
    [Trait("Spec", "AX-SCH-34")]
    public void Main_EverybodyInsideAsleep_NeverParks()
    {
        using CountingParker parker = new();
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Scheduler inner = new(new SchedulerOptions { Parker = parker });
        Actor sleeper = new Actor(Bodies.Asleep).Activate(inner);
        system.Activate(inner, "inner");

        system.Cycles(10);

        Assert.True(inner.IsPaused(sleeper));
        Assert.Empty(parker.Timeouts);
        system.Trace.Expect(
            """
            activate inner
            step inner
            step inner
            pause inner
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-30")]
    public void RunThreads_SlowMotion_DelaysOnceBeforeEachCycle()
    {
        VirtualClock clock = new();
        JumpingParker parker = new(clock);
        Trace trace = new(TraceKinds.Scheduling);
        Scheduler scheduler = new(new SchedulerOptions { Clock = clock, Parker = parker, Listener = trace });
        foreach (string name in (string[])["A", "B"])
        {
            Actor actor = new(Bodies.Script(_ => NoteTime(), _ => NoteTime()));
            trace.Name(actor, name);
            actor.Activate(scheduler);
        }

        scheduler.RunThreads(TimeSpan.FromSeconds(2));

        // The first cycle only accepts them. Nobody is stepped before the first delay; then one delay a cycle.
        trace.Expect(
            """
            activate A
            activate B
            step A
            at 4 s
            step B
            at 4 s
            step A
            at 6 s
            step B
            at 6 s
            step A
            end A
            step B
            end B
            """);
        Assert.Equal(Enumerable.Repeat(TimeSpan.FromSeconds(2), 4), parker.Timeouts);

        void NoteTime() => trace.Note($"at {clock.Elapsed.TotalSeconds} s");
    }

    [Fact]
    [Trait("Spec", "AX-SCH-30")]
    [Trait("Spec", "AX-SCH-42")]
    public void Stop_DuringTheDelayOfSlowMotion_EndsTheRunWithoutWaitingForIt()
    {
        VirtualClock clock = new();
        using CountingParker parker = new();
        Scheduler scheduler = new(new SchedulerOptions { Clock = clock, Parker = parker });
        int steps = 0;
        new Actor(Bodies.Each(_ => steps++)).Activate(scheduler);

        Thread runner = new(() => scheduler.RunThreads(TimeSpan.FromDays(1))) { IsBackground = true };
        runner.Start();
        parker.AwaitPark();
        scheduler.Stop();

        Assert.True(runner.Join(Patience.Limit));
        Assert.Equal(0, steps);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-31")]
    public void Time_WithinACycle_StandsStillAndAdvancesBetweenCycles()
    {
        SteppedScheduler system = new();
        List<(string Who, double Seconds)> seen = [];
        system.Start("A", Bodies.Each(_ =>
        {
            See("A");
            system.Clock.Advance(TimeSpan.FromSeconds(1));
            See("A");
        }));
        system.Start("B", Bodies.Each(_ => See("B")));

        system.Cycles(3);

        Assert.Equal([("A", 0.0), ("A", 0.0), ("B", 0.0), ("A", 1.0), ("A", 1.0), ("B", 1.0)], seen);

        void See(string who) => seen.Add((who, system.Scheduler.Time.TotalSeconds));
    }

    [Fact]
    [Trait("Spec", "AX-SCH-33")]
    public void RunThreads_TwoSchedulers_RunOnlyTheirOwn()
    {
        Scheduler one = new();
        Scheduler other = new();
        List<(string Who, Scheduler? Current)> ran = [];
        Actor a = new Actor(Bodies.Script(_ => ran.Add(("A", Scheduler.Current)))).Activate(one);
        Actor b = new Actor(Bodies.Script(_ => ran.Add(("B", Scheduler.Current)))).Activate(other);

        other.RunThreads();

        Assert.Equal([("B", other)], ran);
        Assert.False(a.IsStopped);
        Assert.True(b.IsStopped);

        one.RunThreads();

        Assert.Equal([("B", other), ("A", one)], ran);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-34")]
    public void Activate_OfASchedulerOnAnother_GivesItAWholeCycleAStep()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Scheduler inner = new(new SchedulerOptions { Clock = system.Clock, Listener = system.Trace });
        system.Activate(inner, "inner");
        system.Start("X", Bodies.Endless);
        foreach ((string name, int steps) in (ReadOnlySpan<(string, int)>)[("A", 1), ("B", 2)])
        {
            system.Make(name, Bodies.Steps(steps)).Activate(inner);
        }

        system.Cycles(6);

        system.Trace.Expect(
            """
            activate inner
            activate X
            step inner
            activate A
            activate B
            step X
            step inner
            step A
            step B
            step X
            step inner
            step A
            end A
            step B
            step X
            step inner
            step B
            end B
            end inner
            step X
            step X
            """);
    }

    [Theory]
    [InlineData("message")]
    [InlineData("wake")]
    [InlineData("action")]
    [InlineData("timer")]
    [InlineData("thread")]
    [Trait("Spec", "AX-SCH-34")]
    public void InnerScheduler_WithEverybodyAsleep_SleepsUntilSomebodyInsideIsWoken(string by)
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Scheduler inner = new(new SchedulerOptions { Clock = system.Clock, Listener = system.Trace });
        Actor sleeper = system.Make("S", by == "timer" ? Bodies.Each(self => self.Pause(TimeSpan.FromSeconds(1))) : Bodies.Asleep);
        sleeper.Activate(inner);
        Actor outside = system.Make("X", Bodies.Asleep);
        outside.Link((outside, "outbox"), (sleeper, "inbox"));
        system.Activate(outside);
        system.Activate(inner, "inner");
        system.RunUntilIdle();
        system.Trace.Clear();

        switch (by)
        {
            case "message":
                outside.Send("hello");
                break;
            case "wake":
                sleeper.Unpause();
                break;
            case "action":
                inner.Post(sleeper.Unpause);
                break;
            case "timer":
                system.Clock.Advance(TimeSpan.FromSeconds(1));
                break;
            case "thread":
                OtherThread.Do(sleeper.Unpause);
                break;
        }

        system.RunUntilIdle();

        system.Trace.Expect(
            """
            wake inner
            step inner
            wake S
            step inner
            step S
            pause S
            pause inner
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-34")]
    public void InnerScheduler_WokenByAMessageOfAnOuterStep_RunsInTheNextCycle()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Scheduler inner = new(new SchedulerOptions { Clock = system.Clock, Listener = system.Trace });
        Actor sleeper = system.Make("S", Bodies.Asleep).Activate(inner);
        Actor sender = system.Make("X", Bodies.Script(_ => { }, _ => { }, _ => { }, self => self.Send("hello")));
        sender.Link((sender, "outbox"), (sleeper, "inbox"));
        system.Activate(inner, "inner");
        system.Activate(sender);
        system.Cycles(4);
        system.Trace.Clear();

        system.Cycles(4);

        system.Trace.Expect(
            """
            step X
            wake inner
            step X
            end X
            step inner
            wake S
            step inner
            step S
            pause S
            pause inner
            """);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Spec", "AX-SCH-34")]
    [Trait("Spec", "AX-SCH-43")]
    public void InnerScheduler_Stopped_TakesItsOwnAlong(bool beforeItsFirstStep)
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Scheduler inner = new(new SchedulerOptions { Clock = system.Clock, Listener = system.Trace });
        system.Activate(inner, "inner");
        system.Make("A", Bodies.Endless).NoteEnd(system.Trace).Activate(inner);
        system.Make("S", Bodies.Asleep).NoteEnd(system.Trace).Activate(inner);
        system.Cycles(beforeItsFirstStep ? 1 : 4);
        system.Trace.Clear();

        inner.Stop();
        system.RunToEnd();

        string accepted = beforeItsFirstStep ? "activate A\nactivate S\n" : "";
        system.Trace.Expect(
            $"""
            step inner
            {accepted}
            stop A
            closedown A
            end A
            stop S
            closedown S
            end S
            end inner
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-34")]
    [Trait("Spec", "AX-SCH-50")]
    public void InnerScheduler_CrashInside_EndsItInTheOuterAndLeavesItUsable()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Scheduler inner = new(new SchedulerOptions { Clock = system.Clock, Listener = system.Trace });
        system.Activate(inner, "inner");
        system.Make("A", Bodies.Endless).Activate(inner);
        system.Make("C", Bodies.Throwing(new FormatException("no"))).Activate(inner);
        system.Make("B", Bodies.Endless).Activate(inner);
        system.Cycles(2);
        system.Trace.Clear();

        Assert.Throws<FormatException>(() => system.Cycle());
        system.Make("D", Bodies.Empty).Activate(inner);
        inner.RunThreads();

        system.Trace.Expect(
            """
            step inner
            step A
            step C
            crash C: FormatException
            end A
            end B
            crash inner: FormatException
            activate D
            step D
            end D
            """);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "AX-SCH-35")]
    public void Stop_OfAnAwakeOneByAnother_RunsNoMoreOfItAndWakesTheParent(bool slotStillToCome)
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor child = system.Make("C", Bodies.Each(_ => system.Trace.Note("code of C")));
        child.ClosingDown = () =>
        {
            system.Trace.Note("closedown C");
            return null;
        };
        Actor killer = system.Make("K", Bodies.Script(_ => { }, _ => child.Stop(), _ => { }, _ => { }));
        Actor parent = system.Start("P", Bodies.Asleep);
        parent.AddChildren(child);
        foreach (Actor actor in slotStillToCome ? new[] { killer, child } : [child, killer])
        {
            system.Activate(actor);
        }

        system.Settle();
        system.Cycles(3);

        system.Trace.Expect(slotStillToCome
            ? """
              step K
              step C
              closedown C
              end C
              wake P
              step K
              step P
              pause P
              step K
              """
            : """
              step C
              code of C
              step K
              step C
              closedown C
              end C
              step K
              wake P
              step K
              step P
              pause P
              """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-36")]
    public void Stop_OfAPausedOne_ClosesItDownAndWakesTheParent()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor child = null!;
        Actor parent = system.Start("P", Parent);
        child = system.Start("C", Bodies.Asleep).NoteEnd(system.Trace);
        parent.AddChildren(child);
        system.Start("K", Bodies.Script(_ => { }, _ => child.Stop()));
        system.Settle();

        system.RunToEnd();

        system.Trace.Expect(
            """
            step K
            stop C
            wake C
            step K
            end K
            step C
            closedown C
            end C
            wake P
            step P
            my child has ended
            end P
            """);

        IEnumerator<Yield> Parent(Actor self)
        {
            while (!child.IsStopped)
            {
                yield return self.Pause();
            }

            system.Trace.Note("my child has ended");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "AX-SCH-37")]
    public void Stop_BeforeTheFirstStep_ClosesDownWithoutAnyUserCode(bool accepted)
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor process = system.Start("A", Bodies.Each(_ => system.Trace.Note("code of A"))).NoteEnd(system.Trace);
        if (accepted)
        {
            system.Cycle();
        }

        process.Stop();
        system.RunToEnd();

        system.Trace.Expect(accepted
            ? """
              activate A
              stop A
              step A
              closedown A
              end A
              """
            : """
              stop A
              activate A
              step A
              closedown A
              end A
              """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-37")]
    public void Stop_InTheStepThatActivatedIt_ClosesDownWithoutAnyUserCode()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor process = system.Make("B", Bodies.Each(_ => system.Trace.Note("code of B"))).NoteEnd(system.Trace);
        system.Start("A", Bodies.Script(_ => process.Activate().Stop()));

        system.RunToEnd();

        system.Trace.Expect(
            """
            activate A
            step A
            stop B
            activate B
            step A
            end A
            step B
            closedown B
            end B
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-90")]
    [Trait("Spec", "AX-SCH-91")]
    public void WaitForOne_NothingActivated_WaitsIdleForTheFirstAndThenEndsWithAll()
    {
        using CountingParker parker = new();
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker });
        int steps = 0;
        scheduler.WaitForOne();

        using SchedulerThread run = new(scheduler);
        parker.AwaitPark();
        bool waited = !run.HasEnded;
        new Actor(Bodies.Script(_ => steps++)).Activate(scheduler);
        run.Join();

        Assert.True(waited);
        Assert.Equal(1, steps);
        Assert.Equal([Timeout.InfiniteTimeSpan], parker.Timeouts);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-90")]
    [Trait("Spec", "AX-SCH-91")]
    public void WaitForOne_AfterOneActivation_IsOver()
    {
        SteppedScheduler system = new();
        system.Scheduler.WaitForOne();

        bool waiting = system.Cycle();
        system.Start("A", Bodies.Empty);
        bool accepted = system.Cycle();
        bool afterItsEnd = system.Cycle();
        system.Scheduler.RunThreads();

        Assert.True(waiting);
        Assert.True(accepted);
        Assert.False(afterItsEnd);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-42")]
    [Trait("Spec", "AX-SCH-90")]
    public void Stop_WhileWaitingForTheFirst_EndsTheRun()
    {
        using CountingParker parker = new();
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker });
        scheduler.WaitForOne();
        using SchedulerThread run = new(scheduler);
        parker.AwaitPark();

        scheduler.Stop();

        run.Join();
        Assert.Single(parker.Timeouts);
    }
}
