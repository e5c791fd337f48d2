// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Axon;

/// <summary>What a linkage between components of two schedulers consists of: an inbox here, an outbox there, and a queue between them.</summary>
/// <remarks>
/// <para><em>How does it work?</em> The box that is linked ends in the relay's <see cref="Entry"/>, on its own scheduler; the relay's
/// <see cref="Exit"/> is linked to the destination by an ordinary linkage, on that one's scheduler. So all the rules of boxes hold on both
/// sides, and the relay has to do two things only: hand messages over, and carry the news of their collection back.</para>
/// <para>It delivers nothing before it is open: once what feeds the destination is joined, on that one's thread. Until then the queue keeps
/// what is sent, so it does not matter which of the two sides is joined first.</para>
/// <para>Each side works for the other at the end of a cycle, called by its scheduler, once for however many messages or collections.
/// Whoever calls does so after the fact; whoever was called first says that it may be called again, and then looks. So nothing is missed.</para>
/// <para>A limit holds for what is on its way and what has arrived together: what was sent counts until it is collected. What is delivered at
/// once is half of it at most, so that there is room again for the sender while the receiver has the other half: they need not take turns.</para>
/// <para>Cost: one interlocked operation a message; no allocation once the queue has grown. Benchmark: <c>-- threads</c>.</para>
/// </remarks>
internal sealed class Relay
{
    // They change only when a component gets its place that was taken to belong elsewhere: see Move.
    private volatile Scheduler _here;
    private volatile Scheduler _there;
    private readonly Linkage _farLinkage;
    private readonly ThreadQueue _queue = new(int.MaxValue);
    private readonly Action _deliver;
    private readonly Action _wakeSources;

    // The limit of the box at the end, as it was when a message was last delivered or collected.
    private volatile int _limit;
    private volatile bool _closed;

    // Whether the receiver's side is joined and may be called.
    private volatile bool _isOpen;

    private SendingSide _sending;
    private ReceivingSide _receiving;

    /// <summary>Makes what a linkage needs that crosses threads, and joins both ends, each on its own scheduler.</summary>
    /// <param name="handle">The linkage.</param>
    /// <param name="here">The sender's scheduler.</param>
    /// <param name="there">The receiver's scheduler.</param>
    /// <param name="limit">A limit for the box at the end; null leaves it as it is.</param>
    public Relay(Linkage handle, Scheduler here, Scheduler there, int? limit)
    {
        Handle = handle;
        _here = here;
        _there = there;
        _deliver = Deliver;
        _wakeSources = WakeSources;
        Entry = new RelayEntry(this);
        Exit = new RelayExit(this);
        _farLinkage = new Linkage(Exit, handle.Sink, handle.Passthrough);
        _limit = limit ?? handle.Sink.Sink?.Limit ?? int.MaxValue;
        there.Do(() =>
        {
            if (limit is not null)
            {
                handle.Sink.Size = limit;
            }

            _farLinkage.ConnectHere();
            Open();
        });
        here.Do(() =>
        {
            if (!_closed)
            {
                handle.Join(Entry);
            }
        });
    }

    /// <summary>The linkage that its makers know.</summary>
    public Linkage Handle { get; }

    /// <summary>Where the sender's chain ends.</summary>
    public RelayEntry Entry { get; }

    /// <summary>What feeds the destination.</summary>
    public RelayExit Exit { get; }

    /// <summary>Whether a linkage has to cross threads, and between which schedulers.</summary>
    /// <remarks>A component that is not active yet is taken to belong to the scheduler whose step this is.</remarks>
    /// <exception cref="InvalidOperationException">That cannot be told, and one end is in use by another thread.</exception>
    public static bool IsNeeded(Linkage linkage, [NotNullWhen(true)] out Scheduler? here, [NotNullWhen(true)] out Scheduler? there)
    {
        here = linkage.Source.Owner.Scheduler ?? Scheduler.Current;
        there = linkage.Sink.Owner.Scheduler ?? Scheduler.Current;
        if (here == there)
        {
            return false;
        }

        if (here is null || there is null)
        {
            ThrowIfInUse(linkage, here ?? there!);
            return false;
        }

        return IsNeeded(here, there);
    }

    /// <summary>Whether what is sent from the one to the other has to cross threads.</summary>
    public static bool IsNeeded(Scheduler here, Scheduler there) => here != there && here.Outermost != there.Outermost;

    /// <summary>One end was taken to belong to the scheduler in whose step it was linked, and gets its place on another now.</summary>
    /// <remarks>That end's boxes are still the caller's, and become the other scheduler's when that hears of the component.</remarks>
    public void Move(Scheduler here, Scheduler there)
    {
        _here = here;
        if (_there != there)
        {
            // Who is called meanwhile, on either side, leaves it to the opening.
            _isOpen = false;
            _there = there;
            there.Do(Open);
        }
    }

    /// <summary>What to throw when there is no room.</summary>
    public NoSpaceInBoxException Refusal => new(_sending.Sent - Volatile.Read(ref _receiving.Collected), _limit, Handle.Sink);

    /// <summary>Whether that many more may be sent. The sender only, who errs on the safe side: more may have been collected meanwhile.</summary>
    public bool HasRoomFor(int messages)
    {
        int limit = _limit;
        if (limit == int.MaxValue || messages <= limit - (_sending.Sent - _sending.CollectedSeen))
        {
            return true;
        }

        _sending.CollectedSeen = Volatile.Read(ref _receiving.Collected);
        return messages <= limit - (_sending.Sent - _sending.CollectedSeen);
    }

    /// <summary>Takes a message over, or says no because as many as the limit allows are not collected yet. The sender only.</summary>
    public bool TrySend(object? message)
    {
        if (!HasRoomFor(1))
        {
            return false;
        }

        _sending.Sent++;
        _queue.TryPut(message);
        Call(ref _sending.DeliveryCalled, _there, _deliver);
        return true;
    }

    /// <summary>Limits the box at the end.</summary>
    public void SetLimit(int? limit)
    {
        _limit = limit ?? int.MaxValue;
        _there.Do(() =>
        {
            Handle.Sink.Size = limit;
            Deliver();
        });
    }

    /// <summary>Parts the sender's box from it; what was sent is still delivered.</summary>
    // The feeders are woken whatever the reason: what was collected shortly before, or that there is nobody any more who could collect, they
    // would hear of in no other way.
    public void Close() => _here.Do(() =>
    {
        if (!_closed)
        {
            _closed = true;
            Handle.PartIfJoined();
            Handle.Source.WakeFeedersFromHere();
            Call(ref _sending.DeliveryCalled, _there, _deliver);
        }
    });

    /// <summary>The box at the end was deleted: nothing can be delivered any more. On the receiver's side.</summary>
    public void DestinationIsGone()
    {
        _farLinkage.DisconnectHere();
        Close();
    }

    /// <summary>Hands over all that was sent so far, because the box at the end is about to be cut off. On the receiver's side.</summary>
    /// <remarks>The sender was told that it was taken: so it goes in however full the box is, and the limit holds for what comes after.</remarks>
    public void DeliverAll()
    {
        int? limit = Exit.Sink!.Size;
        Exit.Sink.Size = null;
        for (int left = _queue.Count; left > 0; left--)
        {
            _queue.TryTake(out object? message);
            _receiving.Delivered++;
            Exit.Sink.TryStore(message);
        }

        Exit.Sink.Size = limit;
        Call(ref _sending.DeliveryCalled, _there, _deliver);
    }

    /// <summary>Somebody collects from the box at the end. On the receiver's side.</summary>
    /// <remarks>
    /// The rest is done at the end of the cycle: by then all is collected that will be, and whoever collects does not find more and more.
    /// </remarks>
    public void OnCollected()
    {
        _receiving.WasCollectedFrom = true;
        Call(ref _sending.DeliveryCalled, _there, _deliver);
    }

    private static void ThrowIfInUse(Linkage linkage, Scheduler active)
    {
        if (active.RunsElsewhere)
        {
            Component waiting = linkage.Source.Owner.Scheduler is null ? linkage.Source.Owner : linkage.Sink.Owner;
            throw new InvalidOperationException(
                $"The {linkage.Source} cannot be linked to the {linkage.Sink}: one of them is active, on a thread other than this, and " +
                $"{waiting.Name} has no scheduler yet. Activate it first, or link them before the schedulers run.");
        }
    }

    private static void Call(ref int called, Scheduler scheduler, Action action)
    {
        if (Interlocked.Exchange(ref called, 1) == 0)
        {
            scheduler.Post(action);
        }
    }

    private void Open()
    {
        _isOpen = true;
        Deliver();
    }

    // Not more than is there now, so that a sender that never stops cannot keep the scheduler here: it calls again. And not more than half
    // of the limit, or all of the room would be given back at once, and the sender sleep until then. Benchmark: -- threads.
    private void Deliver()
    {
        if (!_isOpen || _there.RunsElsewhere)
        {
            return;
        }

        Interlocked.Exchange(ref _sending.DeliveryCalled, 0);

        // Asked before it is looked how many there are: what is sent last and the closing may both come in between.
        bool isClosed = _closed;
        NoteCollected();
        if (_receiving.WasCollectedFrom)
        {
            _receiving.WasCollectedFrom = false;
            Call(ref _receiving.WakeCalled, _here, _wakeSources);
        }

        RealSink? end = Exit.Sink;
        for (int left = Math.Min(_queue.Count, _limit - (_limit / 2)); left > 0; left--)
        {
            if (end?.HasRoomFor(1) == false)
            {
                return;
            }

            _queue.TryTake(out object? message);
            _receiving.Delivered++;
            end?.TryStore(message);
        }

        NoteCollected();
        if (_queue.Count > 0)
        {
            if (end?.HasRoomFor(1) != false)
            {
                Call(ref _sending.DeliveryCalled, _there, _deliver);
            }
        }
        else if (isClosed && Exit.Outgoing is not null)
        {
            _farLinkage.DisconnectHere();
        }
    }

    // Whose messages were collected cannot be told where several feed a box; that no more of ours are in it than are in it at all can.
    private void NoteCollected()
    {
        RealSink? end = Exit.Sink;
        int uncollected = Math.Min(_receiving.Delivered - _receiving.Collected, end?.LocalCount ?? 0);
        int collected = _receiving.Delivered - uncollected;
        if (collected != _receiving.Collected)
        {
            Volatile.Write(ref _receiving.Collected, collected);
        }

        int limit = end?.Limit ?? int.MaxValue;
        if (limit != _limit)
        {
            _limit = limit;
        }
    }

    private void WakeSources()
    {
        if (_here is { RunsElsewhere: true } moved)
        {
            moved.Post(_wakeSources);
            return;
        }

        Interlocked.Exchange(ref _receiving.WakeCalled, 0);
        if (!_closed)
        {
            Handle.Source.WakeFeedersFromHere();
        }
    }

    // What each side writes has cache lines of its own, or every message would take them away from the other side. Counts wrap around; only
    // their differences matter.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct SendingSide
    {
        [FieldOffset(64)]
        public int Sent;

        // How many were collected when the sender looked last.
        [FieldOffset(68)]
        public int CollectedSeen;

        // 1 while the call to deliver waits to be answered; Interlocked only.
        [FieldOffset(72)]
        public int DeliveryCalled;
    }

    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct ReceivingSide
    {
        [FieldOffset(64)]
        public int Delivered;

        [FieldOffset(68)]
        public int Collected;

        // Since the last delivery.
        [FieldOffset(72)]
        public bool WasCollectedFrom;

        // 1 while the call to wake waits to be answered; Interlocked only.
        [FieldOffset(76)]
        public int WakeCalled;
    }
}

/// <summary>Where messages for a box of another scheduler's component end on this one's side.</summary>
/// <param name="relay">Takes them over.</param>
internal sealed class RelayEntry(Relay relay) : RealSink(relay.Handle.Source.Owner, relay.Handle.Sink.Name, seesEach: true)
{
    public Relay Relay { get; } = relay;

    public override bool HasRoomFor(int messages) => Relay.HasRoomFor(messages);

    /// <summary>What it stands for.</summary>
    public override string ToString() => Relay.Handle.Sink.ToString();

    internal override NoSpaceInBoxException Refusal() => Relay.Refusal;

    private protected override bool StoreSeen(object? message) => Relay.TrySend(message);
}

/// <summary>What feeds a box on behalf of a box of another scheduler's component.</summary>
/// <param name="relay">Hears what is collected.</param>
internal sealed class RelayExit(Relay relay) : Postbox(relay.Handle.Source.Owner, relay.Handle.Source.Name)
{
    public Relay Relay { get; } = relay;

    internal override string Kind => Relay.Handle.Source.Kind;

    internal override void WakeAsFeeder() => Relay.OnCollected();
}
