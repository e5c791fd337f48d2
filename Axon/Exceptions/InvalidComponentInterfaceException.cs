// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/AxonExceptions.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>A component lacks boxes that were required of it.</summary>
/// <remarks>Source: Axon/AxonExceptions.py, <c>invalidComponentInterface</c>.</remarks>
public sealed class InvalidComponentInterfaceException : AxonException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="which">Which kind is lacking: <c>inboxes</c> or <c>outboxes</c>.</param>
    /// <param name="component">The component.</param>
    /// <param name="required">The names required.</param>
    public InvalidComponentInterfaceException(string which, Component component, IReadOnlyList<string> required)
        : base(
            $"{component.Name} lacks some of the {which} required: {string.Join(", ", required)}. It has {component.ListInboxes()} and {component.ListOutboxes()}.",
            which,
            component,
            required)
    {
        Which = which;
        Component = component;
        Required = required;
    }

    /// <summary>Which kind is lacking: <c>inboxes</c> or <c>outboxes</c>.</summary>
    public string Which { get; }

    /// <summary>The component.</summary>
    public Component Component { get; }

    /// <summary>The names required.</summary>
    public IReadOnlyList<string> Required { get; }
}
