// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/AxonExceptions.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>A service was to be offered at an inbox that the component does not have.</summary>
/// <remarks>Source: Axon/AxonExceptions.py, <c>BadInbox</c>.</remarks>
public sealed class BadInboxException : AxonException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="component">The component.</param>
    /// <param name="inbox">The name that is no inbox of it.</param>
    public BadInboxException(Component component, string inbox)
        : base(
            $"{component.Name} has no inbox \"{inbox}\", so no service can be offered there. It has {component.ListInboxes()}.",
            component,
            inbox)
    {
        Component = component;
        Inbox = inbox;
    }

    /// <summary>The component.</summary>
    public Component Component { get; }

    /// <summary>The name that is no inbox of it.</summary>
    public string Inbox { get; }
}
