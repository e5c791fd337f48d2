// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>Posted actions, and the seams for tools: what decides and what looks on.</summary>
public class SchedulerSeamTests
{
    [Fact]
    public void Post_Several_AreDoneAtTheEndOfTheCycleInOrder()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Scheduler scheduler = system.Scheduler;
        Actor fresh = system.Make("N", Bodies.Endless);
        Actor awake = system.Start("A", Bodies.Script(_ => { }, _ => scheduler.Post(() => system.Trace.Note("first")), _ => { }, _ => { }));
        system.Start("B", Bodies.Script(
            _ => { },
            _ => OtherThread.Do(() => scheduler.Post(() =>
            {
                // What an action asks counts at once.
                system.Trace.Note("second");
                fresh.Activate();
                awake.Pause();
            })),
            _ => { }));
        system.Settle();

        system.Cycles(2);

        system.Trace.Expect(
            """
            step A
            step B
            first
            second
            pause A
            activate N
            step B
            step N
            """);
    }

    [Fact]
    public void Post_AmongOtherRequests_KeepsTheOrderOfTheCalls()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor asleep = system.Start("S", Bodies.Asleep);
        Actor n1 = system.Make("N1", Bodies.Endless);
        Actor n2 = system.Make("N2", Bodies.Endless);
        system.Settle();

        n1.Activate(system.Scheduler);
        system.Scheduler.Post(() => n2.Activate());
        asleep.Unpause();
        system.Cycle();

        system.Trace.Expect(
            """
            activate N1
            activate N2
            wake S
            """);
    }

    [Fact]
    public void Post_FromAnActionAsTheLastThingLeft_IsDoneBeforeTheRunEnds()
    {
        Scheduler scheduler = new();
        List<string> done = [];
        scheduler.Post(() =>
        {
            done.Add("first");
            scheduler.Post(() =>
            {
                done.Add("second");
                new Actor(Bodies.Script(_ => done.Add("activated"))).Activate();
            });
        });

        scheduler.RunThreads();

        Assert.Equal(["first", "second", "activated"], done);
    }

    [Fact]
    public void Post_FromAnActionInsideAnInnerScheduler_IsDone()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Scheduler inner = new();
        new Actor(Bodies.Asleep).Activate(inner);
        system.Activate(inner, "inner");
        system.RunUntilIdle();
        system.Trace.Clear();

        inner.Post(() => inner.Post(() => system.Trace.Note("done")));
        system.RunUntilIdle();

        system.Trace.Expect(
            """
            wake inner
            step inner
            step inner
            done
            pause inner
            """);
    }

    [Fact]
    public void Post_ThatFailsMortal_LeavesTheRunAndTheOthersAreDoneInTheNext()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        FormatException failure = new("no");
        List<(Microprocess, Exception)> told = [];
        system.Scheduler.ComponentCrashed += (process, exception) => told.Add((process, exception));
        system.Start("A", Bodies.Endless);
        system.Settle();
        system.Scheduler.Post(() => system.Trace.Note("first"));
        system.Scheduler.Post(() => throw failure);
        system.Scheduler.Post(() => system.Trace.Note("third"));

        FormatException thrown = Assert.Throws<FormatException>(() => system.Cycle());
        system.Trace.Note("left");
        system.Cycle();

        Assert.Same(failure, thrown);
        Assert.Equal([(system.Scheduler, failure)], told);
        system.Trace.Expect(
            """
            step A
            first
            left
            step A
            third
            """);
    }

    [Fact]
    public void Post_ThatFailsImmortal_IsReportedAndTheOthersAreDone()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling, immortal: true);
        system.Scheduler.ComponentCrashed += (process, exception) => system.Trace.Note($"told of {system.Trace.NameOf(process)}: {exception.Message}");
        system.Start("A", Bodies.Endless);
        system.Settle();
        system.Scheduler.Post(() => throw new FormatException("no"));
        system.Scheduler.Post(() => system.Trace.Note("second"));

        system.Cycle();

        system.Trace.Expect(
            """
            step A
            told of Scheduler: no
            second
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-02")]
    public void NextToRun_ChoosingTheLast_ReversesTheOrderAndStepsEachOnce()
    {
        // Each pass leaves the queue as it was stepped, so the next one turns it round again.
        SteppedScheduler system = new(TraceKinds.Scheduling, options: new SchedulerOptions { Choices = new Choosing { Next = remaining => remaining - 1 } });
        system.Start("A", Bodies.Endless);
        system.Start("B", Bodies.Steps(1));
        system.Start("C", Bodies.Asleep);
        system.Start("D", Bodies.Endless);
        system.Cycle();
        system.Trace.Clear();

        system.Cycles(3);

        system.Trace.Expect(
            """
            step D
            step C
            step B
            step A
            pause C
            step A
            step B
            end B
            step D
            step D
            step A
            """);
    }

    [Fact]
    public void NextToRun_Always_IsAskedWithTheNumberLeft()
    {
        List<int> asked = [];
        SteppedScheduler system = new(options: new SchedulerOptions
        {
            Choices = new Choosing
            {
                Next = remaining =>
                {
                    asked.Add(remaining);
                    return 0;
                },
            },
        });
        system.Start("A", Bodies.Endless);
        system.Start("B", Bodies.Endless);
        system.Start("C", Bodies.Endless);

        system.Cycles(3);

        Assert.Equal([3, 2, 1, 3, 2, 1], asked);
    }

    [Fact]
    public void NextToRun_WithACrash_BlamesTheOneThatWasChosen()
    {
        SteppedScheduler system = new(
            TraceKinds.Scheduling, immortal: true, new SchedulerOptions { Choices = new Choosing { Next = remaining => remaining - 1 } });
        system.Start("A", Bodies.Endless);
        system.Start("B", Bodies.Endless);
        system.Start("C", Bodies.Throwing(new FormatException("no")));

        system.Cycles(3);

        system.Trace.Expect(
            """
            activate A
            activate B
            activate C
            step C
            crash C: FormatException
            step B
            step A
            step A
            step B
            """);
    }

    [Fact]
    public void TakeArrivals_ChoosingOne_TakesTheOldestAndLeavesTheRestForLaterCycles()
    {
        List<int> waiting = [];
        Choosing choices = new()
        {
            Arrivals = count =>
            {
                waiting.Add(count);
                return 1;
            },
        };
        SteppedScheduler system = new(TraceKinds.Scheduling, options: new SchedulerOptions { Choices = choices });
        system.Start("A", Bodies.Endless);
        system.Start("B", Bodies.Endless);
        system.Start("C", Bodies.Endless);

        system.Cycles(4);

        Assert.Equal([3, 2, 1], waiting);
        system.Trace.Expect(
            """
            activate A
            step A
            activate B
            step A
            step B
            activate C
            step A
            step B
            step C
            """);
    }

    [Fact]
    public void TakeArrivals_ChoosingNoneAtFirst_DoesNotEndTheRun()
    {
        int looks = 0;
        Scheduler scheduler = new(new SchedulerOptions { Choices = new Choosing { Arrivals = count => ++looks < 3 ? 0 : count } });
        Actor actor = new Actor(Bodies.Steps(1)).Activate(scheduler);

        scheduler.RunThreads();

        Assert.Equal(3, looks);
        Assert.True(actor.IsStopped);
    }

    [Fact]
    public void TakeArrivals_ChoosingNoneAtFirst_IsAskedAgainInsideAnotherScheduler()
    {
        SteppedScheduler system = new();
        int looks = 0;
        Scheduler inner = new(new SchedulerOptions { Choices = new Choosing { Arrivals = count => ++looks < 3 ? 0 : count } });
        Actor actor = new Actor(Bodies.Steps(1)).Activate(inner);
        system.Activate(inner);

        system.RunToEnd();

        Assert.Equal(3, looks);
        Assert.True(actor.IsStopped);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-31")]
    public void ReadClock_Replaced_IsTheOnlySourceOfTime()
    {
        // A replayer: the clock itself stands still, and what it said in the recorded run is told again. In turn: at the making, in the
        // first step, in the second, at the beginning of its pause, then once a cycle while the timer runs.
        Queue<long> recorded = new([0, 70, 75, 80, 179, 180]);
        Scheduler scheduler = new(new SchedulerOptions { Clock = new VirtualClock(), Choices = new Choosing { Clock = () => recorded.Dequeue() } });
        List<long> seen = [];
        new Actor(Bodies.Script(
            _ =>
            {
                seen.Add(scheduler.Time.Ticks);
                seen.Add(scheduler.Time.Ticks);
            },
            self =>
            {
                seen.Add(scheduler.Time.Ticks);
                self.Pause(TimeSpan.FromTicks(100));
            },
            self => seen.Add(self.TimedOut ? 1 : 0))).Activate(scheduler);

        int cycles = 0;
        while (scheduler.RunCycle())
        {
            cycles++;
        }

        // Accepted, two steps, two cycles asleep until 180, a third step, the end.
        Assert.Equal([70, 70, 75, 1], seen);
        Assert.Equal(6, cycles);
        Assert.Empty(recorded);
    }

    [Fact]
    public void Random_WithChoices_IsTheirs()
    {
        Choosing choices = new();

        Assert.Same(choices.Random, new Scheduler(new SchedulerOptions { Choices = choices }).Random);
        Assert.NotNull(new Scheduler().Random);
    }

    [Fact]
    public void Choices_WithoutOverrides_ChangeNothing()
    {
        SteppedScheduler plain = new(TraceKinds.All);
        SteppedScheduler chosen = new(TraceKinds.All, options: new SchedulerOptions { Choices = new SchedulerChoices() });
        foreach (SteppedScheduler system in (SteppedScheduler[])[plain, chosen])
        {
            Actor sleeper = system.Start("S", Bodies.Asleep);
            system.Start("A", Bodies.Script(_ => sleeper.Unpause(), self => self.Sleep(TimeSpan.FromSeconds(1)), _ => sleeper.Stop()));
            system.Start("B", Bodies.Steps(3));
            system.RunToEnd();
        }

        Assert.NotEmpty(plain.Trace.Lines);
        chosen.Trace.Expect(plain.Trace.Lines);
    }

    [Fact]
    public void Listener_OverALife_SeesEachEventOnceWithItsException()
    {
        Listening listener = new();
        Scheduler scheduler = new(new SchedulerOptions { Listener = listener, Immortal = true });
        FormatException failure = new("no");
        Actor sleeper = new Actor(Bodies.Script(self => self.Pause())).Activate(scheduler);
        Actor crashing = new Actor(Bodies.Throwing(failure)).Activate(scheduler);
        scheduler.RunCycle();
        scheduler.RunCycle();
        sleeper.Unpause();

        scheduler.RunThreads();

        Assert.Equal(
            [
                ("activated", sleeper, null), ("activated", crashing, null),
                ("stepped", sleeper, null), ("stepped", crashing, null), ("ended", crashing, failure), ("paused", sleeper, null),
                ("woken", sleeper, null), ("stepped", sleeper, null), ("ended", sleeper, null),
            ],
            listener.Seen);
    }

    [Fact]
    public void Listener_TakenAway_SeesNoMore()
    {
        Listening listener = new();
        Scheduler scheduler = new(new SchedulerOptions { Listener = listener });
        Actor actor = new Actor(Bodies.Steps(3)).Activate(scheduler);
        scheduler.RunCycle();
        scheduler.RunCycle();

        scheduler.Listener = null;
        scheduler.RunThreads();

        Assert.True(actor.IsStopped);
        Assert.Equal([("activated", actor, null), ("stepped", actor, null)], listener.Seen);
    }

    private sealed class Choosing : SchedulerChoices
    {
        private readonly Random _random = new(1);

        public Func<int, int>? Next { get; init; }

        public Func<int, int>? Arrivals { get; init; }

        public Func<long>? Clock { get; init; }

        public override Random Random => _random;

        public override int NextToRun(int remaining) => Next?.Invoke(remaining) ?? base.NextToRun(remaining);

        public override int TakeArrivals(int waiting) => Arrivals?.Invoke(waiting) ?? base.TakeArrivals(waiting);

        public override long ReadClock(TimeProvider clock) => Clock?.Invoke() ?? base.ReadClock(clock);
    }

    private sealed class Listening : SchedulerListener
    {
        public List<(string What, Microprocess Process, Exception? Exception)> Seen { get; } = [];

        public override void Activated(Microprocess process) => Seen.Add(("activated", process, null));

        public override void Stepped(Microprocess process) => Seen.Add(("stepped", process, null));

        public override void Paused(Microprocess process) => Seen.Add(("paused", process, null));

        public override void Woken(Microprocess process) => Seen.Add(("woken", process, null));

        public override void Ended(Microprocess process, Exception? exception) => Seen.Add(("ended", process, exception));
    }
}
