// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.TestKit;

/// <summary>A clock that stands still until it is moved, and then rings every timer at exactly its own time.</summary>
/// <remarks>
/// <para>When it is moved over several timers, each callback sees the time at which it was due, in order.</para>
/// <para>Threads: any thread; callbacks run on the thread that moves the clock.</para>
/// </remarks>
public sealed class VirtualClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<(VirtualTimer Timer, int Setting), (long Due, long Order)> _due = new();
    private readonly DateTimeOffset _start;
    private long _now;
    private long _order;

    /// <summary>Makes a clock.</summary>
    /// <param name="start">The wall-clock time it shows. Default: midnight of 1 January 2000, UTC.</param>
    public VirtualClock(DateTimeOffset? start = null)
    {
        _start = start ?? new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }

    /// <summary>How far it has been moved.</summary>
    public TimeSpan Elapsed => new(Volatile.Read(ref _now));

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _now);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        VirtualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock forward, ringing what is due on the way.</summary>
    /// <param name="time">How far; zero rings what is due now.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        long target = Volatile.Read(ref _now) + time.Ticks;
        while (TakeDue(target) is { } timer)
        {
            timer.Ring();
        }

        // A callback may have moved the clock further than this call was to.
        Volatile.Write(ref _now, Math.Max(Volatile.Read(ref _now), target));
    }

    private VirtualTimer? TakeDue(long target)
    {
        lock (_lock)
        {
            while (_due.TryPeek(out var first, out var key) && key.Due <= target)
            {
                _due.Dequeue();
                if (first.Timer.IsSetting(first.Setting))
                {
                    Volatile.Write(ref _now, Math.Max(_now, key.Due));
                    first.Timer.SetNextPeriod();
                    return first.Timer;
                }
            }

            return null;
        }
    }

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;
        private int _setting;
        private bool _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Timeout.InfiniteTimeSpan);
            ArgumentOutOfRangeException.ThrowIfLessThan(period, Timeout.InfiniteTimeSpan);
            lock (clock._lock)
            {
                if (_disposed)
                {
                    return false;
                }

                _setting++;
                _period = period;
                Schedule(dueTime);
                return true;
            }
        }

        // The lock of the clock is held for the next three.
        public bool IsSetting(int setting) => setting == _setting;

        public void SetNextPeriod()
        {
            if (_period > TimeSpan.Zero)
            {
                Schedule(_period);
            }
        }

        public void Ring() => callback(state);

        public void Dispose()
        {
            lock (clock._lock)
            {
                _setting++;
                _disposed = true;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Schedule(TimeSpan dueTime)
        {
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                clock._due.Enqueue((this, _setting), (clock._now + dueTime.Ticks, ++clock._order));
            }
        }
    }
}
