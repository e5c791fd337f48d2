// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/AxonExceptions.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>A service was registered under a name that is taken.</summary>
/// <remarks>Source: Axon/AxonExceptions.py, <c>ServiceAlreadyExists</c>.</remarks>
public sealed class ServiceAlreadyExistsException : AxonException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="name">The name.</param>
    public ServiceAlreadyExistsException(string name)
        : base(
            $"The service \"{name}\" is registered already. Deregister it first, or choose another name.",
            name)
    {
        Name = name;
    }

    /// <summary>The name.</summary>
    public string Name { get; }
}
