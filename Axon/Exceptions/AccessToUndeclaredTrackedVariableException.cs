// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/AxonExceptions.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>A value was read or replaced that nobody tracks.</summary>
/// <remarks>Source: Axon/AxonExceptions.py, <c>AccessToUndeclaredTrackedVariable</c>.</remarks>
public sealed class AccessToUndeclaredTrackedVariableException : AxonException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value that was to be stored, or null when reading.</param>
    public AccessToUndeclaredTrackedVariableException(string name, object? value)
        : base(
            $"No value is tracked as \"{name}\". Call TrackValue first.",
            name,
            value)
    {
        Name = name;
        Value = value;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The value that was to be stored, or null when reading.</summary>
    public object? Value { get; }
}
