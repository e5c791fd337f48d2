// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Runtime.InteropServices;
using Axon;

namespace Kamaelia.Chassis;

/// <summary>The components that a chassis was given: checks them, starts them, lets go of those that have ended.</summary>
/// <remarks>
/// <para>Cost: a chassis is woken when a child ends and then looks at those that are left; a child that ended costs its own linkages.</para>
/// <para>Threads: the chassis' own thread only.</para>
/// </remarks>
/// <param name="chassis">Whose children they are.</param>
internal sealed class Children(Component chassis)
{
    // Those that were not yet seen to have ended, in the order given.
    private readonly List<Component> _left = [];

    /// <summary>Those that were not yet seen to have ended, in the order given.</summary>
    public IReadOnlyList<Component> Left => _left;

    /// <summary>Messages that reached nobody.</summary>
    public long Dropped { get; set; }

    /// <summary>Takes one in; nobody else knows of it yet.</summary>
    /// <param name="child">The component.</param>
    /// <param name="place">What to call it in an error.</param>
    /// <param name="parameter">Where it was given.</param>
    /// <exception cref="ArgumentException">It is null, or here already, or the chassis itself.</exception>
    public void Add(Component? child, string place, string parameter)
    {
        if (child is null)
        {
            throw new ArgumentException($"The {place} is null. Give a component, or leave it out.", parameter);
        }

        if (child == chassis || _left.Contains(child))
        {
            throw new ArgumentException(
                $"The {place} is {child.Name}, which is {(child == chassis ? "the chassis itself" : "here already")}. " +
                "A component has one place; make another one of the same kind.",
                parameter);
        }

        _left.Add(child);
    }

    /// <summary>Refuses one that lacks a box to be linked.</summary>
    /// <exception cref="ArgumentException">It does; named are both.</exception>
    public static void ThrowIfBoxIsMissing(
        Component child, ReadOnlySpan<string> inboxes, ReadOnlySpan<string> outboxes, string place, string parameter)
    {
        try
        {
            foreach (string inbox in inboxes)
            {
                child.GetInbox(inbox);
            }

            foreach (string outbox in outboxes)
            {
                child.GetOutbox(outbox);
            }
        }
        catch (KeyNotFoundException exception)
        {
            throw new ArgumentException($"The {place} cannot be linked: {exception.Message}", parameter, exception);
        }
    }

    /// <summary>Calls a factory for the next child. A failure is reported, to the log and on <c>"signal"</c>, and no exception.</summary>
    /// <param name="factory">Makes the component; null is a failure, and so is one that is in use.</param>
    /// <param name="inboxes">The inboxes that it needs.</param>
    /// <param name="request">What was asked for; goes with the report.</param>
    /// <returns>The component, which nobody knows of yet; null if there is none.</returns>
    // PORT: differs. In Python a factory that fails ends the scheduler.
    public Component? TryMake(Func<Component?> factory, ReadOnlySpan<string> inboxes, object? request)
    {
        try
        {
            return Make(factory, inboxes, ["outbox"]);
        }
        catch (Exception exception)
        {
            ChassisLog.NotMade(chassis.Scheduler!.Logger, exception, chassis.Name, request);
            chassis.TrySend(new ErrorInformation(chassis, exception, request), "signal");
            return null;
        }
    }

    /// <summary>Calls a factory.</summary>
    /// <exception cref="InvalidOperationException">It returned null, or a component that is in use.</exception>
    /// <exception cref="ArgumentException">The component lacks a box.</exception>
    public Component Make(Func<Component?> factory, ReadOnlySpan<string> inboxes, ReadOnlySpan<string> outboxes)
    {
        Component child = factory()
            ?? throw new InvalidOperationException($"The factory of {chassis.Name} returned null. It must return a new component.");
        ThrowIfInUse(child);
        ThrowIfBoxIsMissing(child, inboxes, outboxes, $"component {child.Name} that the factory of {chassis.Name} made", nameof(factory));
        return child;
    }

    /// <summary>Makes one the only child, gives it the data boxes of the chassis, and activates it.</summary>
    public void Start(Component child)
    {
        _left.Add(child);
        Adopt();
        LinkInward("inbox", child, "inbox");
        LinkOutward(child, "outbox", "outbox");
        Activate();
    }

    /// <summary>Makes them children: the chassis is woken when one ends.</summary>
    public void Adopt() => chassis.AddChildren(CollectionsMarshal.AsSpan(_left));

    /// <summary>Activates them, in the order given. One that has ended already has had its life.</summary>
    public void Activate()
    {
        foreach (Component child in _left)
        {
            if (!child.IsStopped)
            {
                child.Activate(chassis.Scheduler);
            }
        }
    }

    /// <summary>Lets an inbox of the chassis lead to one of a child; what waits in it moves there.</summary>
    // PORT: differs. In Python the chassis crashes if more waits than the child's inbox takes. The senders were told that it was taken, so
    // it all moves in; the limit holds for what comes after.
    public Linkage LinkInward(string box, Component child, string childBox)
    {
        Postbox end = EndOf(child.GetInbox(childBox));
        int? limit = end.Size;
        if (limit is null)
        {
            return chassis.Link((chassis, box), (child, childBox), Passthrough.Inbox);
        }

        end.Size = null;
        try
        {
            return chassis.Link((chassis, box), (child, childBox), Passthrough.Inbox);
        }
        finally
        {
            end.Size = limit;
        }
    }

    /// <summary>Where the messages are kept that are given to an inbox.</summary>
    public static Postbox EndOf(Postbox inbox)
    {
        while (inbox.Linkage is { } onward)
        {
            inbox = onward.Sink;
        }

        return inbox;
    }

    /// <summary>Lets an outbox of a child lead out through one of the chassis.</summary>
    public void LinkOutward(Component child, string childBox, string box) =>
        chassis.Link((child, childBox), (chassis, box), Passthrough.Outbox);

    /// <summary>Whether its scheduler has let go of it: one that was only told to stop may still send its last words on its way out.</summary>
    public static bool HasEnded(Component child) => child.IsStopped && child.Scheduler is null;

    /// <summary>Lets go of those that have ended, and empties the inboxes of the chassis that lead nowhere.</summary>
    /// <returns>Whether none is left.</returns>
    public bool Done()
    {
        // Nobody reads these: left where they are they would only pile up.
        while (chassis.FirstReady() is { } box)
        {
            chassis.Recv(box);
            Dropped++;
        }

        return LetGoOfEnded();
    }

    /// <summary>Lets go of those that have ended, with their linkages.</summary>
    /// <returns>Whether none is left.</returns>
    public bool LetGoOfEnded()
    {
        if (_left.Exists(HasEnded))
        {
            _left.RemoveAll(LetGoIfEnded);
        }

        return _left.Count == 0;
    }

    /// <summary>Lets go of one: what it has not read is lost.</summary>
    public void LetGo(Component child)
    {
        if (child.FirstReady() is not null)
        {
            Dropped += child.InboxNames.Sum(child.Waiting);
        }

        chassis.RemoveChild(child);
    }

    /// <summary>Lets go of all, ended or not.</summary>
    public void Abandon()
    {
        _left.ForEach(chassis.RemoveChild);
        _left.Clear();
    }

    private void ThrowIfInUse(Component child)
    {
        if (child.IsStopped || child.Scheduler is not null || child.HasParent)
        {
            string use = child.IsStopped ? "has ended" : child.Scheduler is not null ? "is active" : "is somebody's child";
            throw new InvalidOperationException(
                $"The factory of {chassis.Name} returned {child.Name}, which {use} already. It must return a new component each time.");
        }
    }

    private bool LetGoIfEnded(Component child)
    {
        if (!HasEnded(child))
        {
            return false;
        }

        LetGo(child);
        return true;
    }
}
