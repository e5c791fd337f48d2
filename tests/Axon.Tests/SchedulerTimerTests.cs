// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;
using CsCheck;

namespace Axon.Tests;

public class SchedulerTimerTests
{
    [Fact]
    public void PauseWithTime_NothingHappens_WakesWhenItIsUpAndSaysSo()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Body);

        system.Cycles(3);
        system.Clock.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        system.Cycles(2);
        system.Trace.Note("the last tick");
        system.Clock.Advance(TimeSpan.FromTicks(1));
        system.Cycles(2);

        system.Trace.Expect(
            """
            activate A
            step A
            pause A
            the last tick
            wake A
            step A
            timed out: True
            end A
            """);

        IEnumerator<Yield> Body(Actor self)
        {
            yield return self.Pause(TimeSpan.FromSeconds(10));
            system.Trace.Note($"timed out: {self.TimedOut}");
        }
    }

    [Fact]
    public void PauseWithTime_WokenBefore_DoesNotTimeOutAndTheTimerIsDead()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor actor = system.Start("A", Body);
        system.Cycles(2);

        actor.Unpause();
        system.Cycles(2);
        TimeSpan? next = system.Scheduler.TimeToNextTimer();
        system.Clock.Advance(TimeSpan.FromHours(1));
        system.Cycles(2);

        Assert.Null(next);
        system.Trace.Expect(
            """
            activate A
            step A
            pause A
            wake A
            step A
            timed out: False
            pause A
            """);

        IEnumerator<Yield> Body(Actor self)
        {
            yield return self.Pause(TimeSpan.FromSeconds(10));
            system.Trace.Note($"timed out: {self.TimedOut}");
            yield return self.Pause();
        }
    }

    [Fact]
    public void PauseWithTime_WokenInTheSameCycle_StaysAwakeAndTheTimerIsDead()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Bodies.Script(
            self =>
            {
                self.Pause(TimeSpan.FromSeconds(1));
                self.Unpause();
            },
            self => self.Pause()));

        system.Cycles(3);
        TimeSpan? next = system.Scheduler.TimeToNextTimer();
        system.Clock.Advance(TimeSpan.FromSeconds(2));
        system.Cycles(2);

        Assert.Null(next);
        system.Trace.Expect(
            """
            activate A
            step A
            step A
            pause A
            """);
    }

    [Fact]
    public void PauseWithTime_AfterATimeOut_ForgetsTheOldAnswer()
    {
        SteppedScheduler system = new();
        List<bool> timedOut = [];
        Actor actor = system.Start("A", Body);
        system.Cycles(2);
        system.JumpToNextTimer();
        system.Cycle();
        actor.Unpause();
        system.Cycles(2);

        Assert.Equal([true, false], timedOut);

        IEnumerator<Yield> Body(Actor self)
        {
            for (int i = 0; i < 2; i++)
            {
                yield return self.Pause(TimeSpan.FromSeconds(1));
                timedOut.Add(self.TimedOut);
            }
        }
    }

    [Fact]
    public void PauseWithTime_Infinite_SleepsUntilWoken()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor actor = system.Start("A", Bodies.Each(self => self.Pause(Timeout.InfiniteTimeSpan)));
        system.Cycles(2);

        system.Clock.Advance(TimeSpan.FromDays(1000));
        system.Cycle();
        TimeSpan? next = system.Scheduler.TimeToNextTimer();
        actor.Unpause();
        system.Cycles(2);

        Assert.Null(next);
        system.Trace.Expect(
            """
            activate A
            step A
            pause A
            wake A
            step A
            pause A
            """);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PauseWithTimeOrSleep_ForEver_IsNeverDue(bool sleep)
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Clock.Advance(TimeSpan.FromDays(1));
        Actor actor = system.Start("A", Bodies.Each(self => _ = sleep ? self.Sleep(TimeSpan.MaxValue) : self.Pause(TimeSpan.MaxValue)));
        system.Settle();

        system.Clock.Advance(TimeSpan.FromDays(365_000));
        system.Cycles(3);

        Assert.True(system.Scheduler.IsPaused(actor));
        system.Trace.Expect("");
    }

    [Fact]
    public void RunThreads_TimersBeyondTheReachOfTheClocksTimers_WaitsForThemNonetheless()
    {
        // The parker of a scheduler with a clock of its own waits on that clock's timers, which reach no further than some weeks.
        LimitedClock clock = new();
        Scheduler scheduler = new(new SchedulerOptions { Clock = clock });
        bool timedOut = false;
        new Actor(Body).Activate(scheduler);

        scheduler.RunThreads();

        Assert.True(timedOut);
        Assert.True(clock.Elapsed >= TimeSpan.FromDays(100));

        IEnumerator<Yield> Body(Actor self)
        {
            yield return self.Pause(TimeSpan.FromDays(100));
            timedOut = self.TimedOut;
        }
    }

    [Fact]
    public void PauseWithTimeOrSleep_Zero_LastsToTheNextCycle()
    {
        SteppedScheduler system = new(TraceKinds.Step | TraceKinds.End);
        system.Start("A", Bodies.Script(self => self.Pause(TimeSpan.Zero), self => self.Sleep(TimeSpan.Zero)));
        system.Start("B", Bodies.Steps(2));

        system.Cycles(4);

        system.Trace.Expect(
            """
            step A
            step B
            step A
            step B
            step A
            end A
            step B
            end B
            """);
    }

    [Fact]
    public void PauseWithTimeOrSleep_Negative_Throws()
    {
        SteppedScheduler system = new();
        List<Exception?> thrown = [];
        system.Start("A", Bodies.Script(self =>
        {
            thrown.Add(Record.Exception(() => self.Pause(TimeSpan.FromSeconds(-5))));
            thrown.Add(Record.Exception(() => self.Sleep(TimeSpan.FromSeconds(-5))));
            thrown.Add(Record.Exception(() => self.Sleep(Timeout.InfiniteTimeSpan)));
        }));

        system.RunToEnd();

        Assert.Equal(3, thrown.Count);
        Assert.All(thrown, exception => Assert.IsType<ArgumentOutOfRangeException>(exception));
    }

    [Fact]
    public void PauseWithTimeOrSleep_FromOutsideOfAStep_ThrowsAndChangesNothing()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor actor = system.Start("A", Bodies.Endless);
        system.Settle();

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => actor.Pause(TimeSpan.FromSeconds(1)));
        Assert.Throws<InvalidOperationException>(() => actor.Sleep(TimeSpan.FromSeconds(1)));
        OtherThread.Do(() => Assert.Throws<InvalidOperationException>(() => actor.Sleep(TimeSpan.FromSeconds(1))));
        system.Cycles(2);

        Assert.Contains(actor.Name, error.Message, StringComparison.Ordinal);
        system.Trace.Expect(
            """
            step A
            step A
            """);
    }

    [Fact]
    public void Sleep_WhateverHappensMeanwhile_LastsItsFullTime()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor sleeper = new(Body);
        system.Trace.Name(sleeper, "A");
        Actor child = system.Make("C", Bodies.Empty);
        sleeper.AddChildren(child);
        Probe probe = system.Probe(sleeper);
        system.Activate(sleeper);
        system.Cycles(2);

        probe.Feed("one", "two");
        sleeper.Unpause();
        system.Activate(child);
        system.Cycles(3);
        system.Trace.Note("the last tick");
        system.Clock.Advance(TimeSpan.FromSeconds(10));
        system.Cycles(2);

        system.Trace.Expect(
            """
            activate A
            step A
            pause A
            activate C
            step C
            end C
            the last tick
            wake A
            step A
            one two
            end A
            """);

        IEnumerator<Yield> Body(Actor self)
        {
            yield return self.Sleep(TimeSpan.FromSeconds(10));
            system.Trace.Note(string.Join(' ', self.Inbox()));
        }
    }

    [Fact]
    public void Sleep_WithAWakeInTheSameCycle_SleepsNonetheless()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor sleeper = null!;
        system.Start("W", Bodies.Each(_ => sleeper.Unpause()));
        sleeper = system.Start("A", Bodies.Each(self => self.Sleep(TimeSpan.FromSeconds(10))));

        system.Cycles(4);

        system.Trace.Expect(
            """
            activate W
            activate A
            step W
            step A
            pause A
            step W
            step W
            """);
    }

    [Fact]
    public void Sleep_Over_HearsWakesAgain()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor actor = system.Start("A", Bodies.Script(self => self.Sleep(TimeSpan.FromSeconds(10)), self => self.Pause()));
        system.Cycles(2);
        system.JumpToNextTimer();
        system.Cycle();

        actor.Unpause();
        system.Cycles(2);

        system.Trace.Expect(
            """
            activate A
            step A
            pause A
            wake A
            step A
            pause A
            wake A
            step A
            end A
            """);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Spec", "AX-SCH-36")]
    public void Stop_DuringASleep_EndsItAtOnceAndTheTimerWithIt(bool fromAnotherThread)
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor sleeper = system.Start("A", Bodies.Each(self => self.Sleep(TimeSpan.FromHours(1))));
        system.Settle();

        if (fromAnotherThread)
        {
            OtherThread.Do(sleeper.Stop);
        }
        else
        {
            sleeper.Stop();
        }

        system.Cycles(2);

        Assert.Null(system.Scheduler.TimeToNextTimer());
        system.Trace.Expect(
            """
            wake A
            step A
            end A
            """);
    }

    [Fact]
    public void Sleep_FollowedByAnotherTimedPauseInTheStep_TheLastCounts()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor actor = system.Start("A", Bodies.Each(self =>
        {
            self.Sleep(TimeSpan.FromHours(1));
            self.Pause(Timeout.InfiniteTimeSpan);
        }));
        Actor shorter = system.Start("B", Bodies.Script(self =>
        {
            self.Sleep(TimeSpan.FromHours(1));
            self.Sleep(TimeSpan.FromSeconds(1));
        }));
        system.Settle();

        TimeSpan? next = system.Scheduler.TimeToNextTimer();
        actor.Unpause();
        system.Cycle();
        system.JumpToNextTimer();
        system.Cycle();

        Assert.Equal(TimeSpan.FromSeconds(1), next);
        Assert.True(shorter.IsStopped);
        system.Trace.Expect(
            """
            wake A
            step A
            pause A
            wake B
            step B
            end B
            """);
    }

    [Fact]
    public void Timers_OfTheSameMoment_GoOffInTheOrderTheyWereSet()
    {
        SteppedScheduler system = new(TraceKinds.Wake);
        foreach (string name in (string[])["A", "B", "C", "D", "E"])
        {
            system.Start(name, Bodies.Each(self => self.Sleep(TimeSpan.FromSeconds(1))));
        }

        system.Cycles(2);
        for (int i = 0; i < 3; i++)
        {
            system.JumpToNextTimer();
            system.Cycle();
        }

        string[] round = ["wake A", "wake B", "wake C", "wake D", "wake E"];
        system.Trace.Expect([.. round, .. round, .. round]);
    }

    [Fact]
    public void Timers_OfTheSameMomentSomeMovedThere_GoOffInTheOrderTheyWereSet()
    {
        // Each sets its timer twice, and the one for second 10 is what counts. A's was filed for an earlier time first, C's for the same.
        SteppedScheduler system = new(TraceKinds.Wake);
        Actor a = system.Start("A", Bodies.Script(self => self.Pause(TimeSpan.FromSeconds(5)), self => self.Pause(TimeSpan.FromSeconds(10))));
        Actor c = system.Start("C", Bodies.Script(self => self.Pause(TimeSpan.FromSeconds(10)), self => self.Pause(TimeSpan.FromSeconds(10))));
        system.Cycles(2);
        a.Unpause();
        system.Cycles(2);
        system.Start("B", Bodies.Script(self => self.Pause(TimeSpan.FromSeconds(10))));
        system.Cycles(2);
        c.Unpause();
        system.Cycles(2);
        system.Trace.Clear();

        system.Clock.Advance(TimeSpan.FromSeconds(10));
        system.Cycle();

        system.Trace.Expect(
            """
            wake A
            wake B
            wake C
            """);
    }

    [Fact]
    public void Timers_ThousandRandom_GoOffAsASortedModelSays()
    {
        const int Sleepers = 1000;
        const int Rounds = 4;
        Random random = new(20240607);
        int[][] waits = [.. Enumerable.Range(0, Sleepers).Select(_ => Enumerable.Range(0, Rounds).Select(_ => random.Next(0, 60)).ToArray())];
        SteppedScheduler system = new(TraceKinds.None);
        List<(long Milliseconds, int Sleeper)> woken = [];
        for (int i = 0; i < Sleepers; i++)
        {
            int index = i;
            system.Activate(new Actor(self => Body(self, index)));
        }

        system.RunToEnd(cycleBudget: 100_000);

        Assert.Equal(Sleepers * Rounds, woken.Count);
        Assert.Equal(Model(waits), woken);

        IEnumerator<Yield> Body(Actor self, int index)
        {
            foreach (int wait in waits[index])
            {
                yield return index % 2 == 0 ? self.Sleep(TimeSpan.FromMilliseconds(wait)) : self.Pause(TimeSpan.FromMilliseconds(wait));
                Assert.True(self.TimedOut);
                woken.Add(((long)system.Clock.Elapsed.TotalMilliseconds, index));
            }
        }
    }

    [Fact]
    public void TimerQueue_AnySequenceOfSettings_AgreesWithASortedModel()
    {
        const int Timers = 12;
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, Timers - 1], Gen.Int[0, 6]).Array[1, 120].Sample(
            operations =>
            {
                Microprocess[] owners = [.. Enumerable.Range(0, Timers).Select(_ => new Microprocess())];
                TimerNode[] nodes = [.. owners.Select(owner => new TimerNode(owner))];
                Dictionary<int, (long Due, int Order)> model = [];
                TimerQueue queue = new();
                long now = 0;
                int order = 0;
                foreach ((int kind, int which, int amount) in operations)
                {
                    switch (kind)
                    {
                        // Set, or set anew: most frequent, as in life.
                        case <= 5:
                            owners[which].Flags |= ProcessFlags.TimerArmed;
                            queue.Set(nodes[which], now + amount);
                            model[which] = (now + amount, ++order);
                            break;

                        // Woken before: the timer is forgotten where it is.
                        case 6:
                            owners[which].Flags &= ~ProcessFlags.TimerArmed;
                            model.Remove(which);
                            break;

                        // Ended.
                        case 7:
                            owners[which].Flags &= ~ProcessFlags.TimerArmed;
                            queue.Remove(nodes[which]);
                            model.Remove(which);
                            break;

                        default:
                            now += amount;
                            List<int> expected = [.. model.Where(timer => timer.Value.Due <= now).OrderBy(timer => timer.Value).Select(timer => timer.Key)];
                            List<int> taken = [];
                            while (queue.TryTakeDue(now, out TimerNode? node))
                            {
                                node!.Owner.Flags &= ~ProcessFlags.TimerArmed;
                                taken.Add(Array.IndexOf(nodes, node));
                            }

                            Assert.Equal(expected, taken);
                            expected.ForEach(timer => model.Remove(timer));
                            break;
                    }

                    Assert.Equal(model.Count > 0, queue.TryPeekDue(out long due));
                    Assert.Equal(model.Count > 0 ? model.Values.Min(timer => timer.Due) : 0, due);
                }
            },
            iter: 2000);
    }

    [Fact]
    public void TimeToNextTimer_OverTime_IsTheRestOfTheNextTimersTime()
    {
        SteppedScheduler system = new();
        List<TimeSpan?> seen = [system.Scheduler.TimeToNextTimer()];
        system.Start("A", Bodies.Script(self => self.Sleep(TimeSpan.FromSeconds(30))));
        system.Start("B", Bodies.Script(self => self.Sleep(TimeSpan.FromSeconds(10))));
        system.Cycles(2);
        See();
        system.Clock.Advance(TimeSpan.FromSeconds(4));
        See();
        system.Clock.Advance(TimeSpan.FromSeconds(7));
        See();
        system.Cycles(2);
        See();

        Assert.Equal([null, Seconds(10), Seconds(6), TimeSpan.Zero, Seconds(19)], seen);

        void See() => seen.Add(system.Scheduler.TimeToNextTimer());

        static TimeSpan? Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-28")]
    public void RunThreads_EverybodyAsleepWithTimers_ParksUntilEachMomentAndNoOftener()
    {
        VirtualClock clock = new();
        JumpingParker parker = new(clock);
        Trace trace = new(TraceKinds.Scheduling);
        Scheduler scheduler = new(new SchedulerOptions { Clock = clock, Parker = parker, Listener = trace });
        foreach ((string name, int seconds) in (ReadOnlySpan<(string, int)>)[("A", 30), ("B", 10), ("C", 10)])
        {
            Actor actor = new(Bodies.Script(self => self.Sleep(TimeSpan.FromSeconds(seconds))));
            trace.Name(actor, name);
            actor.Activate(scheduler);
        }

        scheduler.RunThreads();

        Assert.Equal([TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20)], parker.Timeouts);
        trace.Expect(
            """
            activate A
            activate B
            activate C
            step A
            step B
            step C
            pause A
            pause B
            pause C
            wake B
            wake C
            step B
            end B
            step C
            end C
            wake A
            step A
            end A
            """);
    }

    [Fact]
    public void RunThreads_ClockThatCountsCoarserThanTimeSpan_IsNeverEarly()
    {
        // 64 counts a second: most times fall between two of them and must be rounded up.
        CoarseClock clock = new();
        Scheduler scheduler = new(new SchedulerOptions { Clock = clock, Parker = new CoarseParker(clock) });
        List<(TimeSpan Asked, TimeSpan Slept)> slept = [];
        new Actor(Body).Activate(scheduler);

        scheduler.RunThreads();

        Assert.Equal(40, slept.Count);
        Assert.All(slept, pair => Assert.InRange(pair.Slept, pair.Asked, pair.Asked + TimeSpan.FromSeconds(1.0 / 64)));

        IEnumerator<Yield> Body(Actor self)
        {
            for (int milliseconds = 1; milliseconds <= 40; milliseconds++)
            {
                TimeSpan asked = TimeSpan.FromMilliseconds(milliseconds);
                long before = clock.GetTimestamp();
                yield return self.Sleep(asked);
                slept.Add((asked, clock.GetElapsedTime(before)));
            }
        }
    }

    [Fact]
    public void RunThreads_OnTheSystemsClock_IsNeverEarly()
    {
        Scheduler scheduler = new();
        List<(TimeSpan Asked, TimeSpan Slept)> slept = [];
        for (int i = 1; i <= 20; i++)
        {
            TimeSpan asked = TimeSpan.FromMilliseconds(i * 1.37);
            new Actor(self => Body(self, asked)).Activate(scheduler);
        }

        scheduler.RunThreads();

        Assert.Equal(20, slept.Count);
        Assert.All(slept, pair => Assert.True(pair.Slept >= pair.Asked, $"Slept {pair.Slept} instead of {pair.Asked}."));

        IEnumerator<Yield> Body(Actor self, TimeSpan asked)
        {
            long before = TimeProvider.System.GetTimestamp();
            yield return self.Sleep(asked);
            slept.Add((asked, TimeProvider.System.GetElapsedTime(before)));
        }
    }

    // Who wakes together steps together and sets its next timer in that order; the next moment is the earliest that is left.
    private static List<(long Milliseconds, int Sleeper)> Model(int[][] waits)
    {
        PriorityQueue<(int Sleeper, int Round), (long Due, int Order)> due = new();
        List<(long, int)> woken = [];
        int order = 0;
        for (int i = 0; i < waits.Length; i++)
        {
            due.Enqueue((i, 0), (waits[i][0], ++order));
        }

        while (due.TryDequeue(out (int Sleeper, int Round) timer, out (long Due, int Order) moment))
        {
            woken.Add((moment.Due, timer.Sleeper));
            if (timer.Round + 1 < waits[timer.Sleeper].Length)
            {
                due.Enqueue((timer.Sleeper, timer.Round + 1), (moment.Due + waits[timer.Sleeper][timer.Round + 1], ++order));
            }
        }

        return woken;
    }

    /// <summary>Rings each timer at once, having moved itself there, and refuses those too far away, as the framework's clocks do.</summary>
    private sealed class LimitedClock : TimeProvider
    {
        private readonly VirtualClock _clock = new();

        public TimeSpan Elapsed => _clock.Elapsed;

        public override long TimestampFrequency => _clock.TimestampFrequency;

        public override long GetTimestamp() => _clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Assert.InRange(dueTime.TotalMilliseconds, 0, uint.MaxValue - 1);
            ITimer timer = _clock.CreateTimer(callback, state, dueTime, period);
            _clock.Advance(dueTime);
            return timer;
        }
    }

    private sealed class CoarseClock : TimeProvider
    {
        private TimeSpan _now;

        public override long TimestampFrequency => 64;

        public override long GetTimestamp() => (long)(_now.TotalSeconds * 64);

        public void Advance(TimeSpan time) => _now += time;
    }

    private sealed class CoarseParker(CoarseClock clock) : IParker
    {
        public void Park(TimeSpan timeout) => clock.Advance(timeout);

        public void Unpark()
        {
        }
    }
}
