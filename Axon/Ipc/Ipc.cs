// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Ipc.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>The base of every message by which components, chassis and the scheduler steer each other.</summary>
/// <remarks>
/// <para>The convention, which nobody enforces: on <c>"control"</c>, <see cref="ProducerFinished"/> means <em>finish what you have,
/// pass the message on through <c>"signal"</c>, end</em>; <see cref="ShutdownMicroprocess"/> means <em>pass it on and end now</em>.
/// Pass on the same object that arrived. A component that ends of its own accord sends a message of its own.</para>
/// <para>Source: Axon/Ipc.py, <c>ipc</c>.</para>
/// </remarks>
public abstract class Ipc
{
    /// <summary>The name of the message type; messages that carry something show it.</summary>
    public override string ToString() => GetType().Name;
}
