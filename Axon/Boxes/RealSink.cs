// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Box.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;

namespace Axon;

/// <summary>An inbox: keeps messages in the order they arrived, in a ring that grows by doubling.</summary>
/// <remarks>
/// <para>A full box refuses; a message that arrives wakes the owner; a message that is taken wakes whoever feeds the box.</para>
/// <para>Source: Axon/Box.py, <c>realsink</c>.</para>
/// </remarks>
internal sealed class RealSink : Postbox
{
    private const int NoLimit = int.MaxValue;

    // The ring: a power of two long. The oldest message is at _head.
    private object?[] _ring = [];
    private int _head;
    private int _count;
    private int _limit = NoLimit;

    // The scheduler's turn in which the feeders were woken last; they need not be woken twice in one.
    private long _wokeFeedersIn = -1;

    public RealSink(Component owner, string name)
        : base(owner, name)
    {
        Sink = this;
    }

    public override int LocalCount => _count;

    /// <summary>The limit in messages; the largest number there is for none.</summary>
    public int Limit => _limit;

    public override int? Size
    {
        get => _limit == NoLimit ? null : _limit;
        set
        {
            ThrowIfNoLimit(value);
            _limit = value ?? NoLimit;
        }
    }

    internal override string Kind => "inbox";

    /// <summary>Throws if that number cannot be a limit of this box.</summary>
    public void ThrowIfNoLimit(int? limit)
    {
        if (limit < 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(limit), limit, $"The {this} cannot hold fewer than 0 messages, so nothing was changed. Give 0 or more, or null for no limit.");
        }
    }

    /// <summary>Stores a message and wakes the owner, or says no because the box is full.</summary>
    public bool TryStore(object? message)
    {
        if (_count >= _limit)
        {
            return false;
        }

        if (_count == _ring.Length)
        {
            Grow();
        }

        object?[] ring = _ring;
        ring[(_head + _count) & (ring.Length - 1)] = message;
        _count++;
        Owner.RequestWake();
        return true;
    }

    /// <summary>Takes the oldest message, which must be there, and wakes whoever feeds this box.</summary>
    public object? Take()
    {
        Debug.Assert(_count > 0, "Take from an empty box.");
        object? message = Remove();
        WakeFeeders();
        if (Owner.Scheduler?.Listener is { } listener)
        {
            listener.Received(this, message);
        }

        return message;
    }

    /// <summary>The oldest message, which must be there, and stays.</summary>
    public object? Peek() => _ring[_head];

    /// <summary>The messages in the box, oldest first.</summary>
    public object?[] Snapshot()
    {
        object?[] snapshot = new object?[_count];
        for (int i = 0; i < _count; i++)
        {
            snapshot[i] = _ring[(_head + i) & (_ring.Length - 1)];
        }

        return snapshot;
    }

    /// <summary>Whether that many messages more would fit.</summary>
    public bool HasRoomFor(int messages) => messages == 0 || messages <= _limit - _count;

    /// <summary>Hands everything over to where this box leads from now on; counts as collecting.</summary>
    public void MoveTo(RealSink destination)
    {
        bool any = _count > 0;
        while (_count > 0)
        {
            destination.TryStore(Remove());
        }

        if (any)
        {
            WakeFeeders();
        }
    }

    internal override void WakeAsFeeder()
    {
        // The owner of an inbox in mid-chain did not send the message.
    }

    private object? Remove()
    {
        object?[] ring = _ring;
        int head = _head;
        object? message = ring[head];
        ring[head] = null;
        _head = (head + 1) & (ring.Length - 1);
        _count--;
        return message;
    }

    // Every outbox upstream, over all hops and branches. However many messages are taken in one turn of the scheduler, each feeder is asked
    // once: a hundred producers cost a wake each, not a hundred a message. Benchmark: BoxBenchmarks.FanIn.
    private void WakeFeeders()
    {
        if (FirstIncoming is not { } first)
        {
            return;
        }

        if (first.NextHere is null && first.Source is NullSink { FirstIncoming: null } onlyFeeder)
        {
            onlyFeeder.Owner.RequestWake();
            return;
        }

        if (Owner.Scheduler is { } scheduler)
        {
            if (_wokeFeedersIn == scheduler.Turn)
            {
                return;
            }

            _wokeFeedersIn = scheduler.Turn;
        }

        for (Postbox? feeder = NextUpstream(this); feeder is not null; feeder = feeder.NextUpstream(this))
        {
            feeder.WakeAsFeeder();
        }
    }

    /// <summary>A feeder was added: it has not been woken in this turn.</summary>
    internal void FeedersChanged() => _wokeFeedersIn = -1;

    private void Grow()
    {
        object?[] larger = new object?[Math.Max(4, _ring.Length * 2)];
        int untilEnd = _ring.Length - _head;
        Array.Copy(_ring, _head, larger, 0, untilEnd);
        Array.Copy(_ring, 0, larger, untilEnd, _head);
        _ring = larger;
        _head = 0;
    }
}
