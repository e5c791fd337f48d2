// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/AdaptiveCommsComponent.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>The boxes that were added to a component, and what they belong to: what both adaptive components are made of.</summary>
/// <remarks>Documented where it is public: <see cref="AdaptiveCommsComponent"/>. Source: Axon/AdaptiveCommsComponent.py, <c>_AdaptiveCommsable</c>.</remarks>
internal sealed class AdaptiveBoxes(Component owner)
{
    private readonly AddedBoxes<RealSink> _inboxes = new();
    private readonly AddedBoxes<NullSink> _outboxes = new();
    private readonly Dictionary<string, object> _resourceOfInbox = [];
    private readonly Dictionary<object, TrackedResource> _resources = [];

    public IEnumerable<RealSink> Inboxes => _inboxes.InOrder;

    public IEnumerable<NullSink> Outboxes => _outboxes.InOrder;

    private SchedulerListener? Listener => owner.Scheduler?.Listener;

    public RealSink? FindInbox(string name) => _inboxes.Find(name);

    public NullSink? FindOutbox(string name) => _outboxes.Find(name);

    public string? FirstReady()
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

    public string Describe(Postbox box) => box is RealSink ? _inboxes.Describe(box.Name) : _outboxes.Describe(box.Name);

    public string AddInbox(string name, string description)
    {
        string free = FreeName(owner.HasInbox, _inboxes, name);
        RealSink box = owner.MakeInbox(free);
        _inboxes.Add(free, box, description);
        Listener?.BoxAdded(box);
        return free;
    }

    public string AddOutbox(string name, string description)
    {
        string free = FreeName(owner.HasOutbox, _outboxes, name);
        NullSink box = new(owner, free);
        _outboxes.Add(free, box, description);
        Listener?.BoxAdded(box);
        return free;
    }

    // PORT: differs. In Python the linkages of a deleted box stay, and crash their maker when it ends.
    public void DeleteInbox(string name)
    {
        Postbox box = _inboxes.Remove(name) ?? owner.RemoveDeclaredInbox(name) ?? throw owner.NoSuchInbox(name);
        Disconnect(box);
        if (_resourceOfInbox.Remove(name, out object? resource))
        {
            _resources[resource].Inboxes.Remove(name);
            ForgetIfUnused(resource);
        }

        Listener?.BoxDeleted(box);
    }

    public void DeleteOutbox(string name)
    {
        Postbox box = _outboxes.Remove(name) ?? owner.RemoveDeclaredOutbox(name) ?? throw owner.NoSuchOutbox(name);
        Disconnect(box);
        Listener?.BoxDeleted(box);
    }

    public void TrackResource(object resource, string inbox)
    {
        ArgumentNullException.ThrowIfNull(resource);
        owner.GetInbox(inbox);
        if (_resourceOfInbox.TryGetValue(inbox, out object? before))
        {
            _resources[before].Inboxes.Remove(inbox);
            ForgetIfUnused(before);
        }

        _resourceOfInbox[inbox] = resource;
        Entry(resource).Inboxes.Add(inbox);
    }

    public object RetrieveTrackedResource(string inbox) =>
        _resourceOfInbox.TryGetValue(inbox, out object? resource)
            ? resource
            : throw new KeyNotFoundException($"{owner.Name} tracks no resource for an inbox \"{inbox}\". Call TrackResource first.");

    public void TrackResourceInformation(object resource, IEnumerable<string> inboxes, IEnumerable<string> outboxes, object? information)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(inboxes);
        ArgumentNullException.ThrowIfNull(outboxes);
        ResourceInfo noted = new([.. inboxes], [.. outboxes], information);
        foreach (string inbox in noted.Inboxes)
        {
            owner.GetInbox(inbox);
        }

        foreach (string outbox in noted.Outboxes)
        {
            owner.GetOutbox(outbox);
        }

        Entry(resource).Information = noted;
    }

    public ResourceInfo RetrieveTrackedResourceInformation(object resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return _resources.TryGetValue(resource, out TrackedResource? entry) && entry.Information is { } information
            ? information
            : throw NotTracked(resource);
    }

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

    // A linkage of a deleted box would go on swallowing messages and waking the owner.
    private static void Disconnect(Postbox box)
    {
        bool wasFull = box is RealSink { Outgoing: null } && box.IsFull;
        if (box.Outgoing is { } onward)
        {
            Cut(onward);
        }

        while (box.FirstIncoming is { } linkage)
        {
            if (linkage.Source is RelayExit exit)
            {
                exit.Relay.DestinationIsGone();
            }
            else
            {
                Cut(linkage);
            }

            if (wasFull)
            {
                // PORT: differs. In Python whoever waits for room in a box that is deleted waits for ever.
                linkage.Source.WakeFeedersFromHere();
            }
        }
    }

    // A ledger may be another thread's. What is left there joins nothing any more.
    private static void Cut(Linkage linkage)
    {
        if (linkage.Ledger is { IsElsewhere: false } ledger)
        {
            ledger.Unlink(linkage);
        }
        else if (linkage.Relay is { } relay)
        {
            relay.Close();
        }
        else
        {
            linkage.DisconnectHere();
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
        new($"{owner.Name} tracks no information about {resource}. Call TrackResourceInformation first.");

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
