// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/AxonExceptions.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>A service was deregistered that is not registered (any more).</summary>
/// <remarks>Source: Axon/AxonExceptions.py, <c>MultipleServiceDeletion</c>.</remarks>
public sealed class MultipleServiceDeletionException : AxonException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="name">The name.</param>
    public MultipleServiceDeletionException(string name)
        : base(
            $"The service \"{name}\" is not registered: it never was, or it has been deregistered already.",
            name)
    {
        Name = name;
    }

    /// <summary>The name.</summary>
    public string Name { get; }
}
