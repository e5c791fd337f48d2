// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Postoffice.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;

namespace Axon;

/// <summary>The ledger of the linkages that one component made: it makes them and takes them away.</summary>
/// <remarks>
/// <para>Ledgers do not know of each other: nobody can remove what another component linked.</para>
/// <para>Cost: making and removing a linkage is O(1) in the number of linkages held, plus the boxes upstream of its source.</para>
/// <para>Threads: scheduler thread only, or while nobody runs the scheduler.</para>
/// <para>Source: Axon/Postoffice.py.</para>
/// </remarks>
[DebuggerDisplay("{DebugName,nq}: {Count} linkages")]
public sealed class Postoffice
{
    private readonly object _namedAfter;
    private Linkage? _first;
    private Linkage? _last;

    /// <summary>Makes an empty ledger.</summary>
    /// <param name="debugName">Shown in the text form.</param>
    public Postoffice(string debugName = "")
    {
        ArgumentNullException.ThrowIfNull(debugName);
        _namedAfter = debugName;
    }

    internal Postoffice(Component owner)
    {
        _namedAfter = owner;
    }

    /// <summary>Shown in the text form.</summary>
    public string DebugName => _namedAfter as string ?? $"component {((Component)_namedAfter).Name}";

    /// <summary>How many linkages it holds.</summary>
    public int Count { get; private set; }

    /// <summary>The linkages it holds, in the order they were made; a copy.</summary>
    public IReadOnlyList<Linkage> Linkages
    {
        get
        {
            List<Linkage> linkages = new(Count);
            for (Linkage? linkage = _first; linkage is not null; linkage = linkage.NextInLedger)
            {
                linkages.Add(linkage);
            }

            return linkages;
        }
    }

    /// <summary>Whether it is the ledger of a component that runs on another thread.</summary>
    internal bool IsElsewhere => _namedAfter is Component { Scheduler.RunsElsewhere: true };

    /// <summary>Connects two boxes and remembers it.</summary>
    /// <param name="source">The component and box to read from.</param>
    /// <param name="sink">The component and box to write to.</param>
    /// <param name="passthrough">Which kinds of boxes are joined.</param>
    /// <param name="pipeWidth">A limit for the sink's box, in messages; null leaves it as it is.</param>
    /// <param name="synchronous">Whether to limit the sink's box to one message; <paramref name="pipeWidth"/> goes first.</param>
    /// <returns>The handle by which it can be removed.</returns>
    /// <remarks>What waits in the source moves to the end of the chain at once. A call that throws changes nothing.</remarks>
    /// <exception cref="KeyNotFoundException">A component has no such box.</exception>
    /// <exception cref="BoxAlreadyLinkedToDestinationException">The source's box feeds another box already.</exception>
    /// <exception cref="LinkageLoopException">The chain would lead back to itself.</exception>
    /// <exception cref="NoSpaceInBoxException">What waits in the source does not fit at the end of the chain.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
    // PORT: differs. In Python synchronous=False limits to one message too, and a call that fails has changed the limit already.
    public Linkage Link(
        (Component Component, string Box) source,
        (Component Component, string Box) sink,
        Passthrough passthrough = Passthrough.None,
        int? pipeWidth = null,
        bool synchronous = false)
    {
        Linkage linkage = new(source.Component, sink.Component, source.Box, sink.Box, passthrough);
        int? limit = pipeWidth ?? (synchronous ? 1 : null);
        if (limit is not null && linkage.Sink is not RealSink)
        {
            throw new ArgumentException(
                $"A limit of {limit} was asked for the {linkage.Sink}, which keeps no messages. Limit the inbox at the end of the chain.",
                nameof(pipeWidth));
        }

        (linkage.Sink as RealSink)?.ThrowIfNoLimit(limit);
        linkage.Connect(limit);
        Register(linkage);

        ListenerTo(linkage)?.Linked(linkage);
        return linkage;
    }

    /// <summary>Removes one linkage; one that this ledger does not hold is left alone.</summary>
    /// <param name="linkage">The handle.</param>
    public void Unlink(Linkage linkage)
    {
        ArgumentNullException.ThrowIfNull(linkage);
        if (linkage.Ledger != this)
        {
            return;
        }

        Deregister(linkage);
        linkage.Disconnect();
        ListenerTo(linkage)?.Unlinked(linkage);
    }

    /// <summary>Removes every linkage of this ledger that has the component at either end.</summary>
    /// <param name="component">The component.</param>
    /// <remarks>Cost: the linkages of that component, however many others the ledger holds.</remarks>
    public void Unlink(Component component)
    {
        ArgumentNullException.ThrowIfNull(component);
        if (component.Scheduler is { RunsElsewhere: true })
        {
            // Its boxes are another thread's.
            foreach (Linkage linkage in Linkages.Where(linkage => linkage.Source.Owner == component || linkage.Sink.Owner == component))
            {
                Unlink(linkage);
            }

            return;
        }

        foreach (Postbox box in component.MadeBoxes())
        {
            Unlink(box);
        }
    }

    /// <summary>Removes every linkage of this ledger.</summary>
    public void UnlinkAll()
    {
        while (_first is not null)
        {
            Unlink(_first);
        }
    }

    /// <summary>Whether this ledger holds it.</summary>
    /// <param name="linkage">The handle.</param>
    public bool IsRegistered(Linkage linkage)
    {
        ArgumentNullException.ThrowIfNull(linkage);
        return linkage.Ledger == this;
    }

    /// <summary>The debug name and the linkages.</summary>
    public override string ToString() => $"{{{{ POSTOFFICE: {DebugName}; links [{string.Join(", ", Linkages)}] }}}}";

    // A container wires its children before it activates them: then its own scheduler's listener is told.
    private SchedulerListener? ListenerTo(Linkage linkage) =>
        (linkage.Source.Owner.Scheduler ?? linkage.Sink.Owner.Scheduler ?? (_namedAfter as Component)?.Scheduler)?.Listener;

    private void Unlink(Postbox box)
    {
        if (box.Outgoing is { } onward)
        {
            Unlink(onward);
        }

        for (Linkage? linkage = box.FirstIncoming; linkage is not null;)
        {
            Linkage? next = linkage.NextHere;
            Unlink(linkage.Handle);
            linkage = next;
        }
    }

    private void Register(Linkage linkage)
    {
        linkage.Ledger = this;
        linkage.PreviousInLedger = _last;
        if (_last is null)
        {
            _first = linkage;
        }
        else
        {
            _last.NextInLedger = linkage;
        }

        _last = linkage;
        Count++;
    }

    private void Deregister(Linkage linkage)
    {
        if (linkage.PreviousInLedger is { } previous)
        {
            previous.NextInLedger = linkage.NextInLedger;
        }
        else
        {
            _first = linkage.NextInLedger;
        }

        if (linkage.NextInLedger is { } next)
        {
            next.PreviousInLedger = linkage.PreviousInLedger;
        }
        else
        {
            _last = linkage.PreviousInLedger;
        }

        linkage.Ledger = null;
        linkage.NextInLedger = null;
        linkage.PreviousInLedger = null;
        Count--;
    }
}
