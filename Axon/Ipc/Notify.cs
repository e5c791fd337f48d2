// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Ipc.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Tells somebody that something happened.</summary>
/// <param name="caller">Who says it.</param>
/// <param name="payload">What happened (Python's <c>object</c> attribute).</param>
/// <remarks>Source: Axon/Ipc.py, <c>notify</c>.</remarks>
public sealed class Notify(object? caller, object? payload) : Ipc
{
    /// <summary>Who says it.</summary>
    public object? Caller { get; } = caller;

    /// <summary>What happened.</summary>
    public object? Payload { get; } = payload;
}
