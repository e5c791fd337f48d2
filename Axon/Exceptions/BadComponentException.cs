// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/AxonExceptions.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Something that is no component was offered as a service.</summary>
/// <remarks>Source: Axon/AxonExceptions.py, <c>BadComponent</c>.</remarks>
public sealed class BadComponentException : AxonException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="component">What was offered.</param>
    public BadComponentException(object? component)
        : base(
            $"{component ?? "null"} is no component: a service is a component and one of its inboxes.",
            component)
    {
        Component = component;
    }

    /// <summary>What was offered.</summary>
    public object? Component { get; }
}
