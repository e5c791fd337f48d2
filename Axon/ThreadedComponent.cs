// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/ThreadedComponent.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Nito.AsyncEx;

namespace Axon;

/// <summary>A component whose main is an ordinary method on a thread of its own: it may block.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// public sealed class LineReader : ThreadedComponent
/// {
///     protected override void ThreadMain()
///     {
///         while (Console.ReadLine() is { } line)
///         {
///             while (!TrySend(line))
///             {
///                 Pause();
///             }
///         }
///
///         Send(new ProducerFinished(this), "signal");
///     }
/// }
/// </code>
/// <para><em>How does it work?</em> Towards the rest of the system it is a component like any other. Its body on the scheduler's thread
/// moves messages between its boxes and queues, one for each box, and the thread puts into the queues and takes out of them. So the thread
/// sends, receives and links with the same calls as any component, and touches nothing that belongs to the scheduler's thread. The queues
/// are limited, and by them a full inbox at the other end is felt by the thread.</para>
/// <para>For a main that awaits override <see cref="ThreadMainAsync"/>: all of it runs on that one thread too.</para>
/// <para>The thread is started in the component's first step and is a background thread. When its main is done, what it has sent is
/// delivered and the component ends. What main throws is thrown by the component, and its scheduler deals with it as with any crash.</para>
/// <para><em>Boxes</em>: as <see cref="Component"/>.</para>
/// <para>Threads: the component's own thread only, which is the one that runs main, unless a member says otherwise.</para>
/// <para>Source: Axon/ThreadedComponent.py, <c>threadedcomponent</c>.</para>
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer, and disposing it would break the tokens that main handed out.")]
public partial class ThreadedComponent : Component
{
    private readonly Crossing _crossing;
    private readonly LaneTable<InLane> _inLanes = new();
    private readonly LaneTable<OutLane> _outLanes = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _queueLength;

    private ThreadWait? _wait;
    private int _threadId;

    // Written by the thread as its last acts, and read by the body before it looks into the queues for what was sent before.
    private ExceptionDispatchInfo? _failure;
    private volatile bool _threadEnded;

    /// <summary>Makes a component with the boxes that its class declares.</summary>
    /// <param name="queueLengths">How many messages fit between each box and the thread; 0 or less for no limit.</param>
    /// <param name="tag">Appended to the name.</param>
    public ThreadedComponent(int queueLengths = 1000, string tag = "")
        : base(tag)
    {
        _queueLength = queueLengths > 0 ? queueLengths : int.MaxValue;
        _crossing = new Crossing(this);
        foreach (string name in InboxNames)
        {
            AddInLane(name);
        }

        foreach (string name in OutboxNames)
        {
            AddOutLane(name);
        }
    }

    /// <summary>Signalled when the component was stopped: main is to come to its end.</summary>
    /// <remarks>
    /// <para>Blocking calls of this component throw <see cref="OperationCanceledException"/> then; hand the token to others.</para>
    /// <para>Threads: any thread. What is registered with it is called on the thread that stops.</para>
    /// </remarks>
    protected CancellationToken Stopping => _stopping.Token;

    internal sealed override bool IsWokenFromOutside => true;

    private bool IsOwnThread => Environment.CurrentManagedThreadId == _threadId;

    /// <summary>Ends it: signals <see cref="Stopping"/>, and the component is closed down without waiting for the thread.</summary>
    /// <remarks>Threads: any thread. From then on what the thread sends goes nowhere: the call throws.</remarks>
    // PORT: differs. Python cuts the thread off and lets it run on unheard, for ever if it waits.
    public override void Stop()
    {
        base.Stop();
        _wait?.TellAll();
        _stopping.Cancel();
    }

    /// <summary>Main, as an ordinary method. Override this or <see cref="ThreadMainAsync"/>.</summary>
    /// <remarks>
    /// <para>One that is not overridden is the old-style main: <see cref="Component.InitialiseComponent"/>, then
    /// <see cref="Component.MainBody"/> until it says false, then <see cref="Component.CloseDownComponent"/>, all on the thread.</para>
    /// <para>Source: Axon/ThreadedComponent.py, <c>threadedcomponent.main</c>.</para>
    /// </remarks>
    protected virtual void ThreadMain()
    {
        InitialiseComponent();
        while (IsTrue(MainBody()))
        {
        }

        CloseDownComponent();
    }

    /// <summary>Main, as a method that awaits: what comes after an <c>await</c> runs on the component's thread again.</summary>
    /// <returns>The task of main, or null: there is none, and <see cref="ThreadMain"/> is run.</returns>
    /// <remarks>
    /// While it awaits, its other parts go on, so several can work side by side without locks. A call that blocks, blocks them all: use
    /// <see cref="RecvAsync"/> and <see cref="PauseAsync"/>. After <c>ConfigureAwait(false)</c> the code is on another thread, and the box
    /// calls throw.
    /// </remarks>
    protected virtual Task? ThreadMainAsync() => null;

    /// <summary>The component's side of the scheduler: moves messages and does what the thread asks for.</summary>
    protected sealed override IEnumerator<Yield> Main()
    {
        StartThread();
        while (true)
        {
            // Looked at before the move: what the thread sent before it ended, or before it asked, is in the queues already.
            // PORT: differs. Python asks whether the thread is alive, and sleeps for ever if it asks a moment too early.
            bool ended = _threadEnded;
            Request? request = Interlocked.Exchange(ref _request, null);
            _crossing.Move();
            request?.CarryOut();
            if (ended)
            {
                Interlocked.Exchange(ref _failure, null)?.Throw();
                // PORT: differs. Python spins while a destination is full; here the next step comes when somebody has collected.
                if (!_crossing.IsHeldUp)
                {
                    yield break;
                }
            }

            // PORT: differs. Python takes a step for whatever is collected; that matters only where something is held up. Python's thread
            // does not hear of the end of a child or an Unpause; here each step wakes it, for nothing now and then.
            WokenByCollection = _crossing.IsHeldUp;
            _woken.Come();
            _wait!.Tell();
            _crossing.BeforePause();
            yield return base.Pause();
        }
    }

    /// <inheritdoc/>
    protected internal override Ipc? CloseDown()
    {
        LogFailure(Scheduler!);
        return base.CloseDown();
    }

    internal sealed override RealSink MakeInbox(string name) => new ThreadInbox(this, name, _crossing, _queueLength);

    private protected void AddInLane(string name) => _inLanes.Add(((ThreadInbox)GetInbox(name)).Lane);

    private protected void AddOutLane(string name) => _outLanes.Add(new OutLane(GetOutbox(name), _queueLength));

    private protected void RemoveInLane(string name) => _inLanes.Remove(name);

    private protected void RemoveOutLane(string name) => _outLanes.Remove(name);

    private void StartThread()
    {
        Scheduler scheduler = Scheduler!;
        _wait = new ThreadWait(scheduler.Clock, ThrowIfStopped);
        Thread thread = new(() => RunThread(scheduler)) { IsBackground = true, Name = Name };
        _threadId = thread.ManagedThreadId;
        thread.Start();
    }

    private void RunThread(Scheduler scheduler)
    {
        try
        {
            if (!AsyncContext.Run(RunMainAsync))
            {
                ThreadMain();
            }
        }
        catch (OperationCanceledException) when (IsStopped)
        {
            // It did what it was told.
        }
        catch (Exception exception)
        {
            // PORT: differs. Python throws a new exception of the same class, without its text.
            _failure = ExceptionDispatchInfo.Capture(exception);
        }

        // First the flag, then the wake: whoever is woken sees it. Asking whether the thread is alive would be too early by a moment.
        _threadEnded = true;
        Unpause();
        if (IsStopped)
        {
            LogFailure(scheduler);
        }
    }

    // Says whether there is an async main; by then it is over.
    private async Task<bool> RunMainAsync()
    {
        if (ThreadMainAsync() is not { } main)
        {
            return false;
        }

        await main;
        return true;
    }

    // What is thrown after the component was closed down can be thrown to nobody. Whoever comes to it first takes it.
    private void LogFailure(Scheduler scheduler)
    {
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
        {
            Log.ThreadFailedAfterStop(scheduler.Logger, failure.SourceException, Name);
        }
    }

    private void ThrowIfStopped()
    {
        if (IsStopped)
        {
            throw new OperationCanceledException($"{Name} was stopped. Let main come to its end.", _stopping.Token);
        }
    }
}
