// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers;

/// <summary>What was prepared.</summary>
/// <param name="Go">What is timed.</param>
/// <param name="CleanUp">What is not, and comes afterwards.</param>
internal readonly record struct Run(Action Go, Action? CleanUp = null)
{
    public static implicit operator Run(Action go) => new(go);
}
