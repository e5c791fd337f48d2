// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests.TestKit;

public class VirtualClockTests
{
    private static readonly TimeSpan s_never = Timeout.InfiniteTimeSpan;

    private readonly VirtualClock _clock = new();
    private readonly List<string> _rings = [];

    [Fact]
    public void GetUtcNow_NewClock_IsTheStartAndStandsStill()
    {
        DateTimeOffset start = new(2024, 2, 29, 12, 0, 0, TimeSpan.Zero);
        VirtualClock clock = new(start);

        Assert.Equal(start, clock.GetUtcNow());
        Assert.Equal(start, clock.GetLocalNow());
        Assert.Equal(TimeSpan.Zero, clock.Elapsed);
        Assert.Equal(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), _clock.GetUtcNow());
    }

    [Fact]
    public void Advance_NoTimers_MovesAllClocksAlike()
    {
        long before = _clock.GetTimestamp();
        DateTimeOffset start = _clock.GetUtcNow();

        _clock.Advance(Seconds(1.5));
        _clock.Advance(Seconds(0.25));

        Assert.Equal(Seconds(1.75), _clock.Elapsed);
        Assert.Equal(Seconds(1.75), _clock.GetElapsedTime(before));
        Assert.Equal(start + Seconds(1.75), _clock.GetUtcNow());
    }

    [Fact]
    public void Advance_NegativeTime_ThrowsAndStays()
    {
        _clock.Advance(Seconds(1));

        Assert.Throws<ArgumentOutOfRangeException>("time", () => _clock.Advance(Seconds(-1)));
        Assert.Equal(Seconds(1), _clock.Elapsed);
    }

    [Fact]
    public void Advance_OverSeveralTimers_EachSeesItsOwnDueTimeInOrder()
    {
        Timer("c", 3);
        Timer("a", 1);
        Timer("b", 2);

        _clock.Advance(Seconds(10));

        Assert.Equal(["a at 1", "b at 2", "c at 3"], _rings);
        Assert.Equal(Seconds(10), _clock.Elapsed);
    }

    [Fact]
    public void Advance_TimersDueTogether_RingInTheOrderTheyWereSet()
    {
        ITimer a = Timer("a", 2);
        Timer("b", 2);
        Timer("c", 2);
        a.Change(Seconds(2), s_never);

        _clock.Advance(Seconds(2));

        Assert.Equal(["b at 2", "c at 2", "a at 2"], _rings);
    }

    [Fact]
    public void Advance_JustBeforeTheTime_DoesNotRing()
    {
        Timer("a", 1);

        _clock.Advance(Seconds(1) - TimeSpan.FromTicks(1));
        Assert.Empty(_rings);

        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["a at 1"], _rings);
    }

    [Fact]
    public void Advance_OneShot_RingsOnce()
    {
        Timer("a", 1);

        _clock.Advance(Seconds(5));
        _clock.Advance(Seconds(5));

        Assert.Equal(["a at 1"], _rings);
    }

    [Fact]
    public void Advance_Zero_RingsWhatIsDueNow()
    {
        Timer("now", 0);
        Timer("later", 1);

        _clock.Advance(TimeSpan.Zero);

        Assert.Equal(["now at 0"], _rings);
    }

    [Fact]
    public void Advance_OverSeveralPeriods_RingsForEachAtItsTime()
    {
        Timer("tick", 1, period: 2);
        Timer("once", 4);

        _clock.Advance(Seconds(6));

        Assert.Equal(["tick at 1", "tick at 3", "once at 4", "tick at 5"], _rings);
    }

    [Fact]
    public void CreateTimer_PeriodZero_RingsOnce()
    {
        Timer("a", 1, period: 0);

        _clock.Advance(Seconds(5));

        Assert.Equal(["a at 1"], _rings);
    }

    [Fact]
    public void CreateTimer_DueNever_DoesNotRing()
    {
        using ITimer timer = _clock.CreateTimer(_ => _rings.Add("rang"), null, s_never, Seconds(1));

        _clock.Advance(TimeSpan.FromDays(1000));

        Assert.Empty(_rings);
    }

    [Fact]
    public void CreateTimer_State_ReachesTheCallback()
    {
        object state = new();
        object? seen = null;
        using ITimer timer = _clock.CreateTimer(given => seen = given, state, Seconds(1), s_never);

        _clock.Advance(Seconds(1));

        Assert.Same(state, seen);
    }

    [Fact]
    public void CreateTimer_NoCallback_Throws()
    {
        Assert.Throws<ArgumentNullException>("callback", () => _clock.CreateTimer(null!, null, Seconds(1), s_never));
    }

    [Fact]
    public void CreateTimer_NegativeTimes_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>("dueTime", () => Timer("a", -2));
        Assert.Throws<ArgumentOutOfRangeException>("period", () => Timer("a", 1, period: -2));
    }

    [Fact]
    public void Change_BeforeItIsDue_ReplacesTimeAndPeriod()
    {
        ITimer timer = Timer("a", 1, period: 1);

        Assert.True(timer.Change(Seconds(3), s_never));
        _clock.Advance(Seconds(10));

        Assert.Equal(["a at 3"], _rings);
    }

    [Fact]
    public void Change_AfterItRang_CountsFromNow()
    {
        ITimer timer = Timer("a", 1);
        _clock.Advance(Seconds(2));

        timer.Change(Seconds(1), s_never);
        _clock.Advance(Seconds(10));

        Assert.Equal(["a at 1", "a at 3"], _rings);
    }

    [Fact]
    public void Change_InItsOwnCallback_ReplacesThePeriod()
    {
        ITimer? timer = null;
        timer = _clock.CreateTimer(
            _ =>
            {
                _rings.Add($"a at {_clock.Elapsed.TotalSeconds}");
                timer!.Change(Seconds(3), s_never);
            },
            null,
            Seconds(1),
            Seconds(1));

        _clock.Advance(Seconds(8));

        Assert.Equal(["a at 1", "a at 4", "a at 7"], _rings);
    }

    [Fact]
    public void Change_InAnotherCallbackOfTheSameMoment_TakesTheRingBack()
    {
        ITimer? other = null;
        using ITimer first = _clock.CreateTimer(_ => other!.Change(s_never, s_never), null, Seconds(1), s_never);
        other = Timer("other", 1);

        _clock.Advance(Seconds(2));

        Assert.Empty(_rings);
    }

    [Fact]
    public async Task Dispose_RunningTimer_NeverRingsAndCannotBeChanged()
    {
        ITimer timer = Timer("a", 1, period: 1);
        ITimer another = Timer("b", 1, period: 1);
        _clock.Advance(Seconds(1));

        timer.Dispose();
        await another.DisposeAsync();

        Assert.False(timer.Change(Seconds(1), Seconds(1)));
        Assert.False(another.Change(Seconds(1), Seconds(1)));
        _clock.Advance(Seconds(5));
        Assert.Equal(["a at 1", "b at 1"], _rings);
    }

    [Fact]
    public void CreateTimer_InACallback_RingsInTheSameAdvanceIfDue()
    {
        using ITimer outer = _clock.CreateTimer(_ => Timer("inner", 1), null, Seconds(1), s_never);

        _clock.Advance(Seconds(3));

        Assert.Equal(["inner at 2"], _rings);
    }

    [Fact]
    public void Advance_InACallback_NeverTurnsTheClockBack()
    {
        using ITimer timer = _clock.CreateTimer(_ => _clock.Advance(Seconds(10)), null, Seconds(1), s_never);
        Timer("late", 5);

        _clock.Advance(Seconds(2));

        Assert.Equal(["late at 5"], _rings);
        Assert.Equal(Seconds(11), _clock.Elapsed);
    }

    [Fact]
    public async Task TaskDelay_OnThisClock_EndsWhenItIsMoved()
    {
        Task delay = Task.Delay(Seconds(60), _clock);
        _clock.Advance(Seconds(59));
        Assert.False(delay.IsCompleted);

        _clock.Advance(Seconds(1));

        await delay;
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private ITimer Timer(string name, double due, double? period = null) => _clock.CreateTimer(
        _ => _rings.Add($"{name} at {_clock.Elapsed.TotalSeconds}"),
        null,
        Seconds(due),
        period is { } time ? Seconds(time) : s_never);
}
