// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/AxonExceptions.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>A tracker was given a parent that is none.</summary>
/// <remarks>Source: Axon/AxonExceptions.py, <c>BadParentTracker</c>.</remarks>
public sealed class BadParentTrackerException : AxonException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="parent">What was given.</param>
    public BadParentTrackerException(object? parent)
        : base(
            $"{parent ?? "null"} is no CoordinatingAssistantTracker and cannot be the parent of one.",
            parent)
    {
        Parent = parent;
    }

    /// <summary>What was given.</summary>
    public object? Parent { get; }
}
