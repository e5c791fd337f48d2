// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Ipc.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Says that no more data will come: finish what you have, pass this on, end.</summary>
/// <param name="caller">Who finished; free to use, often null.</param>
/// <param name="message">Anything the sender wants to add.</param>
/// <remarks>Source: Axon/Ipc.py, <c>producerFinished</c>. Compare by type, subclasses included.</remarks>
public class ProducerFinished(object? caller = null, object? message = null) : Ipc
{
    /// <summary>Who finished, or null.</summary>
    public object? Caller { get; } = caller;

    /// <summary>What the sender added, or null.</summary>
    public object? Message { get; } = message;
}
