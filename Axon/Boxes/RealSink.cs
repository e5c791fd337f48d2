// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Box.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;

namespace Axon;

/// <summary>An inbox: keeps messages in the order they arrived, in a ring that grows by doubling.</summary>
/// <remarks>
/// <para>A full box refuses; a message that arrives wakes the owner; a message that is taken wakes whoever feeds the box.</para>
/// <para>Source: Axon/Box.py, <c>realsink</c>.</para>
/// </remarks>
internal class RealSink : Postbox
{
    private const int NoLimit = int.MaxValue;

    // The ring: a power of two long. The oldest message is at _head.
    private Slot[] _ring = [];
    private int _head;
    private int _count;
    private int _limit;

    // How many messages are stored without asking further: the limit, or -1 in a box that wants to see each of them.
    private int _unseenUpTo;

    // Whose outbox alone feeds this box; null if that is not so, or not known yet.
    private Component? _soleFeeder;

    // What is known of several feeders; null: nothing yet.
    private Feeders? _feeders;

    public RealSink(Component owner, string name)
        : this(owner, name, seesEach: false)
    {
    }

    private protected RealSink(Component owner, string name, bool seesEach)
        : base(owner, name)
    {
        Sink = this;
        _limit = NoLimit;
        _unseenUpTo = seesEach ? -1 : NoLimit;
    }

    public sealed override int LocalCount => _count;

    /// <summary>The limit in messages; the largest number there is for none.</summary>
    public int Limit => _limit;

    public sealed override int? Size
    {
        get => _limit == NoLimit ? null : _limit;
        set
        {
            ThrowIfNoLimit(value);
            _limit = value ?? NoLimit;
            if (_unseenUpTo >= 0)
            {
                _unseenUpTo = _limit;
            }
        }
    }

    internal sealed override string Kind => "inbox";

    /// <summary>Whether messages stay here until somebody collects them.</summary>
    private protected virtual bool KeepsMessages => true;

    /// <summary>Throws if that number cannot be a limit of this box.</summary>
    public void ThrowIfNoLimit(int? limit)
    {
        if (limit is not null && !KeepsMessages)
        {
            throw new InvalidOperationException($"The {this} keeps no messages, so it cannot have a limit.");
        }

        if (limit < 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(limit), limit, $"The {this} cannot hold fewer than 0 messages, so nothing was changed. Give 0 or more, or null for no limit.");
        }
    }

    /// <summary>Stores a message and wakes the owner, or says no because the box is full.</summary>
    public bool TryStore(object? message)
    {
        if (_count >= _unseenUpTo)
        {
            return StoreSeen(message);
        }

        Store(message);
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
    public object? Peek() => _ring[_head].Message;

    /// <summary>The messages in the box, oldest first.</summary>
    public object?[] Snapshot()
    {
        object?[] snapshot = new object?[_count];
        for (int i = 0; i < _count; i++)
        {
            snapshot[i] = _ring[(_head + i) & (_ring.Length - 1)].Message;
        }

        return snapshot;
    }

    /// <summary>Whether that many messages more would fit.</summary>
    public virtual bool HasRoomFor(int messages) => messages == 0 || messages <= _limit - _count;

    /// <summary>Hands everything over to where this box leads from now on; counts as collecting, so the feeders are woken first.</summary>
    public void MoveTo(RealSink destination)
    {
        if (_count > 0)
        {
            WakeFeeders();
        }

        while (_count > 0)
        {
            destination.TryStore(Remove());
        }
    }

    /// <summary>What to do with a message above the limit, or with each one in a box that wants to see them: refuse it.</summary>
    private protected virtual bool StoreSeen(object? message) => false;

    private protected void Store(object? message)
    {
        if (_count == _ring.Length)
        {
            Grow();
        }

        Slot[] ring = _ring;
        ring[(_head + _count) & (ring.Length - 1)].Message = message;
        _count++;
        Owner.RequestWake();
    }

    /// <summary>What a send throws that found no room.</summary>
    internal virtual NoSpaceInBoxException Refusal() => new(LocalCount, Limit, this);

    /// <summary>A linkage somewhere upstream was taken away.</summary>
    internal virtual void FeederLeft()
    {
    }

    internal sealed override void WakeAsFeeder()
    {
        // The owner of an inbox in mid-chain did not send the message.
    }

    private object? Remove()
    {
        Slot[] ring = _ring;
        int head = _head;
        object? message = ring[head].Message;
        ring[head].Message = null;
        _head = (head + 1) & (ring.Length - 1);
        _count--;
        return message;
    }

    // Every outbox upstream, over all hops and branches, in Axon's order. Where there is one, as a rule, it is remembered whose it is.
    // Benchmark: SchedulerBenchmarks.PingPong.
    private void WakeFeeders()
    {
        if (_soleFeeder is { } process)
        {
            process.RequestWakeForCollection();
        }
        else if (_feeders is { } several)
        {
            // However many messages are taken in one turn of the scheduler, each feeder is asked once: a hundred producers cost a wake each, not
            // a hundred a message. Benchmark: BoxBenchmarks.FanIn.
            if (Owner.Scheduler is not { } scheduler || several.WokenIn != scheduler.Turn)
            {
                WakeEach(several);
            }
        }
        else if (FirstIncoming is not null)
        {
            FindFeeders(FirstIncoming);
        }
    }

    private void FindFeeders(Linkage first)
    {
        if (first.NextHere is null && first.Source is NullSink { FirstIncoming: null } outbox)
        {
            _soleFeeder = outbox.Owner;
            outbox.WakeAsFeeder();
        }
        else
        {
            WakeEach(_feeders = new Feeders(FeedersUnlessWalkIsInOrder()));
        }
    }

    private void WakeEach(Feeders feeders)
    {
        feeders.WokenIn = Owner.Scheduler?.Turn ?? -1;
        if (feeders.InOrder.Length > 0)
        {
            foreach (Postbox feeder in feeders.InOrder)
            {
                feeder.WakeAsFeeder();
            }

            return;
        }

        for (Postbox? feeder = NextUpstream(this); feeder is not null; feeder = feeder.NextUpstream(this))
        {
            feeder.WakeAsFeeder();
        }
    }

    /// <summary>Linkages upstream of here were made or unmade: who was added has not been woken in this turn.</summary>
    internal void FeedersChanged()
    {
        _feeders = null;
        _soleFeeder = null;
    }

    // Axon wakes feeders in the order in which their ways to here were completed. Where only one level of the tree has branches and nothing
    // leads into these, that is the order of a walk, and no list need be kept: the everyday case, with up to very many feeders.
    private Postbox[] FeedersUnlessWalkIsInOrder()
    {
        Postbox fork = this;
        while (fork.FirstIncoming is { NextHere: null } only)
        {
            fork = only.Source;
        }

        Linkage? branch = fork.FirstIncoming;
        while (branch is not null && branch.Source.FirstIncoming is null)
        {
            branch = branch.NextHere;
        }

        return branch is null ? [] : FeedersInOrderOfCompletion();
    }

    private Postbox[] FeedersInOrderOfCompletion()
    {
        List<Postbox> feeders = [];
        List<int[]> completions = [];
        for (Postbox? feeder = NextUpstream(this); feeder is not null; feeder = feeder.NextUpstream(this))
        {
            feeders.Add(feeder);
            completions.Add(CompletionOf(feeder));
        }

        Postbox[] inOrder = [.. feeders];
        Array.Sort(completions.ToArray(), inOrder, Comparer<int[]>.Create(static (one, other) => one.AsSpan().SequenceCompareTo(other)));
        return inOrder;
    }

    // A way is completed by its latest linkage. What that linkage brought along at once comes in the order that it had before, so the rest
    // of the way, upstream of that linkage, counts in the same manner. Ids of linkages grow with time.
    private static int[] CompletionOf(Postbox feeder)
    {
        List<int> latestSoFar = [];
        int latest = 0;
        for (Linkage? linkage = feeder.Outgoing; linkage is not null; linkage = linkage.Sink.Outgoing)
        {
            if (linkage.Id > latest)
            {
                latest = linkage.Id;
                latestSoFar.Add(latest);
            }
        }

        latestSoFar.Reverse();
        return [.. latestSoFar];
    }

    private void Grow()
    {
        Slot[] larger = new Slot[Math.Max(2, _ring.Length * 2)];
        int untilEnd = _ring.Length - _head;
        Array.Copy(_ring, _head, larger, 0, untilEnd);
        Array.Copy(_ring, 0, larger, untilEnd, _head);
        _ring = larger;
        _head = 0;
    }

    /// <summary>What an inbox knows of those who feed it, where they are several.</summary>
    /// <param name="inOrder">Them, in the order in which they are woken, where a walk would not meet them in it; empty where it does.</param>
    private sealed class Feeders(Postbox[] inOrder)
    {
        public Postbox[] InOrder { get; } = inOrder;

        /// <summary>The scheduler's turn in which they were woken last; they need not be woken twice in one.</summary>
        public long WokenIn { get; set; } = -1;
    }

    /// <summary>A place in the ring; a struct for the reason of <see cref="ProcessEntry"/>. Benchmark: BoxBenchmarks.SendAndRecv.</summary>
    private struct Slot
    {
        public object? Message;
    }
}
