// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Net.Benchmarks;

/// <summary>A server that takes part.</summary>
/// <param name="Name">What it is called in the tables.</param>
/// <param name="Program">Its path. The first line that it prints ends with its address.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record Contestant(string Name, string Program, params string[] Arguments)
{
    /// <summary>Whether a compiler works beside it until it is warm.</summary>
    public bool IsCompiledAtRunTime { get; init; } = true;

    /// <summary>What its environment has beside ours.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
