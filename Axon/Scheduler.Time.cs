// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;

namespace Axon;

/// <content>The clock, the timers, and waiting for them.</content>
public sealed partial class Scheduler
{
    private readonly TimerQueue _timers = new();
    private readonly IParker _ownParker;
    private volatile IParker _parker;
    private readonly long _started;

    // The clock is read at most once a cycle, and only if somebody asks: a reading costs as much as a message.
    private bool _timeIsRead;
    private long _time;

    private readonly TimeSpan _spin;
    private volatile bool _parked;

    // How many steps may go by before a poller that took the parker's place looks for events, although there is work to do; and how many
    // have. An event parker has nothing to look at.
    private int _stepsBetweenGlances = int.MaxValue;
    private int _stepsSinceGlance;

    /// <summary>The time since this scheduler was made, the same throughout a cycle.</summary>
    /// <remarks>
    /// <para>Threads: scheduler thread only, or while nobody runs it. Cost: reads the clock at the first call in a cycle.</para>
    /// <para>Source: Axon/Scheduler.py, <c>scheduler.time</c>.</para>
    /// </remarks>
    // PORT: differs. Python gives the wall clock in seconds, which can go back.
    public TimeSpan Time => Clock.GetElapsedTime(_started, CycleTime());

    /// <summary>How long until the next timer is due; null if none runs.</summary>
    /// <returns>Zero for one that is due already.</returns>
    /// <remarks>Threads: scheduler thread only, or while nobody runs it. Cost: reads the clock.</remarks>
    public TimeSpan? TimeToNextTimer()
    {
        if (!_timers.TryPeekDue(out long due))
        {
            return null;
        }

        long now = ReadClock();
        return due <= now ? TimeSpan.Zero : ToTimeSpanRoundedUp(due - now);
    }

    /// <summary>The poller that took the parker's place, if one did.</summary>
    internal IParker? Poller => _parker == _ownParker ? null : _parker;

    /// <summary>Waits with a poller from now on, which is also let look every so many steps while the system is busy.</summary>
    /// <param name="poller">The poller, or null to wait on an event again.</param>
    /// <param name="stepsBetweenGlances">How many steps.</param>
    /// <remarks>Threads: scheduler thread only.</remarks>
    internal void ParkWith(IParker? poller, int stepsBetweenGlances)
    {
        // With a fence behind it: see Nudge.
        Interlocked.Exchange(ref _parker, poller ?? _ownParker);
        _stepsBetweenGlances = poller is null ? int.MaxValue : stepsBetweenGlances;
        _stepsSinceGlance = 0;
    }

    internal void PauseFor(Microprocess process, TimeSpan time, bool deaf)
    {
        bool limited = deaf || time != Timeout.InfiniteTimeSpan;
        if (limited)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        }

        if (t_current != this)
        {
            throw new InvalidOperationException(
                $"{process.Name} was asked to pause for {time} from outside of a step of its scheduler. " +
                "Timed pauses are for the component's own thread; from elsewhere use Pause() and Unpause().");
        }

        // Of several timed pauses in one step the last counts.
        process.Flags &= ~(ProcessFlags.TimedOut | ProcessFlags.TimerArmed | ProcessFlags.Deaf);
        if (!limited)
        {
            AddPause(process);
            return;
        }

        if (deaf)
        {
            process.Flags |= ProcessFlags.Deaf;
        }

        // Counted from now and not from the beginning of the cycle: a timer never goes off early.
        PauseUntil(process, DueIn(time));
    }

    /// <summary>Pauses it until a wake, or until that time by the clock. Scheduler thread only.</summary>
    internal void PauseUntil(Microprocess process, long due)
    {
        process.Flags |= ProcessFlags.TimerArmed;
        AddPause(process);
        _timers.Set(process.Timer, due);
    }

    /// <summary>Whether that time by the clock has come. Scheduler thread only.</summary>
    internal bool IsDue(long due) => due <= CycleTime();

    private void Glance()
    {
        _stepsSinceGlance = 0;
        _parker.Park(TimeSpan.Zero);
    }

    private long ReadClock() => _choices is null ? Clock.GetTimestamp() : _choices.ReadClock(Clock);

    private long CycleTime()
    {
        if (!_timeIsRead)
        {
            _time = ReadClock();
            _timeIsRead = true;
        }

        return _time;
    }

    private void WakeDue()
    {
        long now = CycleTime();
        while (_timers.TryTakeDue(now, out TimerNode? timer))
        {
            Microprocess process = timer!.Owner;
            process.Flags = (process.Flags & ~(ProcessFlags.TimerArmed | ProcessFlags.Deaf)) | ProcessFlags.TimedOut;
            process.RequestWake();
        }
    }

    private void ParkUntilNextTimer()
    {
        if (_spin > TimeSpan.Zero && FindsSomethingSpinning())
        {
            return;
        }

        TimeSpan timeout = TimeToNextTimer() ?? Timeout.InfiniteTimeSpan;
        if (timeout != TimeSpan.Zero)
        {
            Listener?.Parking(timeout);
            Park(timeout);
        }
    }

    // Measured in real time, whatever the clock of the timers is. Benchmark: Net.Benchmarks, echo-1.
    private bool FindsSomethingSpinning()
    {
        TimeSpan most = TimeToNextTimer() is { } next && next < _spin ? next : _spin;
        long start = Stopwatch.GetTimestamp();
        while (!HasRequests && !_stopAsked)
        {
            if (Stopwatch.GetElapsedTime(start) >= most)
            {
                return false;
            }

            if (Poller is { } poller)
            {
                poller.Park(TimeSpan.Zero);
            }
            else
            {
                Thread.SpinWait(20);
            }
        }

        return true;
    }

    /// <summary>Waits that long, or until a stop, whatever else arrives.</summary>
    private void ParkFor(TimeSpan time)
    {
        long due = DueIn(time);
        for (long now = ReadClock(); now < due && !_stopAsked; now = ReadClock())
        {
            _parker.Park(ToTimeSpanRoundedUp(due - now));
        }
    }

    private void Park(TimeSpan timeout)
    {
        _parked = true;

        // See Enqueue, which does the same two things in the other order.
        Interlocked.MemoryBarrier();
        if (!_arrived && !_stopAsked)
        {
            _parker.Park(timeout);
        }

        _parked = false;
    }

    // A time beyond the end of the clock is the end of the clock, not an overflow that is due at once.
    internal long DueIn(TimeSpan time)
    {
        long now = ReadClock();
        long due = now + (long)Math.Ceiling(time.Ticks * ((double)Clock.TimestampFrequency / TimeSpan.TicksPerSecond));
        return due < now ? long.MaxValue : due;
    }

    private TimeSpan ToTimeSpanRoundedUp(long clockTicks) =>
        new((long)Math.Ceiling(clockTicks * ((double)TimeSpan.TicksPerSecond / Clock.TimestampFrequency)));
}
