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

    /// <summary>Orders timers that are due at the same tick: first set, first off.</summary>
    public long Order { get; set; }

    /// <summary>Its place in the heap, or -1.</summary>
    public int Place { get; set; } = -1;
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

    private Filing[] _heap = [];
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

            Rise(new Filing(node), _count++);
        }
        else if (due < _heap[node.Place].Filed)
        {
            Rise(new Filing(node), node.Place);
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
            Filing first = _heap[0];
            if ((first.Node.Owner.Flags & ProcessFlags.TimerArmed) == 0)
            {
                RemoveAt(0);
            }
            else if (first.Order != first.Node.Order)
            {
                Sink(new Filing(first.Node), 0);
            }
            else
            {
                due = first.Filed;
                return true;
            }
        }

        due = 0;
        return false;
    }

    /// <summary>Takes out the next timer that is due at <paramref name="now"/>.</summary>
    public bool TryTakeDue(long now, out TimerNode? node)
    {
        if (_count > 0 && _heap[0].Filed <= now && TryPeekDue(out long due) && due <= now)
        {
            node = _heap[0].Node;
            RemoveAt(0);
            return true;
        }

        node = null;
        return false;
    }

    private static bool Precedes(in Filing one, in Filing other) =>
        one.Filed < other.Filed || (one.Filed == other.Filed && one.Order < other.Order);

    private void RemoveAt(int place)
    {
        _heap[place].Node.Place = -1;
        Filing last = _heap[--_count];
        _heap[_count] = default;
        if (place < _count)
        {
            Sink(last, place);
            if (last.Node.Place == place)
            {
                Rise(last, place);
            }
        }
    }

    private void Rise(Filing filing, int place)
    {
        Filing[] heap = _heap;
        while (place > 0)
        {
            int parent = (place - 1) / Children;
            if (!Precedes(filing, heap[parent]))
            {
                break;
            }

            Put(heap[parent], place);
            place = parent;
        }

        Put(filing, place);
    }

    private void Sink(Filing filing, int place)
    {
        Filing[] heap = _heap;
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
                if (Precedes(heap[child], heap[best]))
                {
                    best = child;
                }
            }

            if (!Precedes(heap[best], filing))
            {
                break;
            }

            Put(heap[best], place);
            place = best;
        }

        Put(filing, place);
    }

    private void Put(Filing filing, int place)
    {
        _heap[place] = filing;
        filing.Node.Place = place;
    }

    /// <summary>
    /// A timer in the heap, with all that comparing needs in place: following a pointer for it costs more than the rest. It may be filed
    /// under an earlier setting than the present one, never under a later.
    /// </summary>
    /// <param name="node">The timer.</param>
    private readonly struct Filing(TimerNode node)
    {
        public long Filed { get; } = node.Due;

        public long Order { get; } = node.Order;

        public TimerNode Node { get; } = node;
    }
}
