// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Ipc.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Says: stop as soon as you can, and pass this on.</summary>
/// <remarks>
/// <para>On <c>"control"</c> the list is usually empty: the message is for whoever reads it. Returned from
/// <see cref="Microprocess.CloseDown"/>, the listed microprocesses are stopped and closed down by the scheduler.</para>
/// <para>Source: Axon/Ipc.py, <c>shutdownMicroprocess</c>. Compare by type, subclasses included.</para>
/// </remarks>
public class ShutdownMicroprocess(params Microprocess[] microprocesses) : Ipc
{
    /// <summary>The microprocesses to stop, in the order given.</summary>
    public IReadOnlyList<Microprocess> Microprocesses { get; } = microprocesses;
}
