// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>The stop of the whole system.</summary>
public class SchedulerStopTests
{
    [Theory]
    [InlineData("a step")]
    [InlineData("a posted action")]
    [InlineData("another thread")]
    [InlineData("between cycles")]
    [Trait("Spec", "AX-SCH-40")]
    public void Stop_FromAnywhere_EndsTheSystem(string from)
    {
        SteppedScheduler system = new(TraceKinds.End);
        system.Start("A", Bodies.Endless);
        system.Start("S", Bodies.Asleep);
        system.Start("B", Bodies.Script(_ => { }, _ =>
        {
            if (from == "a step")
            {
                system.Scheduler.Stop();
            }
        }, _ => { }, _ => { }));
        system.Cycles(2);

        switch (from)
        {
            case "a posted action":
                system.Scheduler.Post(system.Scheduler.Stop);
                break;
            case "another thread":
                OtherThread.Do(system.Scheduler.Stop);
                break;
            case "between cycles":
                system.Scheduler.Stop();
                break;
        }

        Assert.False(system.Cycle());
        system.Trace.Expect(
            """
            end A
            end S
            end B
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-40")]
    public void Stop_FromAnotherThreadDuringABusyRun_EndsIt()
    {
        Scheduler scheduler = new();
        using ManualResetEventSlim stepped = new();
        new Actor(Bodies.Each(_ => stepped.Set())).Activate(scheduler);
        using SchedulerThread run = new(scheduler);
        Assert.True(stepped.Wait(Patience.Limit));

        scheduler.Stop();

        run.Join();
        Assert.Empty(scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "AX-SCH-41")]
    [Trait("Spec", "AX-SCH-43")]
    [Trait("Spec", "AX-SCH-45")]
    public void Stop_CalledFromAStep_ReturnsAndFinishesTheCycleFirst()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Bodies.Endless).NoteEnd(system.Trace);
        system.Start("K", Body).NoteEnd(system.Trace);
        system.Start("B", Bodies.Endless).NoteEnd(system.Trace);
        system.Cycle();
        system.Trace.Clear();

        bool anyLeft = system.Cycle();

        Assert.False(anyLeft);
        system.Trace.Expect(
            """
            step A
            step K
            stopping
            stop has returned
            step B
            stop A
            closedown A
            end A
            stop K
            closedown K
            end K
            stop B
            closedown B
            end B
            """);

        IEnumerator<Yield> Body(Actor self)
        {
            system.Trace.Note("stopping");
            system.Scheduler.Stop();
            system.Trace.Note("stop has returned");
            yield return 1;
            system.Trace.Note("never");
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-42")]
    [Trait("Spec", "AX-SCH-47")]
    public void Stop_WhileIdle_EndsTheRunAtOnceAndCallsTheOverrides()
    {
        using CountingParker parker = new();
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker });
        bool cleanedUp = false;
        Actor sleeper = new Actor(Bodies.Asleep) { Stopping = () => cleanedUp = true }.Activate(scheduler);
        using SchedulerThread run = new(scheduler);
        parker.AwaitPark();

        scheduler.Stop();

        // The parker never returns by itself: what ended this wait was the stop.
        run.Join();
        Assert.True(cleanedUp);
        Assert.True(sleeper.IsStopped);
        Assert.Equal([Timeout.InfiniteTimeSpan], parker.Timeouts);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-43")]
    [Trait("Spec", "AX-SCH-45")]
    public void Stop_AwakePausedAndNotYetStepped_StopsEachOnceInOrderOfActivation()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("Sleeper", Bodies.Asleep).NoteEnd(system.Trace);
        system.Start("Awake", Bodies.Endless).NoteEnd(system.Trace);
        Actor fresh1 = system.Make("Fresh1", Bodies.Each(_ => system.Trace.Note("never"))).NoteEnd(system.Trace);
        Actor fresh2 = system.Make("Fresh2", Bodies.Each(_ => system.Trace.Note("never"))).NoteEnd(system.Trace);
        system.Start("Killer", Bodies.Script(_ => { }, _ =>
        {
            system.Scheduler.Stop();
            fresh1.Activate();
            fresh2.Activate();
        })).NoteEnd(system.Trace);
        system.Start("Woken", Bodies.Asleep).NoteEnd(system.Trace);
        system.Settle();

        system.Cycle();

        system.Trace.Expect(
            """
            step Awake
            step Killer
            activate Fresh1
            activate Fresh2
            stop Sleeper
            closedown Sleeper
            end Sleeper
            stop Awake
            closedown Awake
            end Awake
            stop Killer
            closedown Killer
            end Killer
            stop Woken
            closedown Woken
            end Woken
            stop Fresh1
            closedown Fresh1
            end Fresh1
            stop Fresh2
            closedown Fresh2
            end Fresh2
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-43")]
    public void Stop_WithOneStoppedBefore_DoesNotStopItAgain()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor stopped = system.Start("A", Bodies.Asleep).NoteEnd(system.Trace);
        system.Settle();

        stopped.Stop();
        system.Scheduler.Stop();
        system.Cycle();

        system.Trace.Expect(
            """
            stop A
            wake A
            closedown A
            end A
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-43")]
    public void Stop_WhenAnEndActivatesAnother_StopsThatToo()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor fromStop = system.Make("B", Bodies.Endless).NoteEnd(system.Trace);
        Actor fromCloseDown = system.Make("C", Bodies.Endless).NoteEnd(system.Trace);
        Actor first = system.Start("A", Bodies.Endless);
        first.Stopping = () => fromStop.Activate();
        first.ClosingDown = () => new Reactivate(fromCloseDown);
        system.Settle();

        system.Scheduler.Stop();
        bool anyLeft = system.Cycle();

        Assert.False(anyLeft);
        system.Trace.Expect(
            """
            step A
            end A
            activate B
            activate C
            stop B
            closedown B
            end B
            stop C
            closedown C
            end C
            """);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "AX-SCH-44")]
    [Trait("Spec", "AX-SCH-45")]
    public void Stop_OfOneInADetour_StopsAndDisposesItAndItsDetour(bool asleep)
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Body).NoteEnd(system.Trace);
        system.Cycles(3);
        system.Trace.Clear();

        system.Scheduler.Stop();
        system.Cycle();

        system.Trace.Expect(
            $"""
            {(asleep ? "" : "step A")}
            stop A
            detour disposed
            body disposed
            closedown A
            end A
            """);

        IEnumerator<Yield> Body(Actor self)
        {
            try
            {
                yield return new WaitComplete(Detour(self));
            }
            finally
            {
                system.Trace.Note("body disposed");
            }
        }

        IEnumerator<Yield> Detour(Actor self)
        {
            try
            {
                while (true)
                {
                    yield return asleep ? self.Pause() : 1;
                }
            }
            finally
            {
                system.Trace.Note("detour disposed");
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-45")]
    public void Stop_OfParentAndChild_RemovesLinkagesAndStepsNobody()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling | TraceKinds.Link);
        Actor parent = system.Make("P", Bodies.Asleep);
        Actor child = system.Make("C", Bodies.Asleep);
        parent.AddChildren(child);
        parent.Link((parent, "outbox"), (child, "inbox"));
        system.Activate(child);
        system.Activate(parent);
        system.Settle();

        system.Scheduler.Stop();
        system.Cycle();

        // The child's end wakes the parent, whose own end comes before it could step.
        Assert.Empty(parent.Postoffice.Linkages);
        Assert.DoesNotContain("step P", system.Trace.Lines);
        Assert.Contains("end P", system.Trace.Lines);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-46")]
    public void RunThreads_AfterAStop_ReturnedNormallyAndRunsNewOnesToTheirEnd()
    {
        Trace trace = new(TraceKinds.Scheduling);
        Scheduler scheduler = new(new SchedulerOptions { Listener = trace });
        for (int run = 1; run <= 2; run++)
        {
            Actor endless = new(Bodies.Script(_ => { }, _ => scheduler.Stop(), _ => { }));
            trace.Name(endless, $"K{run}");
            endless.Activate(scheduler);
            scheduler.RunThreads();

            Actor after = new(Bodies.Steps(3));
            trace.Name(after, $"N{run}");
            after.Activate(scheduler);
            scheduler.RunThreads();
        }

        trace.Expect(
            """
            activate K1
            step K1
            step K1
            end K1
            activate N1
            step N1
            step N1
            step N1
            step N1
            end N1
            activate K2
            step K2
            step K2
            end K2
            activate N2
            step N2
            step N2
            step N2
            step N2
            end N2
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-46")]
    public void Stop_BeforeARun_EndsThatRunAfterOneCycleAndNoOther()
    {
        Trace trace = new(TraceKinds.Scheduling);
        Scheduler scheduler = new(new SchedulerOptions { Listener = trace });
        Actor first = new(Bodies.Endless);
        trace.Name(first, "A");
        first.Activate(scheduler);

        scheduler.Stop();
        scheduler.RunThreads();
        Actor second = new(Bodies.Steps(1));
        trace.Name(second, "B");
        second.Activate(scheduler);
        scheduler.RunThreads();

        trace.Expect(
            """
            activate A
            end A
            activate B
            step B
            step B
            end B
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-47")]
    public void StopOverride_AtSystemStop_RunsBeforeTheBodyIsDisposed()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor owner = system.Start("A", Body);
        owner.Stopping = () => system.Trace.Note("socket closed");
        system.Settle();

        system.Scheduler.Stop();
        system.Cycle();

        system.Trace.Expect(
            """
            socket closed
            body disposed
            end A
            """);

        IEnumerator<Yield> Body(Actor self)
        {
            try
            {
                while (true)
                {
                    yield return self.Pause();
                }
            }
            finally
            {
                system.Trace.Note("body disposed");
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "AX-SCH-45")]
    [Trait("Spec", "AX-SCH-54")]
    public void Stop_WhenOneOverrideThrows_EndsTheOthersNonetheless(bool immortal)
    {
        SteppedScheduler system = new(TraceKinds.Scheduling, immortal);
        FormatException failure = new("in Stop");
        List<Exception> crashes = [];
        system.Scheduler.ComponentCrashed += (_, exception) => crashes.Add(exception);
        system.Start("A", Bodies.Asleep);
        Actor failing = system.Start("B", Bodies.Asleep);
        failing.Stopping = () => throw failure;
        system.Start("C", Bodies.Asleep);
        system.Settle();

        system.Scheduler.Stop();
        Exception? thrown = Record.Exception(() => system.Cycle());

        Assert.Same(immortal ? null : failure, thrown);
        Assert.Equal([failure], crashes);
        Assert.True(failing.IsStopped);
        system.Trace.Expect(
            """
            end A
            crash B: FormatException
            end C
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-45")]
    [Trait("Spec", "AX-SCH-46")]
    public void Stop_WhenAnActionPostedByAnEndThrows_IsFinishedByTheNextRun()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor first = system.Start("A", Bodies.Endless);
        first.Stopping = () => system.Scheduler.Post(() => throw new FormatException("no"));
        system.Start("B", Bodies.Endless);
        system.Settle();

        system.Scheduler.Stop();
        Assert.Throws<FormatException>(() => system.Cycle());
        bool anyLeft = system.Cycle();
        system.Start("C", Bodies.Empty);
        system.RunToEnd();

        Assert.False(anyLeft);
        system.Trace.Expect(
            """
            step A
            step B
            end A
            end B
            activate C
            step C
            end C
            """);
    }
}
