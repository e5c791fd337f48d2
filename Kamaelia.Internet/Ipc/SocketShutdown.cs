// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/IPC.py. Copyright BBC and Kamaelia Contributors.

namespace Kamaelia.Internet;

/// <summary>Says that a network connection is closed. Whoever knows only <see cref="ProducerFinished"/> reacts to it too.</summary>
/// <param name="caller">Who says it: the connection's adapter, or the server.</param>
/// <param name="reason">Why the connection was closed.</param>
/// <remarks>Source: Kamaelia/IPC.py, <c>socketShutdown</c>.</remarks>
public sealed class SocketShutdown(object? caller = null, CloseReason? reason = null) : ProducerFinished(caller, reason)
{
    /// <summary>Why the connection was closed, where that is known.</summary>
    public CloseReason? Reason { get; } = reason;
}
