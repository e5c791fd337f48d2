// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Workloads;

/// <summary>A clock that stands still while there is work, and leaps over every wait: what is measured is work, not waiting.</summary>
internal sealed class LeapingClock : TimeProvider, IParker
{
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public void Park(TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            throw new NobodyAwakeException();
        }

        _now += timeout.Ticks;
    }

    public void Unpark()
    {
        // Park never waits.
    }
}

/// <summary>Everybody sleeps and no timer runs: nothing would ever happen again.</summary>
internal sealed class NobodyAwakeException() : Exception("Everybody sleeps and no timer runs.");
