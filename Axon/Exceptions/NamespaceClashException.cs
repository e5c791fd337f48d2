// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/AxonExceptions.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>A value was tracked under a name that is taken.</summary>
/// <remarks>Source: Axon/AxonExceptions.py, <c>NamespaceClash</c>.</remarks>
public sealed class NamespaceClashException : AxonException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="name">The name.</param>
    public NamespaceClashException(string name)
        : base(
            $"A value is tracked as \"{name}\" already, and was left as it is. Use UpdateValue to replace it.",
            name)
    {
        Name = name;
    }

    /// <summary>The name.</summary>
    public string Name { get; }
}
