// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using BenchmarkDotNet.Attributes;

namespace Axon.Benchmarks;

/// <summary>How BenchmarkDotNet runs workloads: each by Axon and by the bare loop, one run an iteration, wired anew before each.</summary>
public abstract class WorkloadBenchmarks
{
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(600);

    private Action _run = () => { };

    /// <summary>What is measured.</summary>
    [ParamsSource("Workloads")]
    public Workload Workload { get; set; } = null!;

    /// <summary>Small runs until the compiler has done its best: a short job's few warm-up runs are too few for it to notice.</summary>
    [GlobalSetup(Target = nameof(BareLoop))]
    public void WarmUpBare() => WarmUp(Workload.PrepareBare);

    /// <summary>As for the bare loop.</summary>
    [GlobalSetup(Target = nameof(Components))]
    public void WarmUpAxon() => WarmUp(Workload.PrepareAxon);

    /// <summary>Wires the bare loop.</summary>
    [IterationSetup(Target = nameof(BareLoop))]
    public void PrepareBare() => _run = Workload.PrepareBare(Workload.Operations);

    /// <summary>Wires the components.</summary>
    [IterationSetup(Target = nameof(Components))]
    public void PrepareAxon() => _run = Workload.PrepareAxon(Workload.Operations);

    /// <summary>The limit of the design.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Workload.Operations)]
    public void BareLoop() => _run();

    /// <summary>Axon.</summary>
    [Benchmark(OperationsPerInvoke = Workload.Operations)]
    public void Components() => _run();

    private static void WarmUp(Func<int, Action> prepare)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < s_warmUp)
        {
            prepare(Workload.WarmUpOperations)();
        }
    }
}
