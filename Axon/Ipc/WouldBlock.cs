// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Ipc.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Says that the caller would have to block; the scheduler does not act on it.</summary>
/// <param name="caller">Who would block.</param>
/// <remarks>Source: Axon/Ipc.py, <c>wouldblock</c>.</remarks>
public sealed class WouldBlock(object? caller) : Ipc
{
    /// <summary>Who would block.</summary>
    public object? Caller { get; } = caller;
}
