// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Internet.Simulate;

/// <summary>Passes everything on, but later.</summary>
/// <remarks>
/// <para>Each item has its own delay, so with a jitter items overtake each other; those that are due at the same time keep their order.
/// Time is the scheduler's. A delay counts from the step in which the item is taken, which is later than its arrival only while the receiver
/// is full.</para>
/// </remarks>
public sealed class Delay : BrokenNetwork
{
    private readonly TimeSpan _latency;
    private readonly TimeSpan _jitter;
    private readonly PriorityQueue<object?, (TimeSpan Due, long Number)> _underWay = new();
    private long _number;

    /// <summary>Makes a stage.</summary>
    /// <param name="latency">How long an item takes at least.</param>
    /// <param name="jitter">How much longer at most, evenly spread. Default: zero.</param>
    /// <param name="random">Where random numbers come from. Default: the scheduler.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative.</exception>
    public Delay(TimeSpan latency, TimeSpan jitter = default, Random? random = null)
        : base(random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(latency, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(jitter, TimeSpan.Zero);
        _latency = latency;
        _jitter = jitter;
    }

    private protected override bool TryGetNext(out object? item)
    {
        TimeSpan now = Scheduler!.Time;
        while (TryRecv(out object? arrived))
        {
            _underWay.Enqueue(arrived, (now + _latency + (_jitter * Random.NextDouble()), _number++));
        }

        if (_underWay.TryPeek(out item, out var next) && next.Due <= now)
        {
            _underWay.Dequeue();
            return true;
        }

        item = null;
        return false;
    }

    private protected override TimeSpan? TimeToNext()
    {
        if (!_underWay.TryPeek(out _, out var next))
        {
            return null;
        }

        TimeSpan left = next.Due - Scheduler!.Time;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
