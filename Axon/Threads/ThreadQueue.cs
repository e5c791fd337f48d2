// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Runtime.InteropServices;

namespace Axon;

/// <summary>Messages on their way from one thread to one other, in order, without a lock.</summary>
/// <remarks>
/// <para>Each end counts the messages that went past it and writes that number alone: their difference is what is in the queue. An end looks
/// at the other's number only when the one it saw last says that the queue is full, or empty, so in a busy queue the two ends rarely touch
/// the same memory. A ring that is full and below the limit is followed by one twice as long; the taker moves on to it when it has emptied
/// the first. Numbers wrap around, and only their differences count.</para>
/// <para>Threads: whoever puts, one at a time; whoever takes, one at a time. Cost: no allocation once the ring has grown.</para>
/// <para>Benchmark: <c>-- threads</c>, beside a bounded Channel.</para>
/// </remarks>
internal sealed class ThreadQueue
{
    private const int FirstRing = 16;

    private End _put;
    private End _taken;

    public ThreadQueue(int limit)
    {
        Limit = limit;
        _put.Ring = _taken.Ring = new Ring(FirstRing, limit);
    }

    /// <summary>How many messages fit.</summary>
    public int Limit { get; }

    /// <summary>How many messages are in it.</summary>
    /// <remarks>Threads: any thread. For the two ends the answer errs on the safe side: what the other does meanwhile.</remarks>
    public int Count
    {
        get
        {
            int taken = Volatile.Read(ref _taken.Position);
            return Volatile.Read(ref _put.Position) - taken;
        }
    }

    /// <summary>Puts a message in, or says no because the queue is full.</summary>
    public bool TryPut(object? message)
    {
        int position = _put.Position;
        if (position - _put.OtherSeen >= _put.Ring.Room && !MakeRoom(position))
        {
            return false;
        }

        Ring ring = _put.Ring;
        ring.Slots[position & ring.Mask].Message = message;
        Volatile.Write(ref _put.Position, position + 1);
        return true;
    }

    /// <summary>Takes the oldest message out, if there is one.</summary>
    public bool TryTake(out object? message)
    {
        if (!IsAnyThere())
        {
            message = null;
            return false;
        }

        ref Slot slot = ref Oldest();
        message = slot.Message;
        slot.Message = null;
        Volatile.Write(ref _taken.Position, _taken.Position + 1);
        return true;
    }

    /// <summary>The oldest message, if there is one, which stays. For the taker.</summary>
    public bool TryPeek(out object? message)
    {
        bool any = IsAnyThere();
        message = any ? Oldest().Message : null;
        return any;
    }

    private bool IsAnyThere()
    {
        if (_taken.Position != _taken.OtherSeen)
        {
            return true;
        }

        _taken.OtherSeen = Volatile.Read(ref _put.Position);
        return _taken.Position != _taken.OtherSeen;
    }

    // The end of a ring was written before the message behind it was put, which the taker has seen.
    private ref Slot Oldest()
    {
        Ring ring = _taken.Ring;
        if (ring.Next is { } next && ring.End == _taken.Position)
        {
            _taken.Ring = ring = next;
        }

        return ref ring.Slots[_taken.Position & ring.Mask];
    }

    private bool MakeRoom(int position)
    {
        _put.OtherSeen = Volatile.Read(ref _taken.Position);
        int count = position - _put.OtherSeen;
        if (count >= Limit)
        {
            return false;
        }

        Ring ring = _put.Ring;
        if (count >= ring.Slots.Length)
        {
            Ring longer = new(ring.Slots.Length * 2, Limit);
            ring.End = position;
            ring.Next = longer;
            _put.Ring = longer;
        }

        return true;
    }

    // Each end has cache lines of its own, or every put would take the line away from the taker and the other way round.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct End
    {
        // The ring that it works on.
        [FieldOffset(0)]
        public Ring Ring;

        // How many messages went past this end.
        [FieldOffset(8)]
        public int Position;

        // How many had gone past the other end when this one looked last.
        [FieldOffset(12)]
        public int OtherSeen;
    }

    // A struct for the reason of ProcessEntry.
    private struct Slot
    {
        public object? Message;
    }

    private sealed class Ring(int length, int limit)
    {
        public readonly Slot[] Slots = new Slot[length];
        public readonly int Mask = length - 1;
        public readonly int Room = Math.Min(length, limit);

        // Where the next ring begins, once there is one: written before that.
        public int End;
        public volatile Ring? Next;
    }
}
