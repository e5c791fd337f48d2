// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Handle.py and Axon/experimental/_pprocess_support.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Nito.AsyncEx;

namespace Axon;

/// <summary>Talks to a component from ordinary code, on any thread, that is no part of the system.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// using Background background = new Background().Start();
/// Handle reverser = new Handle(new Reverser()).Activate();
/// reverser.Put("hello");
/// Console.WriteLine(reverser.Get(TimeSpan.FromSeconds(1)));
/// </code>
/// <para><em>How does it work?</em> A component of the handle's own stands beside the wrapped one and is linked to its boxes. What is put in
/// crosses to the scheduler's thread and is sent to the wrapped component in a step of that companion; what the wrapped one sends is there for
/// <see cref="Get(string)"/> in the same moment. Nobody waits by looking again and again.</para>
/// <para>What the component sent before its end stays there to be got. A message is got once, whoever gets it.</para>
/// <para>Threads: any thread, several at once.</para>
/// <para>Source: Axon/Handle.py, <c>Handle</c>; Axon/experimental/_pprocess_support.py, <c>likefile</c>.</para>
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Nobody asks for a wait handle of these, and waiters may outlive any good moment to dispose them.")]
public sealed class Handle
{
    private const string StandardInbox = "inbox";
    private const string StandardOutbox = "outbox";

    private static readonly TimeSpan s_defaultShutdownWait = TimeSpan.FromSeconds(1);

    private readonly Component _component;
    private readonly Companion _companion;
    private readonly Dictionary<string, SharedLane> _entrances = [];
    private readonly Dictionary<string, Exit> _exits = [];
    private readonly SharedLane? _inbox;
    private readonly Exit? _outbox;
    private readonly ManualResetEventSlim _ended = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isShut;

    /// <summary>Wraps a component: its standard boxes, as far as it has them, and those named here.</summary>
    /// <param name="component">The component, not activated, and not linked at these boxes.</param>
    /// <param name="inboxes">Inboxes besides <c>"inbox"</c> and <c>"control"</c>.</param>
    /// <param name="outboxes">Outboxes besides <c>"outbox"</c> and <c>"signal"</c>.</param>
    /// <exception cref="KeyNotFoundException">The component has no such box.</exception>
    /// <exception cref="InvalidOperationException">The component is active, or has ended.</exception>
    /// <exception cref="BoxAlreadyLinkedToDestinationException">One of its outboxes feeds another box.</exception>
    public Handle(Component component, IEnumerable<string>? inboxes = null, IEnumerable<string>? outboxes = null)
    {
        ArgumentNullException.ThrowIfNull(component);
        if (component.Scheduler is not null || component.IsStopped)
        {
            throw new InvalidOperationException(
                $"{component.Name} is active already, or has ended, and its boxes are not for this thread to link. Wrap it first, then activate the handle.");
        }

        Completion = _completion.Task;
        _component = component;
        _companion = new Companion(this);
        foreach (string inbox in Wrapped(["inbox", "control"], component.HasInbox, inboxes))
        {
            _entrances.Add(inbox, _companion.LinkTo(component, inbox));
        }

        foreach (string outbox in Wrapped(["outbox", "signal"], component.HasOutbox, outboxes))
        {
            _exits.Add(outbox, _companion.LinkFrom(component, outbox));
        }

        if (_entrances.TryGetValue("control", out SharedLane? control))
        {
            control.After = [.. _entrances.Values.Where(lane => lane != control)];
        }

        _inbox = _entrances.GetValueOrDefault(StandardInbox);
        _outbox = _exits.GetValueOrDefault(StandardOutbox);
        _companion.AddChildren(component);
    }

    /// <summary>Completed when the wrapped component has ended.</summary>
    public Task Completion { get; }

    private bool HasEnded => _ended.IsSet;

    private TimeProvider Clock => _companion.Scheduler?.Clock ?? TimeProvider.System;

    /// <summary>Activates the wrapped component.</summary>
    /// <param name="scheduler">Who runs it, now or later. Default: as for any component.</param>
    /// <param name="tracker">Its registry of services. Default: the scheduler's.</param>
    /// <returns>This handle.</returns>
    /// <remarks>The scheduler may be started before or after; what was put in meanwhile is kept.</remarks>
    /// <exception cref="InvalidOperationException">The component has ended.</exception>
    public Handle Activate(Scheduler? scheduler = null, CoordinatingAssistantTracker? tracker = null)
    {
        // In this order: when all are stopped, the companion still hears what the component says last.
        _component.Activate(scheduler, tracker);
        _companion.Activate(scheduler, tracker);
        return this;
    }

    /// <summary>Puts a message into an inbox of the component.</summary>
    /// <param name="data">Any object; null is a message too.</param>
    /// <param name="box">A wrapped inbox.</param>
    /// <remarks>
    /// <para>Never waits, and has no limit: what a full inbox does not take is kept until it does. Per inbox the order is kept;
    /// <c>"control"</c> comes after what was put into the others before, as far as that fits.</para>
    /// <para>Source: Axon/Handle.py, <c>Handle.put</c>.</para>
    /// </remarks>
    /// <exception cref="KeyNotFoundException">That inbox is not wrapped.</exception>
    /// <exception cref="InvalidOperationException">The component has ended, or the handle was shut down: see <see cref="TryPut"/>.</exception>
    // PORT: differs. Python drops what is put into a box that it does not wrap, and what is put in after the end.
    public void Put(object? data, string box = "inbox")
    {
        if (!TryPut(data, box))
        {
            throw new InvalidOperationException(
                $"Nothing can be put into the inbox \"{box}\" of {_component.Name}: {(_isShut ? "its handle was shut down" : "it has ended")}. " +
                "Use TryPut where that can happen.");
        }
    }

    /// <summary>As <see cref="Put"/>, but says false where that would throw because the component has ended or the handle was shut down.</summary>
    /// <param name="data">Any object; null is a message too.</param>
    /// <param name="box">A wrapped inbox.</param>
    /// <returns>Whether the message is on its way.</returns>
    /// <exception cref="KeyNotFoundException">That inbox is not wrapped.</exception>
    public bool TryPut(object? data, string box = "inbox")
    {
        SharedLane lane = FindEntrance(box);
        if (_isShut || HasEnded)
        {
            return false;
        }

        _companion.Put(lane, data);
        return true;
    }

    /// <summary>Takes the oldest message that the component has sent through an outbox. Does not wait.</summary>
    /// <param name="box">A wrapped outbox.</param>
    /// <exception cref="HandleEmptyException">There is none.</exception>
    /// <exception cref="KeyNotFoundException">That outbox is not wrapped.</exception>
    /// <exception cref="InvalidOperationException">The handle was shut down.</exception>
    /// <remarks>Source: Axon/Handle.py, <c>Handle.get</c>.</remarks>
    public object? Get(string box = "outbox") => TryGet(out object? data, box) ? data : throw Empty(box);

    /// <summary>Takes the oldest message that the component has sent through an outbox; waits for one.</summary>
    /// <param name="timeout">How long at most, by the scheduler's clock; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="box">A wrapped outbox.</param>
    /// <exception cref="HandleEmptyException">The time was up, or the component has ended and all was taken.</exception>
    /// <exception cref="KeyNotFoundException">That outbox is not wrapped.</exception>
    /// <exception cref="InvalidOperationException">The handle was shut down.</exception>
    public object? Get(TimeSpan timeout, string box = "outbox")
    {
        Exit exit = FindExit(box);
        if (TryGet(out object? data, box))
        {
            return data;
        }

        using CancellationTokenSource limit = new(timeout, Clock);
        try
        {
            return exit.Take(out data, limit.Token) ? data : throw Empty(box);
        }
        catch (OperationCanceledException)
        {
            throw Empty(box);
        }
    }

    /// <summary>Takes the oldest message that the component has sent through an outbox, if there is one. Does not wait.</summary>
    /// <param name="data">The message.</param>
    /// <param name="box">A wrapped outbox.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="KeyNotFoundException">That outbox is not wrapped.</exception>
    /// <exception cref="InvalidOperationException">The handle was shut down.</exception>
    public bool TryGet(out object? data, string box = "outbox") => FindExit(box).TryTake(out data);

    /// <summary>Takes the oldest message that the component has sent through an outbox; waits for one without blocking.</summary>
    /// <param name="box">A wrapped outbox.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HandleEmptyException">The component has ended and all was taken.</exception>
    /// <exception cref="KeyNotFoundException">That outbox is not wrapped.</exception>
    /// <exception cref="InvalidOperationException">The handle was shut down.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async Task<object?> GetAsync(string box = "outbox", CancellationToken cancellationToken = default)
    {
        (bool any, object? data) = await FindExit(box).TakeAsync(cancellationToken).ConfigureAwait(false);
        return any ? data : throw Empty(box);
    }

    /// <summary>Everything that the component sends through an outbox, as it comes, until it has ended.</summary>
    /// <param name="box">A wrapped outbox.</param>
    /// <param name="cancellationToken">Ends the wait for the next.</param>
    /// <exception cref="KeyNotFoundException">That outbox is not wrapped.</exception>
    /// <exception cref="InvalidOperationException">The handle was shut down.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public IAsyncEnumerable<object?> GetAllAsync(string box = "outbox", CancellationToken cancellationToken = default) =>
        FindExit(box).TakeAllAsync(cancellationToken);

    /// <summary>How many messages of an outbox wait to be got.</summary>
    /// <param name="box">A wrapped outbox.</param>
    /// <exception cref="KeyNotFoundException">That outbox is not wrapped.</exception>
    public int Count(string box = "outbox") =>
        _exits.TryGetValue(box, out Exit? exit) ? exit.Count : throw NotWrapped("outbox", box, _exits.Keys);

    /// <summary>The outboxes of which messages wait to be got, in the order wrapped.</summary>
    public IReadOnlyList<string> AnyReady() => [.. _exits.Where(exit => exit.Value.Count > 0).Select(exit => exit.Key)];

    /// <summary>Tells the component to end, in every way there is, and waits for it. Afterwards nothing can be put or got.</summary>
    /// <param name="wait">How long at most, by the scheduler's clock. Default: a second.</param>
    /// <returns>Whether it has ended.</returns>
    /// <remarks>
    /// <para>Puts <see cref="Axon.Shutdown"/>, <see cref="ProducerFinished"/> and <see cref="ShutdownMicroprocess"/> into <c>"control"</c>.
    /// The scheduler must be running on another thread. What waits to be got is lost: get it first.</para>
    /// <para>Source: Axon/experimental/_pprocess_support.py, <c>likefile.shutdown</c>.</para>
    /// </remarks>
    public bool Shutdown(TimeSpan? wait = null)
    {
        if (!_isShut && _entrances.TryGetValue("control", out SharedLane? control))
        {
            _companion.Put(control, new Shutdown());
            _companion.Put(control, new ProducerFinished());
            _companion.Put(control, new ShutdownMicroprocess());
        }

        _isShut = true;
        using CancellationTokenSource limit = new(wait ?? s_defaultShutdownWait, Clock);
        try
        {
            _ended.Wait(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Said by the result.
        }

        return HasEnded;
    }

    // As the companion is woken for it, and before anything of the end can go wrong: those who wait here must not wait for ever.
    private void End()
    {
        _ended.Set();
        if (_completion.TrySetResult())
        {
            foreach (Exit exit in _exits.Values)
            {
                exit.End();
            }
        }
    }

    private static IEnumerable<string> Wrapped(string[] standard, Predicate<string> has, IEnumerable<string>? others) =>
        standard.Where(box => has(box)).Concat(others ?? []).Distinct();

    // Mostly the standard inbox, whose name is a literal: to hash it would cost as much as to put the message in.
    private SharedLane FindEntrance(string box) =>
        ReferenceEquals(box, StandardInbox) && _inbox is { } inbox ? inbox
        : _entrances.TryGetValue(box, out SharedLane? entrance) ? entrance
        : throw NotWrapped("inbox", box, _entrances.Keys);

    private Exit FindExit(string box)
    {
        Exit exit = ReferenceEquals(box, StandardOutbox) && _outbox is { } outbox ? outbox
            : _exits.TryGetValue(box, out Exit? found) ? found
            : throw NotWrapped("outbox", box, _exits.Keys);
        return _isShut
            ? throw new InvalidOperationException($"The handle of {_component.Name} was shut down. Get everything before that, or wait for Completion.")
            : exit;
    }

    private HandleEmptyException Empty(string box) => new(_component.Name, box, HasEnded);

    private KeyNotFoundException NotWrapped(string kind, string box, IEnumerable<string> wrapped) => new(
        $"The handle of {_component.Name} wraps no {kind} \"{box}\", only {string.Join(", ", wrapped)}. Name it where the handle is made.");

    /// <summary>The way out: the scheduler's thread puts, and several threads take, one at a time.</summary>
    /// <remarks>
    /// Who waits says so and then looks again; who puts looks afterwards whether anybody waits. One signal may stand for several messages,
    /// and one that came as somebody's time was up was heard by nobody. So whoever leaves, with a message or without, passes it on if there
    /// is more for others to take, and everybody does at the end.
    /// </remarks>
    private sealed class Exit
    {
        private readonly ThreadQueue _queue = new(int.MaxValue);
        private readonly Lock _oneTaker = new();
        private readonly AsyncAutoResetEvent _signal = new();
        private volatile bool _ended;
        private int _waiting;

        public int Count => _queue.Count;

        public void Add(object? message)
        {
            _queue.TryPut(message);
            Interlocked.MemoryBarrier();
            if (_waiting > 0)
            {
                _signal.Set();
            }
        }

        public void End()
        {
            _ended = true;
            _signal.Set();
        }

        public bool TryTake(out object? data)
        {
            lock (_oneTaker)
            {
                return _queue.TryTake(out data);
            }
        }

        /// <summary>Waits for a message and takes it; false if no more will come.</summary>
        public bool Take(out object? data, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _waiting);
            try
            {
                while (true)
                {
                    if (IsOver(out bool any, out data))
                    {
                        return any;
                    }

                    _signal.Wait(cancellation);
                }
            }
            finally
            {
                Leave();
            }
        }

        /// <summary>As <see cref="Take"/>, without blocking.</summary>
        public async Task<(bool Any, object? Data)> TakeAsync(CancellationToken cancellation)
        {
            Interlocked.Increment(ref _waiting);
            try
            {
                while (true)
                {
                    if (IsOver(out bool any, out object? data))
                    {
                        return (any, data);
                    }

                    await _signal.WaitAsync(cancellation).ConfigureAwait(false);
                }
            }
            finally
            {
                Leave();
            }
        }

        public async IAsyncEnumerable<object?> TakeAllAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            while (await TakeAsync(cancellation).ConfigureAwait(false) is (true, var data))
            {
                yield return data;
            }
        }

        // Asked for the end before the message: what was sent before the end is seen then.
        private bool IsOver(out bool any, out object? data)
        {
            bool ended = _ended;
            any = TryTake(out data);
            return ended || any;
        }

        private void Leave()
        {
            if (Interlocked.Decrement(ref _waiting) > 0 && (_ended || _queue.Count > 0))
            {
                _signal.Set();
            }
        }
    }

    // PORT: differs. Python's handle is itself a threaded component, which looks every 10 ms and loses what was sent before the end.
    /// <summary>What stands beside the wrapped component. Its outboxes are called as the other's inboxes, and the other way round.</summary>
    private sealed class Companion : AdaptiveCommsComponent
    {
        private readonly Handle _handle;
        private readonly Crossing _crossing;

        // The way out that the inbox made last leads to.
        private Exit? _made;

        public Companion(Handle handle)
        {
            _handle = handle;
            _crossing = new Crossing(this);
        }

        public SharedLane LinkTo(Component component, string inbox)
        {
            string outbox = AddOutbox(inbox);
            Link((this, outbox), (component, inbox));
            return new SharedLane(GetOutbox(outbox));
        }

        public Exit LinkFrom(Component component, string outbox)
        {
            string inbox = AddInbox(outbox);
            Link((component, outbox), (this, inbox));
            return _made!;
        }

        /// <summary>Lets a message in. Threads: any thread, several at once.</summary>
        public void Put(SharedLane entrance, object? data)
        {
            entrance.Messages.Enqueue(data);
            _crossing.Call(entrance);
        }

        public override void Stop()
        {
            base.Stop();
            _handle.End();
        }

        protected override IEnumerator<Yield> Main()
        {
            while (!_handle.HasEnded)
            {
                _crossing.Move();
                WokenByCollection = _crossing.IsHeldUp;
                _crossing.BeforePause();
                yield return Pause();
            }
        }

        internal override void ChildEnded(Component child) => _handle.End();

        // Dealt with in the sender's step: what was sent before the end is there before the end is.
        internal override RealSink MakeInbox(string name)
        {
            _made = new Exit();
            return new AttendedSink(this, name, _made.Add, () => { });
        }
    }
}
