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

    // A ring, a power of two long.
    private Entry[] _queue = new Entry[16];
    private int _head;
    private int _queued;

    /// <summary>The time of the timers, which leaps to the next one when there is nothing else to do.</summary>
    public long Now { get; private set; }

    /// <summary>Runs until nobody is awake and no timer is set.</summary>
    public void Run()
    {
        do
        {
            while (_queued > 0)
            {
                StepSome();
            }
        }
        while (LeapToNextTimer());
    }

    internal void Join(BareProcess process)
    {
        if (_queued == _queue.Length)
        {
            Grow();
        }

        Entry[] queue = _queue;
        queue[(_head + _queued++) & (queue.Length - 1)].Process = process;
    }

    internal void SetTimer(BareProcess process, long delay) => _timers.Enqueue(process, Now + delay);

    // A method of its own, called often, so that the compiler sees a hot method and not one long call.
    private void StepSome()
    {
        for (int steps = 0; steps < 256 && _queued > 0; steps++)
        {
            Entry[] queue = _queue;
            BareProcess process = queue[_head].Process;
            _head = (_head + 1) & (queue.Length - 1);
            _queued--;
            process.Queued = false;
            process.Body.MoveNext();
        }
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

    private void Grow()
    {
        Entry[] larger = new Entry[_queue.Length * 2];
        for (int i = 0; i < _queued; i++)
        {
            larger[i] = _queue[(_head + i) & (_queue.Length - 1)];
        }

        _queue = larger;
        _head = 0;
    }

    private struct Entry
    {
        public BareProcess Process;
    }
}
