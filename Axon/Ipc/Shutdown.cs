// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Ipc.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>An older way to say <see cref="ShutdownMicroprocess"/>: accept both, send the other.</summary>
/// <remarks>Source: Axon/Ipc.py, <c>shutdown</c>.</remarks>
public sealed class Shutdown : Ipc;
