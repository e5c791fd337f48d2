// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/AdaptiveCommsComponent.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>A component whose boxes can be added and deleted while it runs, with a table of what they belong to.</summary>
/// <remarks>
/// <para><em>How does it work?</em> A server, say, adds a box for each connection, and notes with <see cref="TrackResource"/> which
/// connection it is for. Adding, finding and deleting a box costs the same with ten boxes and with ten thousand.</para>
/// <para><em>Boxes</em>: as <see cref="Component"/>, and whatever is added.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Axon/AdaptiveCommsComponent.py.</para>
/// </remarks>
public class AdaptiveCommsComponent : Component
{
    private readonly AdaptiveBoxes _added;

    /// <summary>Makes a component with the boxes that its class declares.</summary>
    /// <param name="tag">Appended to the name.</param>
    public AdaptiveCommsComponent(string tag = "")
        : base(tag)
    {
        _added = new AdaptiveBoxes(this);
    }

    /// <summary>Adds an inbox.</summary>
    /// <param name="name">The name wanted; if it is taken, the box is called that, an underscore and the next free number from 2 on.</param>
    /// <param name="description">What arrives there.</param>
    /// <returns>The name of the box.</returns>
    public string AddInbox(string name = "inbox", string description = "") => _added.AddInbox(name, description);

    /// <summary>Adds an outbox; as <see cref="AddInbox"/>. Inboxes and outboxes may have the same names.</summary>
    /// <param name="name">The name wanted.</param>
    /// <param name="description">What is sent there.</param>
    /// <returns>The name of the box.</returns>
    public string AddOutbox(string name = "outbox", string description = "") => _added.AddOutbox(name, description);

    /// <summary>Deletes an inbox, added or declared: what is in it is lost, its linkages are removed whoever made them.</summary>
    /// <param name="name">An inbox of this component; its name is free again.</param>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public void DeleteInbox(string name) => _added.DeleteInbox(name);

    /// <summary>Deletes an outbox; as <see cref="DeleteInbox"/>.</summary>
    /// <param name="name">An outbox of this component.</param>
    /// <exception cref="KeyNotFoundException">There is no such outbox.</exception>
    public void DeleteOutbox(string name) => _added.DeleteOutbox(name);

    /// <summary>Notes what an inbox belongs to; replaces what was noted before.</summary>
    /// <param name="resource">Anything; compared by reference unless its type says otherwise.</param>
    /// <param name="inbox">An inbox of this component.</param>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public void TrackResource(object resource, string inbox) => _added.TrackResource(resource, inbox);

    /// <summary>What an inbox belongs to.</summary>
    /// <param name="inbox">The name of an inbox.</param>
    /// <exception cref="KeyNotFoundException">Nothing was noted for it.</exception>
    public object RetrieveTrackedResource(string inbox) => _added.RetrieveTrackedResource(inbox);

    /// <summary>Notes which boxes a resource has, and anything else about it; replaces what was noted before.</summary>
    /// <param name="resource">Anything; compared by reference unless its type says otherwise.</param>
    /// <param name="inboxes">Inboxes of this component.</param>
    /// <param name="outboxes">Outboxes of this component.</param>
    /// <param name="information">Anything.</param>
    /// <exception cref="KeyNotFoundException">There is no such box.</exception>
    public void TrackResourceInformation(object resource, IEnumerable<string> inboxes, IEnumerable<string> outboxes, object? information) =>
        _added.TrackResourceInformation(resource, inboxes, outboxes, information);

    /// <summary>What was noted about a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <exception cref="KeyNotFoundException">Nothing was.</exception>
    public ResourceInfo RetrieveTrackedResourceInformation(object resource) => _added.RetrieveTrackedResourceInformation(resource);

    /// <summary>Forgets all that was noted about a resource, and which inboxes belong to it.</summary>
    /// <param name="resource">The resource.</param>
    /// <exception cref="KeyNotFoundException">Nothing was noted.</exception>
    public void CeaseTrackingResource(object resource) => _added.CeaseTrackingResource(resource);

    internal override IEnumerable<Postbox> MadeBoxes() => [.. base.MadeBoxes(), .. _added.Inboxes, .. _added.Outboxes];

    private protected override RealSink? FindAddedInbox(string name) => _added.FindInbox(name);

    private protected override NullSink? FindAddedOutbox(string name) => _added.FindOutbox(name);

    private protected override string? FirstReadyAdded() => _added.FirstReady();

    private protected override IEnumerable<string> AddedInboxes() => _added.Inboxes.Select(box => box.Name);

    private protected override IEnumerable<string> AddedOutboxes() => _added.Outboxes.Select(box => box.Name);

    private protected override string DescribeAdded(Postbox box) => _added.Describe(box);
}

/// <summary>What an <see cref="AdaptiveCommsComponent"/> noted about a resource.</summary>
/// <param name="Inboxes">Its inboxes.</param>
/// <param name="Outboxes">Its outboxes.</param>
/// <param name="Information">Anything else.</param>
public sealed record ResourceInfo(IReadOnlyList<string> Inboxes, IReadOnlyList<string> Outboxes, object? Information);
