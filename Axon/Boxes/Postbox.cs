// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Box.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;

namespace Axon;

/// <summary>A box of a component: where messages are put in, and where they end up.</summary>
/// <remarks>
/// <para><em>How does it work?</em> An inbox stores messages (<see cref="RealSink"/>), an outbox drops them (<see cref="NullSink"/>).
/// Linking one box to another makes the first hand over to the second. Each box remembers the inbox at the end of its chain, so a
/// message goes there in one go, however long the chain is; the price is paid when linkages are made and unmade.</para>
/// <para>Threads: scheduler thread only, or while nobody runs the scheduler.</para>
/// <para>Source: Axon/Box.py, <c>postbox</c>.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}: {Count} waiting")]
public abstract class Postbox
{
    // The inbox where messages given to this box are stored; null if the chain ends in an outbox.
    internal RealSink? Sink;

    // The linkage through which this box hands over, if any: a box has one destination.
    internal Linkage? Outgoing;

    // The linkages that lead here, in the order they were made: a list through Linkage.NextHere.
    internal Linkage? FirstIncoming;

    private protected Postbox(Component owner, string name)
    {
        Owner = owner;
        Name = name;
    }

    /// <summary>The component whose box this is.</summary>
    public Component Owner { get; }

    /// <summary>The name of the box.</summary>
    public string Name { get; }

    /// <summary>An id that no other box has, the same as long as the box lives.</summary>
    public string Id => $"{Owner.Name}.{Kind}.{Name}";

    /// <summary>Messages waiting at the end of the chain, wherever that is.</summary>
    public int Count => Sink?.LocalCount ?? 0;

    /// <summary>Messages waiting in this very box: 0 for an outbox, and for an inbox that is linked onward.</summary>
    public virtual int LocalCount => 0;

    /// <summary>Whether the end of the chain takes no more.</summary>
    public bool IsFull => Sink is { } sink && !sink.HasRoomFor(1);

    /// <summary>The limit of this very box in messages, or null for none. It counts while this box is the end of the chain.</summary>
    public virtual int? Size
    {
        get => null;
        set => throw new InvalidOperationException($"The {this} keeps no messages, so it cannot have a limit. Limit the inbox it is linked to.");
    }

    /// <summary>The linkage through which this box hands over, if it is linked.</summary>
    public Linkage? Linkage => Outgoing;

    /// <summary>The linkages that lead here, in the order they were made.</summary>
    public IEnumerable<Linkage> Incoming
    {
        get
        {
            for (Linkage? linkage = FirstIncoming; linkage is not null; linkage = linkage.NextHere)
            {
                yield return linkage.Handle;
            }
        }
    }

    internal abstract string Kind { get; }

    /// <summary>Whether a linkage from another scheduler leads here, or one leads to another from here.</summary>
    internal bool IsTiedElsewhere
    {
        get
        {
            if (Sink is RelayEntry)
            {
                return true;
            }

            Linkage? linkage = FirstIncoming;
            while (linkage is not null && linkage.Source is not RelayExit)
            {
                linkage = linkage.NextHere;
            }

            return linkage is not null;
        }
    }

    /// <summary>Puts a message into the box at the end of the chain; drops it if that is an outbox.</summary>
    /// <param name="message">Any object; null is a message too.</param>
    /// <exception cref="NoSpaceInBoxException">The inbox at the end is at its limit. Nothing was stored, nobody woken.</exception>
    /// <remarks>Cost: O(1) whatever the length of the chain, no allocation. Source: Axon/Box.py, <c>postbox.append</c>.</remarks>
    public void Append(object? message)
    {
        if (!TryAppend(message))
        {
            throw Sink!.Refusal();
        }
    }

    /// <summary>As <see cref="Append"/>, but says false where that would throw.</summary>
    /// <param name="message">Any object; null is a message too.</param>
    /// <returns>Whether the message was stored, or dropped because nothing is linked.</returns>
    // Every send of every kind comes through here, and it succeeds or fails here.
    public bool TryAppend(object? message)
    {
        RealSink? sink = Sink;
        bool accepted = sink is null || sink.TryStore(message);
        if (Owner.Scheduler?.Listener is { } listener)
        {
            Tell(listener, sink, message, accepted);
        }

        return accepted;
    }

    /// <summary>Takes the oldest message from the end of the chain.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    /// <remarks>Wakes the owner of every outbox that feeds that inbox. Source: Axon/Box.py, <c>postbox.pop</c>.</remarks>
    public object? Pop() => TryPop(out object? message)
        ? message
        : throw new InvalidOperationException($"The {this} is empty. Look with DataReady first, or use TryRecv.");

    /// <summary>As <see cref="Pop"/>, but says false where that would throw.</summary>
    /// <param name="message">The message.</param>
    public bool TryPop(out object? message)
    {
        if (Sink is { LocalCount: > 0 } sink)
        {
            message = sink.Take();
            return true;
        }

        message = null;
        return false;
    }

    /// <summary>The kind, the name and the owner: <c>inbox "control" of Echo_5</c>.</summary>
    public override string ToString() => $"{Kind} \"{Name}\" of {Owner.Name}";

    /// <summary>Whom the wake goes to when somebody collects what this box fed: nobody for an inbox in mid-chain.</summary>
    internal abstract void WakeAsFeeder();

    /// <summary>Wakes whoever sends through this box, as if it was collected.</summary>
    internal void WakeFeedersFromHere()
    {
        for (Postbox? feeder = this; feeder is not null; feeder = feeder.NextUpstream(this))
        {
            feeder.WakeAsFeeder();
        }
    }

    /// <summary>Lets everything upstream of here, and this box, end in the given inbox (or nowhere).</summary>
    internal void Retarget(RealSink? sink)
    {
        for (Postbox? box = this; box is not null; box = box.NextUpstream(this))
        {
            box.Sink = sink;
        }
    }

    /// <summary>Walks the tree of boxes that end here, each before those that feed it, without recursion: chains can be long.</summary>
    /// <param name="root">Where the walk began.</param>
    internal Postbox? NextUpstream(Postbox root)
    {
        if (FirstIncoming is { } first)
        {
            return first.Source;
        }

        Postbox box = this;
        while (box != root)
        {
            Linkage onward = box.Outgoing!;
            if (onward.NextHere is { } sibling)
            {
                return sibling.Source;
            }

            box = onward.Sink;
        }

        return null;
    }

    private void Tell(SchedulerListener listener, RealSink? sink, object? message, bool accepted)
    {
        if (accepted)
        {
            listener.Sent(this, sink, message);
        }
        else
        {
            listener.Refused(this, sink!, message);
        }
    }
}
