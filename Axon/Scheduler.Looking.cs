// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <content>Seeing into a running system: listeners, snapshots, and why nothing goes on.</content>
public sealed partial class Scheduler
{
    private StuckWatch? _stuckWatch;

    /// <summary>Reports a standstill, while <see cref="Diagnose"/> is on.</summary>
    /// <remarks>Raised on the scheduler thread, before it waits. A handler may call <see cref="Stop"/>; it must not throw.</remarks>
    public event Action<StuckReport>? Stuck;

    /// <summary>Lets one more see what happens; one that is there already stays where it is.</summary>
    /// <param name="listener">Who hears of each event after those who were there before.</param>
    /// <remarks>
    /// <para>Threads: scheduler thread only, or while nobody runs it. Of steps it hears from the next cycle on.</para>
    /// <para>Cost: with the first one, every event has somebody to be told to.</para>
    /// </remarks>
    public void AddListener(SchedulerListener listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        Listener = ListenerGroup.With(Listener, listener);
    }

    /// <summary>Lets one see no more; one that is not there is left alone.</summary>
    /// <param name="listener">The listener.</param>
    /// <remarks>Threads: as <see cref="AddListener"/>. Of steps it still hears to the end of the present cycle.</remarks>
    public void RemoveListener(SchedulerListener listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        Listener = ListenerGroup.Without(Listener, listener);
    }

    /// <summary>The system as it stands.</summary>
    /// <remarks>
    /// <para>Threads: scheduler thread only, or while nobody runs it; <see cref="TakeSnapshotAsync"/> is for others.</para>
    /// <para>Cost: one pass over all components, boxes and linkages.</para>
    /// </remarks>
    /// <exception cref="InvalidOperationException">Another thread runs this scheduler.</exception>
    public SystemSnapshot TakeSnapshot()
    {
        ThrowIfRunElsewhere(nameof(TakeSnapshotAsync));
        return new SnapshotTaker(this).Take();
    }

    /// <summary>The system as it stands at the end of the present cycle.</summary>
    /// <remarks>Threads: any thread. Completes when somebody runs the scheduler; one that waits is woken for it.</remarks>
    public Task<SystemSnapshot> TakeSnapshotAsync() => AskAsync(TakeSnapshot);

    /// <summary>Whether it is noted who sleeps since when and who was refused by which box, and whether a standstill is reported by itself.</summary>
    /// <remarks>
    /// <para>The report goes to the logger, as a warning, and to <see cref="Stuck"/>: once when the run is about to wait with nothing left
    /// that could wake anybody, although messages are unread; again only when something else is stuck.</para>
    /// <para>Threads: scheduler thread only, or while nobody runs it. Cost: while on, a listener that keeps an entry for each microprocess.
    /// Default: <see cref="SchedulerOptions.Diagnose"/>, which is off.</para>
    /// </remarks>
    public bool Diagnose
    {
        get => _stuckWatch is not null;
        set
        {
            if (value == Diagnose)
            {
                return;
            }

            if (_stuckWatch is { } present)
            {
                RemoveListener(present);
                _stuckWatch = null;
            }
            else
            {
                AddListener(_stuckWatch = new StuckWatch(this));
            }
        }
    }

    /// <summary>Who waits for what, and why nothing goes on: for when nothing runs and something should.</summary>
    /// <remarks>
    /// <para>It can be asked at any time, also of a system that goes on. Since when somebody sleeps, and who was refused, is only known
    /// while <see cref="Diagnose"/> is on; the report says so where it is not.</para>
    /// <para>Threads: as <see cref="TakeSnapshot"/>; <see cref="WhyStuckAsync"/> is for others. Cost: a pass over the whole system, and for
    /// the lines of code the symbols of the programs concerned are read anew.</para>
    /// </remarks>
    /// <exception cref="InvalidOperationException">Another thread runs this scheduler.</exception>
    public StuckReport WhyStuck()
    {
        ThrowIfRunElsewhere(nameof(WhyStuckAsync));
        return new StuckExaminer(this, _stuckWatch).Report();
    }

    /// <summary>As <see cref="WhyStuck"/>, at the end of the present cycle.</summary>
    /// <remarks>Threads: any thread. Completes when somebody runs the scheduler; one that waits is woken for it.</remarks>
    public Task<StuckReport> WhyStuckAsync() => AskAsync(WhyStuck);

    /// <summary>Whether no microprocess is awake or about to be.</summary>
    internal bool IsEverybodyAsleep => _awake == 0 && !HasRequests;

    /// <summary>As <see cref="Time"/>, but at this very moment.</summary>
    internal TimeSpan TimeNow => Clock.GetElapsedTime(_started, ReadClock());

    /// <summary>How long until a timed pause or sleep of a microprocess ends; null if it has none.</summary>
    internal TimeSpan? TimeToTimerOf(Microprocess process) =>
        (process.Flags & ProcessFlags.TimerArmed) != 0 && process.TimerIfAny is { } timer
            ? ToTimeSpanRoundedUp(Math.Max(0, timer.Due - ReadClock()))
            : null;

    internal void SayStuck(StuckReport report)
    {
        Log.Stuck(Logger, report);
        Stuck?.Invoke(report);
    }

    private Task<T> AskAsync<T>(Func<T> question)
    {
        TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                answer.SetResult(question());
            }
            catch (Exception exception)
            {
                answer.SetException(exception);
            }
        });
        return answer.Task;
    }

    private void ThrowIfRunElsewhere(string instead)
    {
        if (RunsElsewhere)
        {
            throw new InvalidOperationException($"{Name} runs on another thread, which alone may look at its components and boxes. Use {instead}.");
        }
    }
}
