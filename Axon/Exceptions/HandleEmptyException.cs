// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>A <see cref="Handle"/> was asked for a message and has none.</summary>
/// <remarks>Source: the <c>Queue.Empty</c> that Axon/Handle.py raises.</remarks>
public sealed class HandleEmptyException : AxonException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="component">The name of the wrapped component.</param>
    /// <param name="box">The outbox asked for.</param>
    /// <param name="hasEnded">Whether the component has ended.</param>
    public HandleEmptyException(string component, string box, bool hasEnded)
        : base(
            $"Nothing waits from the outbox \"{box}\" of {component}, " +
            (hasEnded ? "and nothing will come: it has ended." : "so far. Use TryGet, or Get with a time, or GetAsync."),
            component,
            box,
            hasEnded)
    {
        Box = box;
        HasEnded = hasEnded;
    }

    /// <summary>The outbox asked for.</summary>
    public string Box { get; }

    /// <summary>Whether the component has ended, so that nothing will come.</summary>
    public bool HasEnded { get; }
}
