// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers;

/// <summary>What those who make others have in common.</summary>
internal static class Spawns
{
    /// <summary>How many are made before others have a turn.</summary>
    public const int Brood = 100;

    public static object Message { get; } = new();
}
