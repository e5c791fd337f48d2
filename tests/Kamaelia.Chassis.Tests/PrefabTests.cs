// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Axon.TestKit;

namespace Kamaelia.Chassis.Tests;

public class PrefabTests
{
    private readonly SteppedScheduler _system = new();
    private readonly List<Puppet> _children = [];

    [Fact]
    [Trait("Spec", "CH-PRE-01")]
    public void Join_MakesTheseLinkages()
    {
        ForwardIteratingChooser chooser = new("a");
        Carousel carousel = new(MakeChild);

        Component joined = _system.Start(Prefab.JoinChooserToCarousel(chooser, carousel));

        Assert.Equal(
            [
                (chooser, "outbox", carousel, "next", Passthrough.None),
                (chooser, "signal", carousel, "control", Passthrough.None),
                (joined, "inbox", carousel, "inbox", Passthrough.Inbox),
                (joined, "control", chooser, "control", Passthrough.Inbox),
                (carousel, "requestNext", chooser, "inbox", Passthrough.None),
                (carousel, "outbox", joined, "outbox", Passthrough.Outbox),
                (carousel, "signal", joined, "signal", Passthrough.Outbox),
            ],
            joined.Wiring());
    }

    [Fact]
    [Trait("Spec", "CH-PRE-02")]
    [Trait("Spec", "CH-PRE-03")]
    [Trait("Spec", "CH-PRE-06")]
    public void Join_ThreeItems_AreWorkedOffInOrderAndItEndsWithOneMessage()
    {
        ForwardIteratingChooser chooser = new("a", "b", "c");
        Component joined = Prefab.JoinChooserToCarousel(chooser, new Carousel(item => new ScriptedSource($"{item}1", $"{item}2")));
        Probe probe = _system.Probe(_system.Activate(joined));

        _system.RunToEnd();

        Assert.Equal(["a1", "a2", "b1", "b2", "c1", "c2"], probe.Collect());
        Assert.Same(chooser, Assert.IsType<ProducerFinished>(Assert.Single(probe.Collect("signal"))).Caller);
        Assert.True(joined.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-PRE-04")]
    public void Join_Make1stRequestAndAnEagerChooser_FirstChildIsToldToStopAtOnce()
    {
        _system.Start(Prefab.JoinChooserToCarousel(new ForwardIteratingChooser("a", "b"), new Carousel(MakeChild, make1stRequest: true)));

        Assert.IsType<ShutdownMicroprocess>(Assert.Single(Assert.Single(_children).Inbox("control")));
    }

    [Theory]
    [MemberData(nameof(CarouselTests.Orders), MemberType = typeof(CarouselTests))]
    [Trait("Spec", "CH-PRE-05")]
    [Trait("Spec", "CH-PRE-06")]
    [Trait("Spec", "CH-PRE-07")]
    public void Join_Told_GoesFromChooserToCarouselToChildAndOut(Ipc order)
    {
        Component joined = _system.Start(Prefab.JoinChooserToCarousel(new ForwardIteratingChooser("a", "b"), new Carousel(MakeChild)));
        Probe probe = _system.Probe(joined);

        probe.FeedTo("control", order);
        _system.RunUntilIdle();
        Assert.Same(order, Assert.Single(_children[0].Inbox("control")));
        Assert.False(joined.IsStopped);
        _system.End(_children[0]);

        Assert.Same(order, Assert.Single(probe.Collect("signal")));
        Assert.True(joined.IsStopped);
        Assert.Single(_children);
    }

    [Fact]
    [Trait("Spec", "CH-PRE-08")]
    public void Join_BoxMissing_ThrowsAtOnceAndNamesIt()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => Prefab.JoinChooserToCarousel(new ForwardIteratingChooser("a"), new Puppet()));

        Assert.Contains("\"next\"", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "CH-EXP-04")]
    public void InboxControlledCarousel_InboxMakesChildrenAndDataInboxFeedsThem()
    {
        Component controlled = _system.Start(Prefab.InboxControlledCarousel(new Carousel(MakeChild) { BoxSize = 2 }));
        Probe probe = _system.Probe(controlled);

        probe.Feed("a");
        probe.FeedTo("data_inbox", 1, 2);
        _system.RunUntilIdle();
        Puppet child = Assert.Single(_children);
        Assert.Equal(2, child.GetInbox().Size);
        Assert.Equal([1, 2], child.Inbox());
        child.Send(3);
        Assert.Equal([3], probe.Collect());

        ProducerFinished order = new();
        probe.FeedTo("control", order);
        _system.RunUntilIdle();
        _system.End(child);
        Assert.Same(order, Assert.Single(probe.Collect("signal")));
        Assert.True(controlled.IsStopped);
    }

    private Puppet MakeChild(object? request)
    {
        _children.Add(new Puppet());
        return _children[^1];
    }
}
