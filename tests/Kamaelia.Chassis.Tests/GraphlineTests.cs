// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Axon.TestKit;
using Names = System.Collections.Generic.Dictionary<string, Axon.Component>;
using Table = System.Collections.Generic.Dictionary<(string Component, string Box), (string Component, string Box)>;

namespace Kamaelia.Chassis.Tests;

public class GraphlineTests
{
    private readonly SteppedScheduler _system = new();
    private readonly Puppet _a = new();
    private readonly Puppet _b = new();
    private readonly Puppet _c = new();

    private Names Abc => new() { ["A"] = _a, ["B"] = _b, ["C"] = _c };

    [Fact]
    [Trait("Spec", "CH-GRAPH-01")]
    public void Constructor_MissingTable_ThrowsAtOnce()
    {
        Assert.Throws<ArgumentNullException>("linkages", () => new Graphline(Abc, null!));
        Assert.Throws<ArgumentNullException>("components", () => new Graphline(null!, new Table()));
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-02")]
    public void EmptyTable_Components_RunSideBySide()
    {
        Graphline graphline = _system.Start(new Graphline(Abc, new Table()));

        _a.Send("nobody hears");
        Assert.Equal([_a, _b, _c], _system.Scheduler.ListAll().Except([graphline]));
        Assert.False(_a.IsLinked || _b.IsLinked || _c.IsLinked);

        _system.End(_a);
        _system.End(_b);
        Assert.False(graphline.IsStopped);
        _system.End(_c);
        Assert.True(graphline.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-03")]
    public void EmptyTable_NoComponents_EndsInItsFirstStepWithOneProducerFinished()
    {
        Graphline graphline = _system.Activate(new Graphline(new Names(), new Table()));
        Probe probe = _system.Probe(graphline);

        _system.RunToEnd();

        Assert.Equal(1, _system.StepsOf(graphline));
        Assert.IsType<ProducerFinished>(Assert.Single(probe.Collect("signal")));
        Assert.True(graphline.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-04")]
    public void FirstStep_LinkedOrNot_AllBecomeChildrenAndActiveInOrder()
    {
        Graphline graphline = new(new Names { ["Z"] = _c, ["A"] = _a, ["M"] = _b }, new Table { [("A", "outbox")] = ("M", "inbox") });
        Assert.Empty(graphline.ChildComponents());

        _system.Start(graphline);

        Assert.Equal([_c, _a, _b], graphline.ChildComponents());
        Assert.Equal([graphline, _c, _a, _b], _system.Scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-05")]
    [Trait("Spec", "CH-GRAPH-11")]
    public void Send_AlongTheTable_ReachesTheSinkAndNobodyElse()
    {
        Camera camera = new();
        Graphline graphline = _system.Start(new Graphline(
            new Names { ["A"] = _a, ["B"] = _b, ["CAM"] = camera },
            new Table { [("A", "outbox")] = ("CAM", "video"), [("CAM", "audio")] = ("B", "inbox") }));

        _a.Send("picture");
        camera.Send("sound", "audio");
        camera.Send("unwired");

        Assert.Equal(["picture"], camera.Inbox("video"));
        Assert.Equal(["sound"], _b.Inbox());
        Assert.False(_a.AnyReady() || _b.AnyReady() || camera.AnyReady());
        Assert.Equal(
            [(_a, "outbox", camera, "video", Passthrough.None), (camera, "audio", _b, "inbox", Passthrough.None)],
            graphline.Wiring());
    }

    [Theory]
    [InlineData("")]
    [InlineData("self")]
    [InlineData("whatever")]
    [Trait("Spec", "CH-GRAPH-06")]
    public void Table_NameOfNoComponent_MeansTheGraphline(string name)
    {
        Graphline graphline = _system.Start(new Graphline(
            Abc,
            new Table { [(name, "inbox")] = ("A", "inbox"), [("A", "outbox")] = (name, "outbox") }));
        Probe probe = _system.Probe(graphline);

        probe.Feed("in");
        _a.Send("out");

        Assert.Equal(["in"], _a.Inbox());
        Assert.Equal(["out"], probe.Collect());
    }

    [Theory]
    [InlineData("inbox")]
    [InlineData("control")]
    [InlineData("video")]
    [Trait("Spec", "CH-GRAPH-07")]
    public void Table_FromSelf_OwnInboxPassesThrough(string own)
    {
        Graphline graphline = _system.Start(new Graphline(Abc, new Table { [("self", own)] = ("B", "control") }));

        _system.Probe(graphline).FeedTo(own, "message");

        Assert.Equal(["message"], _b.Inbox("control"));
        Assert.False(_a.AnyReady() || _c.AnyReady());
        Assert.Equal([(graphline, own, _b, "control", Passthrough.Inbox)], graphline.Wiring());
    }

    [Theory]
    [InlineData("outbox", "outbox")]
    [InlineData("outbox", "signal")]
    [InlineData("signal", "outbox")]
    [InlineData("signal", "audio")]
    [Trait("Spec", "CH-GRAPH-08")]
    public void Table_ToSelf_OutboxPassesThroughToAnyOwnOutbox(string outbox, string own)
    {
        Graphline graphline = new(Abc, new Table { [("B", outbox)] = ("self", own) });
        Probe probe = _system.Probe(graphline);
        _system.Start(graphline);

        _b.Send("message", outbox);

        Assert.Equal(["message"], probe.Collect(own));
        Assert.Equal([(_b, outbox, graphline, own, Passthrough.Outbox)], graphline.Wiring());
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-09")]
    public void Constructor_OwnBoxesThatDoNotExist_AreMadeWithTheChildsDescription()
    {
        Graphline graphline = new(
            new Names { ["CAM"] = new Camera() },
            new Table
            {
                [("self", "film")] = ("CAM", "video"),
                [("CAM", "audio")] = ("self", "tape"),
                [("self", "control")] = ("CAM", "control"),
            });

        Assert.Equal(["inbox", "control", "film"], graphline.InboxNames);
        Assert.Equal(["outbox", "signal", "_cs", "tape"], graphline.OutboxNames);
        Assert.Equal("moving pictures", graphline.DescribeInbox("film"));
        Assert.Equal("sounds", graphline.DescribeOutbox("tape"));
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-09")]
    public void OwnBox_LinkedAndFedBeforeTheFirstStep_IsPassedOn()
    {
        Camera camera = new();
        Graphline graphline = new(new Names { ["CAM"] = camera }, new Table { [("self", "film")] = ("CAM", "video") });
        _system.Probe(graphline).FeedTo("film", "reel");

        _system.Start(graphline);

        Assert.Equal(["reel"], camera.Inbox("video"));
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-10")]
    public void Table_TwoSourcesOneSink_BothArriveInOrder()
    {
        _system.Start(new Graphline(Abc, new Table
        {
            [("A", "outbox")] = ("C", "inbox"),
            [("B", "outbox")] = ("C", "inbox"),
            [("self", "inbox")] = ("C", "inbox"),
        }));

        _a.Send(1);
        _b.Send(2);
        _a.Send(3);

        Assert.Equal([1, 2, 3], _c.Inbox());
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-12")]
    [Trait("Spec", "CH-GEN-08")]
    public void Constructor_SelfToSelf_ThrowsAtOnce()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(
            "linkages", () => new Graphline(Abc, new Table { [("RAED", "outbox")] = ("OUT", "inbox") }));

        // It is a misspelt name more often than not, so it says what there is.
        Assert.Contains("(\"RAED\", \"outbox\") : (\"OUT\", \"inbox\")", exception.Message, StringComparison.Ordinal);
        Assert.Contains("A, B, C", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A", "outbxo", "B", "inbox", "outbxo")]
    [InlineData("A", "outbox", "B", "inbxo", "inbxo")]
    [InlineData("self", "inbox", "B", "inbxo", "inbxo")]
    [InlineData("A", "outbxo", "self", "outbox", "outbxo")]
    [Trait("Spec", "CH-GRAPH-13")]
    [Trait("Spec", "CH-GEN-08")]
    public void Constructor_ComponentLacksTheBox_ThrowsAndNamesBoth(string from, string outbox, string to, string inbox, string wrong)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(
            "linkages", () => new Graphline(Abc, new Table { [(from, outbox)] = (to, inbox) }));

        Assert.Contains($"\"{wrong}\"", exception.Message, StringComparison.Ordinal);
        Assert.Contains(wrong == "outbxo" ? _a.Name : _b.Name, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("READ", "A")]
    [InlineData("A", "READ")]
    [Trait("Spec", "CH-GRAPH-14")]
    public void StrictNames_NameOfNoComponent_Throws(string from, string to)
    {
        Table table = new() { [(from, "outbox")] = (to, "outbox") };
        if (from == "READ")
        {
            table = new() { [(from, "inbox")] = (to, "inbox") };
        }

        ArgumentException exception = Assert.Throws<ArgumentException>("linkages", () => new Graphline(Abc, table, strictNames: true));

        Assert.Contains("\"READ\"", exception.Message, StringComparison.Ordinal);
        Assert.NotNull(new Graphline(Abc, table));
    }

    [Theory]
    [InlineData("")]
    [InlineData("self")]
    [Trait("Spec", "CH-GRAPH-14")]
    public void StrictNames_Self_MeansTheGraphline(string name)
    {
        Graphline graphline = new(Abc, new Table { [(name, "film")] = ("A", "inbox") }, strictNames: true);

        Assert.Contains("film", graphline.InboxNames);
    }

    [Fact]
    [Trait("Spec", "CH-GEN-08")]
    public void Constructor_OwnInboxWithTwoSinks_ThrowsAtOnce()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>("linkages", () => new Graphline(
            Abc,
            new Table { [("self", "inbox")] = ("A", "inbox"), [("", "inbox")] = ("B", "inbox") }));

        Assert.Contains("(\"A\", \"inbox\") already", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("self")]
    [Trait("Spec", "CH-GEN-08")]
    public void Constructor_ComponentCalledSelf_ThrowsAtOnce(string name)
    {
        Assert.Throws<ArgumentException>("components", () => new Graphline(new Names { [name] = _a }, new Table()));
    }

    [Fact]
    [Trait("Spec", "CH-GEN-08")]
    public void Constructor_NullOrSameComponentTwice_ThrowsAndNamesIt()
    {
        Assert.Contains(
            "\"A\"",
            Assert.Throws<ArgumentException>("components", () => new Graphline(new Names { ["A"] = null! }, new Table())).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "\"SECOND\"",
            Assert.Throws<ArgumentException>("components", () => new Graphline(new Names { ["FIRST"] = _a, ["SECOND"] = _a }, new Table())).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-15")]
    public void Control_Wired_GoesAlongTheWireAndNowhereElse()
    {
        Graphline graphline = _system.Start(new Graphline(Abc, new Table { [("self", "control")] = ("B", "inbox") }));
        Probe probe = _system.Probe(graphline);
        _system.Trace.Clear();

        probe.FeedTo("control", new ShutdownMicroprocess(), "anything");
        _system.RunUntilIdle();

        Assert.Equal(2, _b.Waiting());
        Assert.False(_a.AnyReady() || _c.AnyReady() || _b.DataReady("control"));
        Assert.Equal(0, _system.StepsOf(graphline));
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-16")]
    [Trait("Spec", "CH-GRAPH-18")]
    [Trait("Spec", "CH-GRAPH-19")]
    public void Control_Unwired_EveryMessageIsCopiedToEveryChildInOrder()
    {
        Graphline graphline = _system.Start(new Graphline(Abc, new Table { [("A", "signal")] = ("B", "inbox") }));
        object?[] messages = [new ProducerFinished(), "text", null, 17, new ShutdownMicroprocess(), new object()];

        _system.Probe(graphline).FeedTo("control", messages);
        _system.RunUntilIdle();

        foreach (Puppet child in (Puppet[])[_a, _b, _c])
        {
            List<object?> told = [.. child.Inbox("control")];
            Assert.Equal(messages.Length, told.Count);
            Assert.All(messages.Zip(told), pair => Assert.Same(pair.First, pair.Second));
            Assert.False(child.AnyReady());
        }

        Assert.False(graphline.IsStopped);
        Assert.Equal(0, graphline.DroppedMessages);
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-16")]
    public void Control_Unwired_SentBeforeTheFirstStep_ReachesEveryChild()
    {
        Graphline graphline = new(Abc, new Table());
        _system.Probe(graphline).FeedTo("control", "early");

        _system.Start(graphline);

        Assert.Equal(["early"], _a.Inbox("control"));
        Assert.Equal(["early"], _c.Inbox("control"));
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-17")]
    public void Control_OfAChildWired_ThatChildGetsNothingFromTheGraphline()
    {
        Graphline graphline = _system.Start(new Graphline(Abc, new Table
        {
            [("A", "outbox")] = ("B", "control"),
            [("self", "video")] = ("C", "control"),
        }));

        _system.Probe(graphline).FeedTo("control", "stop");
        _system.RunUntilIdle();

        Assert.Equal(["stop"], _a.Inbox("control"));
        Assert.False(_b.AnyReady());
        Assert.False(_c.AnyReady());
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-20")]
    public void Control_ChildEnded_IsSkipped()
    {
        Graphline graphline = _system.Start(new Graphline(Abc, new Table()));
        Probe probe = _system.Probe(graphline);
        _system.End(_b);

        probe.FeedTo("control", "stop");
        _system.RunUntilIdle();

        Assert.Equal(["stop"], _a.Inbox("control"));
        Assert.Equal(["stop"], _c.Inbox("control"));
        Assert.False(_b.AnyReady());
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-20")]
    public void Control_ChildFull_GetsItLaterInOrderAndNothingIsPolled()
    {
        _b.SetInboxSize("control", 1);
        Graphline graphline = _system.Start(new Graphline(Abc, new Table()));
        Probe probe = _system.Probe(graphline);

        probe.FeedTo("control", 1, 2, 3);
        _system.RunUntilIdle();
        Assert.Equal([1, 2, 3], _a.Inbox("control"));
        Assert.Equal([1, 2, 3], _c.Inbox("control"));
        Assert.Equal(1, _b.Waiting("control"));
        _system.RunUntilIdle();
        _system.Trace.Clear();
        _system.Cycles(10);
        Assert.Equal(0, _system.StepsOf(graphline));

        List<object?> told = [_b.Recv("control")];
        probe.FeedTo("control", 4);
        for (int i = 0; i < 3; i++)
        {
            _system.RunUntilIdle();
            told.Add(_b.Recv("control"));
        }

        _system.RunUntilIdle();
        Assert.Equal([1, 2, 3, 4], told);
        Assert.False(_b.AnyReady());
        Assert.Empty(graphline.Wiring());
        Assert.Equal(["outbox", "signal", "_cs"], graphline.OutboxNames);
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-20")]
    public void Control_FullChildEnds_WhatWaitedForItIsGone()
    {
        _b.SetInboxSize("control", 1);
        Graphline graphline = _system.Start(new Graphline(Abc, new Table()));
        Probe probe = _system.Probe(graphline);
        probe.FeedTo("control", 1, 2);
        _system.RunUntilIdle();

        _system.End(_b);
        Assert.Equal(["outbox", "signal", "_cs"], graphline.OutboxNames);
        probe.FeedTo("control", 3);
        _system.RunUntilIdle();

        Assert.Equal([1, 2, 3], _a.Inbox("control"));
        Assert.Equal(1, _b.Waiting("control"));
        Assert.Empty(graphline.Wiring());
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-16")]
    public void Control_ChildWithoutControl_OthersAreTold()
    {
        Graphline graphline = _system.Start(new Graphline(new Names { ["ODD"] = new Odd(), ["A"] = _a }, new Table()));

        _system.Probe(graphline).FeedTo("control", "stop");
        _system.RunUntilIdle();

        Assert.Equal(["stop"], _a.Inbox("control"));
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-21")]
    public void Signal_Unwired_SilentUntilAllHaveEnded()
    {
        Graphline graphline = new(Abc, new Table());
        Probe probe = _system.Probe(graphline);
        _system.Start(graphline);
        probe.FeedTo("control", new ShutdownMicroprocess());

        _system.End(_b);
        _system.End(_a);
        Assert.Equal(0, probe.Waiting("signal"));
        Assert.False(graphline.IsStopped);

        _system.End(_c);
        Assert.Equal(1, probe.Waiting("signal"));
        Assert.True(graphline.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-22")]
    public void Signal_Wired_TheGraphlineSaysNothing()
    {
        Graphline graphline = new(Abc, new Table { [("A", "outbox")] = ("self", "signal") });
        Probe probe = _system.Probe(graphline);
        _system.Start(graphline);
        probe.FeedTo("control", new ShutdownMicroprocess(), new ProducerFinished());
        _a.Send("only this");

        _system.End(_a);
        _system.End(_b);
        _system.End(_c);

        Assert.True(graphline.IsStopped);
        Assert.Equal(["only this"], probe.Collect("signal"));
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-23")]
    public void Signal_ShutdownMicroprocessArrived_TheLastOneIsSentOnce()
    {
        ShutdownMicroprocess last = new HardStop();

        IReadOnlyList<object?> signals = SignalsAfter(new ShutdownMicroprocess(), last);

        Assert.Same(last, Assert.Single(signals));
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-23")]
    public void Signal_NothingArrived_ANewProducerFinished()
    {
        Assert.IsType<ProducerFinished>(Assert.Single(SignalsAfter()));
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-23")]
    public void Signal_ShutdownMicroprocessArrivesWithTheLastEnd_ItIsSent()
    {
        Graphline graphline = new(Abc, new Table());
        Probe probe = _system.Probe(graphline);
        _system.Start(graphline);
        ShutdownMicroprocess stop = new();
        _a.End();
        _b.End();
        _c.End();

        probe.FeedTo("control", stop);
        _system.RunToEnd();

        Assert.Same(stop, Assert.Single(probe.Collect("signal")));
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-23")]
    public void Signal_ReceiverFull_WaitsForRoomAsleep()
    {
        Graphline graphline = new(new Names { ["A"] = _a }, new Table());
        Probe probe = _system.Probe(graphline);
        probe.Limit(0, "signal");
        _system.Start(graphline);
        _system.End(_a);
        Assert.False(graphline.IsStopped);

        _system.Probe(graphline).Feed("stray");
        _system.RunUntilIdle();
        Assert.False(graphline.IsStopped);
        Assert.Equal(1, graphline.DroppedMessages);

        probe.Limit(1, "signal");
        graphline.Unpause();
        _system.RunUntilIdle();
        Assert.True(graphline.IsStopped);
        Assert.IsType<ProducerFinished>(Assert.Single(probe.Collect("signal")));
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-23")]
    public void Signal_ReceiverFull_IsWokenByCollection()
    {
        Puppet receiver = new();
        receiver.SetInboxSize("control", 1);
        Graphline graphline = new(new Names { ["A"] = _a }, new Table());
        receiver.Link((_b, "signal"), (receiver, "control"));
        receiver.Link((graphline, "signal"), (receiver, "control"));
        _b.Send("in the way", "signal");
        _system.Start(graphline);
        _system.End(_a);
        Assert.False(graphline.IsStopped);

        Assert.Equal("in the way", receiver.Recv("control"));
        _system.RunUntilIdle();

        Assert.True(graphline.IsStopped);
        Assert.IsType<ProducerFinished>(receiver.Recv("control"));
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-24")]
    public void Signal_ProducerFinishedArrived_ANewOneIsSent()
    {
        ProducerFinished received = new();

        object? sent = Assert.Single(SignalsAfter(received));

        Assert.IsType<ProducerFinished>(sent);
        Assert.NotSame(received, sent);
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-25")]
    public void Signal_ControlWired_ANewProducerFinishedWhateverPassed()
    {
        Graphline graphline = new(new Names { ["A"] = _a }, new Table { [("self", "control")] = ("A", "control") });
        Probe probe = _system.Probe(graphline);
        _system.Start(graphline);

        probe.FeedTo("control", new ShutdownMicroprocess());
        _system.RunUntilIdle();
        _system.End(_a);

        Assert.IsType<ProducerFinished>(Assert.Single(probe.Collect("signal")));
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-26")]
    public void Signal_ProducerFinishedThenShutdownMicroprocess_BothHandedOutTheSecondDecides()
    {
        Graphline graphline = new(Abc, new Table());
        Probe probe = _system.Probe(graphline);
        _system.Start(graphline);
        ProducerFinished first = new();
        ShutdownMicroprocess second = new();
        probe.FeedTo("control", first);
        _system.RunUntilIdle();
        probe.FeedTo("control", second);
        _system.RunUntilIdle();

        Assert.Equal([first, second], _b.Inbox("control"));
        _system.End(_a);
        _system.End(_b);
        _system.End(_c);
        Assert.Same(second, Assert.Single(probe.Collect("signal")));
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-27")]
    public void Signal_OtherMessagesArrived_DoNotCount()
    {
        ShutdownMicroprocess stop = new();

        Assert.IsType<ProducerFinished>(Assert.Single(SignalsAfter("stop", null, new Shutdown(), 1)));
        Assert.Same(stop, Assert.Single(SignalsAfter(stop, "stop", new ProducerFinished(), new Shutdown())));
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-28")]
    public void Scenario_ThreeWaitersEmptyTable_AllAreToldAndOneProducerFinishedLeaves()
    {
        Waiter[] waiters = [new(), new(), new()];
        Waiter final = new();
        Graphline graphline = new(new Names { ["W1"] = waiters[0], ["W2"] = waiters[1], ["W3"] = waiters[2] }, new Table());
        _system.Activate(new Pipeline(new SignalAfterASecond(), graphline, final));
        _system.RunUntilIdle();
        Assert.All(waiters, waiter => Assert.Null(waiter.Told));

        _system.RunToEnd();

        Assert.Equal(TimeSpan.FromSeconds(1), _system.Clock.Elapsed);
        Assert.All(waiters, waiter => Assert.Same(waiters[0].Told, waiter.Told));
        Assert.IsType<ProducerFinished>(final.Told);
        Assert.NotSame(waiters[0].Told, final.Told);
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-29")]
    public void Scenario_ThreeWaitersChained_ToldOneAfterTheOther()
    {
        Waiter[] waiters = [new(), new(), new()];
        Waiter final = new();
        Graphline graphline = new(
            new Names { ["W1"] = waiters[0], ["W2"] = waiters[1], ["W3"] = waiters[2] },
            new Table { [("W1", "signal")] = ("W2", "control"), [("W2", "signal")] = ("W3", "control") });
        string[] names = ["W1", "W2", "W3"];
        for (int i = 0; i < 3; i++)
        {
            _system.Trace.Name(waiters[i], names[i]);
        }

        _system.Trace.Name(final, "final");
        _system.Activate(new Pipeline(new SignalAfterASecond(), graphline, final));
        _system.RunToEnd();

        Assert.Equal(
            ["end SignalAfterASecond", "end W1", "end W2", "end W3", "end Graphline", "end final", "end Pipeline"],
            _system.Trace.Lines.Where(line => line.StartsWith("end", StringComparison.Ordinal)));
        Assert.Single(_system.Trace.Lines, line => line.Contains("-> W2.control", StringComparison.Ordinal) && line.StartsWith("send", StringComparison.Ordinal));
        Assert.IsType<ProducerFinished>(final.Told);
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-30")]
    public void Scenario_ControlWiredToOneOfTwo_TheOtherIsNeverToldAndItNeverEnds()
    {
        Waiter w1 = new();
        Waiter w2 = new();
        Graphline graphline = new(new Names { ["W1"] = w1, ["W2"] = w2 }, new Table { [("self", "control")] = ("W1", "control") });
        Probe probe = _system.Probe(graphline);
        _system.Start(graphline);

        probe.FeedTo("control", new ShutdownMicroprocess());
        _system.RunUntilIdle();
        Assert.True(w1.IsStopped);
        probe.FeedTo("control", new ShutdownMicroprocess());
        _system.RunUntilIdle();

        Assert.Null(w2.Told);
        Assert.False(graphline.IsStopped);
        Assert.Empty(probe.Collect("signal"));
        Assert.Equal(1, graphline.DroppedMessages);
    }

    [Theory]
    [InlineData("inbox")]
    [InlineData("video")]
    [Trait("Spec", "CH-GRAPH-31")]
    [Trait("Spec", "CH-GEN-07")]
    public void StrayMessage_InboxNotWiredOrItsChildEnded_IsDroppedAndOneStepIsAll(string inbox)
    {
        Graphline graphline = new(Abc, new Table { [("self", "video")] = ("C", "inbox") });
        Probe probe = _system.Probe(graphline);
        probe.FeedTo("inbox", "before the first step");
        _system.Start(graphline);
        Assert.Equal(1, graphline.DroppedMessages);
        _system.End(_c);
        _system.Trace.Clear();

        probe.FeedTo(inbox, "stray", "stray");
        _system.RunUntilIdle();
        _system.Cycles(100);

        Assert.Equal(1, _system.StepsOf(graphline));
        Assert.Equal(3, graphline.DroppedMessages);
        Assert.False(_a.AnyReady() || _b.AnyReady() || _c.AnyReady());
        Assert.False(graphline.AnyReady());
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-32")]
    [Trait("Spec", "CH-GEN-12")]
    public void Constructor_SecondGraphline_HasNoneOfTheBoxesOfTheFirst()
    {
        Graphline first = new(Abc, new Table { [("self", "video")] = ("A", "inbox"), [("A", "outbox")] = ("self", "audio") });
        Graphline second = new(new Names { ["A"] = new Puppet() }, new Table());

        Assert.Contains("video", first.InboxNames);
        Assert.Equal(["inbox", "control"], second.InboxNames);
        Assert.Equal(["outbox", "signal", "_cs"], second.OutboxNames);
    }

    private static IReadOnlyList<object?> SignalsAfter(params object?[] controlMessages)
    {
        SteppedScheduler system = new();
        Puppet child = new();
        Graphline graphline = new(new Names { ["A"] = child }, new Table());
        Probe probe = system.Probe(graphline);
        system.Start(graphline);
        probe.FeedTo("control", controlMessages);
        system.RunUntilIdle();
        system.End(child);
        Assert.True(graphline.IsStopped);
        return probe.Collect("signal");
    }

    private sealed class HardStop : ShutdownMicroprocess;

    private sealed class SignalAfterASecond : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            yield return Sleep(TimeSpan.FromSeconds(1));
            Send(new ProducerFinished(this), "signal");
        }
    }
}
