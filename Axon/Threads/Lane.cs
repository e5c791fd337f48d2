// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Collections.Concurrent;

namespace Axon;

/// <summary>One box of a component and the queue that joins it to another thread.</summary>
/// <remarks>See <see cref="Crossing"/>.</remarks>
internal abstract class Lane(string name)
{
    // 1 while it waits in the crossing's list of those that have something to move; Interlocked only.
    internal int Called;
    internal Lane? NextCalled;

    // Whether the crossing remembers it. Scheduler thread only.
    internal bool IsPending;

    /// <summary>The name of the box.</summary>
    public string Name => name;

    /// <summary>Moves what is there and fits. Scheduler thread only.</summary>
    /// <returns>False if something is left because the box at the end of the chain is full.</returns>
    public abstract bool Move();
}

/// <summary>From another thread to an outbox.</summary>
internal abstract class OutgoingLane(Postbox outbox) : Lane(outbox.Name)
{
    public Postbox Outbox => outbox;

    protected abstract int Count { get; }

    // Not more than is there now, so that a thread that never stops sending cannot keep the scheduler here: it calls again.
    public override bool Move()
    {
        for (int left = Count; left > 0; left--)
        {
            if (outbox.IsFull)
            {
                return false;
            }

            outbox.TryAppend(Take());
        }

        return true;
    }

    /// <summary>Takes the oldest of those that were counted.</summary>
    protected abstract object? Take();
}

/// <summary>From one thread.</summary>
internal sealed class OutLane(Postbox outbox, int limit) : OutgoingLane(outbox)
{
    /// <summary>What is between the thread and the box.</summary>
    public ThreadQueue Queue { get; } = new(limit);

    protected override int Count => Queue.Count;

    protected override object? Take()
    {
        Queue.TryTake(out object? message);
        return message;
    }
}

/// <summary>From any thread, and several at once.</summary>
/// <remarks>A queue for one thread at either end with a lock before it takes half as long again. Benchmark: <c>-- threads</c>, handle.</remarks>
internal sealed class SharedLane(Postbox outbox) : OutgoingLane(outbox)
{
    /// <summary>What is between the threads and the box.</summary>
    public ConcurrentQueue<object?> Messages { get; } = new();

    /// <summary>What is in these goes first, as far as it fits, whether they have called or not: a putter may have been interrupted before its call.</summary>
    public SharedLane[] After { get; set; } = [];

    protected override int Count => Messages.Count;

    public override bool Move()
    {
        foreach (SharedLane before in After)
        {
            before.Move();
        }

        return base.Move();
    }

    // There is one taker, so what was counted is there; one that is just being put in is waited for.
    protected override object? Take()
    {
        Messages.TryDequeue(out object? message);
        return message;
    }
}

/// <summary>From an inbox to a thread.</summary>
internal sealed class InLane(ThreadInbox inbox, int limit) : Lane(inbox.Name), IAwaited
{
    // Set while messages wait in the inbox for room in the queue; whoever takes from the queue then calls.
    private volatile bool _wantsRoom;

    public ThreadInbox Inbox => inbox;

    /// <summary>What is between the box and the thread.</summary>
    public ThreadQueue Queue { get; } = new(limit);

    bool IAwaited.HasCome => Queue.Count > 0;

    public override bool Move()
    {
        while (inbox.LocalCount > 0)
        {
            if (Queue.TryPut(inbox.Peek()))
            {
                inbox.Take();
                continue;
            }

            // First say so, then look again; TryTake makes room first and then looks whether somebody said so. One of the two sees the other.
            _wantsRoom = true;
            Interlocked.MemoryBarrier();
            if (Queue.Count >= Queue.Limit)
            {
                break;
            }
        }

        return true;
    }

    /// <summary>Takes the oldest message, if there is one. The thread only.</summary>
    public bool TryTake(Crossing crossing, out object? message)
    {
        if (!Queue.TryTake(out message))
        {
            return false;
        }

        Interlocked.MemoryBarrier();
        if (_wantsRoom)
        {
            _wantsRoom = false;
            crossing.Call(this);
        }

        return true;
    }
}
