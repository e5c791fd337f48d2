// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks;

/// <summary>One thing to measure, written twice: with Axon's components, and as the bare loop that does the same work.</summary>
/// <remarks>
/// Both runners, BenchmarkDotNet and <c>-- quick</c>, take it from here. Wiring is made beforehand and is not timed. The run itself ends
/// with a check that the work was done, and throws if it was not.
/// </remarks>
public abstract class Workload
{
    /// <summary>Operations in a timed run: the same for all, because BenchmarkDotNet wants a constant.</summary>
    public const int Operations = 2_000_000;

    /// <summary>Operations in the many runs that only warm up.</summary>
    public const int WarmUpOperations = 20_000;

    /// <summary>The name in tables and filters.</summary>
    public abstract string Name { get; }

    /// <summary>What one operation is.</summary>
    public abstract string Unit { get; }

    /// <summary>Makes the components and their linkages.</summary>
    /// <param name="operations">How many operations the run is to do.</param>
    /// <returns>The run.</returns>
    public abstract Action PrepareAxon(int operations);

    /// <summary>The same for the bare loop.</summary>
    /// <param name="operations">How many operations the run is to do.</param>
    /// <returns>The run.</returns>
    public abstract Action PrepareBare(int operations);

    /// <summary>The name: what BenchmarkDotNet prints and filters by.</summary>
    public override string ToString() => Name;

    /// <summary>Throws unless a count is what it must be.</summary>
    protected void Check(long expected, long counted, string what)
    {
        if (counted != expected)
        {
            throw new InvalidOperationException($"{Name}: expected {expected} {what}, counted {counted}.");
        }
    }
}
