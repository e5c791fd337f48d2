// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>The one place where messages go from thread to thread: which lanes of a component have something to move, and the move.</summary>
/// <remarks>
/// <para><em>How does it work?</em> Whoever gives a lane something to move calls the component. The first call after a move puts the lane
/// on a list, and the first lane on the list wakes the component if it sleeps; a thousand messages make one wake. The component takes the
/// whole list in its step, says of each lane that it may call again, and then moves what is in it: what came before is moved, what comes
/// later calls. So no message is left behind, and nobody looks at boxes in which nothing is.</para>
/// <para>Before it sleeps it says so and looks at the list once more; whoever calls puts the lane on the list and then looks whether it
/// sleeps. One of the two sees the other. So a thread that keeps up with the component does not ask the scheduler for a wake each time.
/// Benchmark: <c>-- threads</c>, thread to scheduler, handle.</para>
/// <para>A lane whose destination is full is kept and tried again in each step, until it is empty.</para>
/// <para>Cost: one interlocked operation a message on the calling side; no allocation.</para>
/// </remarks>
internal sealed class Crossing(Component owner)
{
    // Those that have something to move and could not be emptied yet, in the order of their calls; "control" is the last.
    private readonly List<Lane> _pending = [];

    // Whether the component sleeps, or is about to; if not, a step of its looks for calls before it does.
    private volatile bool _sleeps = true;

    // A stack through Lane.NextCalled: it is only pushed on to, and taken as a whole.
    private Lane? _called;

    /// <summary>Whether something waits for room at its destination. Scheduler thread only.</summary>
    public bool IsHeldUp => _pending.Count > 0;

    /// <summary>Says that a lane has something to move. Any thread, after the fact.</summary>
    public void Call(Lane lane)
    {
        if (Interlocked.Exchange(ref lane.Called, 1) != 0)
        {
            return;
        }

        Lane? before = Volatile.Read(ref _called);
        while (true)
        {
            lane.NextCalled = before;
            Lane? found = Interlocked.CompareExchange(ref _called, lane, before);
            if (found == before)
            {
                break;
            }

            before = found;
        }

        if (before is null && _sleeps)
        {
            owner.Unpause();
        }
    }

    /// <summary>To be called before the component pauses: who calls from now on wakes it, and who has called since the move has woken it.</summary>
    /// <remarks>A wake, and not just one more step: somebody else may have asked to pause the component.</remarks>
    public void BeforePause()
    {
        _sleeps = true;
        Interlocked.MemoryBarrier();
        if (_called is not null)
        {
            _sleeps = false;
            owner.RequestWake();
        }
    }

    /// <summary>Moves what the lanes that called have and what fits. In a step of the component.</summary>
    public void Move()
    {
        _sleeps = false;
        TakeCalls();
        int kept = 0;
        for (int i = 0; i < _pending.Count; i++)
        {
            Lane lane = _pending[i];
            lane.IsPending = !lane.Move();
            if (lane.IsPending)
            {
                _pending[kept++] = lane;
            }
        }

        _pending.RemoveRange(kept, _pending.Count - kept);
    }

    private void TakeCalls()
    {
        Lane? lane = OldestFirst(Interlocked.Exchange(ref _called, null));
        while (lane is not null)
        {
            // Read before the lane may call again, which writes it.
            Lane? next = lane.NextCalled;
            Interlocked.Exchange(ref lane.Called, 0);
            if (!lane.IsPending)
            {
                lane.IsPending = true;
                Add(lane);
            }

            lane = next;
        }
    }

    // Data that was sent before a shutdown message must not be seen later than that.
    private void Add(Lane lane)
    {
        bool controlIsLast = _pending is [.., { Name: "control" }];
        _pending.Insert(controlIsLast ? _pending.Count - 1 : _pending.Count, lane);
    }

    private static Lane? OldestFirst(Lane? newest)
    {
        Lane? oldest = null;
        while (newest is not null)
        {
            Lane? older = newest.NextCalled;
            newest.NextCalled = oldest;
            oldest = newest;
            newest = older;
        }

        return oldest;
    }
}
