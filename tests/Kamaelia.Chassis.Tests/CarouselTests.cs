// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Axon.TestKit;

namespace Kamaelia.Chassis.Tests;

public class CarouselTests
{
    private readonly SteppedScheduler _system = new();
    private readonly List<Puppet> _children = [];
    private readonly List<object?> _requests = [];

    [Fact]
    [Trait("Spec", "CH-CAR-01")]
    public void Start_NothingAsked_IsSilentAndAsleep()
    {
        (Carousel carousel, Probe probe) = Start();

        Assert.Empty(carousel.ChildComponents());
        Assert.All((string[])["outbox", "signal", "requestNext"], outbox => Assert.Empty(probe.Collect(outbox)));
        Assert.True(_system.Scheduler.IsIdle);
        Assert.Empty(_requests);
    }

    [Fact]
    [Trait("Spec", "CH-CAR-02")]
    public void Start_Make1stRequest_AsksOnce()
    {
        (_, Probe probe) = Start(make1stRequest: true);

        Assert.Equal(["NEXT"], probe.Collect("requestNext"));
    }

    [Fact]
    [Trait("Spec", "CH-CAR-03")]
    [Trait("Spec", "CH-CAR-04")]
    public void Next_NoChild_ChildIsMadeLinkedAndActivated()
    {
        (Carousel carousel, Probe probe) = Start();

        Ask(probe, "a");

        Assert.Equal(["a"], _requests);
        Puppet child = Assert.Single(_children);
        Assert.Same(_system.Scheduler, child.Scheduler);
        Assert.Equal([child], carousel.ChildComponents());
        Assert.Equal(
            [
                (carousel, "_signal", child, "control", Passthrough.None),
                (carousel, "inbox", child, "inbox", Passthrough.Inbox),
                (child, "outbox", carousel, "outbox", Passthrough.Outbox),
            ],
            carousel.Wiring());
    }

    [Fact]
    [Trait("Spec", "CH-CAR-04")]
    public void Data_WithAChild_PassesBothWays()
    {
        (_, Probe probe) = Start();
        Ask(probe, "a");

        probe.Feed(1, 2);
        _children[0].Send(3);

        Assert.Equal([1, 2], _children[0].Inbox());
        Assert.Equal([3], probe.Collect());
    }

    [Fact]
    [Trait("Spec", "CH-CAR-05")]
    public void ChildSaysShutdown_NothingLeavesAndNothingIsAsked()
    {
        (Carousel carousel, Probe probe) = Start();
        Ask(probe, "a");

        _children[0].Send(new ProducerFinished(), "signal");
        _children[0].Send(new ShutdownMicroprocess(), "signal");
        _system.RunUntilIdle();

        Assert.Empty(probe.Collect("signal"));
        Assert.Empty(probe.Collect("requestNext"));
        Assert.Single(carousel.ChildComponents());
    }

    [Fact]
    [Trait("Spec", "CH-CAR-06")]
    [Trait("Spec", "CH-CAR-19")]
    public void ChildEnds_NothingWaits_AsksOnceAndLivesOn()
    {
        (Carousel carousel, Probe probe) = Start();
        Ask(probe, "a");

        _system.End(_children[0]);
        _system.Cycles(10);

        Assert.Equal(["NEXT"], probe.Collect("requestNext"));
        Assert.Empty(carousel.Wiring());
        Assert.False(carousel.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-CAR-07")]
    [Trait("Spec", "CH-CAR-08")]
    public void Next_WhileAChildRuns_ReplacesItWhenItHasEnded()
    {
        (Carousel carousel, Probe probe) = Start();
        Ask(probe, "a");

        Ask(probe, "b");
        _system.Cycles(50);
        Assert.IsType<ShutdownMicroprocess>(Assert.Single(_children[0].Inbox("control")));
        Assert.Equal(["a"], _requests);

        _system.End(_children[0]);
        Assert.Equal(["a", "b"], _requests);
        Assert.Equal([_children[1]], carousel.ChildComponents());
        Assert.False(_children[1].DataReady("control"));
        Assert.Empty(probe.Collect("requestNext"));
    }

    [Fact]
    [Trait("Spec", "CH-CAR-09")]
    public void Next_ThreeWaiting_EachGetsAChildAndAllButTheLastAreToldToStop()
    {
        (_, Probe probe) = Start();

        Ask(probe, "a", "b", "c");
        Assert.IsType<ShutdownMicroprocess>(Assert.Single(_children[0].Inbox("control")));
        _system.End(_children[0]);
        Assert.IsType<ShutdownMicroprocess>(Assert.Single(_children[1].Inbox("control")));
        _system.End(_children[1]);

        Assert.Equal(["a", "b", "c"], _requests);
        Assert.Empty(_children[2].Inbox("control"));
        Assert.False(_children[2].IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-CAR-10")]
    public void Data_BetweenChildren_WaitsForTheNextAndUnreadIsLost()
    {
        (Carousel carousel, Probe probe) = Start();
        probe.Feed("early");
        Ask(probe, "a");
        Assert.Equal(["early"], _children[0].Inbox());

        probe.Feed("unread");
        _system.End(_children[0]);
        probe.Feed("between", "too");
        Ask(probe, "b");

        Assert.Equal(["between", "too"], _children[1].Inbox());
        Assert.Equal(1, carousel.DroppedMessages);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    [Trait("Spec", "CH-CAR-11")]
    public void Shutdown_NoChild_IsPassedOnAndEnds(Ipc order)
    {
        (Carousel carousel, Probe probe) = Start();

        probe.FeedTo("control", order);
        _system.RunToEnd();

        Assert.Same(order, Assert.Single(probe.Collect("signal")));
        Assert.True(carousel.IsStopped);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    [Trait("Spec", "CH-CAR-12")]
    [Trait("Spec", "CH-CAR-17")]
    public void Shutdown_WithAChild_ChildIsToldAndWaitedFor(Ipc order)
    {
        (Carousel carousel, Probe probe) = Start();
        Ask(probe, "a");

        probe.FeedTo("control", order);
        _system.RunUntilIdle();
        _system.Cycles(50);
        Assert.Same(order, Assert.Single(_children[0].Inbox("control")));
        Assert.Empty(probe.Collect("signal"));
        Assert.False(carousel.IsStopped);

        _system.End(_children[0]);
        Assert.Same(order, Assert.Single(probe.Collect("signal")));
        Assert.True(carousel.IsStopped);
        Assert.Empty(probe.Collect("requestNext"));
    }

    [Fact]
    [Trait("Spec", "CH-CAR-13")]
    public void ProducerFinished_SomethingWaits_IsHonouredFirst()
    {
        (Carousel carousel, Probe probe) = Start();
        ProducerFinished order = new();

        probe.FeedTo("control", order);
        Ask(probe, "a", "b");
        Assert.IsType<ShutdownMicroprocess>(Assert.Single(_children[0].Inbox("control")));
        _system.End(_children[0]);
        Assert.Equal(["a", "b"], _requests);
        Assert.Same(order, Assert.Single(_children[1].Inbox("control")));
        Assert.Empty(probe.Collect("signal"));
        _system.End(_children[1]);

        Assert.Same(order, Assert.Single(probe.Collect("signal")));
        Assert.True(carousel.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-CAR-14")]
    public void ShutdownMicroprocess_SomethingWaits_IsDropped()
    {
        (Carousel carousel, Probe probe) = Start();
        Ask(probe, "a", "b", "c");

        probe.FeedTo("control", new ShutdownMicroprocess());
        _system.RunUntilIdle();
        _system.End(_children[0]);

        Assert.Equal(["a"], _requests);
        Assert.True(carousel.IsStopped);

        // "b", "c", and the order that the child did not read.
        Assert.Equal(3, carousel.DroppedMessages);
    }

    [Fact]
    [Trait("Spec", "CH-CAR-15")]
    public void Shutdown_BothKindsSeveralTimes_TheLastStopIsEmitted()
    {
        (_, Probe probe) = Start();
        ShutdownMicroprocess last = new();

        probe.FeedTo("control", new ShutdownMicroprocess(), last, new ProducerFinished());
        _system.RunToEnd();

        Assert.Same(last, Assert.Single(probe.Collect("signal")));
    }

    [Fact]
    [Trait("Spec", "CH-CAR-15")]
    public void Shutdown_ProducerFinishedTwice_TheLastIsEmitted()
    {
        (_, Probe probe) = Start();
        ProducerFinished last = new();

        probe.FeedTo("control", new ProducerFinished(), last);
        _system.RunToEnd();

        Assert.Same(last, Assert.Single(probe.Collect("signal")));
    }

    [Fact]
    [Trait("Spec", "CH-CAR-16")]
    public void Shutdown_StopAfterFinish_ChildGetsBoth()
    {
        (_, Probe probe) = Start();
        Ask(probe, "a");
        ProducerFinished finish = new();
        ShutdownMicroprocess stop = new();

        probe.FeedTo("control", finish);
        _system.RunUntilIdle();
        probe.FeedTo("control", stop);
        _system.RunUntilIdle();

        Assert.Equal([finish, stop], _children[0].Inbox("control"));
        _system.End(_children[0]);
        Assert.Same(stop, Assert.Single(probe.Collect("signal")));
    }

    [Fact]
    [Trait("Spec", "CH-CAR-12")]
    [Trait("Spec", "CH-CAR-16")]
    public void Shutdown_ChildHasNoRoom_IsToldWhenItHas()
    {
        (Carousel carousel, Probe probe) = Start();
        Ask(probe, "a");
        _children[0].SetInboxSize("control", 1);
        ProducerFinished finish = new();
        ShutdownMicroprocess stop = new();
        probe.FeedTo("control", finish);
        _system.RunUntilIdle();
        probe.FeedTo("control", stop);
        _system.RunUntilIdle();
        Assert.False(carousel.IsStopped);

        Assert.Same(finish, _children[0].Recv("control"));
        _system.RunUntilIdle();

        Assert.Same(stop, _children[0].Recv("control"));
    }

    [Fact]
    [Trait("Spec", "CH-CAR-18")]
    public void Control_AnythingElse_IsDropped()
    {
        (Carousel carousel, Probe probe) = Start();
        Ask(probe, "a");

        probe.FeedTo("control", "nonsense", null);
        _system.RunUntilIdle();

        Assert.Equal(2, carousel.DroppedMessages);
        Assert.Empty(_children[0].Inbox("control"));
        Assert.False(carousel.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-CAR-20")]
    [Trait("Spec", "CH-GEN-09")]
    public void Factory_Throws_IsReportedAndTheNextIsMade()
    {
        InvalidTimeZoneException failure = new("on purpose");
        Carousel carousel = new(request => request is "bad" ? throw failure : MakeChild(request));
        Probe probe = _system.Probe(_system.Start(carousel));

        Ask(probe, "bad");
        ErrorInformation report = Assert.IsType<ErrorInformation>(Assert.Single(probe.Collect("signal")));
        Assert.Same(failure, report.Exception);
        Assert.Equal("bad", report.Message);
        Assert.Equal(["NEXT"], probe.Collect("requestNext"));

        Ask(probe, "bad", "good");
        Assert.Empty(probe.Collect("requestNext"));
        Assert.Equal(["good"], _requests);
        Assert.False(_children[0].DataReady("control"));
    }

    [Fact]
    [Trait("Spec", "CH-CAR-20")]
    [Trait("Spec", "CH-CAR-21")]
    public void Factory_NullOrInUse_IsReportedAndAsksForMore()
    {
        Puppet active = _system.Start(new Puppet());
        Puppet ended = _system.Start(new Puppet());
        _system.End(ended);
        Puppet child = new();
        new Puppet().AddChildren(child);
        Queue<Component?> made = new([null, active, ended, child, new Odd()]);
        Carousel carousel = _system.Start(new Carousel(_ => made.Dequeue()));
        Probe probe = _system.Probe(carousel);

        foreach (string expected in (string[])["null", "active", "ended", "child", "inbox"])
        {
            Ask(probe, "any");
            ErrorInformation report = Assert.IsType<ErrorInformation>(Assert.Single(probe.Collect("signal")));
            Assert.Contains(expected, report.Exception!.Message, StringComparison.Ordinal);
            Assert.Equal(["NEXT"], probe.Collect("requestNext"));
            Assert.Empty(carousel.ChildComponents());
        }

        Assert.False(active.IsLinked);
    }

    [Fact]
    [Trait("Spec", "CH-CAR-20")]
    public void Typed_AnotherType_IsReported()
    {
        Carousel<string> carousel = _system.Start(new Carousel<string>(MakeChild));
        Probe probe = _system.Probe(carousel);

        Ask(probe, "text");
        Assert.Equal(["text"], _requests);
        _system.End(_children[0]);
        Ask(probe, 5);

        ErrorInformation report = Assert.IsType<ErrorInformation>(Assert.Single(probe.Collect("signal")));
        Assert.Contains("System.String", report.Exception!.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "CH-CAR-06")]
    [Trait("Spec", "CH-CAR-11")]
    public void ReceiverFull_RequestAndLastMessageWaitForRoom()
    {
        (Carousel carousel, Probe probe) = Start();
        probe.Limit(0, "requestNext");
        probe.Limit(0, "signal");
        Ask(probe, "a");
        _system.End(_children[0]);
        probe.Limit(1, "requestNext");
        carousel.Unpause();
        _system.RunUntilIdle();
        Assert.Equal(["NEXT"], probe.Collect("requestNext"));

        probe.FeedTo("control", new ProducerFinished());
        _system.RunUntilIdle();
        Assert.False(carousel.IsStopped);
        probe.Limit(1, "signal");
        carousel.Unpause();
        _system.RunToEnd();
        Assert.IsType<ProducerFinished>(Assert.Single(probe.Collect("signal")));
    }

    [Fact]
    [Trait("Spec", "CH-EXP-01")]
    [Trait("Spec", "CH-EXP-03")]
    public void BoxSize_EachChild_HasTheLimitOnItsInboxOnly()
    {
        Carousel carousel = _system.Start(new Carousel(MakeChild) { BoxSize = 2 });
        Probe probe = _system.Probe(carousel);
        foreach (string request in (string[])["a", "b"])
        {
            Ask(probe, request);
            Puppet child = _children[^1];
            Assert.Equal(2, child.GetInbox("inbox").Size);
            Assert.Null(child.GetInbox("control").Size);
            probe.Feed(1, 2);
            Assert.Throws<NoSpaceInBoxException>(() => probe.Feed(3));
            _system.End(child);
        }
    }

    [Fact]
    [Trait("Spec", "CH-EXP-06")]
    public void BoxSize_MoreDataWaitsThanFits_NothingThrowsAndNothingIsLost()
    {
        Carousel carousel = _system.Start(new Carousel(MakeChild) { BoxSize = 2 });
        Probe probe = _system.Probe(carousel);
        probe.Feed(1, 2, 3);

        Ask(probe, "a");

        Assert.Throws<NoSpaceInBoxException>(() => probe.Feed(4));
        Assert.Equal([1, 2, 3], _children[0].Inbox());
        probe.Feed(4, 5);
        Assert.Throws<NoSpaceInBoxException>(() => probe.Feed(6));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [Trait("Spec", "CH-EXP-05")]
    public void BoxSize_NoLimitAtAll_Throws(int size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Carousel(MakeChild) { BoxSize = size });

    public static TheoryData<Ipc> Orders => [new ProducerFinished(), new ShutdownMicroprocess()];

    private (Carousel Carousel, Probe Probe) Start(bool make1stRequest = false)
    {
        Carousel carousel = new(MakeChild, make1stRequest);
        Probe probe = _system.Probe(carousel);
        _system.Start(carousel);
        return (carousel, probe);
    }

    private Puppet MakeChild(object? request)
    {
        _requests.Add(request);
        _children.Add(new Puppet());
        return _children[^1];
    }

    private void Ask(Probe probe, params ReadOnlySpan<object?> requests)
    {
        probe.FeedTo("next", requests);
        _system.RunUntilIdle();
    }
}
