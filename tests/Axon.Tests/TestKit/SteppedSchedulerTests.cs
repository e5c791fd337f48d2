// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests.TestKit;

public class SteppedSchedulerTests
{
    private readonly SteppedScheduler _system = new(TraceKinds.Scheduling);

    [Fact]
    public void Constructor_Options_KeepsThemAndSetsItsOwn()
    {
        CoordinatingAssistantTracker tracker = new();
        SteppedScheduler system = new(immortal: true, options: new SchedulerOptions { Tracker = tracker, Immortal = false });

        Assert.Same(tracker, system.Scheduler.Tracker);
        Assert.Same(system.Clock, system.Scheduler.Clock);
        Assert.Same(system.Trace, system.Scheduler.Listener);
        Assert.True(system.Scheduler.Immortal);
        Assert.False(_system.Scheduler.Immortal);
    }

    [Fact]
    public void Activate_Component_ReturnsItActiveUnderTheName()
    {
        CollectingSink sink = new();

        Assert.Same(sink, _system.Activate(sink, "sink"));

        Assert.Same(_system.Scheduler, sink.Scheduler);
        Assert.Equal("sink", _system.Trace.NameOf(sink));
    }

    [Fact]
    public void Cycle_StepsOnceAndSaysWhetherAnybodyIsLeft()
    {
        _system.Activate(new ScriptedSource(1), "source");

        Assert.Equal([true, true, false], [_system.Cycle(), _system.Cycle(), _system.Cycle()]);

        _system.Trace.Expect("""
            activate source
            step source
            step source
            end source
            """);
    }

    [Fact]
    public void Cycles_Count_DoesThatMany()
    {
        _system.Activate(Busy(), "busy");

        _system.Cycles(4);

        _system.Trace.Expect(["activate busy", "step busy", "step busy", "step busy"]);
    }

    [Fact]
    public void RunUntilIdle_NothingActivated_TakesNoCycle()
    {
        Assert.Equal(0, _system.RunUntilIdle());
    }

    [Fact]
    public void RunUntilIdle_OneFallsAsleep_StopsThereAndCountsTheCycles()
    {
        Component sink = _system.Activate(new CollectingSink(), "sink");

        Assert.Equal(2, _system.RunUntilIdle());
        Assert.Equal(0, _system.RunUntilIdle());

        _system.Trace.Expect("""
            activate sink
            step sink
            pause sink
            """);
        Assert.True(_system.Scheduler.IsPaused(sink));
    }

    [Fact]
    public void RunUntilIdle_TimerRuns_TimeStandsStill()
    {
        _system.Activate(Sleeper(TimeSpan.FromSeconds(1)));

        _system.RunUntilIdle();

        Assert.Equal(TimeSpan.Zero, _system.Clock.Elapsed);
        Assert.Single(_system.Scheduler.ListAll());
    }

    [Fact]
    public void RunUntilIdle_TimerIsDue_RunsWhatItWakes()
    {
        _system.Activate(Sleeper(TimeSpan.FromSeconds(1)));
        _system.RunUntilIdle();
        _system.Clock.Advance(TimeSpan.FromSeconds(1));

        _system.RunUntilIdle();

        Assert.Empty(_system.Scheduler.ListAll());
    }

    [Fact]
    public void RunUntilIdle_StopAskedWhileAllSleep_CarriesItOut()
    {
        Component sink = _system.Activate(new CollectingSink());
        _system.RunUntilIdle();

        _system.Scheduler.Stop();
        _system.RunUntilIdle();

        Assert.True(sink.IsStopped);
        Assert.Empty(_system.Scheduler.ListAll());
    }

    [Fact]
    public void RunUntilIdle_PostedFromOutside_CarriesItOut()
    {
        bool done = false;
        _system.Scheduler.Post(() => done = true);

        _system.RunUntilIdle();

        Assert.True(done);
    }

    [Fact]
    public void RunUntilIdle_BudgetExactlyEnough_DoesNotThrow()
    {
        _system.Activate(new CollectingSink());

        Assert.Equal(2, _system.RunUntilIdle(cycleBudget: 2));
    }

    [Fact]
    public void RunUntilIdle_BudgetExceeded_SaysWhoIsAwakeWhoSleepsAndWhatHappenedLast()
    {
        _system.Activate(new CollectingSink(), "sink");
        _system.Activate(Busy(), "busy");

        var exception = Assert.Throws<CycleBudgetExceededException>(() => _system.RunUntilIdle(cycleBudget: 3));

        Assert.Equal(3, exception.Cycles);
        Assert.Equal(
            """
            After 3 cycles the system is still busy. Awake: busy. Asleep: sink. Last events:
              activate sink
              activate busy
              step sink
              step busy
              pause sink
              step busy
            """,
            exception.Message);
    }

    [Fact]
    public void RunUntilIdle_BudgetExceeded_ShowsOnlyTheLastTwelveEvents()
    {
        _system.Activate(Busy(), "busy");

        var exception = Assert.Throws<CycleBudgetExceededException>(() => _system.RunUntilIdle(cycleBudget: 100));

        Assert.Equal(12, exception.Message.Split('\n').Count(line => line == "  step busy"));
        Assert.StartsWith("After 100 cycles the system is still busy. Awake: busy. Asleep: nobody.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunUntil_ConditionComesTrue_StopsInThatCycle()
    {
        int steps = 0;
        _system.Activate(new Microprocess(Count()));

        Assert.Equal(6, _system.RunUntil(() => steps == 5));
        Assert.Equal(5, steps);
        Assert.Equal(0, _system.RunUntil(() => true));

        IEnumerator<Yield> Count()
        {
            while (true)
            {
                steps++;
                yield return 1;
            }
        }
    }

    [Fact]
    public void RunUntil_ConditionNeverTrue_ThrowsAfterTheBudget()
    {
        int asked = 0;

        var exception = Assert.Throws<CycleBudgetExceededException>(() => _system.RunUntil(() => ++asked < 0, cycleBudget: 7));

        Assert.Equal(7, exception.Cycles);
        Assert.Equal(8, asked);
    }

    [Fact]
    public void RunToEnd_Sleepers_JumpsFromTimerToTimerAndNotFurther()
    {
        List<string> woken = [];
        foreach (int seconds in (int[])[3600, 5, 60])
        {
            _system.Activate(new Microprocess(Sleep(seconds)));
        }

        _system.RunToEnd();

        Assert.Equal(["5 at 5", "60 at 60", "3600 at 3600"], woken);
        Assert.Equal(TimeSpan.FromHours(1), _system.Clock.Elapsed);

        IEnumerator<Yield> Sleep(int seconds)
        {
            Microprocess self = _system.Scheduler.ListAll()[seconds switch { 3600 => 0, 5 => 1, _ => 2 }];
            yield return self.Sleep(TimeSpan.FromSeconds(seconds));
            woken.Add($"{seconds} at {_system.Clock.Elapsed.TotalSeconds}");
        }
    }

    [Fact]
    public void RunToEnd_NothingActivated_ReturnsAtOnce()
    {
        Assert.Equal(0, _system.RunToEnd());
    }

    [Fact]
    public void RunToEnd_AllEnd_CountsTheCycles()
    {
        _system.Activate(new ScriptedSource(1, 2));

        Assert.Equal(4, _system.RunToEnd());
    }

    [Fact]
    public void RunToEnd_OneSleepsForEver_SaysSo()
    {
        _system.Activate(new CollectingSink(), "sink");

        var exception = Assert.Throws<CycleBudgetExceededException>(() => _system.RunToEnd());

        Assert.Equal(2, exception.Cycles);
        Assert.StartsWith(
            "After 2 cycles everybody sleeps, and no timer runs that could wake anybody. Awake: nobody. Asleep: sink.",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void RunToEnd_OneWakesByTheClockForEver_StopsAtTheBudget()
    {
        _system.Activate(Sleeper(TimeSpan.FromSeconds(1), times: int.MaxValue), "sleeper");

        var exception = Assert.Throws<CycleBudgetExceededException>(() => _system.RunToEnd(cycleBudget: 50));

        Assert.Equal(50, exception.Cycles);
        Assert.StartsWith("After 50 cycles the system is still busy.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void JumpToNextTimer_NoTimer_SaysFalseAndDoesNothing()
    {
        _system.Activate(new CollectingSink());
        _system.RunUntilIdle();

        Assert.False(_system.JumpToNextTimer());
        Assert.Equal(TimeSpan.Zero, _system.Clock.Elapsed);
    }

    [Fact]
    public void JumpToNextTimer_TwoTimers_GoesToTheFirst()
    {
        _system.Activate(Sleeper(TimeSpan.FromSeconds(2)), "late");
        _system.Activate(Sleeper(TimeSpan.FromSeconds(1)), "early");
        _system.RunUntilIdle();
        _system.Trace.Clear();

        Assert.True(_system.JumpToNextTimer());

        Assert.Equal(TimeSpan.FromSeconds(1), _system.Clock.Elapsed);
        _system.Trace.Expect(["wake early"]);
    }

    [Fact]
    public void Cycle_ComponentThrows_LeavesTheCallAsItIs()
    {
        TimeoutException thrown = new();
        _system.Activate(new Microprocess(Crash()));
        _system.Cycle();

        Assert.Same(thrown, Assert.Throws<TimeoutException>(() => _system.Cycle()));

        IEnumerator<Yield> Crash()
        {
            yield return thrown is null ? 1 : throw thrown;
        }
    }

    private static Microprocess Busy()
    {
        return new Microprocess(Forever());

        static IEnumerator<Yield> Forever()
        {
            while (true)
            {
                yield return 1;
            }
        }
    }

    private static Sleepy Sleeper(TimeSpan time, int times = 1) => new(time, times);

    private sealed class Sleepy(TimeSpan time, int times) : Microprocess
    {
        protected override IEnumerator<Yield> Main()
        {
            for (int i = 0; i < times; i++)
            {
                yield return Sleep(time);
            }
        }
    }
}
