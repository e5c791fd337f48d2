// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

public class SchedulerPauseWakeTests
{
    [Fact]
    [Trait("Spec", "AX-SCH-10")]
    public void Pause_ByTheRunningOne_GoesOnToTheNextYieldAndThenSleeps()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Body);
        system.Start("B", Bodies.Endless);

        system.Cycles(4);

        system.Trace.Expect(
            """
            activate A
            activate B
            step A
            before the pause
            after the pause
            step B
            pause A
            step B
            step B
            """);

        IEnumerator<Yield> Body(Actor self)
        {
            system.Trace.Note("before the pause");
            self.Pause();
            system.Trace.Note("after the pause");
            yield return 1;
            system.Trace.Note("never");
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-11")]
    public void Pause_OfAnotherDuringACycle_LeavesItTheSlotStillToCome()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor passed = system.Start("A", Bodies.Endless);
        Actor toCome = null!;
        system.Start("K", Bodies.Script(
            _ => { },
            _ =>
            {
                passed.Pause();
                toCome.Pause();
            },
            _ => { }));
        toCome = system.Start("B", Bodies.Endless);
        system.Settle();

        system.Cycles(2);

        system.Trace.Expect(
            """
            step A
            step K
            step B
            pause A
            pause B
            step K
            """);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "AX-SCH-12")]
    public void PauseAndWake_OfOneByAnotherInOneCycle_StaysAwakeAndKeepsItsPlace(bool pauseFirst)
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor target = null!;
        system.Start("A", Bodies.Script(
            _ => { },
            _ =>
            {
                if (pauseFirst)
                {
                    target.Pause();
                    target.Unpause();
                }
                else
                {
                    target.Unpause();
                    target.Pause();
                }
            },
            _ => { }));
        target = system.Start("T", Bodies.Endless);
        system.Start("B", Bodies.Endless);
        system.Settle();

        system.Cycles(2);

        system.Trace.Expect(
            """
            step A
            step T
            step B
            step A
            step T
            step B
            """);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "AX-SCH-12")]
    public void PauseByItselfAndWakeByAnother_InOneCycle_StaysAwakeAndKeepsItsPlace(bool wakerComesFirst)
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor target = null!;
        Actor waker = new(Bodies.Each(_ => target.Unpause()));
        target = new(Bodies.Asleep);
        system.Trace.Name(waker, "W");
        system.Trace.Name(target, "T");
        foreach (Actor actor in wakerComesFirst ? new[] { waker, target } : [target, waker])
        {
            system.Activate(actor);
        }

        system.Start("B", Bodies.Endless);
        system.Settle();

        system.Cycles(2);

        string cycle = wakerComesFirst ? "step W\nstep T\nstep B\n" : "step T\nstep W\nstep B\n";
        system.Trace.Expect(cycle + cycle);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-12")]
    public void Pause_WhenAMessageCameEarlierInTheCycle_DoesNotSleepThroughIt()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling | TraceKinds.Receive);
        Actor receiver = new(Receiver);
        system.Trace.Name(receiver, "R");
        Actor sender = system.Make("S", Bodies.Script(self => self.Send("hello")));
        sender.Link((sender, "outbox"), (receiver, "inbox"));
        system.Activate(sender);
        system.Activate(receiver);

        system.Cycles(4);

        system.Trace.Expect(
            """
            activate S
            activate R
            step S
            step R
            pausing without a look
            step S
            end S
            step R
            receive R.inbox: hello
            pause R
            """);

        IEnumerator<Yield> Receiver(Actor self)
        {
            system.Trace.Note("pausing without a look");
            yield return self.Pause();
            self.Recv();
            yield return self.Pause();
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-13")]
    [Trait("Spec", "AX-SCH-17")]
    public void Wake_OfASleeper_ContinuesBehindItsYieldAtTheEndOfTheQueue()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor sleeper = system.Start("T", Body);
        system.Start("A", Bodies.Script(_ => { }, _ => { }, _ => sleeper.Unpause(), _ => { }, _ => { }));
        system.Start("B", Bodies.Endless);

        system.Cycles(6);

        system.Trace.Expect(
            """
            activate T
            activate A
            activate B
            step T
            going to sleep
            step A
            step B
            pause T
            step A
            step B
            step A
            step B
            wake T
            step A
            step B
            step T
            awake again
            step A
            step B
            step T
            """);

        IEnumerator<Yield> Body(Actor self)
        {
            system.Trace.Note("going to sleep");
            yield return self.Pause();
            system.Trace.Note("awake again");
            while (true)
            {
                yield return 1;
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-13")]
    public void Wake_InTheCycleRightAfterThePause_JoinsTheEndOfTheQueue()
    {
        // The sleeper is still in the queue when the pass of that cycle begins: it must lose its place all the same.
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor sleeper = null!;
        system.Start("A", Bodies.Script(_ => { }, _ => sleeper.Unpause(), _ => { }));
        sleeper = system.Start("T", Bodies.Asleep);
        system.Start("B", Bodies.Endless);
        system.Settle();

        system.Cycles(2);

        system.Trace.Expect(
            """
            step A
            step B
            wake T
            step A
            step B
            step T
            pause T
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-14")]
    public void Wake_OfAnAwakeOne_StepsItOnceACycle()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor target = null!;
        system.Start("A", Bodies.Each(_ =>
        {
            target.Unpause();
            target.Unpause();
        }));
        target = system.Start("T", Bodies.Each(self => self.Unpause()));
        system.Settle();

        system.Cycles(2);

        system.Trace.Expect(
            """
            step A
            step T
            step A
            step T
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-14")]
    public void WakeSeveralTimes_OfASleeper_StepsItOnceACycle()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor sleeper = system.Start("T", Body);
        system.Start("A", Bodies.Each(_ =>
        {
            for (int i = 0; i < 3; i++)
            {
                sleeper.Unpause();
                system.Scheduler.Wake(sleeper);
            }
        }));
        system.Cycles(3);
        system.Trace.Clear();
        sleeper.Pause();
        system.Cycle();

        // Between cycles too.
        sleeper.Unpause();
        sleeper.Unpause();
        system.Cycles(2);

        system.Trace.Expect(
            """
            step T
            step A
            step T
            step A
            step T
            step A
            """);

        static IEnumerator<Yield> Body(Actor self)
        {
            yield return self.Pause();
            while (true)
            {
                yield return 1;
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-14")]
    public void Pause_OfAPausedOne_HasNoEffect()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor sleeper = system.Start("T", Bodies.Asleep);
        system.Start("A", Bodies.Script(
            _ => { },
            _ =>
            {
                sleeper.Pause();
                sleeper.Pause();
            },
            _ => sleeper.Unpause(),
            _ => { }));
        system.Settle();

        sleeper.Pause();
        system.Cycles(3);

        // One wake undoes any number of pauses.
        system.Trace.Expect(
            """
            step A
            step A
            wake T
            step A
            step T
            pause T
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-15")]
    public void WakeAndPause_OfOneNeverActivated_DoNothing()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor never = system.Make("N", Bodies.Endless);
        system.Start("A", Bodies.Each(_ => Disturb(system.Scheduler, never)));

        Disturb(system.Scheduler, never);
        system.Cycles(3);

        Assert.Null(never.Scheduler);
        system.Trace.Expect(
            """
            activate A
            step A
            step A
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-15")]
    public void WakeAndPause_OfOneThatHasEnded_DoNothing()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor ended = system.Start("E", Bodies.Empty);
        system.Start("A", Bodies.Each(_ => Disturb(system.Scheduler, ended)));

        system.Cycles(2);
        Disturb(system.Scheduler, ended);
        system.Cycle();

        system.Trace.Expect(
            """
            activate E
            activate A
            step E
            end E
            step A
            step A
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-15")]
    [Trait("Spec", "AX-SCH-33")]
    public void WakeAndPause_OfOneOfAnotherScheduler_DoNothing()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        SteppedScheduler another = new(TraceKinds.Scheduling);
        Actor foreign = another.Start("F", Bodies.Endless);
        system.Start("A", Bodies.Each(_ =>
        {
            system.Scheduler.Pause(foreign);
            system.Scheduler.Wake(foreign);
        }));
        another.Settle();

        system.Cycles(3);
        another.Cycles(2);

        Assert.True(system.Scheduler.IsPaused(foreign));
        Assert.False(another.Scheduler.IsPaused(foreign));
        another.Trace.Expect(
            """
            step F
            step F
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-16")]
    public void Paused_Always_IsNotSteppedWhileTheOthersAre()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Bodies.Endless);
        system.Start("T", Bodies.Asleep);
        system.Start("B", Bodies.Endless);
        system.Settle();

        system.Cycles(3);

        system.Trace.Expect(
            """
            step A
            step B
            step A
            step B
            step A
            step B
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-17")]
    [Trait("Spec", "AX-SCH-18")]
    public void Wake_OfOneSleeper_LeavesTheOthersAsleep()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("S1", Bodies.Asleep);
        Actor woken = system.Start("S2", Bodies.Asleep);
        system.Start("S3", Bodies.Asleep);
        system.Settle();

        woken.Unpause();
        system.Cycles(4);

        system.Trace.Expect(
            """
            wake S2
            step S2
            pause S2
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-19")]
    public void Pause_ThenEndWithoutAYield_IsClosedDown()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Body).NoteEnd(system.Trace);

        system.Cycles(4);

        Assert.Empty(system.Scheduler.ListAll());
        system.Trace.Expect(
            """
            activate A
            step A
            stop A
            closedown A
            end A
            """);

        static IEnumerator<Yield> Body(Actor self)
        {
            self.Pause();
            yield break;
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-20")]
    public void IsPaused_OverALife_IsTrueOnceAsleepAndWhileUnknown()
    {
        SteppedScheduler system = new();
        Scheduler scheduler = system.Scheduler;
        List<(string When, bool Paused)> seen = [];
        Actor target = null!;
        target = new(Body);
        Actor watcher = new(Bodies.Script(_ => See("asked, watched from a later slot")));

        See("made");
        target.Activate(scheduler);
        See("activated");
        watcher.Activate(scheduler);
        system.Cycle();
        See("accepted");
        system.Cycle();
        See("asleep");
        target.Unpause();
        See("wake asked");
        system.Cycle();
        See("woken");
        system.RunToEnd();
        See("ended");

        Assert.Equal(
            [
                ("made", true), ("activated", true), ("accepted", false), ("asked", false), ("asked, watched from a later slot", false),
                ("asleep", true), ("wake asked", true), ("woken", false), ("ended", true),
            ],
            seen);

        IEnumerator<Yield> Body(Actor self)
        {
            self.Pause();
            See("asked");
            yield return 1;
        }

        void See(string when) => seen.Add((when, scheduler.IsPaused(target)));
    }

    [Fact]
    [Trait("Spec", "AX-SCH-21")]
    public void ListAll_Always_HoldsSleepersAndAwakeInOrderOfActivation()
    {
        SteppedScheduler system = new();
        Actor a = system.Start("A", Bodies.Endless);
        Actor b = system.Start("B", Bodies.Asleep);
        Actor c = system.Start("C", Bodies.Endless);
        Actor d = system.Start("D", Bodies.Asleep);
        system.Cycles(2);
        IReadOnlyList<Microprocess> before = system.Scheduler.ListAll();

        // A waking one moves in the queue, not in the list.
        b.Unpause();
        c.Stop();
        system.Cycles(2);

        Assert.Equal([a, b, c, d], before);
        Assert.Equal([a, b, d], system.Scheduler.ListAll());
    }

    private static void Disturb(Scheduler scheduler, Actor target)
    {
        target.Pause();
        target.Unpause();
        scheduler.Pause(target);
        scheduler.Wake(target);
    }
}
