// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>Parks on a signal. Time comes from the scheduler's clock, so a fake clock ends the wait as the real one does.</summary>
internal sealed class EventParker(TimeProvider clock, Signal? signal = null) : IParker
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly Signal _signal = signal ?? Signal.Make();

    // Whoever parks looks again at what there is to do and parks anew if it woke for nothing: no loop is needed here.
    public void Park(TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            _signal.Wait(Timeout.Infinite);
            return;
        }

        // No clock rings later than that. Who wakes too early parks again.
        TimeSpan wait = timeout < s_longest ? timeout : s_longest;
        if (ReferenceEquals(clock, TimeProvider.System))
        {
            // Whole milliseconds, rounded up: who wakes before the timer is due would park again for nothing.
            _signal.Wait((int)Math.Ceiling(wait.TotalMilliseconds));
        }
        else
        {
            using ITimer timer = clock.CreateTimer(static parker => ((EventParker)parker!).Unpark(), this, wait, Timeout.InfiniteTimeSpan);
            _signal.Wait(Timeout.Infinite);
        }
    }

    public void Unpark() => _signal.Set();
}
