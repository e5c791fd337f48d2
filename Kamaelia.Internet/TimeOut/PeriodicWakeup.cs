// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/TimeOutCSA.py. Copyright BBC and Kamaelia Contributors.

namespace Kamaelia.Internet;

/// <summary>A clock: sends a message again and again, until it is told to end.</summary>
/// <remarks>
/// <para><em>Boxes</em>: <c>"control"</c> a <see cref="ProducerFinished"/> or <see cref="ShutdownMicroprocess"/> ends it at once and is passed
/// on through <c>"signal"</c>; <c>"inbox"</c> is not used. <c>"outbox"</c> the message; to a receiver that has no room it comes when there is
/// some, and what would have been due meanwhile is left out.</para>
/// <para>Time is the scheduler's. Being late once does not make it late for ever.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/TimeOutCSA.py, <c>PeriodicWakeup</c>.</para>
/// </remarks>
// PORT: differs. Python has a thread that sleeps, hears a shutdown only afterwards, and then fails on a name it does not know.
[Inbox("inbox", "Not used.")]
[Inbox("control", "Shutdown.")]
[Outbox("outbox", "The message, again and again.")]
[Outbox("signal", "Shutdown messages passed on.")]
public sealed class PeriodicWakeup : Component
{
    private static readonly TimeSpan s_defaultInterval = TimeSpan.FromSeconds(300);

    private readonly TimeSpan _interval;

    /// <summary>Makes a clock; the first message comes an interval after its first step.</summary>
    /// <param name="interval">The time from one message to the next. Default: 300 seconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is zero or less.</exception>
    public PeriodicWakeup(TimeSpan? interval = null)
    {
        _interval = interval ?? s_defaultInterval;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_interval, TimeSpan.Zero, nameof(interval));
    }

    /// <summary>What it sends. Default: <c>"tick"</c>.</summary>
    public object? Message { get; init; } = "tick";

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        TimeSpan last = Scheduler!.Time;
        while (true)
        {
            while (TryRecv(out object? order, "control"))
            {
                if (order is ProducerFinished or ShutdownMicroprocess)
                {
                    while (!TrySend(order, "signal"))
                    {
                        yield return Pause();
                    }

                    yield break;
                }
            }

            TimeSpan passed = Scheduler.Time - last;
            bool isDue = passed >= _interval;
            if (isDue && TrySend(Message))
            {
                last += _interval * Math.Floor(passed / _interval);
                isDue = false;
            }

            yield return isDue ? Pause() : Pause(last + _interval - Scheduler.Time);
        }
    }
}
