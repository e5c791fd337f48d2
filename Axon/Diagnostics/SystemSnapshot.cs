// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>A system as it stands at one moment: who is in it, what waits in the boxes, what is linked to what. It never changes.</summary>
/// <remarks>
/// <para><see cref="Scheduler.TakeSnapshot"/> makes it.</para>
/// <para>Threads: any thread.</para>
/// </remarks>
/// <param name="Scheduler">The name of the scheduler.</param>
/// <param name="Time">When it was taken: the time since the scheduler was made.</param>
/// <param name="Components">
/// Everybody whom the scheduler knows, in the order of activation, and then whom linkages lead to. Plain microprocesses have no boxes.
/// </param>
/// <param name="Linkages">What is linked to what, whoever linked it, oldest first.</param>
public sealed record SystemSnapshot(
    string Scheduler,
    TimeSpan Time,
    IReadOnlyList<ComponentSnapshot> Components,
    IReadOnlyList<LinkageSnapshot> Linkages)
{
    /// <summary>As text: a line for each component, and one for each of its boxes.</summary>
    public string ToText() => SnapshotWriter.ToText(this);

    /// <summary>As a Mermaid flowchart of the components, with their boxes that are linked or hold messages.</summary>
    public string ToMermaid() => SnapshotWriter.ToMermaid(this);

    /// <summary>As a graph for Graphviz, of the same as <see cref="ToMermaid"/>. Who sleeps is dashed.</summary>
    public string ToDot() => SnapshotWriter.ToDot(this);

    /// <summary>As <see cref="ToText"/>.</summary>
    public override string ToString() => ToText();
}

/// <summary>A component, or plain microprocess, as it stood.</summary>
/// <param name="Id">Its <see cref="Microprocess.Id"/>.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">What it did.</param>
/// <param name="IsComponent">Whether it is a component; else it has no boxes.</param>
/// <param name="Inboxes">Its inboxes, in the order declared and added.</param>
/// <param name="Outboxes">Its outboxes, in the order declared and added.</param>
public sealed record ComponentSnapshot(
    int Id,
    string Name,
    ComponentState State,
    bool IsComponent,
    IReadOnlyList<BoxSnapshot> Inboxes,
    IReadOnlyList<BoxSnapshot> Outboxes)
{
    /// <summary>Its inboxes, then its outboxes.</summary>
    public IEnumerable<BoxSnapshot> Boxes => Inboxes.Concat(Outboxes);
}

/// <summary>What a component does.</summary>
public enum ComponentState
{
    /// <summary>It is stepped in every cycle.</summary>
    Awake,

    /// <summary>It waits to be woken.</summary>
    Asleep,

    /// <summary>It waits for its first cycle, or was never activated: it is linked to somebody who was.</summary>
    NotActive,

    /// <summary>It runs on another scheduler. Only those of its boxes are known that linkages lead to from here.</summary>
    Elsewhere,

    /// <summary>It has ended, and somebody is linked to it still.</summary>
    Ended,
}

/// <summary>A box as it stood.</summary>
/// <param name="Id">An id that no other box of the process has, the same in every snapshot: <c>(8, 'i', 'inbox')</c>.</param>
/// <param name="Component">The name of the component whose box it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsInbox">Whether it is an inbox.</param>
/// <param name="Count">How many messages waited in it. Those that a threaded component's thread was handed do not count.</param>
/// <param name="Size">Its limit in messages, or null for none.</param>
public sealed record BoxSnapshot(string Id, string Component, string Name, bool IsInbox, int Count, int? Size)
{
    /// <summary>Whether it takes no more.</summary>
    public bool IsFull => Count >= Size;

    /// <summary>The kind, the name and the owner: <c>inbox "control" of Echo_5</c>.</summary>
    public override string ToString() => $"{(IsInbox ? "inbox" : "outbox")} \"{Name}\" of {Component}";
}

/// <summary>A linkage as it stood.</summary>
/// <param name="Id">Its <see cref="Linkage.Id"/>.</param>
/// <param name="From">The box that hands over.</param>
/// <param name="To">The box that is handed to.</param>
public sealed record LinkageSnapshot(int Id, BoxSnapshot From, BoxSnapshot To);
