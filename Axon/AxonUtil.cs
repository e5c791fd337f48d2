// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/util.py. Copyright BBC and Kamaelia Contributors.

using System.Runtime.ExceptionServices;

namespace Axon;

/// <summary>Small helpers that ported systems call.</summary>
/// <remarks>Threads: any thread. Source: Axon/util.py.</remarks>
public static class AxonUtil
{
    /// <summary>Hears of each exception that <see cref="Raise"/> did not throw.</summary>
    public static event Action<Exception>? ErrorLogged;

    /// <summary>Whether <see cref="Raise"/> reports instead of throwing. Default: false.</summary>
    public static bool Production { get; set; }

    /// <summary>Throws, or in production reports to <see cref="ErrorLogged"/>.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>False, if it returns.</returns>
    public static bool Raise(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (!Production)
        {
            ExceptionDispatchInfo.Throw(exception);
        }

        ErrorLogged?.Invoke(exception);
        return false;
    }

    /// <summary>Removes every occurrence of a value; the rest stays in order.</summary>
    /// <param name="list">The list.</param>
    /// <param name="value">The value.</param>
    public static void RemoveAll<T>(IList<T> list, T value)
    {
        ArgumentNullException.ThrowIfNull(list);
        for (int i = list.Count - 1; i >= 0; i--)
        {
            if (EqualityComparer<T>.Default.Equals(list[i], value))
            {
                list.RemoveAt(i);
            }
        }
    }

    /// <summary>Whether everything required is among what is supplied; order and repetition do not matter.</summary>
    /// <param name="required">What must be there.</param>
    /// <param name="supplied">What is there.</param>
    public static bool ListSubset<T>(IEnumerable<T> required, IEnumerable<T> supplied) => !required.Except(supplied).Any();

    /// <summary>Makes sure that a component has certain boxes, also ones that were added to it.</summary>
    /// <param name="component">The component.</param>
    /// <param name="inboxes">Inboxes it must have.</param>
    /// <param name="outboxes">Outboxes it must have.</param>
    /// <returns>True, if it returns.</returns>
    /// <exception cref="InvalidComponentInterfaceException">Some are missing; inboxes are looked at first.</exception>
    // PORT: differs. Python looks at the class declaration, and misses boxes that were added.
    public static bool TestInterface(Component component, IReadOnlyList<string> inboxes, IReadOnlyList<string> outboxes)
    {
        ArgumentNullException.ThrowIfNull(component);
        if (!ListSubset(inboxes, component.InboxNames))
        {
            throw new InvalidComponentInterfaceException("inboxes", component, inboxes);
        }

        if (!ListSubset(outboxes, component.OutboxNames))
        {
            throw new InvalidComponentInterfaceException("outboxes", component, outboxes);
        }

        return true;
    }
}
