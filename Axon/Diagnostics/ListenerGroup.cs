// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>Several listeners in the place of one. They hear of each event in the order in which they were added.</summary>
/// <remarks>Its members never change: who is added or removed while an event goes round is heard of, or no more, from the next one on.</remarks>
internal sealed class ListenerGroup : SchedulerListener
{
    private readonly SchedulerListener[] _members;

    private ListenerGroup(SchedulerListener[] members)
    {
        _members = members;
    }

    /// <summary>Those who listen now and one more: itself where it is the only one.</summary>
    public static SchedulerListener With(SchedulerListener? present, SchedulerListener added) => present switch
    {
        null => added,
        _ when Members(present).Contains(added) => present,
        _ => new ListenerGroup([.. Members(present), added]),
    };

    /// <summary>Those who listen now without one of them; null where none is left.</summary>
    public static SchedulerListener? Without(SchedulerListener? present, SchedulerListener removed) =>
        present is null ? null : Array.FindAll(Members(present), member => member != removed) switch
        {
            [] => null,
            [var only] => only,
            var rest when rest.Length == Members(present).Length => present,
            var rest => new ListenerGroup(rest),
        };

    public override void Activated(Microprocess process)
    {
        foreach (SchedulerListener member in _members)
        {
            member.Activated(process);
        }
    }

    public override void Stepped(Microprocess process)
    {
        foreach (SchedulerListener member in _members)
        {
            member.Stepped(process);
        }
    }

    public override void Sent(Postbox from, Postbox? destination, object? message)
    {
        foreach (SchedulerListener member in _members)
        {
            member.Sent(from, destination, message);
        }
    }

    public override void Refused(Postbox from, Postbox destination, object? message)
    {
        foreach (SchedulerListener member in _members)
        {
            member.Refused(from, destination, message);
        }
    }

    public override void Received(Postbox box, object? message)
    {
        foreach (SchedulerListener member in _members)
        {
            member.Received(box, message);
        }
    }

    public override void Paused(Microprocess process)
    {
        foreach (SchedulerListener member in _members)
        {
            member.Paused(process);
        }
    }

    public override void Woken(Microprocess process)
    {
        foreach (SchedulerListener member in _members)
        {
            member.Woken(process);
        }
    }

    public override void Linked(Linkage linkage)
    {
        foreach (SchedulerListener member in _members)
        {
            member.Linked(linkage);
        }
    }

    public override void Unlinked(Linkage linkage)
    {
        foreach (SchedulerListener member in _members)
        {
            member.Unlinked(linkage);
        }
    }

    public override void BoxAdded(Postbox box)
    {
        foreach (SchedulerListener member in _members)
        {
            member.BoxAdded(box);
        }
    }

    public override void BoxDeleted(Postbox box)
    {
        foreach (SchedulerListener member in _members)
        {
            member.BoxDeleted(box);
        }
    }

    public override void Arrived(TimeSpan delay)
    {
        foreach (SchedulerListener member in _members)
        {
            member.Arrived(delay);
        }
    }

    public override void Parking(TimeSpan timeout)
    {
        foreach (SchedulerListener member in _members)
        {
            member.Parking(timeout);
        }
    }

    public override void Ended(Microprocess process, Exception? exception)
    {
        foreach (SchedulerListener member in _members)
        {
            member.Ended(process, exception);
        }
    }

    private static SchedulerListener[] Members(SchedulerListener present) => present is ListenerGroup group ? group._members : [present];
}
