// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Axon.TestKit;

namespace Kamaelia.Chassis.Tests;

/// <summary>The examples' <see cref="Chooser"/>.</summary>
public class ChooserTests
{
    private readonly SteppedScheduler _system = new();

    [Theory]
    [InlineData("NEXT NEXT", "a b c")]
    [InlineData("NEXT NEXT NEXT PREV", "a b c b")]
    [InlineData("LAST FIRST SAME", "a c a a")]
    [InlineData("PREV", "a a")]
    [InlineData("NEXT what", "a b b")]
    public void Commands_MoveThePresentItem(string commands, string sent) =>
        Assert.Equal(sent.Split(' '), Ask(new Chooser(["a", "b", "c"]), commands.Split(' ')));

    [Theory]
    [InlineData("LAST NEXT", "a c a")]
    [InlineData("PREV PREV", "a c b")]
    public void Loop_HasNoEnds(string commands, string sent) =>
        Assert.Equal(sent.Split(' '), Ask(new Chooser(["a", "b", "c"], loop: true), commands.Split(' ')));

    [Fact]
    public void Empty_SendsNothing() => Assert.Empty(Ask(new Chooser([], loop: true), "NEXT", "PREV", "FIRST", "LAST", "SAME"));

    [Fact]
    public void Items_AreCopied()
    {
        List<object?> items = ["a", "b"];
        Chooser chooser = new(items);
        items.Clear();

        Assert.Equal(["a", "b"], Ask(chooser, "NEXT"));
    }

    [Theory]
    [MemberData(nameof(CarouselTests.Orders), MemberType = typeof(CarouselTests))]
    public void Order_AfterCommands_IsPassedOnAndEndsIt(Ipc order)
    {
        Chooser chooser = new(["a", "b"]);
        Probe probe = _system.Probe(chooser);
        _system.Start(chooser);

        probe.Feed("NEXT");
        probe.FeedTo("control", "stray", order);
        _system.RunUntilIdle();
        probe.FeedTo("control", order);
        _system.RunUntilIdle();

        Assert.Equal(["a", "b"], probe.Collect());
        Assert.Same(order, Assert.Single(probe.Collect("signal")));
        Assert.True(chooser.IsStopped);
    }

    private IReadOnlyList<object?> Ask(Chooser chooser, params string[] commands)
    {
        Probe probe = _system.Probe(chooser);
        _system.Start(chooser);
        probe.Feed([.. commands]);
        _system.RunUntilIdle();
        return probe.Collect();
    }
}
