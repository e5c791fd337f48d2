// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Ipc.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Yielded to the scheduler: activate these, in this order, on the scheduler that runs the yielder.</summary>
/// <remarks>
/// <para>Their first step comes in the next cycle, after the yielder's own.</para>
/// <para>Source: Axon/Ipc.py, <c>newComponent</c>.</para>
/// </remarks>
public sealed class NewComponent(params Microprocess[] components) : Ipc
{
    /// <summary>What to activate, in the order given.</summary>
    public IReadOnlyList<Microprocess> Components { get; } = components;
}
