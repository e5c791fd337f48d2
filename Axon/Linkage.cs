// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Linkage.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Axon;

/// <summary>A handle on one connection from a box to a box.</summary>
/// <remarks>
/// <para>Making one connects nothing: <see cref="Component.Link"/> and <see cref="Postoffice.Link"/> do. The boxes are looked up once, when
/// the handle is made, so it can be undone even after its boxes were deleted.</para>
/// <para>Threads: scheduler thread only, or while nobody runs the scheduler.</para>
/// <para>Source: Axon/Linkage.py.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Linkage
{
    // The neighbours among the linkages that lead to the same box, in the order they were made. The first one's Previous is the last.
    internal Linkage? NextHere;
    internal Linkage? PreviousHere;

    // The ledger that made it and holds it; null when it connects nothing.
    internal Postoffice? Ledger;

    // What carries messages to another thread; null for almost all.
    internal Relay? Relay;

    // The neighbours in that ledger.
    internal Linkage? NextInLedger;
    internal Linkage? PreviousInLedger;

    /// <summary>Describes a connection.</summary>
    /// <param name="source">Whose box is read from.</param>
    /// <param name="sink">Whose box is written to.</param>
    /// <param name="sourceBox">The source's box: an outbox, or an inbox with <see cref="Passthrough.Inbox"/>.</param>
    /// <param name="sinkBox">The sink's box: an inbox, or an outbox with <see cref="Passthrough.Outbox"/>.</param>
    /// <param name="passthrough">Which kinds of boxes are joined.</param>
    /// <exception cref="KeyNotFoundException">A component has no such box.</exception>
    public Linkage(
        Component source,
        Component sink,
        string sourceBox = "outbox",
        string sinkBox = "inbox",
        Passthrough passthrough = Passthrough.None)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(sink);
        Passthrough = passthrough;
        (Source, Sink) = passthrough switch
        {
            Passthrough.None => (source.GetOutbox(sourceBox), sink.GetInbox(sinkBox)),
            Passthrough.Inbox => (source.GetInbox(sourceBox), sink.GetInbox(sinkBox)),
            Passthrough.Outbox => (source.GetOutbox(sourceBox), sink.GetOutbox(sinkBox)),
            _ => throw new ArgumentOutOfRangeException(nameof(passthrough), passthrough, "Not one of None, Inbox, Outbox."),
        };
        Id = IdGen.NumericId();
    }

    /// <summary>For the part of a crossing linkage that is on the receiver's side.</summary>
    internal Linkage(Postbox source, Postbox sink, Passthrough passthrough)
    {
        Passthrough = passthrough;
        Source = source;
        Sink = sink;
        Id = IdGen.NumericId();
    }

    /// <summary>A number that no other linkage has.</summary>
    public int Id { get; }

    /// <summary>The box that hands over.</summary>
    public Postbox Source { get; }

    /// <summary>The box that is handed to.</summary>
    public Postbox Sink { get; }

    /// <summary>Which kinds of boxes are joined.</summary>
    public Passthrough Passthrough { get; }

    /// <summary>The source's component and box name.</summary>
    public (Component Component, string Box) SourcePair => (Source.Owner, Source.Name);

    /// <summary>The sink's component and box name.</summary>
    public (Component Component, string Box) SinkPair => (Sink.Owner, Sink.Name);

    /// <summary>Whether it connects its boxes now.</summary>
    public bool IsConnected => Ledger is not null;

    /// <summary>The linkage that its makers know: this one, unless it is the far part of one that crosses threads.</summary>
    internal Linkage Handle => Source is RelayExit exit ? exit.Relay.Handle : this;

    /// <summary>Limits the sink's box, or lifts its limit.</summary>
    /// <param name="pipeWidth">The limit in messages; null for none.</param>
    /// <returns>The limit.</returns>
    /// <remarks>The limit belongs to the box: every producer shares it, and it stays when the linkage goes.</remarks>
    public int? SetSynchronous(int? pipeWidth = null)
    {
        if (Relay is { } relay)
        {
            relay.SetLimit(pipeWidth);
        }
        else
        {
            Sink.Size = pipeWidth;
        }

        return pipeWidth;
    }

    /// <summary><c>Link( source:[NAME,BOX], sink:[NAME,BOX] )</c>.</summary>
    public override string ToString() => $"Link( source:[{Source.Owner.Name},{Source.Name}], sink:[{Sink.Owner.Name},{Sink.Name}] )";

    /// <summary>Joins the boxes, and moves what waits in the source. Throws and changes nothing if that cannot be.</summary>
    /// <param name="limit">A limit for the sink's box; null leaves it as it is.</param>
    /// <remarks>Boxes that are in use by another thread are joined by that thread, at the end of its cycle.</remarks>
    internal void Connect(int? limit = null)
    {
        if (Axon.Relay.IsNeeded(this, out Scheduler? here, out Scheduler? there))
        {
            if (!here.RunsElsewhere)
            {
                ThrowIfLinked();
            }

            Relay = new Relay(this, here, there, limit);
        }
        else if (here is { RunsElsewhere: true })
        {
            ConnectThere(here, limit);
        }
        else
        {
            ConnectHere(limit);
        }
    }

    /// <summary>Parts the boxes; everything upstream ends in the source again.</summary>
    /// <remarks>As <see cref="Connect"/>. What was sent over a relay is still delivered.</remarks>
    internal void Disconnect()
    {
        if (Relay is { } relay)
        {
            Relay = null;
            relay.Close();
        }
        else if (Keeper is { } keeper)
        {
            keeper.Do(DisconnectHere);
        }
        else
        {
            DisconnectHere();
        }
    }

    /// <summary>Made before its components had schedulers, which turned out to be two: joins them anew, over a relay.</summary>
    /// <param name="busy">On whose thread it has to be done, if not on this.</param>
    /// <returns>Whether all is as it must be.</returns>
    internal bool CrossIfNeeded([NotNullWhen(false)] out Scheduler? busy)
    {
        Linkage handle = Handle;
        busy = null;
        if (handle.IsConnected && handle.Source.Owner.Scheduler is { } here && handle.Sink.Owner.Scheduler is { } there)
        {
            if (handle.Relay is { } relay)
            {
                relay.Move(here, there);
            }
            else if (Axon.Relay.IsNeeded(here, there))
            {
                busy = handle.Keeper;
                if (busy is { RunsElsewhere: true })
                {
                    return false;
                }

                handle.DisconnectHere();
                handle.Relay = new Relay(handle, here, there, null);
            }
        }

        busy = null;
        return true;
    }

    /// <summary>Lets the source and everything upstream end in the entry of a relay.</summary>
    /// <exception cref="BoxAlreadyLinkedToDestinationException">The source feeds another box already.</exception>
    /// <exception cref="NoSpaceInBoxException">What waits in the source does not fit.</exception>
    internal void Join(RelayEntry entry)
    {
        ThrowIfLinked();
        ThrowIfNoRoom(entry);
        LeadTo(entry);
    }

    /// <summary>The source and everything upstream ends in the source again; nothing happens if that was not joined because it could not be.</summary>
    internal void PartIfJoined()
    {
        if (Source.Outgoing == this)
        {
            Part();
        }
    }

    private void Part()
    {
        Source.Outgoing = null;
        Source.Retarget(Source as RealSink);

        // Those who were linked to the source while it led onward were known to the end of the chain, not to it.
        (Source as RealSink)?.FeedersChanged();
    }

    // Whose thread has the boxes of both ends, where that is one.
    private Scheduler? Keeper => Source.Owner.Keeper ?? Sink.Owner.Keeper;

    // A method of its own: what is captured costs an object, also where it is not needed.
    private void ConnectThere(Scheduler scheduler, int? limit) => scheduler.Do(() => ConnectHere(limit));

    /// <summary>As <see cref="Connect"/>, for boxes that are this thread's.</summary>
    internal void ConnectHere(int? limit = null)
    {
        ThrowIfLinked();
        RealSink? end = Sink.Sink;
        if (LeadsBack(end))
        {
            throw new LinkageLoopException(Source, Sink);
        }

        ThrowIfNoRoom(end);
        JoinSiblings();
        LeadTo(end);
        end?.FeedersChanged();
        if (limit is not null)
        {
            SetSynchronous(limit);
        }
    }

    internal void DisconnectHere()
    {
        if (Source.Outgoing != this)
        {
            // Another thread was to join it, and could not.
            return;
        }

        RealSink? end = Sink.Sink;
        if (end is not null && Scheduler.AreSeveral)
        {
            DeliverWhatIsOnItsWay();
        }

        LeaveSiblings();
        Part();
        end?.FeedersChanged();
        end?.FeederLeft();
    }

    // What relays bring counts as sent to the box at the end, and would not find the way any more.
    private void DeliverWhatIsOnItsWay()
    {
        for (Postbox? box = Source.NextUpstream(Source); box is not null; box = box.NextUpstream(Source))
        {
            (box as RelayExit)?.Relay.DeliverAll();
        }
    }

    private void LeadTo(RealSink? end)
    {
        Source.Outgoing = this;
        Source.Retarget(end);
        if (end is not null)
        {
            (Source as RealSink)?.MoveTo(end);
        }
    }

    private void ThrowIfLinked()
    {
        if (Source.Outgoing is { } existing)
        {
            throw new BoxAlreadyLinkedToDestinationException(Source, existing.Sink, Sink);
        }
    }

    private void ThrowIfNoRoom(RealSink? end)
    {
        if (end is not null && !end.HasRoomFor(Source.LocalCount))
        {
            throw new NoSpaceInBoxException(Source, end);
        }
    }

    // The source leads nowhere yet, so a loop would have it for the end of the sink's chain: which is known, unless it is an outbox.
    private bool LeadsBack(RealSink? end)
    {
        if (end is not null)
        {
            return end == Source;
        }

        Postbox last = Sink;
        while (last.Outgoing is { } onward)
        {
            last = onward.Sink;
        }

        return last == Source;
    }

    private void JoinSiblings()
    {
        if (Sink.FirstIncoming is { } first)
        {
            PreviousHere = first.PreviousHere;
            first.PreviousHere!.NextHere = this;
            first.PreviousHere = this;
        }
        else
        {
            Sink.FirstIncoming = this;
            PreviousHere = this;
        }
    }

    private void LeaveSiblings()
    {
        Linkage first = Sink.FirstIncoming!;
        if (first == this)
        {
            Sink.FirstIncoming = NextHere;
        }
        else
        {
            PreviousHere!.NextHere = NextHere;
        }

        if (NextHere is not null)
        {
            NextHere.PreviousHere = PreviousHere;
        }
        else if (Sink.FirstIncoming is { } stillFirst)
        {
            stillFirst.PreviousHere = PreviousHere;
        }

        NextHere = null;
        PreviousHere = null;
    }
}
