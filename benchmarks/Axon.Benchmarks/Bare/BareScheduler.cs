// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Bare;

/// <summary>The limit of the design: bodies that are enumerators, one run queue, nothing else.</summary>
/// <remarks>
/// What Axon promises beyond this is what the ratio to it pays for: names, crashes, ends, wakes by whoever collects, requests of other
/// threads, listeners, a fixed order of pauses and wakes.
/// </remarks>
internal sealed class BareScheduler
{
    private readonly PriorityQueue<BareProcess, long> _timers = new();

    // The run queue is the stretch from _first to _end. Who is woken joins at the end; who stays awake is not moved.
    // Long enough that it seldom has to be moved back to the beginning.
    private Entry[] _queue = new Entry[1024];
    private int _first;
    private int _end;

    /// <summary>The time of the timers, which leaps to the next one when there is nothing else to do.</summary>
    public long Now { get; private set; }

    /// <summary>Runs until nobody is awake and no timer is set.</summary>
    public void Run()
    {
        do
        {
            while (_first != _end)
            {
                RunSomePasses();
            }
        }
        while (LeapToNextTimer());
    }

    internal void Join(BareProcess process)
    {
        int end = _end;
        if (end == _queue.Length)
        {
            Array.Resize(ref _queue, end * 2);
        }

        _queue[end].Process = process;
        _end = end + 1;
    }

    internal void SetTimer(BareProcess process, long delay) => _timers.Enqueue(process, Now + delay);

    // A method of its own, called often, so that the compiler sees a hot method and not one long call.
    private void RunSomePasses()
    {
        int first = _first;
        int end = _end;
        for (int passes = 0; passes < 16 && first != end; passes++)
        {
            Entry[] queue = _queue;
            int kept = first;
            for (int i = first; i < end; i++)
            {
                BareProcess process = queue[i].Process;
                process.Awake = false;
                process.Body.MoveNext();
                if (!process.Awake)
                {
                    process.Queued = false;
                    continue;
                }

                if (kept != i)
                {
                    queue[kept].Process = process;
                }

                kept++;
            }

            // The array may be another one by now, but the old one holds whoever was kept, in order.
            int stay = kept - first;
            if (stay > 0 && (kept != end || queue != _queue))
            {
                Array.Copy(queue, first, _queue, end - stay, stay);
            }

            first = end - stay;
            end = _end;
            if (first > end - first && end > _queue.Length / 2)
            {
                end = MoveToBeginning(first, end);
                first = 0;
            }
        }

        _first = first;
    }

    // The queue has moved further than it is long.
    private int MoveToBeginning(int first, int end)
    {
        int queued = end - first;
        Array.Copy(_queue, first, _queue, 0, queued);
        Array.Clear(_queue, queued, end - queued);
        _end = queued;
        return queued;
    }

    private bool LeapToNextTimer()
    {
        if (!_timers.TryPeek(out _, out long due))
        {
            return false;
        }

        Now = due;
        do
        {
            _timers.Dequeue().Wake();
        }
        while (_timers.TryPeek(out _, out due) && due <= Now);
        return true;
    }

    private struct Entry
    {
        public BareProcess Process;
    }
}
