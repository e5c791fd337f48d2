// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Workloads;

namespace Axon.Benchmarks;

/// <summary>Messages through ten components in a row.</summary>
public class PipelineBenchmarks : WorkloadBenchmarks
{
    /// <summary>What is measured.</summary>
    public static IEnumerable<Workload> Workloads { get; } =
    [
        new Hop(batch: 1),
        new Hop(batch: 1, isAsync: true),
        new Hop(batch: 100),
        new Hop(batch: 100, isAsync: true),
        new BoundedHop(limit: 100),
    ];
}
