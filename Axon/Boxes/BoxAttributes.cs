// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Component.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Declares an inbox of a component class. The order of the attributes is the order of the boxes.</summary>
/// <remarks>
/// A class that declares any inbox has these and no others; one that declares none has those of its base class. The names are Kamaelia's,
/// letter by letter: <c>[Inbox("inbox", "messages to print")]</c>.
/// </remarks>
/// <param name="name">The name of the box.</param>
/// <param name="description">What arrives there.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class InboxAttribute(string name, string description = "") : Attribute
{
    /// <summary>The name of the box.</summary>
    public string Name { get; } = name;

    /// <summary>What arrives there.</summary>
    public string Description { get; } = description;
}

/// <summary>Declares an outbox of a component class; as <see cref="InboxAttribute"/>.</summary>
/// <param name="name">The name of the box.</param>
/// <param name="description">What is sent there.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class OutboxAttribute(string name, string description = "") : Attribute
{
    /// <summary>The name of the box.</summary>
    public string Name { get; } = name;

    /// <summary>What is sent there.</summary>
    public string Description { get; } = description;
}
