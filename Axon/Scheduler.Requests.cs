// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Scheduler.py. Copyright BBC and Kamaelia Contributors.

using System.Collections.Concurrent;

namespace Axon;

/// <content>
/// Who asked to pause, to be woken, to be activated. Who asks to pause is in the run queue and marked there; who is to be woken is listed, once
/// a cycle, however often it was asked: a flag in the microprocess says so. One that is woken while it is awake is not listed at all, it only
/// notes the turn. Benchmark: SchedulerBenchmarks.PingPong, Ring. Requests of the scheduler's own thread take effect on the spot; those of
/// other threads wait in one lock-free queue and come behind the others, at the end of the cycle.
/// </content>
public sealed partial class Scheduler
{
    private const long NothingWaits = long.MinValue;

    private readonly ConcurrentQueue<ForeignRequest> _arrivals = new();

    // Whether anybody in the run queue has asked to pause.
    private bool _anyPauses;
    private ProcessEntry[] _wakes = new ProcessEntry[8];
    private int _wakeCount;

    // Says that _arrivals may hold something: read once a cycle, where asking the queue itself would cost more than a message.
    private volatile bool _arrived;

    // Since when a request of another thread waits; kept only while somebody listens.
    private long _waitsSince = NothingWaits;

    private enum Request
    {
        Activate,
        Wake = 1,
        Pause = 2,
        Stop = 4,
        Action = 8,
    }

    /// <summary>Counts the times that requests were taken; whoever woke somebody in this turn need not do so again.</summary>
    internal long Turn { get; private set; }

    /// <summary>Asks to wake one that sleeps; see <see cref="Microprocess.Unpause"/>.</summary>
    /// <param name="process">Whom to wake; one that this scheduler does not know is left alone.</param>
    /// <remarks>Threads: any thread. Source: Axon/Scheduler.py, <c>scheduler.wakeThread</c>.</remarks>
    public void Wake(Microprocess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        if (process.Scheduler != this)
        {
            return;
        }

        if (t_current == this)
        {
            process.RequestWake();
        }
        else
        {
            Ask(process, Request.Wake);
        }
    }

    /// <summary>Asks one to sleep from the next cycle on; see <see cref="Microprocess.Pause()"/>.</summary>
    /// <param name="process">Whom to pause; one that this scheduler does not know is left alone.</param>
    /// <remarks>Threads: any thread. Source: Axon/Scheduler.py, <c>scheduler.pauseThread</c>.</remarks>
    public void Pause(Microprocess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        if (process.Scheduler != this)
        {
            return;
        }

        if (t_current == this)
        {
            PauseUnlessWoken(process);
        }
        else
        {
            Ask(process, Request.Pause);
        }
    }

    /// <summary>Has an action carried out on the scheduler's thread, at the end of the present cycle.</summary>
    /// <param name="action">What to do: it may use any component of this scheduler.</param>
    /// <remarks>
    /// <para>Threads: any thread. Actions are carried out in the order of the calls; a waiting scheduler is woken.</para>
    /// <para>What it throws is treated like the crash of a component.</para>
    /// </remarks>
    public void Post(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Enqueue(new ForeignRequest(null, Request.Action, action));
    }

    /// <summary>Takes in a microprocess that has just made this scheduler its own.</summary>
    internal void Add(Microprocess process)
    {
        if (t_current is not null && t_current != this && RunsElsewhere)
        {
            AddFromStepElsewhere(process);
            return;
        }

        process.Flags |= ProcessFlags.HandedOver;
        if (t_current == this)
        {
            AddWake(process);
        }
        else
        {
            Enqueue(new ForeignRequest(process, Request.Activate, null));
        }
    }

    /// <summary>Sees to it that one that was told to stop gets a slot to end in, even if it sleeps.</summary>
    // PORT: differs. Python never closes down one that was stopped while it slept.
    internal void Reap(Microprocess process)
    {
        if (t_current != this)
        {
            Ask(process, Request.Stop);
        }
        else if ((process.Flags & ProcessFlags.Registered) != 0)
        {
            process.Flags &= ~ProcessFlags.Deaf;
            process.RequestWake();
        }
    }

    /// <summary>Lists a wake or activation. Scheduler thread only, and only if none is listed.</summary>
    internal void AddWake(Microprocess process)
    {
        process.Flags |= ProcessFlags.WakeAsked;
        if (_wakeCount == _wakes.Length)
        {
            Array.Resize(ref _wakes, _wakeCount * 2);
        }

        _wakes[_wakeCount++].Process = process;
        if (_wakeCount == 1 && Scheduler is not null && t_current != this)
        {
            // It sleeps inside another scheduler, perhaps, and has something to do now.
            base.Unpause();
        }
    }

    /// <summary>Asks for a pause. Scheduler thread only.</summary>
    internal void PauseUnlessWoken(Microprocess process)
    {
        // A wake beats a pause of the same turn: one that came first leaves nothing to ask for.
        if (process.WokenIn != Turn)
        {
            AddPause(process);
        }
    }

    // Who sleeps already, or is not known yet, has nothing to ask for.
    private void AddPause(Microprocess process)
    {
        if ((process.Flags & (ProcessFlags.Registered | ProcessFlags.Paused)) == ProcessFlags.Registered)
        {
            process.Flags |= ProcessFlags.PauseAsked;
            _anyPauses = true;
        }
    }

    private void TakeRequests()
    {
        if (_arrived)
        {
            TakeArrivals();
        }

        if (_timers.Count > 0)
        {
            WakeDue();
        }

        if (_anyPauses)
        {
            PutToSleep();
        }

        Turn++;
        WakeAndActivate();
    }

    // Takes whoever asked for it out of the run queue; the others keep their order. Gaps are closed by the way: there are some if a crash left the
    // pass half done, and all is shut down now.
    private void PutToSleep()
    {
        _anyPauses = false;
        ProcessEntry[] queue = _queue;
        int kept = 0;
        for (int i = 0; i < _queued; i++)
        {
            Microprocess process = queue[i].Process;
            if (process is null || ((process.Flags & ProcessFlags.PauseAsked) != 0 && FallsAsleep(process)))
            {
                continue;
            }

            if (kept != i)
            {
                queue[kept].Process = process;
            }

            kept++;
        }

        Array.Clear(queue, kept, _queued - kept);
        _queued = kept;
    }

    // A wake of the same turn always wins, whichever of the two was asked for first; but only a stop wakes a deaf one.
    private bool FallsAsleep(Microprocess process)
    {
        ProcessFlags flags = process.Flags & ~ProcessFlags.PauseAsked;
        if (process.WokenIn == Turn && (flags & ProcessFlags.Deaf) == 0)
        {
            process.Flags = flags & ~ProcessFlags.TimerArmed;
            return false;
        }

        process.Flags = flags;
        if (process.IsStopped || (flags & ProcessFlags.Registered) == 0)
        {
            return false;
        }

        process.Flags = flags | ProcessFlags.Paused;
        _awake--;
        Listener?.Paused(process);
        return true;
    }

    private void WakeAndActivate()
    {
        for (int i = 0; i < _wakeCount; i++)
        {
            Microprocess process = _wakes[i].Process;
            _wakes[i] = default;
            ProcessFlags flags = process.Flags & ~ProcessFlags.WakeAsked;
            process.Flags = flags;
            if ((flags & ProcessFlags.Registered) == 0)
            {
                // Ended meanwhile, or new. What has ended left its scheduler.
                if (process.Scheduler == this)
                {
                    Register(process);
                }
            }
            else if ((flags & ProcessFlags.Deaf) == 0)
            {
                process.Flags = flags & ~(ProcessFlags.Paused | ProcessFlags.TimerArmed);
                if ((flags & ProcessFlags.Paused) != 0)
                {
                    WakeUp(process);
                }
            }
        }

        _wakeCount = 0;
    }

    private void WakeUp(Microprocess process)
    {
        _awake++;
        Join(process);
        Listener?.Woken(process);
    }

    private void Register(Microprocess process)
    {
        process.Flags |= ProcessFlags.Registered;
        _table.Add(process);
        _awake++;
        _waitForOne = false;
        Join(process);
        Listener?.Activated(process);
    }

    /// <summary>Ends a wait, so that it is looked again whether there is anything to wait for. Any thread, after the fact.</summary>
    internal void Nudge()
    {
        // Another parker may be about to take the place of this one: who puts it there looks for the fact afterwards. See ParkWith.
        Interlocked.MemoryBarrier();
        _parker.Unpark();
    }

    /// <summary>Leaves a request of another thread, at most one of its kind for each microprocess.</summary>
    private void Ask(Microprocess process, Request request)
    {
        int bit = (int)request;
        if ((Interlocked.Or(ref process.ForeignRequests, bit) & bit) == 0)
        {
            Enqueue(new ForeignRequest(process, request, null));
        }
    }

    private void Enqueue(ForeignRequest request)
    {
        if (Listener is not null)
        {
            // Not by ReadClock: a replayed run does not depend on it.
            Interlocked.CompareExchange(ref _waitsSince, Clock.GetTimestamp(), NothingWaits);
        }

        _arrivals.Enqueue(request);
        _arrived = true;

        // The scheduler says that it parks and then looks at _arrived; here it is the other way round. One of the two sees the other.
        Interlocked.MemoryBarrier();
        if (_parked)
        {
            _parker.Unpark();
        }
        else if (Scheduler is not null)
        {
            base.Unpause();
        }
    }

    // A snapshot: a thread that never stops asking cannot keep the scheduler here.
    private void TakeArrivals()
    {
        _arrived = false;

        // A full fence, too, between the flag and the queue.
        long since = Interlocked.Exchange(ref _waitsSince, NothingWaits);
        if (since != NothingWaits)
        {
            Listener?.Arrived(Clock.GetElapsedTime(since));
        }

        int count = _arrivals.Count;
        if (_choices is not null && count > 0)
        {
            int taken = _choices.TakeArrivals(count);
            _arrived = taken < count;
            count = taken;
        }

        for (; count > 0 && _arrivals.TryDequeue(out ForeignRequest request); count--)
        {
            if (request.Process is { } process)
            {
                Interlocked.And(ref process.ForeignRequests, ~(int)request.Kind);
                Take(process, request.Kind);
            }
            else
            {
                CarryOut(request.Action!);
            }
        }

        HandOutErrands();
    }

    private void Take(Microprocess process, Request kind)
    {
        if (process.Scheduler != this)
        {
            return;
        }

        switch (kind)
        {
            case Request.Activate:
                AddWake(process);
                break;
            case Request.Wake:
                process.RequestWake();
                break;
            case Request.Pause:
                AddPause(process);
                break;
            case Request.Stop:
                Reap(process);
                break;
        }
    }

    private void CarryOut(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            Report(this, exception);
            if (!Immortal)
            {
                // What arrived behind it is still there for the next run.
                _arrived = true;
                throw;
            }
        }
    }

    private readonly record struct ForeignRequest(Microprocess? Process, Request Kind, Action? Action);
}
