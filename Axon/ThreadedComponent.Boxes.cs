// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/ThreadedComponent.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Axon;

/// <content>What the thread calls: boxes, waiting, and requests to the scheduler's side.</content>
// PORT: differs. Python overrides; these stand before those of Component, whose calls are not virtual because every message goes by them.
public partial class ThreadedComponent
{
    private readonly Wakeup _woken = new();
    private Request? _request;

    /// <summary>Sends a message through an outbox: it is on its way when the call returns, and arrives with the component's next step.</summary>
    /// <param name="message">Any object; null is a message too.</param>
    /// <param name="box">An outbox of this component.</param>
    /// <exception cref="NoSpaceInBoxException">The queue is full: the inbox at the end is, or the thread is faster than the scheduler.</exception>
    /// <exception cref="KeyNotFoundException">There is no such outbox.</exception>
    /// <exception cref="OperationCanceledException">The component was stopped.</exception>
    /// <remarks>
    /// <para>Never waits. Per outbox the order is kept.</para>
    /// <para>Threads: the component's own thread only, or before it was started. Cost: no allocation.</para>
    /// </remarks>
    public new void Send(object? message, string box = "outbox")
    {
        if (!TrySend(message, box))
        {
            OutLane lane = FindOutLane(box);
            throw new NoSpaceInBoxException(lane.Queue.Count, lane.Queue.Limit, lane.Outbox);
        }
    }

    /// <summary>As <see cref="Send"/>, but says false where that would throw because the queue is full.</summary>
    /// <param name="message">Any object; null is a message too.</param>
    /// <param name="box">An outbox of this component.</param>
    /// <returns>Whether the message was taken.</returns>
    /// <remarks>The way to wait for room: <c>while (!TrySend(message)) { Pause(); }</c>.</remarks>
    /// <exception cref="KeyNotFoundException">There is no such outbox.</exception>
    /// <exception cref="OperationCanceledException">The component was stopped.</exception>
    public new bool TrySend(object? message, string box = "outbox")
    {
        ThrowUnlessOwnThread();
        ThrowIfStopped();
        OutLane lane = FindOutLane(box);
        if (!lane.Queue.TryPut(message))
        {
            return false;
        }

        _crossing.Call(lane);
        return true;
    }

    /// <summary>Takes the oldest message out of an inbox's queue; waits for one if it is empty.</summary>
    /// <param name="box">An inbox of this component.</param>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    /// <exception cref="OperationCanceledException">The component was stopped, before or meanwhile.</exception>
    public new object? Recv(string box = "inbox")
    {
        object? message;
        while (!TryRecv(out message, box))
        {
            Wait(FindInLane(box), Timeout.InfiniteTimeSpan);
        }

        return message;
    }

    /// <summary>As <see cref="Recv(string)"/>, as the type that the message must have.</summary>
    /// <param name="box">An inbox of this component.</param>
    /// <exception cref="UnexpectedMessageException">It has another type; it stays in the queue.</exception>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    /// <exception cref="OperationCanceledException">The component was stopped, before or meanwhile.</exception>
    public new T Recv<T>(string box = "inbox")
    {
        while (true)
        {
            if (TryRecv<T>(out T? message, box))
            {
                return message;
            }

            Wait(FindInLane(box), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>As <see cref="Recv(string)"/>, for an async main.</summary>
    /// <param name="box">An inbox of this component.</param>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    /// <exception cref="OperationCanceledException">The component was stopped, before or meanwhile.</exception>
    public async ValueTask<object?> RecvAsync(string box = "inbox")
    {
        object? message;
        while (!TryRecv(out message, box))
        {
            await StartedWait().WaitAsync(FindInLane(box), Timeout.InfiniteTimeSpan).ConfigureAwait(true);
        }

        return message;
    }

    /// <summary>Takes the oldest message out of an inbox's queue, if there is one. Does not wait.</summary>
    /// <param name="message">The message.</param>
    /// <param name="box">An inbox of this component.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public new bool TryRecv(out object? message, string box = "inbox")
    {
        ThrowUnlessOwnThread();
        return FindInLane(box).TryTake(_crossing, out message);
    }

    /// <summary>Takes the oldest message out of an inbox's queue, if there is one, as the type it must have. Does not wait.</summary>
    /// <param name="message">The message.</param>
    /// <param name="box">An inbox of this component.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="UnexpectedMessageException">It has another type; it stays in the queue.</exception>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public new bool TryRecv<T>([MaybeNullWhen(false)] out T message, string box = "inbox")
    {
        ThrowUnlessOwnThread();
        InLane lane = FindInLane(box);
        if (!lane.Queue.TryPeek(out object? next))
        {
            message = default;
            return false;
        }

        ThrowUnless<T>(next, lane.Inbox);
        lane.TryTake(_crossing, out next);
        message = (T)next!;
        return true;
    }

    /// <summary>Whether a message waits in an inbox's queue. What still waits in the inbox itself does not count.</summary>
    /// <param name="box">An inbox of this component.</param>
    /// <remarks>Threads: any thread; from another than the component's own the answer may be out of date.</remarks>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public new bool DataReady(string box = "inbox") => Waiting(box) > 0;

    /// <summary>How many messages wait in an inbox's queue; as <see cref="DataReady"/>.</summary>
    /// <param name="box">An inbox of this component.</param>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public new int Waiting(string box = "inbox") => FindInLane(box).Queue.Count;

    /// <summary>Whether a message waits in the queue of any inbox; as <see cref="DataReady"/>.</summary>
    public new bool AnyReady() => FirstReady() is not null;

    /// <summary>The first inbox, in the order declared and added, in whose queue a message waits; null if there is none.</summary>
    public new string? FirstReady() => Array.Find(_inLanes.InOrder, static lane => lane.Queue.Count > 0)?.Name;

    /// <summary>Receives until the queue of an inbox is empty, also what arrives meanwhile. Does not wait.</summary>
    /// <param name="box">An inbox of this component.</param>
    public new IEnumerable<object?> Inbox(string box = "inbox")
    {
        while (TryRecv(out object? message, box))
        {
            yield return message;
        }
    }

    /// <summary>Blocks the thread until something happens, or until the time is up.</summary>
    /// <param name="timeout">How long at most, by the scheduler's clock; null for no limit.</param>
    /// <returns>False if the time was up.</returns>
    /// <remarks>
    /// <para>What ends it: a message for any inbox, a message that the scheduler's side took over, <see cref="Microprocess.Unpause"/>, the
    /// end of a child. One that came since the last call returned ends it at once, so nothing is slept through; it may also be for nothing, so
    /// look again in a loop.</para>
    /// <para>Source: Axon/ThreadedComponent.py, <c>threadedcomponent.pause</c>.</para>
    /// </remarks>
    /// <exception cref="OperationCanceledException">The component was stopped, before or meanwhile.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    // PORT: differs. Python does not say whether the time was up.
    public bool Pause(TimeSpan? timeout = null)
    {
        bool woken = Wait(_woken, Limit(timeout));
        _woken.Forget();
        return woken;
    }

    /// <summary>As <see cref="Pause"/>, for an async main.</summary>
    /// <param name="timeout">How long at most, by the scheduler's clock; null for no limit.</param>
    /// <returns>False if the time was up.</returns>
    /// <exception cref="OperationCanceledException">The component was stopped, before or meanwhile.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public async Task<bool> PauseAsync(TimeSpan? timeout = null)
    {
        ThrowUnlessOwnThread();
        bool woken = await StartedWait().WaitAsync(_woken, Limit(timeout)).ConfigureAwait(true);
        _woken.Forget();
        return woken;
    }

    /// <summary>Waits until the scheduler's side has caught up: everything sent before is delivered, unless an inbox at the end is full.</summary>
    /// <exception cref="OperationCanceledException">The component was stopped, before or meanwhile.</exception>
    public void Sync() => OnSchedulerThread(static () => { });

    /// <inheritdoc cref="Component.Link"/>
    /// <remarks>From the thread: done by the scheduler's side, and everything sent before is delivered first. Returns when it has taken effect.</remarks>
    public new Linkage Link(
        (Component Component, string Box) source,
        (Component Component, string Box) sink,
        Passthrough passthrough = Passthrough.None,
        int? pipeWidth = null,
        bool synchronous = false) => OnSchedulerThread(() => base.Link(source, sink, passthrough, pipeWidth, synchronous));

    /// <inheritdoc cref="Component.Unlink(Linkage)"/>
    /// <remarks>From the thread: as <see cref="Link"/>.</remarks>
    public new void Unlink(Linkage linkage) => OnSchedulerThread(() => base.Unlink(linkage));

    /// <inheritdoc cref="Component.Unlink(Component)"/>
    /// <remarks>From the thread: as <see cref="Link"/>.</remarks>
    public new void Unlink(Component component) => OnSchedulerThread(() => base.Unlink(component));

    /// <inheritdoc cref="Component.SetInboxSize"/>
    /// <remarks>The limit of the inbox itself, before the queue. From the thread: as <see cref="Link"/>.</remarks>
    public new void SetInboxSize(string box, int? size) => OnSchedulerThread(() => base.SetInboxSize(box, size));

    /// <inheritdoc cref="Component.AddChildren"/>
    /// <remarks>From the thread: as <see cref="Link"/>.</remarks>
    public new void AddChildren(params ReadOnlySpan<Component> children)
    {
        Component[] copy = [.. children];
        OnSchedulerThread(() => base.AddChildren(copy));
    }

    /// <inheritdoc cref="Component.RemoveChild"/>
    /// <remarks>From the thread: as <see cref="Link"/>.</remarks>
    public new void RemoveChild(Component child) => OnSchedulerThread(() => base.RemoveChild(child));

    /// <inheritdoc cref="Component.ChildComponents"/>
    /// <remarks>From the thread: as <see cref="Link"/>.</remarks>
    public new IReadOnlyList<Component> ChildComponents() => OnSchedulerThread(() => base.ChildComponents());

    /// <summary>Has something done on the scheduler's thread, between two steps of other components, and waits for it.</summary>
    /// <param name="action">What to do; it may use anything that belongs to the scheduler's thread.</param>
    /// <returns>What it returned.</returns>
    /// <remarks>
    /// <para>Everything that the thread sent before is delivered first, unless an inbox at the end is full. What the action throws is thrown
    /// here, and the scheduler hears nothing of it.</para>
    /// <para>Threads: the component's own thread. From any other, which is the scheduler's or one that has it for itself, the action is
    /// carried out at once.</para>
    /// </remarks>
    /// <exception cref="OperationCanceledException">The component was stopped, before or meanwhile.</exception>
    // PORT: differs. Python compares names of threads, hangs if the wrong one asks, and throws what fails into the scheduler.
    protected T OnSchedulerThread<T>(Func<T> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (!IsOwnThread)
        {
            return action();
        }

        Request<T> request = new(action);
        Volatile.Write(ref _request, request);
        Unpause();
        Wait(request, Timeout.InfiniteTimeSpan);
        return request.Result();
    }

    /// <inheritdoc cref="OnSchedulerThread{T}"/>
    protected void OnSchedulerThread(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        OnSchedulerThread<object?>(() =>
        {
            action();
            return null;
        });
    }

    private static TimeSpan Limit(TimeSpan? timeout)
    {
        if (timeout is not { } time || time == Timeout.InfiniteTimeSpan)
        {
            return Timeout.InfiniteTimeSpan;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, nameof(timeout));
        return time;
    }

    private InLane FindInLane(string box) => _inLanes.Find(box) ?? throw NoSuchInbox(box);

    private OutLane FindOutLane(string box) => _outLanes.Find(box) ?? throw NoSuchOutbox(box);

    private bool Wait(IAwaited awaited, TimeSpan timeout)
    {
        ThrowUnlessOwnThread();
        return StartedWait().Wait(awaited, timeout);
    }

    private ThreadWait StartedWait() => _wait ?? throw new InvalidOperationException(
        $"The thread of {Name} has not been started, so nothing can wait on it. Activate the component and call this from its main.");

    // PORT: differs. Python's queues take any thread; these know one at either end.
    private void ThrowUnlessOwnThread()
    {
        if (!IsOwnThread && _threadId != 0)
        {
            throw new InvalidOperationException(
                $"A box of {Name} was used on the thread {Environment.CurrentManagedThreadId}, and its main runs on another. " +
                "Call Send, Recv and Pause from main only: not from callbacks, and not after ConfigureAwait(false). Others link to its boxes.");
        }
    }

    private sealed class Wakeup : IAwaited
    {
        private volatile bool _hasCome;

        public bool HasCome => _hasCome;

        /// <summary>The scheduler's side has had a step.</summary>
        public void Come() => _hasCome = true;

        /// <summary>The thread is about to look what that step has brought.</summary>
        /// <remarks>Without the fence it could look first: a step in between would go unseen, and its sign be wiped out.</remarks>
        public void Forget()
        {
            _hasCome = false;
            Interlocked.MemoryBarrier();
        }
    }

    private abstract class Request : IAwaited
    {
        private volatile bool _done;

        public bool HasCome => _done;

        public void CarryOut()
        {
            Call();
            _done = true;
        }

        protected abstract void Call();
    }

    private sealed class Request<T>(Func<T> action) : Request
    {
        private T? _result;
        private ExceptionDispatchInfo? _failure;

        public T Result()
        {
            _failure?.Throw();
            return _result!;
        }

        protected override void Call()
        {
            try
            {
                _result = action();
            }
            catch (Exception exception)
            {
                _failure = ExceptionDispatchInfo.Capture(exception);
            }
        }
    }
}
