// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/IPC.py. Copyright BBC and Kamaelia Contributors.

namespace Kamaelia.Internet;

/// <summary>Orders a server to stop listening.</summary>
/// <param name="drain">
/// How long open connections may take to finish; null closes them at once. Counts for servers that own their connections.
/// </param>
/// <remarks>Source: Kamaelia/IPC.py, <c>serverShutdown</c>.</remarks>
public sealed class ServerShutdown(TimeSpan? drain = null) : ShutdownMicroprocess
{
    /// <summary>How long open connections may take to finish; null closes them at once.</summary>
    public TimeSpan? Drain { get; } = drain;
}
