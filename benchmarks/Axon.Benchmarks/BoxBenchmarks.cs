// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Workloads;

namespace Axon.Benchmarks;

/// <summary>Sending and receiving, with one sender and with many.</summary>
public class BoxBenchmarks : WorkloadBenchmarks
{
    /// <summary>What is measured.</summary>
    public static IEnumerable<Workload> Workloads { get; } =
    [
        new SendAndRecv(byName: true),
        new SendAndRecv(byName: false),
        new FanIn(1),
        new FanIn(100),
        new FanIn(1000),
    ];
}
