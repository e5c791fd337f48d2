// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>The one timer that a microprocess may have.</summary>
/// <param name="owner">Whom it wakes.</param>
internal sealed class TimerNode(Microprocess owner)
{
    /// <summary>Whom it wakes.</summary>
    public Microprocess Owner { get; } = owner;

    /// <summary>When it is to go off, in ticks of the scheduler's clock.</summary>
    public long Due { get; set; }

    /// <summary>Where the queue has filed it: never later than <see cref="Due"/>.</summary>
    public long Filed { get; set; }

    /// <summary>Orders timers that are due at the same tick: first set, first off.</summary>
    public long Order { get; set; }

    /// <summary>The order with which the queue has filed it: never later than <see cref="Order"/>.</summary>
    public long FiledOrder { get; set; }

    /// <summary>Its place in the heap, or -1.</summary>
    public int Place { get; set; } = -1;

    /// <summary>Has the queue go by the present setting from here on.</summary>
    public void File()
    {
        Filed = Due;
        FiledOrder = Order;
    }
}

/// <summary>Timers by the time they are due: a heap of four children a node, in one array.</summary>
/// <remarks>
/// <para>Setting a filed timer to a later time only writes the new time into it; it is filed anew when it comes to the top. A component
/// that pauses with a timeout for each message therefore never moves anything.
/// Benchmark: SchedulerBenchmarks.Timers (100,000 running).</para>
/// <para>Threads: scheduler thread only.</para>
/// </remarks>
internal sealed class TimerQueue
{
    private const int Children = 4;

    private TimerNode[] _heap = [];
    private int _count;
    private long _lastOrder;

    public int Count => _count;

    public void Set(TimerNode node, long due)
    {
        node.Due = due;
        node.Order = ++_lastOrder;
        if (node.Place < 0)
        {
            if (_count == _heap.Length)
            {
                Array.Resize(ref _heap, Math.Max(4, _count * 2));
            }

            node.File();
            Rise(node, _count++);
        }
        else if (due < node.Filed)
        {
            node.File();
            Rise(node, node.Place);
        }
    }

    public void Remove(TimerNode node)
    {
        if (node.Place >= 0)
        {
            RemoveAt(node.Place);
        }
    }

    /// <summary>When the next timer that still counts is due, if there is one.</summary>
    public bool TryPeekDue(out long due)
    {
        while (_count > 0)
        {
            TimerNode first = _heap[0];
            if ((first.Owner.Flags & ProcessFlags.TimerArmed) == 0)
            {
                RemoveAt(0);
            }
            else if (first.FiledOrder != first.Order)
            {
                first.File();
                Sink(first, 0);
            }
            else
            {
                due = first.Due;
                return true;
            }
        }

        due = 0;
        return false;
    }

    /// <summary>Takes out the next timer that is due at <paramref name="now"/>.</summary>
    public bool TryTakeDue(long now, out TimerNode? node)
    {
        if (TryPeekDue(out long due) && due <= now)
        {
            node = _heap[0];
            RemoveAt(0);
            return true;
        }

        node = null;
        return false;
    }

    private static bool Precedes(TimerNode one, TimerNode other) =>
        one.Filed < other.Filed || (one.Filed == other.Filed && one.FiledOrder < other.FiledOrder);

    private void RemoveAt(int place)
    {
        _heap[place].Place = -1;
        TimerNode last = _heap[--_count];
        _heap[_count] = null!;
        if (place < _count)
        {
            last.Place = place;
            Sink(last, place);
            Rise(last, last.Place);
        }
    }

    private void Rise(TimerNode node, int place)
    {
        while (place > 0)
        {
            int parent = (place - 1) / Children;
            if (!Precedes(node, _heap[parent]))
            {
                break;
            }

            Put(_heap[parent], place);
            place = parent;
        }

        Put(node, place);
    }

    private void Sink(TimerNode node, int place)
    {
        while (true)
        {
            int first = (place * Children) + 1;
            if (first >= _count)
            {
                break;
            }

            int best = first;
            int end = Math.Min(first + Children, _count);
            for (int child = first + 1; child < end; child++)
            {
                if (Precedes(_heap[child], _heap[best]))
                {
                    best = child;
                }
            }

            if (!Precedes(_heap[best], node))
            {
                break;
            }

            Put(_heap[best], place);
            place = best;
        }

        Put(node, place);
    }

    private void Put(TimerNode node, int place)
    {
        _heap[place] = node;
        node.Place = place;
    }
}
