// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;

namespace Axon.Benchmarks.Peers.Timers;

/// <summary>How late timers were that run beside each other. Threads: any thread.</summary>
/// <param name="count">How many.</param>
internal sealed class TimerTally(int count)
{
    private readonly double[] _milliseconds = new double[count];
    private int _noted;

    public Finish Over { get; } = new(count);

    /// <summary>The time by the clock at which a timer is due that is set now.</summary>
    public static long Due(TimeSpan delay) => Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Half a second up to one and a half, in no order, the same in every run: all of them are set before the first goes off.</summary>
    public static TimeSpan Delay(int number) => TimeSpan.FromMilliseconds(500 + ((((uint)number * 2654435761u) >> 8) % 1000));

    public void Note(long due)
    {
        _milliseconds[Interlocked.Increment(ref _noted) - 1] = Stopwatch.GetElapsedTime(due).TotalMilliseconds;
        Over.Signal(1);
    }

    public TimerFigures Figures(TimeSpan processor)
    {
        Over.Check(count);
        Array.Sort(_milliseconds);
        return new(
            processor.TotalMicroseconds / count,
            _milliseconds[count / 2],
            _milliseconds[(int)(count * 0.99)],
            _milliseconds[^1],
            _milliseconds.Count(static late => late < 0),
            Math.Max(0, -_milliseconds[0]));
    }
}
