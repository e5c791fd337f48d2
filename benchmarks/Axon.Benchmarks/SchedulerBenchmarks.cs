// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Workloads;

namespace Axon.Benchmarks;

/// <summary>Steps, sleeps and wakes, beginnings and ends, timers.</summary>
public class SchedulerBenchmarks : WorkloadBenchmarks
{
    /// <summary>What is measured.</summary>
    public static IEnumerable<Workload> Workloads { get; } =
    [
        new Yielding(1),
        new Yielding(100),
        new PingPong(sleepers: 0),
        new PingPong(sleepers: 0, isAsync: true),
        new PingPong(sleepers: 100_000),
        new Ring(503),
        new SpawnAndEnd(),
        new Timers(100_000),
    ];
}
