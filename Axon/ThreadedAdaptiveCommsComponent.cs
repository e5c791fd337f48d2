// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/ThreadedComponent.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>A threaded component whose boxes can be added and deleted while it runs.</summary>
/// <remarks>
/// <para>See <see cref="ThreadedComponent"/> for the thread and <see cref="AdaptiveCommsComponent"/> for the boxes. Adding and deleting is
/// done by the scheduler's side, and everything sent before is delivered first; a box that was added has its queue when the call returns.</para>
/// <para>Threads: the component's own thread, or the scheduler's; what it tracks: the component's own thread only.</para>
/// <para>Source: Axon/ThreadedComponent.py, <c>threadedadaptivecommscomponent</c>.</para>
/// </remarks>
public class ThreadedAdaptiveCommsComponent : ThreadedComponent
{
    private readonly AdaptiveBoxes _added;

    /// <summary>Makes a component with the boxes that its class declares.</summary>
    /// <param name="queueLengths">How many messages fit between each box and the thread; 0 or less for no limit.</param>
    /// <param name="tag">Appended to the name.</param>
    public ThreadedAdaptiveCommsComponent(int queueLengths = 1000, string tag = "")
        : base(queueLengths, tag)
    {
        _added = new AdaptiveBoxes(this);
    }

    /// <inheritdoc cref="AdaptiveCommsComponent.AddInbox"/>
    public string AddInbox(string name = "inbox", string description = "") => OnSchedulerThread(() =>
    {
        string added = _added.AddInbox(name, description);
        AddInLane(added);
        return added;
    });

    /// <inheritdoc cref="AdaptiveCommsComponent.AddOutbox"/>
    public string AddOutbox(string name = "outbox", string description = "") => OnSchedulerThread(() =>
    {
        string added = _added.AddOutbox(name, description);
        AddOutLane(added);
        return added;
    });

    /// <inheritdoc cref="AdaptiveCommsComponent.DeleteInbox"/>
    public void DeleteInbox(string name) => OnSchedulerThread(() =>
    {
        _added.DeleteInbox(name);
        RemoveInLane(name);
    });

    /// <inheritdoc cref="AdaptiveCommsComponent.DeleteOutbox"/>
    /// <remarks>What a full inbox at the end still holds back is lost.</remarks>
    public void DeleteOutbox(string name) => OnSchedulerThread(() =>
    {
        _added.DeleteOutbox(name);
        RemoveOutLane(name);
    });

    /// <inheritdoc cref="AdaptiveCommsComponent.TrackResource"/>
    public void TrackResource(object resource, string inbox) => _added.TrackResource(resource, inbox);

    /// <inheritdoc cref="AdaptiveCommsComponent.RetrieveTrackedResource"/>
    public object RetrieveTrackedResource(string inbox) => _added.RetrieveTrackedResource(inbox);

    /// <inheritdoc cref="AdaptiveCommsComponent.TrackResourceInformation"/>
    public void TrackResourceInformation(object resource, IEnumerable<string> inboxes, IEnumerable<string> outboxes, object? information) =>
        _added.TrackResourceInformation(resource, inboxes, outboxes, information);

    /// <inheritdoc cref="AdaptiveCommsComponent.RetrieveTrackedResourceInformation"/>
    public ResourceInfo RetrieveTrackedResourceInformation(object resource) => _added.RetrieveTrackedResourceInformation(resource);

    /// <inheritdoc cref="AdaptiveCommsComponent.CeaseTrackingResource"/>
    public void CeaseTrackingResource(object resource) => _added.CeaseTrackingResource(resource);

    internal override IEnumerable<Postbox> MadeBoxes() => [.. base.MadeBoxes(), .. _added.Inboxes, .. _added.Outboxes];

    private protected override RealSink? FindAddedInbox(string name) => _added.FindInbox(name);

    private protected override NullSink? FindAddedOutbox(string name) => _added.FindOutbox(name);

    // Declared ones are all there is while the base class is being made.
    private protected override IEnumerable<string> AddedInboxes() => _added?.Inboxes.Select(box => box.Name) ?? [];

    private protected override IEnumerable<string> AddedOutboxes() => _added?.Outboxes.Select(box => box.Name) ?? [];

    private protected override string DescribeAdded(Postbox box) => _added.Describe(box);
}
