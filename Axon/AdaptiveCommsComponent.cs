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
    private readonly AddedBoxes<RealSink> _inboxes = new();
    private readonly AddedBoxes<NullSink> _outboxes = new();
    private readonly Dictionary<string, object> _resourceOfInbox = [];
    private readonly Dictionary<object, TrackedResource> _resources = [];

    /// <summary>Makes a component with the boxes that its class declares.</summary>
    /// <param name="tag">Appended to the name.</param>
    public AdaptiveCommsComponent(string tag = "")
        : base(tag)
    {
    }

    /// <summary>Adds an inbox.</summary>
    /// <param name="name">The name wanted; if it is taken, the box is called that, an underscore and the next free number from 2 on.</param>
    /// <param name="description">What arrives there.</param>
    /// <returns>The name of the box.</returns>
    public string AddInbox(string name = "inbox", string description = "")
    {
        string free = FreeName(HasInbox, _inboxes, name);
        _inboxes.Add(free, new RealSink(this, free), description);
        return free;
    }

    /// <summary>Adds an outbox; as <see cref="AddInbox"/>. Inboxes and outboxes may have the same names.</summary>
    /// <param name="name">The name wanted.</param>
    /// <param name="description">What is sent there.</param>
    /// <returns>The name of the box.</returns>
    public string AddOutbox(string name = "outbox", string description = "")
    {
        string free = FreeName(HasOutbox, _outboxes, name);
        _outboxes.Add(free, new NullSink(this, free), description);
        return free;
    }

    /// <summary>Deletes an inbox, added or declared: what is in it is lost, its linkages are removed whoever made them.</summary>
    /// <param name="name">An inbox of this component; its name is free again.</param>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    // PORT: differs. In Python the linkages of a deleted box stay, and crash their maker when it ends.
    public void DeleteInbox(string name)
    {
        Postbox box = _inboxes.Remove(name) ?? RemoveDeclaredInbox(name) ?? throw NoSuchBox(this, "inbox", name, ListInboxes());
        Disconnect(box);
        if (_resourceOfInbox.Remove(name, out object? resource))
        {
            _resources[resource].Inboxes.Remove(name);
            ForgetIfUnused(resource);
        }
    }

    /// <summary>Deletes an outbox; as <see cref="DeleteInbox"/>.</summary>
    /// <param name="name">An outbox of this component.</param>
    /// <exception cref="KeyNotFoundException">There is no such outbox.</exception>
    public void DeleteOutbox(string name)
    {
        Postbox box = _outboxes.Remove(name) ?? RemoveDeclaredOutbox(name) ?? throw NoSuchBox(this, "outbox", name, ListOutboxes());
        Disconnect(box);
    }

    /// <summary>Notes what an inbox belongs to; replaces what was noted before.</summary>
    /// <param name="resource">Anything; compared by reference unless its type says otherwise.</param>
    /// <param name="inbox">An inbox of this component.</param>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public void TrackResource(object resource, string inbox)
    {
        ArgumentNullException.ThrowIfNull(resource);
        GetInbox(inbox);
        if (_resourceOfInbox.TryGetValue(inbox, out object? before))
        {
            _resources[before].Inboxes.Remove(inbox);
            ForgetIfUnused(before);
        }

        _resourceOfInbox[inbox] = resource;
        Entry(resource).Inboxes.Add(inbox);
    }

    /// <summary>What an inbox belongs to.</summary>
    /// <param name="inbox">The name of an inbox.</param>
    /// <exception cref="KeyNotFoundException">Nothing was noted for it.</exception>
    public object RetrieveTrackedResource(string inbox) =>
        _resourceOfInbox.TryGetValue(inbox, out object? resource)
            ? resource
            : throw new KeyNotFoundException($"{Name} tracks no resource for an inbox \"{inbox}\". Call TrackResource first.");

    /// <summary>Notes which boxes a resource has, and anything else about it; replaces what was noted before.</summary>
    /// <param name="resource">Anything; compared by reference unless its type says otherwise.</param>
    /// <param name="inboxes">Inboxes of this component.</param>
    /// <param name="outboxes">Outboxes of this component.</param>
    /// <param name="information">Anything.</param>
    /// <exception cref="KeyNotFoundException">There is no such box.</exception>
    public void TrackResourceInformation(object resource, IEnumerable<string> inboxes, IEnumerable<string> outboxes, object? information)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(inboxes);
        ArgumentNullException.ThrowIfNull(outboxes);
        ResourceInfo noted = new([.. inboxes], [.. outboxes], information);
        foreach (string inbox in noted.Inboxes)
        {
            GetInbox(inbox);
        }

        foreach (string outbox in noted.Outboxes)
        {
            GetOutbox(outbox);
        }

        Entry(resource).Information = noted;
    }

    /// <summary>What was noted about a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <exception cref="KeyNotFoundException">Nothing was.</exception>
    public ResourceInfo RetrieveTrackedResourceInformation(object resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return _resources.TryGetValue(resource, out TrackedResource? entry) && entry.Information is { } information
            ? information
            : throw NotTracked(resource);
    }

    /// <summary>Forgets all that was noted about a resource, and which inboxes belong to it.</summary>
    /// <param name="resource">The resource.</param>
    /// <exception cref="KeyNotFoundException">Nothing was noted.</exception>
    public void CeaseTrackingResource(object resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (!_resources.Remove(resource, out TrackedResource? entry))
        {
            throw NotTracked(resource);
        }

        foreach (string inbox in entry.Inboxes)
        {
            _resourceOfInbox.Remove(inbox);
        }
    }

    internal override IEnumerable<Postbox> MadeBoxes() => [.. base.MadeBoxes(), .. _inboxes.InOrder, .. _outboxes.InOrder];

    private protected override RealSink? FindAddedInbox(string name) => _inboxes.Find(name);

    private protected override NullSink? FindAddedOutbox(string name) => _outboxes.Find(name);

    private protected override string? FirstReadyAdded()
    {
        foreach (Postbox inbox in _inboxes.InOrder)
        {
            if (inbox.LocalCount > 0)
            {
                return inbox.Name;
            }
        }

        return null;
    }

    private protected override IEnumerable<string> AddedInboxes() => _inboxes.InOrder.Select(box => box.Name);

    private protected override IEnumerable<string> AddedOutboxes() => _outboxes.InOrder.Select(box => box.Name);

    private protected override string DescribeAdded(Postbox box) => box is RealSink ? _inboxes.Describe(box.Name) : _outboxes.Describe(box.Name);

    // A linkage of a deleted box would go on swallowing messages and waking the owner.
    private static void Disconnect(Postbox box)
    {
        box.Outgoing?.Ledger?.Unlink(box.Outgoing);
        while (box.FirstIncoming is { } linkage)
        {
            linkage.Ledger!.Unlink(linkage);
        }
    }

    // PORT: differs. Python appends digits of a number that the whole process shares.
    private static string FreeName<T>(Predicate<string> exists, AddedBoxes<T> boxes, string name)
        where T : Postbox
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        string free = name;
        while (exists(free))
        {
            free = $"{name}_{boxes.NextSuffix(name)}";
        }

        return free;
    }

    private TrackedResource Entry(object resource)
    {
        if (!_resources.TryGetValue(resource, out TrackedResource? entry))
        {
            entry = new TrackedResource();
            _resources.Add(resource, entry);
        }

        return entry;
    }

    private void ForgetIfUnused(object resource)
    {
        if (_resources[resource] is { Inboxes.Count: 0, Information: null })
        {
            _resources.Remove(resource);
        }
    }

    private KeyNotFoundException NotTracked(object resource) =>
        new($"{Name} tracks no information about {resource}. Call TrackResourceInformation first.");

    private sealed class TrackedResource
    {
        public HashSet<string> Inboxes { get; } = [];

        public ResourceInfo? Information { get; set; }
    }

    /// <summary>Boxes by name and in the order they were added, each operation at O(1).</summary>
    private sealed class AddedBoxes<T>
        where T : Postbox
    {
        private readonly Dictionary<string, LinkedListNode<(T Box, string Description)>> _byName = [];
        private readonly LinkedList<(T Box, string Description)> _inOrder = new();
        private readonly Dictionary<string, int> _lastSuffix = [];

        public IEnumerable<T> InOrder => _inOrder.Select(added => added.Box);

        public void Add(string name, T box, string description) => _byName.Add(name, _inOrder.AddLast((box, description)));

        public T? Find(string name) => _byName.TryGetValue(name, out var added) ? added.Value.Box : null;

        public string Describe(string name) => _byName[name].Value.Description;

        public T? Remove(string name)
        {
            if (!_byName.Remove(name, out var added))
            {
                return null;
            }

            _inOrder.Remove(added);
            return added.Value.Box;
        }

        public int NextSuffix(string name)
        {
            int suffix = _lastSuffix.GetValueOrDefault(name, 1) + 1;
            _lastSuffix[name] = suffix;
            return suffix;
        }
    }
}

/// <summary>What an <see cref="AdaptiveCommsComponent"/> noted about a resource.</summary>
/// <param name="Inboxes">Its inboxes.</param>
/// <param name="Outboxes">Its outboxes.</param>
/// <param name="Information">Anything else.</param>
public sealed record ResourceInfo(IReadOnlyList<string> Inboxes, IReadOnlyList<string> Outboxes, object? Information);
