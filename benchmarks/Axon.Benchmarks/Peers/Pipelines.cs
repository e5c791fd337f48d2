// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers;

/// <summary>What all pipelines have in common.</summary>
internal static class Pipelines
{
    public const int Stages = 10;

    /// <summary>How many messages the source sends before others have a turn, where it sends many.</summary>
    public const int Batch = 100;

    /// <summary>How many messages an inbox may hold, where there is a limit.</summary>
    public const int Limit = 100;

    /// <summary>How many messages may be between two cores.</summary>
    public const int CrossingLimit = 1000;

    public static object Message { get; } = new();
}
