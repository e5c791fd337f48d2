// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Axon;

/// <summary>The body of an async component: each step lets go on whatever need not wait any longer, then sleeps.</summary>
/// <remarks>
/// <para>Two ways lead back into the component's code. What .NET has finished comes as a post to this synchronization context, from any
/// thread. Waits for boxes and times are looked at in each step, in the order in which they began: a wake does not say what it is for,
/// and an ordinary component looks again in the same manner.</para>
/// <para>What begins during a step is looked at in the next one, as newcomers are in the scheduler's pass.</para>
/// </remarks>
internal sealed class AsyncBody(AsyncComponent component, Scheduler scheduler) : SynchronizationContext, IEnumerator<Yield>
{
    // Code that ignores the end is let go on so often. Enough for any honest clean-up, and over in a moment.
    private const int RoundsAfterEnd = 100;

    private Task? _main;
    private bool _mainWasReported;

    // In the order they began. One that is over leaves a hole until the step is over.
    private Entry[] _waits = new Entry[2];
    private int _waitCount;
    private SourceWait? _spare;

    // One reader at a time is the rule; if there are more, the others come from a list.
    private ReaderWait? _reader;
    private ReaderWait? _spareReader;
    private bool _readerIsCancelled;

    private ConcurrentQueue<(SendOrPostCallback Callback, object? State)>? _posts;

    private CancellationTokenSource? _stopping;
    private int _roundsLeft = RoundsAfterEnd;
    private volatile bool _ending;
    private volatile bool _ended;

    public AsyncComponent Component => component;

    Yield IEnumerator<Yield>.Current => 1;

    object IEnumerator.Current => (Yield)1;

    /// <summary>Cancelled when the component ends. Any thread.</summary>
    public CancellationToken Stopping
    {
        get
        {
            if (_stopping is null)
            {
                Interlocked.CompareExchange(ref _stopping, new CancellationTokenSource(), null);
                if (_ending)
                {
                    // Whoever ended the component may not have seen it.
                    _stopping.Cancel();
                }
            }

            return _stopping.Token;
        }
    }

    private bool IsPosted => _posts is { IsEmpty: false };

    public bool MoveNext()
    {
        Enter();
        try
        {
            if (_main is null)
            {
                Start();
            }
            else
            {
                RunPosted();
                CompleteDue();
                CloseHoles();
            }
        }
        finally
        {
            Leave();
        }

        if (_main!.IsCompleted)
        {
            ReportMain();
            return false;
        }

        Rest();
        return true;
    }

    public void Reset() => throw new NotSupportedException();

    /// <summary>The end, whatever brought it about: cancels everything and lets the code come to its own end.</summary>
    /// <remarks>
    /// What awaits a task of .NET that is not over yet cannot be waited for. It is continued by the scheduler when the task is over, as a
    /// posted action: late, but on the right thread.
    /// </remarks>
    public void Dispose()
    {
        if (_main is null)
        {
            return;
        }

        _ending = true;
        Enter();
        try
        {
            // A read behind a fence: see Stopping.
            Interlocked.CompareExchange(ref _stopping, null, null)?.Cancel();
        }
        finally
        {
            Leave();
            try
            {
                RunOut();
            }
            finally
            {
                _ended = true;

                // See Post, which does the same two things in the other order.
                Interlocked.MemoryBarrier();
                if (IsPosted)
                {
                    scheduler.Post(RunOut);
                }
            }
        }
    }

    /// <summary>Has the component's code go on in its own turn. Any thread.</summary>
    public override void Post(SendOrPostCallback d, object? state)
    {
        if (_posts is null)
        {
            Interlocked.CompareExchange(ref _posts, new(), null);
        }

        _posts.Enqueue((d, state));
        Interlocked.MemoryBarrier();
        if (_ended)
        {
            scheduler.Post(RunOut);
        }
        else
        {
            component.Unpause();
        }
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (Current != this)
        {
            throw new NotSupportedException($"The code of {component.Name} runs in its own turn only, and nobody can wait for that. Use Post.");
        }

        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    public long DueIn(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return scheduler.DueIn(time);
    }

    public bool IsDue(long due) => scheduler.IsDue(due);

    /// <summary>A wait that is not in use.</summary>
    public T Rent<T>()
        where T : SourceWait, new()
    {
        SourceWait? before = null;
        for (SourceWait? wait = _spare; wait is not null; before = wait, wait = wait.NextSpare)
        {
            if (wait is T found)
            {
                if (before is null)
                {
                    _spare = wait.NextSpare;
                }
                else
                {
                    before.NextSpare = wait.NextSpare;
                }

                return found;
            }
        }

        return new T();
    }

    public void Return(SourceWait wait)
    {
        wait.NextSpare = _spare;
        _spare = wait;
    }

    /// <summary>Looks at it from the next step on.</summary>
    /// <returns>The token of this use, for the task that is handed out.</returns>
    public short Begin(SourceWait wait, CancellationToken cancellation)
    {
        Add(wait);
        return wait.Begin(this, cancellation);
    }

    /// <summary>Calls back in a later step, when there is a message in one of the two.</summary>
    public void Begin(RealSink inbox, RealSink? until, Action continuation)
    {
        ReaderWait reader = _reader ??= new ReaderWait(this);
        if (reader.IsInUse)
        {
            reader = _spareReader ?? new ReaderWait(this);
            _spareReader = reader.NextSpare;
        }

        reader.Begin(inbox, until, continuation);
        Add(reader);
    }

    public void Return(ReaderWait reader)
    {
        if (reader != _reader)
        {
            reader.NextSpare = _spareReader;
            _spareReader = reader;
        }
    }

    /// <summary>Whether a reader that begins now need not wait.</summary>
    public bool IsReady(RealSink inbox, RealSink? until) => !IsClaimed(inbox) && (inbox.Count > 0 || until is { Count: > 0 });

    /// <summary>Takes a message, for a reader that need not wait any longer.</summary>
    public bool TryTake<T>(RealSink inbox, [MaybeNullWhen(false)] out T message)
    {
        if (_readerIsCancelled)
        {
            _readerIsCancelled = false;
            throw Cancellation();
        }

        if (typeof(T) != typeof(object))
        {
            return Axon.Component.TryTake(inbox, out message);
        }

        // Everything is an object: no check and no cast in code that many types share. Benchmark: Hop, async, 100 messages a step.
        bool any = inbox.TryPop(out object? found);
        message = Unsafe.As<object?, T>(ref found);
        return any;
    }

    /// <summary>The body whose inbox that is; only while its own code runs.</summary>
    public static AsyncBody Of(RealSink inbox) => Unsafe.As<AsyncComponent>(inbox.Owner).Body;

    public static InvalidOperationException NothingIn(RealSink inbox) =>
        new($"There is nothing in the {inbox}. Await it; to block on it would block everybody.");

    /// <summary>The same, carried out in the present execution context.</summary>
    public static Action WithContext(Action continuation) => ExecutionContext.Capture() is { } context
        ? () => ExecutionContext.Run(context, static action => ((Action)action!)(), continuation)
        : continuation;

    /// <summary>What a wait fails with at the end.</summary>
    public OperationCanceledException Cancellation() =>
        new($"{component.Name} was stopped, or has ended, while its code waited.", Stopping);

    /// <summary>Has the reader that goes on now fail.</summary>
    public void CancelReader() => _readerIsCancelled = true;

    /// <summary>Whether somebody has asked for the next message, or the next room, before.</summary>
    public bool IsClaimed(Postbox box)
    {
        for (int i = 0; i < _waitCount; i++)
        {
            if (_waits[i].Wait?.Claim == box)
            {
                return true;
            }
        }

        return false;
    }

    private void Add(Wait wait)
    {
        if (_waitCount == _waits.Length)
        {
            Array.Resize(ref _waits, _waitCount * 2);
        }

        // Mostly it is the one that was there before, and to compare costs less than to store.
        ref Wait? place = ref _waits[_waitCount++].Wait;
        if (place != wait)
        {
            place = wait;
        }
    }

    private void Enter()
    {
        component.IsInItsTurn = true;
        SetSynchronizationContext(this);
    }

    private void Leave()
    {
        SetSynchronizationContext(scheduler.OuterContext);
        component.IsInItsTurn = false;
    }

    private void Start()
    {
        _main = component.CallMain();
        if (!_main.IsCompleted)
        {
            // Main may come to its end on another thread, after a ConfigureAwait(false): that is posted, and so the component is woken.
            _main.GetAwaiter().UnsafeOnCompleted(static () => { });
        }
    }

    // Only what is there already: code that posts to itself, as Task.Yield does, goes on in the next cycle.
    private void RunPosted()
    {
        if (_posts is not { IsEmpty: false } posts)
        {
            return;
        }

        for (int count = posts.Count; count > 0 && posts.TryDequeue(out (SendOrPostCallback Callback, object? State) post); count--)
        {
            post.Callback(post.State);
        }
    }

    private void CompleteDue()
    {
        int count = _waitCount;
        for (int i = 0; i < count; i++)
        {
            if (_waits[i].Wait is { } wait && wait.TryComplete())
            {
                if (i == _waitCount - 1)
                {
                    // Mostly it is the only one, and will begin again at once, in the same place.
                    _waitCount = i;
                }
                else
                {
                    _waits[i].Wait = null;
                }

                wait.Resume();
            }
        }
    }

    private void CancelWaits()
    {
        int count = _waitCount;
        for (int i = 0; i < count; i++)
        {
            if (_waits[i].Wait is { } wait)
            {
                _waits[i].Wait = null;
                wait.Cancel();
                wait.Resume();
            }
        }
    }

    private void CloseHoles()
    {
        int kept = 0;
        for (int i = 0; i < _waitCount; i++)
        {
            if (_waits[i].Wait is { } wait)
            {
                if (i != kept)
                {
                    _waits[i].Wait = null;
                    _waits[kept].Wait = wait;
                }

                kept++;
            }
        }

        _waitCount = kept;
    }

    // Sleeps, unless somebody wants to go on in the next cycle.
    private void Rest()
    {
        long due = long.MaxValue;
        bool staysAwake = IsPosted;
        for (int i = 0; i < _waitCount; i++)
        {
            Wait wait = _waits[i].Wait!;
            due = Math.Min(due, wait.Due);
            staysAwake |= wait.KeepsAwake;
        }

        if (staysAwake)
        {
            return;
        }

        if (due == long.MaxValue)
        {
            scheduler.PauseUnlessWoken(component);
        }
        else
        {
            scheduler.PauseUntil(component, due);
        }
    }

    // In rounds, because code that is let go on may wait again. It must not be able to do so for ever: nobody else has a turn meanwhile.
    private void RunOut()
    {
        Enter();
        try
        {
            for (; _roundsLeft > 0 && (_waitCount > 0 || IsPosted); _roundsLeft--)
            {
                RunPosted();
                CancelWaits();
                CloseHoles();
            }
        }
        finally
        {
            Leave();
        }

        if (_main!.IsCompleted)
        {
            ReportMain();
        }
        else if (_roundsLeft == 0)
        {
            // To be said once.
            _roundsLeft = -1;
            Log.MainIgnoresEnd(scheduler.Logger, component.Name);
        }
    }

    [SuppressMessage("Usage", "VSTHRD002", Justification = "The task is over: nothing waits here.")]
    private void ReportMain()
    {
        if (_mainWasReported)
        {
            return;
        }

        _mainWasReported = true;
        if (!_ending || _main!.IsFaulted)
        {
            // Throws what main has thrown, if it has.
            _main!.GetAwaiter().GetResult();
        }
    }

    /// <summary>A struct for the reason of <see cref="ProcessEntry"/>.</summary>
    private struct Entry
    {
        public Wait? Wait;
    }
}
