// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Component.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <content>Children, the end, and the old-style main of three methods.</content>
public partial class Component
{
    // Lists through the ties themselves, both in the order of adoption. The first child's PreviousChild is the last.
    private Tie? _firstChild;
    private Tie? _firstParent;

    // Parent and child may belong to different schedulers. While there is only one, nobody takes it.
    private static readonly Lock s_families = new();

    /// <summary>Adopts components: this one is woken when any of them ends. It does not activate them.</summary>
    /// <param name="children">The components, in the order they are to be listed. One that is a child already stays where it is.</param>
    /// <remarks>
    /// <para>One that has ended already wakes this component as if it ended now.</para>
    /// <para>Source: Axon/Component.py, <c>component.addChildren</c>.</para>
    /// </remarks>
    // PORT: differs. In Python a child added twice is listed twice, and one that has ended never wakes its parent.
    public void AddChildren(params ReadOnlySpan<Component> children)
    {
        foreach (Component child in children)
        {
            ArgumentNullException.ThrowIfNull(child, nameof(children));
            Adopt(child);
        }
    }

    /// <summary>Lets a child go: it is listed no more, wakes this component no more, and is in no linkage that this component made.</summary>
    /// <param name="child">The component; one that is no child is left alone.</param>
    /// <remarks>
    /// <para>It is not stopped, and keeps the linkages that others made. Cost: the linkages of the child.</para>
    /// <para>Source: Axon/Component.py, <c>component.removeChild</c>.</para>
    /// </remarks>
    public void RemoveChild(Component child)
    {
        ArgumentNullException.ThrowIfNull(child);
        bool several = EnterFamilies();
        try
        {
            if (child.TieTo(this) is not { } tie)
            {
                return;
            }

            Part(tie);
        }
        finally
        {
            LeaveFamilies(several);
        }

        Unlink(child);
    }

    /// <summary>The children, in the order they were added; a copy.</summary>
    public IReadOnlyList<Component> ChildComponents()
    {
        List<Component> children = [];
        for (Tie? tie = _firstChild; tie is not null; tie = tie.NextChild)
        {
            children.Add(tie.Child);
        }

        return children;
    }

    /// <summary>Wakes the parents, then takes away every linkage that this component made.</summary>
    /// <returns>Null.</returns>
    /// <remarks>
    /// <para>Linkages that others made stay, and so does what was delivered. An override must call the base.</para>
    /// <para>Source: Axon/Component.py, <c>_closeDownMicroprocess</c>.</para>
    /// </remarks>
    protected internal override Ipc? CloseDown()
    {
        if (_firstParent is not null)
        {
            TellParents();
        }

        _postoffice?.UnlinkAll();
        return null;
    }

    /// <summary>
    /// The old-style body: <see cref="InitialiseComponent"/> in the first step, <see cref="MainBody"/> in each one after it until it says
    /// false, then <see cref="CloseDownComponent"/>. Override this, or those three.
    /// </summary>
    /// <remarks>Source: Axon/Component.py, <c>component.main</c>.</remarks>
    protected override IEnumerator<Yield> Main()
    {
        object? result = InitialiseComponent();
        yield return IsTrue(result) ? Yield.From(result) : 1;
        while (true)
        {
            result = MainBody();
            if (!IsTrue(result))
            {
                break;
            }

            yield return Yield.From(result);
        }

        yield return Yield.From(CloseDownComponent());
    }

    /// <summary>Old style: what to do in the first step.</summary>
    /// <returns>A message for the scheduler, or anything else.</returns>
    protected virtual object? InitialiseComponent() => 1;

    /// <summary>Old style: what to do in each step.</summary>
    /// <returns>Null, false, 0 or an empty string when all is done; a message for the scheduler, or anything else, otherwise.</returns>
    protected virtual object? MainBody() => null;

    /// <summary>Old style: what to do last, in the step in which <see cref="MainBody"/> said that all is done.</summary>
    /// <returns>A message for the scheduler, or anything else.</returns>
    protected virtual object? CloseDownComponent() => 1;

    /// <summary>Hears which child has ended, in that child's last step and before this component is woken for it.</summary>
    /// <remarks>
    /// A wake does not say whose end it is for, and a chassis with ten thousand children cannot look at each of them. An override only makes
    /// a note of the child: it must not throw, adopt or let go.
    /// </remarks>
    internal virtual void ChildEnded(Component child)
    {
    }

    /// <summary>
    /// Hears which outbox of a child somebody has asked for, for the first time: the one who sends to it, as a rule, and who was promised that it
    /// leads somewhere.
    /// </summary>
    /// <remarks>
    /// Most connections of a server are idle, and most of their wires carry one message, at the end. An override may link the outbox; it must not
    /// adopt or let go. One that the child added or made before it was adopted is not told of. Benchmark: Net.Benchmarks, idle.
    /// </remarks>
    internal virtual void OutboxMade(Component child, string outbox)
    {
    }

    /// <summary>Adopts a component and keeps a note on it, so that a parent of ten thousand need not search for what belongs to one.</summary>
    internal void AddChild(Component child, object note) => Adopt(child).Note = note;

    /// <summary>What was noted when a child was adopted; null if nothing was, or it is no child.</summary>
    internal object? NoteOn(Component child) => child.TieTo(this)?.Note;

    internal bool HasParent => _firstParent is not null;

    internal bool HasChild(Component component) => component.TieTo(this) is not null;

    /// <summary>Lets linkages cross threads whose ends turn out to belong to different schedulers.</summary>
    /// <remarks>A neighbour that runs already has taken the boxes of both along to its thread: there it goes on.</remarks>
    internal override Scheduler? MeetNeighbours()
    {
        foreach (Postbox box in MadeBoxes())
        {
            if (box.Outgoing is { } onward && !onward.CrossIfNeeded(out Scheduler? busy))
            {
                return busy;
            }

            for (Linkage? linkage = box.FirstIncoming; linkage is not null;)
            {
                Linkage? next = linkage.NextHere;
                if (!linkage.CrossIfNeeded(out busy))
                {
                    return busy;
                }

                linkage = next;
            }
        }

        return null;
    }

    /// <summary>The scheduler that has its boxes; null as long as they are the activating thread's.</summary>
    internal Scheduler? Keeper => (Flags & ProcessFlags.HandedOver) != 0 ? Scheduler : null;

    private static bool EnterFamilies()
    {
        bool several = Scheduler.AreSeveral;
        if (several)
        {
            s_families.Enter();
        }

        return several;
    }

    private static void LeaveFamilies(bool entered)
    {
        if (entered)
        {
            s_families.Exit();
        }
    }

    private void TellParents()
    {
        bool several = EnterFamilies();
        try
        {
            for (Tie? tie = _firstParent; tie is not null; tie = tie.NextParent)
            {
                tie.Parent.HearOfEnd(this);
            }
        }
        finally
        {
            LeaveFamilies(several);
        }
    }

    // A parent that another thread runs could link nothing, and has not promised to.
    private void TellParentsOfOutbox(string outbox)
    {
        bool several = EnterFamilies();
        try
        {
            for (Tie? tie = _firstParent; tie is not null; tie = tie.NextParent)
            {
                if (tie.Parent.Scheduler is not { RunsElsewhere: true })
                {
                    tie.Parent.OutboxMade(this, outbox);
                }
            }
        }
        finally
        {
            LeaveFamilies(several);
        }
    }

    private void HearOfEnd(Component child)
    {
        if (Scheduler is { RunsElsewhere: true } scheduler)
        {
            // Behind what the child has asked for in its last step.
            scheduler.Do(() => HearOfEnd(child));
        }
        else if (Scheduler is not null && child.Scheduler is { RunsElsewhere: true })
        {
            // The other thread has not quite done with it: who looked now would see it alive, and not be told again.
            HearLater(child);
        }
        else
        {
            ChildEnded(child);
            RequestWake();
        }
    }

    private void HearLater(Component child) => Scheduler!.Post(() => HearOfEnd(child));

    // What Python takes for true.
    private protected static bool IsTrue(object? result) => result switch
    {
        null or false or 0 or "" => false,
        System.Collections.ICollection collection => collection.Count > 0,
        _ => true,
    };

    private Tie Adopt(Component child)
    {
        Tie? tie;
        bool several = EnterFamilies();
        try
        {
            tie = child.TieTo(this);
            if (tie is null)
            {
                tie = new Tie(this, child);
                Join(tie);
            }
        }
        finally
        {
            LeaveFamilies(several);
        }

        if (child.IsStopped)
        {
            HearOfEnd(child);
        }

        return tie;
    }

    // Who has many parents is rare: one or two, as a rule.
    private Tie? TieTo(Component parent)
    {
        Tie? tie = _firstParent;
        while (tie is not null && tie.Parent != parent)
        {
            tie = tie.NextParent;
        }

        return tie;
    }

    private static void Join(Tie tie)
    {
        (Component parent, Component child) = (tie.Parent, tie.Child);
        Tie last = parent._firstChild?.PreviousChild ?? tie;
        tie.PreviousChild = last;
        if (parent._firstChild is { } first)
        {
            last.NextChild = tie;
            first.PreviousChild = tie;
        }
        else
        {
            parent._firstChild = tie;
        }

        ref Tie? place = ref child._firstParent;
        while (place is not null)
        {
            place = ref place.NextParent;
        }

        place = tie;
    }

    private static void Part(Tie tie)
    {
        (Component parent, Component child) = (tie.Parent, tie.Child);
        Tie first = parent._firstChild!;
        if (tie == first)
        {
            parent._firstChild = tie.NextChild;
        }
        else
        {
            tie.PreviousChild!.NextChild = tie.NextChild;
        }

        if ((tie.NextChild ?? parent._firstChild) is { } neighbour)
        {
            neighbour.PreviousChild = tie.PreviousChild;
        }

        ref Tie? place = ref child._firstParent;
        while (place != tie)
        {
            place = ref place!.NextParent;
        }

        place = tie.NextParent;
    }

    /// <summary>That one component has adopted another: an entry of the parent's list of children and of the child's list of parents.</summary>
    private sealed class Tie(Component parent, Component child)
    {
        public readonly Component Parent = parent;
        public readonly Component Child = child;
        public Tie? NextChild;
        public Tie? PreviousChild;
        public Tie? NextParent;

        /// <summary>What the parent wants to remember of the child.</summary>
        public object? Note;
    }
}
