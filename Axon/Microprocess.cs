// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Microprocess.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Axon;

/// <summary>The smallest thing that a scheduler runs: a body that yields, a name, and a life from activation to its end.</summary>
/// <remarks>
/// <para><em>How does it work?</em> <see cref="Main"/> is a C# iterator. Each <c>yield return</c> ends a step; the scheduler resumes the
/// body once in every cycle until it has run out, unless the microprocess sleeps (<see cref="Pause()"/>). Nothing else runs meanwhile, so
/// the body needs no locks.</para>
/// <code>
/// public sealed class Countdown(int from) : Microprocess
/// {
///     protected override IEnumerator&lt;Yield&gt; Main()
///     {
///         for (int i = from; i > 0; i--)
///         {
///             Console.WriteLine(i);
///             yield return 1;
///         }
///     }
/// }
///
/// new Countdown(3).Run();
/// </code>
/// <para>Life: made, activated, stepped, ended. What has ended cannot be activated again. The body is disposed exactly once, whatever the
/// end, so its <c>finally</c> blocks run.</para>
/// <para>Source: Axon/Microprocess.py.</para>
/// </remarks>
[DebuggerDisplay("{Name,nq} ({StateForDebugger,nq})")]
public class Microprocess
{
    // Owned by the scheduler's thread, which alone writes them once the microprocess is active.
    internal ProcessFlags Flags;

    // The scheduler's turn in which it was woken last while it was awake: a pause asked for in the same turn does not count.
    internal long WokenIn = -1;

    // Its place in the scheduler's table of all microprocesses.
    internal int Slot;

    // Requests from other threads that wait in the scheduler's queue; Interlocked only.
    internal int ForeignRequests;

    private IEnumerator<Yield>? _body;
    private Scheduler? _scheduler;
    private Extras? _extras;
    private volatile bool _stopped;

    /// <summary>Makes a microprocess; nothing runs and nobody knows of it until it is activated.</summary>
    /// <param name="thread">A ready-made body to run instead of <see cref="Main"/>.</param>
    /// <param name="closeDownValue">What <see cref="CloseDown"/> returns.</param>
    /// <param name="tag">Appended to the name.</param>
    public Microprocess(IEnumerator<Yield>? thread = null, Ipc? closeDownValue = null, string tag = "")
    {
        ArgumentNullException.ThrowIfNull(tag);
        Id = IdGen.NumericId();
        _body = thread;
        if (closeDownValue is not null || tag.Length > 0)
        {
            _extras = new Extras { CloseDownValue = closeDownValue, Tag = tag };
        }
    }

    /// <summary>A number that no other microprocess has; never zero.</summary>
    public int Id { get; }

    /// <summary>The type's name, an underscore, the id and the tag.</summary>
    /// <remarks>Cost: made anew at each call, so that an idle microprocess carries no string.</remarks>
    public string Name => $"{GetType().Name}_{Id}{_extras?.Tag}";

    /// <summary>The scheduler that runs this microprocess; null before activation and after the end.</summary>
    public Scheduler? Scheduler => _scheduler;

    /// <summary>The registry of services: the one given at activation, or else the scheduler's.</summary>
    public CoordinatingAssistantTracker Tracker =>
        _extras?.Tracker ?? (_scheduler ?? Scheduler.Current ?? Scheduler.Default).Tracker;

    /// <summary>Whether it has ended or been told to: none of its code runs any more.</summary>
    /// <remarks>Threads: any thread.</remarks>
    public bool IsStopped => _stopped;

    /// <summary>Whether a scheduler knows it and it is awake.</summary>
    /// <remarks>Threads: any thread; from another than the scheduler's the answer may be out of date.</remarks>
    // PORT: differs. Python also answers True before activation and after the end, and False between activation and the first cycle.
    public bool IsRunnable => (Flags & (ProcessFlags.Registered | ProcessFlags.Paused)) == ProcessFlags.Registered && !_stopped;

    /// <summary>Whether the last <see cref="Pause(TimeSpan)"/> ended because its time was up.</summary>
    /// <remarks>Threads: the component's own thread only.</remarks>
    public bool TimedOut => (Flags & ProcessFlags.TimedOut) != 0;

    internal TimerNode Timer => (_extras ??= new Extras()).Timer ??= new TimerNode(this);

    /// <summary>The innermost body, if it was started: the one in which it waits.</summary>
    internal IEnumerator<Yield>? PresentBody => _body;

    internal TimerNode? TimerIfAny => _extras?.Timer;

    private string StateForDebugger => _stopped ? "stopped" : _scheduler is null ? "not active" : IsRunnable ? "awake" : "asleep";

    /// <summary>Activates it and runs its scheduler until everything on it has ended.</summary>
    /// <remarks>Threads: any thread, which becomes the scheduler's for the time of the run.</remarks>
    /// <exception cref="InvalidOperationException">The scheduler is running already, or this has ended before.</exception>
    public void Run()
    {
        Scheduler scheduler = Start(null, null, null);
        scheduler.RunThreads();
    }

    /// <summary>Asks to sleep from the next cycle on, until something wakes it.</summary>
    /// <returns>A value to yield: <c>yield return Pause();</c> and <c>Pause(); yield return 1;</c> are the same.</returns>
    /// <remarks>
    /// <para>The code goes on to its next yield. A wake in the same cycle, before or after the call, wins: no message is slept through. A
    /// wake may be for nothing, so look again in a loop. Without a scheduler, or after the end, nothing happens.</para>
    /// <para>Threads: any thread.</para>
    /// <para>Source: Axon/Microprocess.py, <c>microprocess.pause</c>.</para>
    /// </remarks>
    public Yield Pause()
    {
        _scheduler?.Pause(this);
        return 1;
    }

    /// <summary>Asks to sleep until something wakes it, or until the time is up; <see cref="TimedOut"/> tells which.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for no limit. Never ends early.</param>
    /// <returns>A value to yield.</returns>
    /// <remarks>
    /// <para>Threads: the component's own thread only.</para>
    /// <para>Cost: one entry in the scheduler's timer queue for each microprocess, reused.</para>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="InvalidOperationException">The call comes from outside of a step of its scheduler.</exception>
    public Yield Pause(TimeSpan timeout)
    {
        _scheduler?.PauseFor(this, timeout, deaf: false);
        return 1;
    }

    /// <summary>Asks to sleep for that long, whatever arrives meanwhile: messages wait in their boxes.</summary>
    /// <param name="time">How long. Never ends early.</param>
    /// <returns>A value to yield.</returns>
    /// <remarks>Threads: the component's own thread only. <see cref="Stop"/> ends the sleep.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="InvalidOperationException">The call comes from outside of a step of its scheduler.</exception>
    public Yield Sleep(TimeSpan time)
    {
        _scheduler?.PauseFor(this, time, deaf: true);
        return 1;
    }

    /// <summary>Wakes it: it is stepped again in the next cycle.</summary>
    /// <remarks>
    /// <para>Threads: any thread. Before activation and after the end nothing happens.</para>
    /// <para>Source: Axon/Microprocess.py, <c>microprocess.unpause</c>.</para>
    /// </remarks>
    public void Unpause() => _scheduler?.Wake(this);

    /// <summary>Ends it: at most the code up to the next yield still runs, and nothing after that.</summary>
    /// <remarks>
    /// <para>An override is the place for emergency clean-up: every kind of end calls it exactly once. It must call the base.</para>
    /// <para>Threads: any thread. A sleeping one ends too.</para>
    /// <para>Source: Axon/Microprocess.py, <c>microprocess.stop</c>.</para>
    /// </remarks>
    public virtual void Stop()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        _scheduler?.Reap(this);
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>The body. Called on the first step, by the scheduler.</summary>
    /// <remarks>Threads: the component's own thread only. One that is not overridden runs one empty step and leaves a warning in the log.</remarks>
    protected virtual IEnumerator<Yield> Main()
    {
        if (_scheduler is { } scheduler)
        {
            Log.MainNotOverridden(scheduler.Logger, Name);
        }

        yield return 1;
    }

    /// <summary>Called once, after <see cref="Stop"/>, when the microprocess has ended; what it returns is done by the scheduler.</summary>
    /// <returns>
    /// A <see cref="Reactivate"/> or <see cref="ShutdownMicroprocess"/>; anything else is ignored. Here: the value given to the constructor.
    /// </returns>
    /// <remarks>Threads: scheduler thread only. Source: Axon/Microprocess.py, <c>_closeDownMicroprocess</c>.</remarks>
    protected internal virtual Ipc? CloseDown() => _extras?.CloseDownValue;

    /// <summary>One step, whether it sleeps or not.</summary>
    /// <returns>False when the microprocess has come to its end; <paramref name="yielded"/> is void then.</returns>
    internal bool Step(out Yield yielded)
    {
        if (!_stopped)
        {
            IEnumerator<Yield> body = _body ?? StartBody();
            if (body.MoveNext())
            {
                yielded = body.Current;
                return true;
            }

            if (LeaveDetour())
            {
                yielded = 1;
                return true;
            }
        }

        yielded = default;
        return false;
    }

    /// <summary>Makes a scheduler this one's own, once; a second call while it lives does no more than wake it.</summary>
    internal Scheduler Start(Scheduler? scheduler, CoordinatingAssistantTracker? tracker, Func<IEnumerator<Yield>>? mainMethod)
    {
        ThrowIfEnded();
        scheduler ??= Scheduler.Current ?? Scheduler.Default;
        if (!TryJoin(scheduler, out Scheduler? present))
        {
            present.Wake(this);
            return present;
        }

        if (tracker is not null || mainMethod is not null)
        {
            _extras ??= new Extras();
            _extras.Tracker = tracker;
            _extras.MainMethod = mainMethod;
        }

        scheduler.Group?.NoteActivated();
        TakePlace();
        return scheduler;
    }

    /// <summary>Lets its scheduler hear of it, when it is in order with its neighbours.</summary>
    internal void TakePlace()
    {
        if (!Scheduler.AreSeveral || !TakesPlaceElsewhere())
        {
            _scheduler!.Add(this);
        }
    }

    /// <summary>Sees to its neighbours, here if that can be done here.</summary>
    /// <returns>Whether it cannot, and the rest, with <see cref="TakePlace"/>, is done by another thread.</returns>
    internal bool TakesPlaceElsewhere()
    {
        Scheduler? busy = MeetNeighbours();
        busy?.Do(TakePlace);
        return busy is not null;
    }

    internal void ThrowIfEnded()
    {
        if (_stopped)
        {
            throw new InvalidOperationException($"{Name} has ended or was stopped, and cannot be activated again. Make a new one.");
        }
    }

    /// <summary>Makes a scheduler its own, if it has none.</summary>
    internal bool TryJoin(Scheduler scheduler, [NotNullWhen(false)] out Scheduler? present)
    {
        present = Interlocked.CompareExchange(ref _scheduler, scheduler, null);
        return present is null;
    }

    /// <summary>It has a scheduler now, before that hears of it: see <see cref="Component"/>.</summary>
    /// <returns>On whose thread it has to go on; null when all is done.</returns>
    internal virtual Scheduler? MeetNeighbours() => null;

    /// <summary>Whether somebody takes its crash upon itself, so that the scheduler's way with crashes does not apply.</summary>
    internal virtual bool IsCrashClaimed(Exception crash) => false;

    /// <summary>Wakes it on behalf of a box or a child. Scheduler thread only.</summary>
    internal void RequestWake()
    {
        // Who is awake need only stay so; who sleeps is listed, once; who waits for its activation is awake soon enough.
        ProcessFlags flags = Flags & (ProcessFlags.Registered | ProcessFlags.WakeAsked | ProcessFlags.Paused);
        if (flags == ProcessFlags.Registered)
        {
            WokenIn = _scheduler!.Turn;
        }
        else if (flags == (ProcessFlags.Registered | ProcessFlags.Paused))
        {
            _scheduler!.AddWake(this);
        }
    }

    /// <summary>As <see cref="RequestWake"/>, because something was collected; not for one that does not care.</summary>
    internal void RequestWakeForCollection()
    {
        if ((Flags & ProcessFlags.CollectionIgnored) == 0)
        {
            RequestWake();
        }
    }

    /// <summary>Runs another body in place of the present one until that ends.</summary>
    internal void EnterDetour(WaitComplete detour)
    {
        _extras ??= new Extras();
        _extras.Suspended ??= new Stack<IEnumerator<Yield>>();
        _extras.Suspended.Push(_body!);
        _body = detour.Body;
        CancelPause();
    }

    /// <summary>Says what the end did not say yet: the virtual Stop is called exactly once.</summary>
    // PORT: differs. Python calls stop() a second time at the end of one that was stopped explicitly.
    internal void StopUnlessStopped()
    {
        if (!_stopped)
        {
            try
            {
                Stop();
            }
            finally
            {
                // Also where an override throws, or does not call the base: what has ended must say so to its parent.
                _stopped = true;
            }
        }
    }

    /// <summary>Takes out the innermost body that is left, for disposal; null if none is.</summary>
    internal IEnumerator<Yield>? TakeBody()
    {
        IEnumerator<Yield>? body = _body;
        _body = _extras?.Suspended is { Count: > 0 } suspended ? suspended.Pop() : null;
        return body;
    }

    /// <summary>The very last act: it belongs to no scheduler any more.</summary>
    internal void LeaveScheduler() => _scheduler = null;

    private protected virtual IEnumerator<Yield> MakeBody() => Main();

    private IEnumerator<Yield> StartBody()
    {
        Func<IEnumerator<Yield>>? mainMethod = _extras?.MainMethod;
        _body = mainMethod is null ? MakeBody() : mainMethod();
        return _body ?? throw new InvalidOperationException(
            $"The main method of {Name} returned null instead of a body. Write it as an iterator, with 'yield return'.");
    }

    private bool LeaveDetour()
    {
        if (_extras?.Suspended is not { Count: > 0 } suspended)
        {
            return false;
        }

        IEnumerator<Yield> finished = _body!;
        _body = suspended.Pop();
        CancelPause();
        finished.Dispose();
        return true;
    }

    // Entering and leaving a detour are events of their own: a pause asked in that step does not delay what comes next.
    private void CancelPause() => Flags &= ~(ProcessFlags.PauseAsked | ProcessFlags.Deaf | ProcessFlags.TimerArmed);

    /// <summary>What few microprocesses need, kept out of the way of the many.</summary>
    private sealed class Extras
    {
        public string Tag { get; init; } = "";

        public Ipc? CloseDownValue { get; init; }

        public CoordinatingAssistantTracker? Tracker { get; set; }

        public Func<IEnumerator<Yield>>? MainMethod { get; set; }

        public Stack<IEnumerator<Yield>>? Suspended { get; set; }

        public TimerNode? Timer { get; set; }
    }
}
