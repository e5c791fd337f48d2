// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Ipc.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Returned from <see cref="Microprocess.CloseDown"/>: activate this one now that I have ended.</summary>
/// <param name="original">What to activate; one that is active already is left as it is.</param>
/// <remarks>Source: Axon/Ipc.py, <c>reactivate</c>.</remarks>
public sealed class Reactivate(Microprocess original) : Ipc
{
    /// <summary>What to activate.</summary>
    public Microprocess Original { get; } = original ?? throw new ArgumentNullException(nameof(original));
}
