// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>Goes once over everybody whom a scheduler knows and whom linkages lead to, and writes down what it sees.</summary>
/// <remarks>It makes no box that was not there, and looks into nobody who runs on another thread.</remarks>
internal sealed class SnapshotTaker
{
    private readonly Scheduler _scheduler;
    private readonly List<Microprocess> _processes = [];
    private readonly HashSet<Microprocess> _known = [];
    private readonly HashSet<Linkage> _linkages = [];
    private readonly Dictionary<Postbox, BoxSnapshot> _boxes = [];

    public SnapshotTaker(Scheduler scheduler)
    {
        _scheduler = scheduler;
        foreach (Microprocess process in scheduler.ListAll())
        {
            Add(process);
        }

        // Grows meanwhile.
        for (int i = 0; i < _processes.Count; i++)
        {
            if (_processes[i] is Component component && !IsElsewhere(component))
            {
                FollowLinkages(component);
            }
        }
    }

    public SystemSnapshot Take()
    {
        Linkage[] linkages = [.. _linkages.OrderBy(linkage => linkage.Id)];
        return new SystemSnapshot(
            _scheduler.Name,
            _scheduler.TimeNow,
            [.. _processes.Select(Picture)],
            [.. linkages.Select(linkage => new LinkageSnapshot(linkage.Id, Picture(linkage.Source), Picture(linkage.Sink)))]);
    }

    /// <summary>A box as it stands.</summary>
    public BoxSnapshot Picture(Postbox box)
    {
        if (!_boxes.TryGetValue(box, out BoxSnapshot? picture))
        {
            picture = Picture(box.Owner, box.Name, box is RealSink, box);
            _boxes.Add(box, picture);
        }

        return picture;
    }

    // PORT: differs. Python sees the linkages that known components made, and not those that others made for them.
    private void FollowLinkages(Component component)
    {
        foreach (Linkage linkage in component.LinkagesMade())
        {
            Add(linkage);
        }

        foreach (Postbox box in component.MadeBoxes())
        {
            if (box.Outgoing is { } onward)
            {
                Add(onward);
            }

            foreach (Linkage linkage in box.Incoming)
            {
                Add(linkage);
            }
        }
    }

    private void Add(Linkage linkage)
    {
        if (_linkages.Add(linkage))
        {
            Add(linkage.Source.Owner);
            Add(linkage.Sink.Owner);
        }
    }

    private void Add(Microprocess process)
    {
        if (_known.Add(process))
        {
            _processes.Add(process);
        }
    }

    private bool IsElsewhere(Microprocess process) => process.Scheduler is { } scheduler && scheduler != _scheduler;

    private ComponentState StateOf(Microprocess process)
    {
        if (IsElsewhere(process))
        {
            return ComponentState.Elsewhere;
        }

        if (process.Scheduler is null)
        {
            return process.IsStopped ? ComponentState.Ended : ComponentState.NotActive;
        }

        return (process.Flags & ProcessFlags.Registered) == 0 ? ComponentState.NotActive
            : _scheduler.IsPaused(process) ? ComponentState.Asleep
            : ComponentState.Awake;
    }

    private ComponentSnapshot Picture(Microprocess process)
    {
        if (process is not Component component)
        {
            return new ComponentSnapshot(process.Id, process.Name, StateOf(process), IsComponent: false, [], []);
        }

        if (IsElsewhere(component))
        {
            BoxSnapshot[] linked =
            [
                .. _linkages.SelectMany(linkage => new[] { linkage.Source, linkage.Sink }).Where(box => box.Owner == component).Distinct().Select(Picture),
            ];
            return new ComponentSnapshot(
                component.Id, component.Name, ComponentState.Elsewhere, IsComponent: true, Array.FindAll(linked, box => box.IsInbox), Array.FindAll(linked, box => !box.IsInbox));
        }

        ILookup<(bool IsInbox, string Name), Postbox> made = component.MadeBoxes().ToLookup(box => (box is RealSink, box.Name));
        return new ComponentSnapshot(
            component.Id,
            component.Name,
            StateOf(component),
            IsComponent: true,
            [.. component.InboxNames.Select(name => PictureOfNamed(name, isInbox: true))],
            [.. component.OutboxNames.Select(name => PictureOfNamed(name, isInbox: false))]);

        BoxSnapshot PictureOfNamed(string name, bool isInbox) =>
            made[(isInbox, name)].SingleOrDefault() is { } box ? Picture(box) : Picture(component, name, isInbox, null);
    }

    private static BoxSnapshot Picture(Component owner, string name, bool isInbox, Postbox? box) =>
        new($"({owner.Id}, '{(isInbox ? 'i' : 'o')}', '{name}')", owner.Name, name, isInbox, box?.LocalCount ?? 0, box?.Size);
}
