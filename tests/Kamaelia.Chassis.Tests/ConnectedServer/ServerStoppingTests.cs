// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;
using Axon;
using Axon.TestKit;
using Kamaelia.Internet;
using SocketShutdown = Kamaelia.Internet.SocketShutdown;

namespace Kamaelia.Chassis.Tests.ConnectedServer;

/// <summary>How a server is stopped.</summary>
public class ServerStoppingTests
{
    public static TheoryData<PollerKind> Pollers => ServerFixture.Pollers;

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-22")]
    public void Control_OnlyAnOrderToShutDownStopsIt(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        foreach (Ipc order in (Ipc[])[new ServerShutdown(), new ShutdownMicroprocess()])
        {
            ServerCore server = fixture.Start(new SimpleServer(() => new Echo(), 0));
            Probe probe = new(server);
            probe.FeedTo("control", new ProducerFinished(), new SocketShutdown(), new Shutdown(), "stop", null);
            fixture.RunUntilIdle();
            Assert.False(server.IsStopped);
            Assert.NotNull(server.LocalEndPoint);

            probe.FeedTo("control", order);
            fixture.RunUntil(() => server.IsStopped);
        }
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-23")]
    [Trait("Spec", "INT-FLOW-10")]
    public void Stop_EverybodyIsToldOnceAndInOrder(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(() => new Recorder(), 0));
        int port = server.ListenPort;
        Socket[] clients = [fixture.ConnectAndWait(server), fixture.ConnectAndWait(server)];
        fixture.RunUntilIdle();
        IReadOnlyList<Component> children = server.ChildComponents();
        Probe probe = new(server);
        fixture.Watch.Sendings.Clear();

        probe.FeedTo("control", new ServerShutdown());
        fixture.RunUntil(() => server.IsStopped);

        (Component, string, Type)[] expected =
        [
            (children[2], "control", typeof(SocketShutdown)),
            (children[1], "control", typeof(ShutdownMicroprocess)),
            (children[4], "control", typeof(SocketShutdown)),
            (children[3], "control", typeof(ShutdownMicroprocess)),
            (children[0], "control", typeof(ServerShutdown)),
        ];
        Assert.Equal(
            expected,
            fixture.Watch.Sendings
                .Where(sent => sent.From.Owner == server && sent.From.Name != "signal")
                .Select(sent => (sent.To!.Owner, sent.To.Name, sent.Message!.GetType())));
        Assert.All(clients, client => Assert.Equal(0, fixture.ReadToEnd(client).Count));
        fixture.RunUntilIdle();
        Assert.True(fixture.IsRefused(port));
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-24")]
    public void Stop_ByAHandler_ItsLastWordsReachTheClient(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(
            () => new RecorderWithServerSignal
            {
                AtFirst = static me =>
                {
                    me.Say("message of the day");
                    me.Tell(new ServerShutdown(), "serversignal");
                },
            },
            0));

        Assert.Equal("message of the day", fixture.ReadToEnd(fixture.Connect(server)).Text);
        fixture.RunUntil(() => fixture.Scheduler.ListAll().Count == 0);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-25")]
    [Trait("Spec", "INT-FLOW-11")]
    public void PortInUse_SaysSoAndEnds(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore first = fixture.Start(new SimpleServer(() => new Echo(), 0));
        SimpleServer second = new(() => new Echo(), first.ListenPort);
        second.Listening += _ => Assert.Fail("It does not listen.");
        AdaptiveCommsComponent neighbour = new();
        neighbour.Link((second, "signal"), (neighbour, "inbox"));

        second.Activate(fixture.Scheduler);
        fixture.RunUntil(() => second.IsStopped);

        BindFailed failure = Assert.IsType<BindFailed>(Assert.Single(neighbour.Inbox()));
        Assert.Equal(SocketError.AddressAlreadyInUse, ((SocketException)failure.Exception).SocketErrorCode);
        Assert.Contains($"{first.ListenPort}", Assert.Single(fixture.Log.Lines).Text, StringComparison.Ordinal);
        fixture.RunUntilIdle();
        Assert.Equal(3, fixture.Scheduler.ListAll().Count);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-26")]
    public void Stop_TheOrderIsPassedOnOnce(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        foreach (ShutdownMicroprocess order in (ShutdownMicroprocess[])[new ServerShutdown(), new ShutdownMicroprocess(), new ServerShutdown(TimeSpan.FromSeconds(1))])
        {
            ServerCore server = fixture.Start(new SimpleServer(() => new Echo(), 0));
            fixture.ConnectAndWait(server);
            Probe probe = new(server);

            probe.FeedTo("control", order);
            fixture.RunUntil(() => server.IsStopped);

            Assert.Same(order, Assert.Single(probe.Collect("signal")));
        }
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-27")]
    public void Drain_HandlersFinishAndTheirLastWordsArrive(PollerKind poller)
    {
        const int Size = 10_000_000;
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(
            () => new Recorder
            {
                OnText = static (me, text) => me.Say(text),
                OnControl = static (me, message) =>
                {
                    if (message is ProducerFinished and not SocketShutdown)
                    {
                        me.Tell(new byte[Size], "outbox");
                        me.Tell(message);
                    }
                },
            },
            0));
        int port = server.ListenPort;
        Socket[] clients = [fixture.ConnectAndWait(server), fixture.ConnectAndWait(server)];
        fixture.RunUntilIdle();

        new Probe(server).FeedTo("control", new ServerShutdown(TimeSpan.FromMinutes(1)));
        fixture.RunUntilIdle();

        Assert.True(fixture.IsRefused(port));
        Assert.False(server.IsStopped);
        Assert.All(clients, client => Assert.Equal(Size, fixture.ReadToEnd(client).Count));
        fixture.RunUntil(() => server.IsStopped);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-27")]
    public void Drain_WhoDoesNotFinish_IsServedUntilTheDeadlineAndNotLonger(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        Recorder handler = new() { OnText = static (me, text) => me.Say(text) };
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));
        Socket client = fixture.ConnectAndWait(server);
        fixture.RunUntilIdle();

        new Probe(server).FeedTo("control", new ServerShutdown(TimeSpan.FromSeconds(5)));
        fixture.RunUntilIdle();
        fixture.Clock.Advance(TimeSpan.FromSeconds(4));
        client.Say("still here");
        Assert.Equal("still here", fixture.Read(client, 10));
        Assert.False(server.IsStopped);

        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, fixture.ReadToEnd(client).Count);
        fixture.RunUntil(() => fixture.Scheduler.ListAll().Count == 0);
        Assert.Single(handler.Goodbyes);
        Assert.Single(handler.Control, control => control.Message is ProducerFinished and not SocketShutdown);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-27")]
    public void Drain_ClientLeavesMeanwhile_HandlerIsToldAlthoughNobodyListensAnyMore(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        Recorder handler = new() { OnControl = static (me, message) => EndOnGoodbye(me, message, passOn: message is PeerFinishedSending) };
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));
        Socket client = fixture.ConnectAndWait(server);
        new Probe(server).FeedTo("control", new ServerShutdown(Timeout.InfiniteTimeSpan));
        fixture.RunUntil(() => server.LocalEndPoint is null);
        fixture.RunUntilIdle();

        client.Close();
        fixture.RunUntil(() => fixture.Scheduler.ListAll().Count == 0);

        Assert.Equal(CloseKind.ProducerFinished, Assert.Single(handler.Goodbyes).Reason!.Kind);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-27")]
    public void Drain_StrongerOrder_StopsAtOnceAndIsWhatIsPassedOn(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(() => new Recorder(), 0));
        Socket client = fixture.ConnectAndWait(server);
        Probe probe = new(server);
        probe.FeedTo("control", new ServerShutdown(TimeSpan.FromSeconds(5)));
        fixture.RunUntilIdle();

        ShutdownMicroprocess order = new();
        probe.FeedTo("control", order);

        Assert.Equal(0, fixture.ReadToEnd(client).Count);
        fixture.RunUntil(() => server.IsStopped);
        Assert.Same(order, Assert.Single(probe.Collect("signal")));
        Assert.Single(fixture.Watch.Sendings, sent => sent.Message is ServerShutdown && sent.From.Name == "_serversignal");
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-27")]
    public void Drain_SomebodyConnectedInTheSameMoment_IsAskedToFinishToo(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        Recorder handler = new() { OnControl = static (me, message) => EndOnGoodbye(me, message, passOn: true), AtFirst = static me => me.Say("hello") };
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));
        (Socket here, Socket there) = fixture.MakePair();
        var service = Selector.GetSelectorService(fixture.Scheduler.Tracker);

        new Probe(server).FeedTo("control", new ServerShutdown(TimeSpan.FromSeconds(5)));
        fixture.Scheduler.RunCycle();
        fixture.Scheduler.RunCycle();
        server.GetInbox("_socketactivity").Append(new NewCsa(null, new ConnectedSocketAdapter(here, service), here));

        Assert.Equal("hello", fixture.ReadToEnd(there).Text);
        fixture.RunUntil(() => fixture.Scheduler.ListAll().Count == 0);
        Assert.Single(handler.Goodbyes);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-28")]
    public void SchedulerStop_EverybodyIsToldAndClientsSeeTheEnd(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(() => new Recorder(), 0));
        int port = server.ListenPort;
        Socket client = fixture.ConnectAndWait(server);
        fixture.RunUntilIdle();
        IReadOnlyList<Component> children = server.ChildComponents();
        fixture.Watch.Sendings.Clear();

        fixture.Scheduler.Stop();
        Assert.False(fixture.Scheduler.RunCycle());

        (Component, Type)[] expected =
        [
            (children[2], typeof(SocketShutdown)),
            (children[1], typeof(ShutdownMicroprocess)),
            (children[0], typeof(ServerShutdown)),
        ];
        Assert.Equal(
            expected,
            fixture.Watch.Sendings
                .Where(sent => sent.From.Owner == server && sent.To is not null)
                .Select(sent => (sent.To!.Owner, sent.Message!.GetType())));
        Assert.Equal(0, fixture.ReadToEnd(client).Count);
        Assert.True(fixture.IsRefused(port));
        Assert.Empty(fixture.Scheduler.ListAll());
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-28")]
    public void SchedulerStop_SomebodyJustAccepted_IsTurnedAway(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(() => new Recorder(), 0));
        (Socket here, Socket there) = fixture.MakePair();
        var service = Selector.GetSelectorService(fixture.Scheduler.Tracker);
        server.GetInbox("_socketactivity").Append(new NewCsa(null, new ConnectedSocketAdapter(here, service), here));

        server.Stop();
        fixture.RunUntil(() => fixture.Scheduler.ListAll().Count == 0);

        Assert.Equal(0, fixture.ReadToEnd(there).Count);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-28")]
    public void Stop_FromAnotherThread_DoesTheSame(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        Recorder handler = new();
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));
        Probe probe = new(server);
        Socket client = fixture.ConnectAndWait(server);

        Thread thread = new(server.Stop);
        thread.Start();
        thread.Join();

        Assert.Equal(0, fixture.ReadToEnd(client).Count);
        fixture.RunUntil(() => fixture.Scheduler.ListAll().Count == 0);
        Assert.Single(handler.Goodbyes);
        Assert.IsType<ShutdownMicroprocess>(Assert.Single(probe.Collect("signal")));
    }

    // Time stands still in here, so it waits for no timer; a few cycles are all it takes.
    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-29")]
    [Trait("Spec", "INT-FLOW-15")]
    public void Stop_NobodyIsLeft(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(() => new Echo(), 0));
        for (int i = 0; i < 3; i++)
        {
            fixture.ConnectAndWait(server);
        }

        fixture.RunUntilIdle();
        new Probe(server).FeedTo("control", new ServerShutdown());
        int cycles = 0;
        while (fixture.Scheduler.RunCycle())
        {
            cycles++;
            Assert.True(cycles < 20, $"Left are: {string.Join(", ", fixture.Scheduler.ListAll())}");
        }
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void ListenerEndsByItself_ServerStopsAndSaysSo(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(() => new Recorder(), 0));
        Socket client = fixture.ConnectAndWait(server);
        Probe probe = new(server);

        server.ChildComponents()[0].Stop();

        Assert.Equal(0, fixture.ReadToEnd(client).Count);
        fixture.RunUntil(() => fixture.Scheduler.ListAll().Count == 0);
        Assert.IsType<ShutdownMicroprocess>(Assert.Single(probe.Collect("signal")));
        Assert.Single(fixture.Log.Lines);
    }

    private static void EndOnGoodbye(Recorder me, object? message, bool passOn)
    {
        if (message is SocketShutdown)
        {
            me.End();
        }
        else if (passOn)
        {
            me.Tell(message!);
        }
    }
}
