// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Scheduler.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Axon;

/// <summary>Steps every awake microprocess once a cycle, in turn, on one thread; sleeps when all of them sleep.</summary>
/// <remarks>
/// <para><em>How does it work?</em> One cycle is:</para>
/// <list type="number">
/// <item>a pass: each microprocess of the run queue takes one step, in order; one that ends is closed down on the spot;</item>
/// <item>the requests made meanwhile: first who asked to pause falls asleep and leaves the queue, then who was woken or activated joins its
/// end, in the order asked. A wake beats a pause of the same cycle, so nothing is slept through.</item>
/// </list>
/// <para>When nobody is awake, <see cref="RunThreads"/> parks until a timer, a wake from another thread, or a stop. A scheduler owns
/// its world: clock, services, waiting, failures. It is itself a microprocess and can run inside another scheduler.</para>
/// <para>Threads: members say where they differ; the steps of one run all happen on the thread that called <see cref="RunThreads"/>.</para>
/// <para>Source: Axon/Scheduler.py.</para>
/// </remarks>
[DebuggerDisplay("{Name,nq}: {_awake} awake of {_table.Count}")]
public sealed partial class Scheduler : Microprocess
{
    private static Scheduler? s_default;

    [ThreadStatic]
    private static Scheduler? t_current;

    private readonly ProcessTable _table = new();
    private readonly SchedulerChoices? _choices;

    // The run queue: entries from _next on are still to be stepped in this cycle. Who ends leaves a gap, which is closed when the pass is over.
    private ProcessEntry[] _queue = new ProcessEntry[8];
    private int _queued;
    private int _next;
    private bool _anyGaps;

    // How many of the known microprocesses are awake; when it is 0 there is nothing to do but wait.
    private int _awake;

    // How many schedulers there have been: with one only, nothing ever crosses.
    private static int s_made;

    private volatile bool _stopAsked;
    private volatile bool _waitForOne;

    // The thread that runs it, or 0.
    private int _running;

    /// <summary>Makes a scheduler with a world of its own.</summary>
    /// <param name="options">Its clock, logger and so on. Default: the system's clock, no logger.</param>
    public Scheduler(SchedulerOptions? options = null)
    {
        options ??= new SchedulerOptions();
        Clock = options.Clock;
        Tracker = options.Tracker ?? new CoordinatingAssistantTracker();
        Logger = options.Logger ?? NullLogger.Instance;
        Immortal = options.Immortal;
        Listener = options.Listener;
        Diagnose = options.Diagnose;
        _choices = options.Choices;
        _spin = options.SpinBeforeParking;
        _ownParker = options.Parker ?? new EventParker(Clock);
        _parker = _ownParker;
        _started = ReadClock();
        Interlocked.Increment(ref s_made);
    }

    /// <summary>Reports a crash: who it was, and what it threw.</summary>
    /// <remarks>
    /// <para>Raised on the scheduler thread after the crashed one was closed down; in mortal mode before the exception leaves the run.
    /// For what a posted action throws, the scheduler itself is named. A crash that a supervisor takes upon itself is not reported here.</para>
    /// </remarks>
    // PORT: differs. Python drops the exception of an immortal system without a trace.
    public event Action<Microprocess, Exception>? ComponentCrashed;

    /// <summary>The scheduler for programs that need only one; made when first asked for.</summary>
    /// <remarks>Threads: any thread. Source: Axon/Scheduler.py, <c>scheduler.run</c>.</remarks>
    public static Scheduler Default
    {
        get => Volatile.Read(ref s_default) ?? Interlocked.CompareExchange(ref s_default, new Scheduler(), null) ?? s_default;
        set => Volatile.Write(ref s_default, value ?? throw new ArgumentNullException(nameof(value)));
    }

    /// <summary>The scheduler whose cycle is running on this thread, if one is.</summary>
    public static Scheduler? Current => t_current;

    /// <summary>The clock of all timers.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The registry of services of this scheduler's components.</summary>
    public new CoordinatingAssistantTracker Tracker { get; }

    /// <summary>Where warnings and crashes are written.</summary>
    public ILogger Logger { get; }

    /// <summary>Whether the system survives the crash of a component; takes effect at once.</summary>
    /// <remarks>
    /// <para>Mortal, the default: the exception leaves <see cref="RunThreads"/>, after the crashed one was closed down. The others
    /// stay as they are, and a further run continues them. Immortal: <see cref="ComponentCrashed"/> and the logger hear of it.</para>
    /// </remarks>
    public bool Immortal { get; set; }

    /// <summary>Who sees what happens; null for nobody.</summary>
    /// <remarks>Setting it puts one in the place of all: <see cref="AddListener"/> puts one beside those who are there.</remarks>
    public SchedulerListener? Listener { get; set; }

    /// <summary>Random numbers that a replayed run would repeat.</summary>
    public Random Random => _choices?.Random ?? Random.Shared;

    /// <summary>Whether a run is under way.</summary>
    public bool IsRunning => Volatile.Read(ref _running) != 0;

    /// <summary>Whether no microprocess is awake and no request waits: only a timer or another thread can change anything.</summary>
    /// <remarks>Threads: scheduler thread only, or while nobody runs it.</remarks>
    public bool IsIdle => _awake == 0 && _wakeCount == 0 && !_arrived && !_stopAsked;

    /// <summary>The synchronization context under which this run began, and in which all but async components run.</summary>
    internal SynchronizationContext? OuterContext { get; private set; }

    /// <summary>Whether somebody is to be woken or was activated, so that there is no time to wait.</summary>
    internal bool HasRequests => _wakeCount > 0 || _arrived;

    // Whoever waits to be accepted counts: an activation that came with the end of the last microprocess is not left behind.
    private bool IsAnythingLeft => _table.Count > 0 || _wakeCount > 0 || _arrived || Group is { IsAlive: true };

    /// <summary>Whether there are components that could belong to different schedulers.</summary>
    internal static bool AreSeveral => Volatile.Read(ref s_made) > 1;

    /// <summary>The schedulers that it ends together with, if any.</summary>
    internal SchedulerGroup? Group { get; set; }

    /// <summary>Itself, or the one in which it runs, or in which that one runs: the one that has the thread.</summary>
    internal Scheduler Outermost
    {
        get
        {
            Scheduler outermost = this;
            while (outermost.Scheduler is { } outer)
            {
                outermost = outer;
            }

            return outermost;
        }
    }

    /// <summary>Whether it is running, or about to in its group, and not on this thread: its components must be left alone.</summary>
    internal bool RunsElsewhere
    {
        get
        {
            Scheduler outermost = Outermost;
            int thread = Volatile.Read(ref outermost._running);
            return thread == 0 ? outermost.Group is { IsUnderWay: true } : thread != Environment.CurrentManagedThreadId;
        }
    }

    /// <summary>Makes the default scheduler survive crashes; see <see cref="Immortal"/>.</summary>
    public static void Immortalise() => Default.Immortal = true;

    /// <summary>Undoes <see cref="Immortalise"/>.</summary>
    public static void Mortalise() => Default.Immortal = false;

    /// <summary>Runs until every microprocess has ended; sleeps while all of them do.</summary>
    /// <param name="slowMotion">A delay before each cycle, for watching. Default: none.</param>
    /// <remarks>
    /// <para>Threads: any thread, which is the scheduler's until the call returns. With nothing activated it returns at once, unless
    /// <see cref="WaitForOne"/> was called.</para>
    /// <para>After a stop or a crash it can be called again.</para>
    /// <para>Source: Axon/Scheduler.py, <c>scheduler.runThreads</c>.</para>
    /// </remarks>
    /// <exception cref="InvalidOperationException">Somebody runs this scheduler already.</exception>
    /// <exception cref="Exception">Whatever a component threw, with its own stack, when the scheduler is mortal.</exception>
    public void RunThreads(TimeSpan slowMotion = default)
    {
        Scheduler? outer = Enter();
        try
        {
            do
            {
                if (slowMotion > TimeSpan.Zero)
                {
                    ParkFor(slowMotion);
                }
            }
            while (Cycle(mayPark: true));
        }
        finally
        {
            Leave(outer);
        }
    }

    /// <summary>Does exactly one cycle and never waits.</summary>
    /// <returns>Whether any microprocess is left, awake or asleep, or any request that another thread made meanwhile.</returns>
    /// <remarks>
    /// <para>A microprocess activated before the call takes its first step in the next one: arrivals are looked at after the pass.</para>
    /// <para>Threads and exceptions: as <see cref="RunThreads"/>.</para>
    /// </remarks>
    public bool RunCycle()
    {
        Scheduler? outer = Enter();
        try
        {
            // Who steps by hand never parks, so a poller gets its look here.
            if (_parker != _ownParker)
            {
                Glance();
            }

            return Cycle(mayPark: false);
        }
        finally
        {
            Leave(outer);
        }
    }

    /// <summary>Lets the next run wait for a first activation instead of returning because there is nothing to do.</summary>
    /// <remarks>Threads: any thread. Holds until one activation was accepted.</remarks>
    public void WaitForOne() => _waitForOne = true;

    /// <summary>Asks everything on this scheduler to end; the present cycle is finished first.</summary>
    /// <remarks>
    /// <para>Each microprocess has its <see cref="Microprocess.Stop"/> called, in the order of activation, and is closed down. Then the
    /// run returns normally and the scheduler can be used again. A waiting scheduler hears it at once.</para>
    /// <para>Threads: any thread.</para>
    /// </remarks>
    // PORT: differs. Python's stop request is never consumed, so every later run stops after one cycle.
    public override void Stop()
    {
        if (Scheduler is not null)
        {
            // Inside another scheduler it ends as a microprocess does, and takes its own along: see CloseDown.
            base.Stop();
            return;
        }

        _stopAsked = true;
        Nudge();
    }

    /// <summary>Takes back a stop that came when the run was over already, or the next run would end at once.</summary>
    internal void ForgetStop() => _stopAsked = false;

    /// <summary>Everybody known, awake or asleep, in the order of activation.</summary>
    /// <remarks>Threads: any thread. One activated in this cycle appears when the cycle is over.</remarks>
    public IReadOnlyList<Microprocess> ListAll() => _table.Snapshot();

    /// <summary>Whether it sleeps; true also for one that this scheduler does not know.</summary>
    /// <param name="process">Whom to look at.</param>
    /// <remarks>Threads: any thread; from another than the scheduler's the answer may be out of date.</remarks>
    public bool IsPaused(Microprocess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return process.Scheduler != this || (process.Flags & (ProcessFlags.Registered | ProcessFlags.Paused)) != ProcessFlags.Registered;
    }

    /// <summary>The same cycles as a body, for running inside another scheduler. Sleeps there when all in here sleep.</summary>
    protected override IEnumerator<Yield> Main()
    {
        while (RunCycle())
        {
            yield return IsIdle ? Pause(TimeToNextTimer() ?? Timeout.InfiniteTimeSpan) : 1;
        }
    }

    /// <summary>Takes along whoever is still on this scheduler when it ends inside another one.</summary>
    protected internal override Ipc? CloseDown()
    {
        if (IsAnythingLeft)
        {
            Scheduler? outer = Enter();
            try
            {
                ShutDown();
            }
            finally
            {
                Leave(outer);
            }
        }

        return base.CloseDown();
    }

    private bool Cycle(bool mayPark)
    {
        _timeIsRead = false;
        Pass();
        if (_stepsSinceGlance >= _stepsBetweenGlances)
        {
            Glance();
        }

        TakeRequests();
        return (_awake > 0 && !_stopAsked) || ParkOrEnd(mayPark);
    }

    private bool ParkOrEnd(bool mayPark)
    {
        while (_awake == 0 && mayPark && !_stopAsked && (IsAnythingLeft || _waitForOne))
        {
            ParkUntilNextTimer();
            _timeIsRead = false;
            TakeRequests();
        }

        if (_stopAsked)
        {
            ShutDown();
            return false;
        }

        return IsAnythingLeft || _waitForOne;
    }

    /// <summary>Steps everybody once. After a crash the pass goes on behind the crashed one: at once, or in the next run.</summary>
    private void Pass()
    {
        while (true)
        {
            try
            {
                StepEach();
                return;
            }
            catch (Exception exception)
            {
                // The crashed one is the last that was taken from the queue. There is a gap already if its own end was what failed.
                if (_queue[_next - 1].Process is { } crashed)
                {
                    LeaveGap();

                    // Asked before the end: who claims a crash must not take it for an ordinary end.
                    bool claimed = crashed.IsCrashClaimed(exception);
                    exception = End(crashed, exception)!;
                    if (claimed)
                    {
                        continue;
                    }

                    Report(crashed, exception);
                }

                if (!Immortal)
                {
                    throw;
                }
            }
        }
    }

    // Whoever is woken or activated meanwhile waits for the next cycle: nothing joins the queue during a pass.
    private void StepEach()
    {
        ProcessEntry[] queue = _queue;
        SchedulerListener? listener = Listener;
        while (_next < _queued)
        {
            if (_choices is not null)
            {
                BringForward(_choices.NextToRun(_queued - _next));
            }

            Microprocess process = queue[_next++].Process;
            listener?.Stepped(process);
            if (process.Step(out Yield yielded))
            {
                if (yielded.Message is { } message)
                {
                    Obey(process, message);
                }

                continue;
            }

            LeaveGap();
            if (End(process, null) is { } failure && !process.IsCrashClaimed(failure))
            {
                Report(process, failure);
                if (!Immortal)
                {
                    ExceptionDispatchInfo.Throw(failure);
                }
            }
        }

        _stepsSinceGlance += _queued;
        _next = 0;
        if (_anyGaps)
        {
            CloseGaps();
        }
    }

    private void LeaveGap()
    {
        _queue[_next - 1] = default;
        _anyGaps = true;
    }

    private void CloseGaps()
    {
        _anyGaps = false;
        int kept = 0;
        for (int i = 0; i < _queued; i++)
        {
            if (_queue[i].Process is { } process)
            {
                _queue[kept++].Process = process;
            }
        }

        Array.Clear(_queue, kept, _queued - kept);
        _queued = kept;
    }

    private void Join(Microprocess process)
    {
        if (_queued == _queue.Length)
        {
            Array.Resize(ref _queue, _queued * 2);
        }

        _queue[_queued++].Process = process;
    }

    private void BringForward(int distance)
    {
        ProcessEntry chosen = _queue[_next + distance];
        Array.Copy(_queue, _next, _queue, _next + 1, distance);
        _queue[_next] = chosen;
    }

    private void Obey(Microprocess yielder, Ipc message)
    {
        switch (message)
        {
            case NewComponent request:
                // PORT: differs. Python activates them on the default scheduler, whoever runs the yielder.
                foreach (Microprocess component in request.Components)
                {
                    component.Start(this, null, null);
                }

                break;

            case WaitComplete detour:
                yielder.EnterDetour(detour);
                break;
        }
    }

    private Scheduler? Enter()
    {
        if (Interlocked.CompareExchange(ref _running, Environment.CurrentManagedThreadId, 0) != 0)
        {
            throw new InvalidOperationException(
                $"{Name} is running already, and a scheduler runs on one thread at a time. " +
                "Activate components on the running scheduler, or give them another one.");
        }

        OuterContext = SynchronizationContext.Current;
        Scheduler? outer = t_current;
        t_current = this;
        return outer;
    }

    private void Leave(Scheduler? outer)
    {
        // After a crash; otherwise nothing is left.
        HandOutErrands();
        t_current = outer;
        Volatile.Write(ref _running, 0);
    }
}
