// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Component.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <content>Children, the end, and the old-style main of three methods.</content>
public partial class Component
{
    private Family? _family;

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
            if (child._family?.IndexOf(this) is not >= 0)
            {
                _family ??= new Family();
                child._family ??= new Family();
                child._family.Parents.Add((this, _family.Children.AddLast(child)));
            }

            if (child.IsStopped)
            {
                ChildEnded(child);
                RequestWake();
            }
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
        if (child._family?.IndexOf(this) is >= 0 and int index)
        {
            _family!.Children.Remove(child._family.Parents[index].Place);
            child._family.Parents.RemoveAt(index);
            Unlink(child);
        }
    }

    /// <summary>The children, in the order they were added; a copy.</summary>
    public IReadOnlyList<Component> ChildComponents() => _family is null ? [] : [.. _family.Children];

    /// <summary>Wakes the parents, then takes away every linkage that this component made.</summary>
    /// <returns>Null.</returns>
    /// <remarks>
    /// <para>Linkages that others made stay, and so does what was delivered. An override must call the base.</para>
    /// <para>Source: Axon/Component.py, <c>_closeDownMicroprocess</c>.</para>
    /// </remarks>
    protected internal override Ipc? CloseDown()
    {
        if (_family is not null)
        {
            foreach ((Component parent, _) in _family.Parents)
            {
                parent.ChildEnded(this);
                parent.RequestWake();
            }
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

    // What Python takes for true.
    private protected static bool IsTrue(object? result) => result switch
    {
        null or false or 0 or "" => false,
        System.Collections.ICollection collection => collection.Count > 0,
        _ => true,
    };

    private sealed class Family
    {
        public LinkedList<Component> Children { get; } = new();

        // Whom to wake at the end, in the order they adopted the component, each with its place among the parent's children.
        public List<(Component Parent, LinkedListNode<Component> Place)> Parents { get; } = [];

        public int IndexOf(Component parent) => Parents.FindIndex(tie => tie.Parent == parent);
    }
}
