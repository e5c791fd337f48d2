// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>Parks on a monitor. Time comes from the scheduler's clock, so a fake clock ends the wait as the real one does.</summary>
internal sealed class EventParker(TimeProvider clock) : IParker
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly object _lock = new();
    private bool _unparked;

    public void Park(TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            Wait(Timeout.Infinite);
            return;
        }

        // No clock rings later than that. Who wakes too early parks again.
        TimeSpan wait = timeout < s_longest ? timeout : s_longest;
        if (ReferenceEquals(clock, TimeProvider.System))
        {
            // Whole milliseconds, rounded up: who wakes before the timer is due would park again for nothing.
            Wait((int)Math.Ceiling(wait.TotalMilliseconds));
        }
        else
        {
            using ITimer timer = clock.CreateTimer(static parker => ((EventParker)parker!).Unpark(), this, wait, Timeout.InfiniteTimeSpan);
            Wait(Timeout.Infinite);
        }
    }

    public void Unpark()
    {
        lock (_lock)
        {
            _unparked = true;
            Monitor.Pulse(_lock);
        }
    }

    // Whoever parks looks again at what there is to do and parks anew if it woke for nothing: no loop is needed here.
    private void Wait(int milliseconds)
    {
        lock (_lock)
        {
            if (!_unparked)
            {
                Monitor.Wait(_lock, milliseconds);
            }

            _unparked = false;
        }
    }
}
