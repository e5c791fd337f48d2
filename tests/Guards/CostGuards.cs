// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Runtime;
using Xunit.Abstractions;

namespace Guards;

/// <summary>Bytes and steps of every workload against the committed limits.</summary>
/// <remarks>
/// They are counted exactly on the thread that runs the scheduler, so they are the same on a busy machine. That a single class or call allocates
/// nothing is tested beside it, in Axon.Tests; here whole workloads have a number that must not grow.
/// </remarks>
[Trait("Guard", "Cost")]
public class CostGuards(ITestOutputHelper output)
{
    private static readonly Dictionary<string, Func<Costs>> s_workloads = new()
    {
        ["ping-pong"] = static () => Systems.PingPong(),
        ["ping-pong, async"] = static () => Systems.PingPong(isAsync: true),
        ["ping-pong beside 10,000 sleepers"] = static () => Systems.PingPong(sleepers: 10_000),
        ["pipeline of 10, one message a step"] = static () => Systems.Pipeline(batch: 1),
        ["pipeline of 10, batched"] = static () => Systems.Pipeline(batch: 100),
        ["pipeline of 10, bounded to 100"] = static () => Systems.Pipeline(batch: null, limit: 100),
        ["pipeline of 10, over two schedulers"] = static () => Systems.Pipeline(batch: 100, second: true),
        ["fan-in of 100"] = static () => Systems.FanIn(100),
        ["fan-out to 100"] = static () => Systems.FanOut(100),
        ["yield"] = static () => Systems.Yielding(),
        ["pause and wake"] = static () => Systems.PauseAndWake(),
        ["timers"] = static () => Systems.Timers(1000),
        ["spawn and end"] = static () => Systems.SpawnAndEnd(),
    };

    public static TheoryData<string> Names => [.. s_workloads.Keys];

    // What tests/Directory.Build.props says of the collector, and why: without it these numbers are now and then too high.
    [Fact]
    public void Collector_IsTheOneUnderWhichAllocationsAreCountedExactly() => Assert.Equal(GCLatencyMode.Batch, GCSettings.LatencyMode);

    [Theory]
    [MemberData(nameof(Names))]
    public void Workload_CostsNoMoreThanItsLimits(string name)
    {
        Costs costs = s_workloads[name]();

        (string Name, double Measured)[] limited =
        [
            .. new[] { ($"{name}: bytes", costs.Bytes), ($"{name}: steps", costs.Steps) }.Where(cost => Limit.All.ContainsKey(cost.Item1)),
        ];
        Assert.NotEmpty(limited);
        Limit.Check(output, limited);
    }

    [Fact]
    public void EveryLimit_BelongsToSomethingMeasured()
    {
        string[] measured = [.. s_workloads.Keys, .. MemoryGuards.Names, "echo", "idle connection"];

        Assert.All(Limit.All.Keys, name => Assert.Contains(name[..name.LastIndexOf(':')], measured));
    }
}
