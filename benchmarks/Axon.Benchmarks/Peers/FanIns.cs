// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers;

/// <summary>What producers of all libraries have in common.</summary>
internal static class FanIns
{
    /// <summary>
    /// How many messages a producer of a peer sends before others have a turn. Ours sends one, as components do, and in a row of its own as many.
    /// </summary>
    public const int Turn = 100;

    public static object Message { get; } = new();
}
