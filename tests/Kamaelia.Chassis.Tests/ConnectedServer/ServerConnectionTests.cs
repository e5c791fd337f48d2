// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;
using Axon;
using Axon.TestKit;
using Kamaelia.Internet;

namespace Kamaelia.Chassis.Tests.ConnectedServer;

/// <summary>Starting, and what happens when somebody connects.</summary>
public class ServerConnectionTests
{
    public static TheoryData<PollerKind> Pollers => ServerFixture.Pollers;

    public static TheoryData<PollerKind, string> PollersAndFailures
    {
        get
        {
            TheoryData<PollerKind, string> data = [];
            foreach (PollerKind poller in ServerFixture.PollerKinds)
            {
                data.Add(poller, "throws");
                data.Add(poller, "null");
                data.Add(poller, "ended");
                data.Add(poller, "in use");
                data.Add(poller, "no boxes");
            }

            return data;
        }
    }

    [Fact]
    [Trait("Spec", "CH-SRV-01")]
    public void Constructor_NoProtocol_Throws()
    {
        Assert.Throws<ArgumentNullException>("protocol", () => new ServerCore(null!));
        Assert.Throws<ArgumentNullException>("protocol", () => new SimpleServer(null!));
        Assert.Throws<ArgumentNullException>("protocol", () => new FastRestartServer(null!));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    public void Constructor_ImpossiblePort_Throws(int port) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(port), () => new SimpleServer(() => new Echo(), port));

    [Fact]
    [Trait("Spec", "CH-SRV-02")]
    public void Constructor_PortNotGiven_Is1601AndNotTakenYet()
    {
        SimpleServer server = new(() => new Echo());

        Assert.Equal(1601, server.Port);
        Assert.Null(server.LocalEndPoint);
        Assert.Empty(server.ChildComponents());
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-02")]
    public void FirstPass_PortIsTakenThenAndNotBefore(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore first = fixture.Start(new SimpleServer(() => new Echo(), 0));
        int port = first.ListenPort;
        SimpleServer second = new(() => new Echo(), port);
        new Probe(first).FeedTo("control", new ShutdownMicroprocess());
        fixture.RunUntil(() => first.IsStopped && fixture.IsRefused(port));

        EndPoint? announced = null;
        second.Listening += endPoint => announced = endPoint;
        fixture.Start(second);

        Assert.Equal(port, second.ListenPort);
        Assert.Equal(second.LocalEndPoint, announced);
        Assert.Null(first.LocalEndPoint);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-03")]
    public void FirstPass_MakesWiresAndAdoptsTheListener(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(() => new Echo(), 0));

        TcpServer listener = Assert.IsType<TcpServer>(Assert.Single(server.ChildComponents()));
        Assert.Same(fixture.Scheduler, listener.Scheduler);
        Assert.Equal((server, "_socketactivity"), listener.GetOutbox("protocolHandlerSignal").Linkage!.SinkPair);
        Assert.Equal((listener, "control"), server.GetOutbox("_serversignal").Linkage!.SinkPair);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-03")]
    [Trait("Spec", "CH-SRV-31")]
    public void FirstPass_SocketOptionsGoToTheListenerOnlyIfSet(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        List<IReadOnlyList<SocketOption>?> seen = [];
        ServerOptions options = new()
        {
            ServerFactory = (endPoint, socketOptions, tcp) =>
            {
                seen.Add(socketOptions);
                return new TcpServer(endPoint, socketOptions, tcp);
            },
        };
        SocketOption[] keepAlive = [new(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, 1)];

        fixture.Start(new SimpleServer(() => new Echo(), 0, options));
        fixture.Start(new SimpleServer(() => new Echo(), 0, options with { SocketOptions = keepAlive }));

        Assert.Equal([null, keepAlive], seen);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-04")]
    public void NewConnection_OneFactoryCallEach(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        int calls = 0;
        ServerCore server = fixture.Start(new SimpleServer(
            () =>
            {
                calls++;
                return new Echo();
            },
            0));

        for (int i = 0; i < 3; i++)
        {
            fixture.Connect(server);
        }

        fixture.RunUntil(() => server.ConnectionCount == 3);
        fixture.RunUntilIdle();
        Assert.Equal(3, calls);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-05")]
    public void NewConnection_FactoryIsGivenTheAddresses(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ConnectionInfo? info = null;
        ServerCore server = fixture.Start(new ServerCore(
            connection =>
            {
                info = connection;
                return new Echo();
            },
            0));

        Socket client = fixture.ConnectAndWait(server);

        int clientPort = ((IPEndPoint)client.LocalEndPoint!).Port;
        Assert.Equal(new ConnectionInfo("127.0.0.1", clientPort, "127.0.0.1", server.ListenPort), info);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-06")]
    public void NewConnection_AddressesNotToBeHad_HandlerIsMadeAllTheSame(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        List<ConnectionInfo> infos = [];
        ServerCore server = fixture.Start(new ServerCore(
            connection =>
            {
                infos.Add(connection);
                return new Echo();
            },
            0));
        var service = Selector.GetSelectorService(fixture.Scheduler.Tracker);
        (Socket here, _) = fixture.MakePair();
        (Socket gone, _) = fixture.MakePair();
        gone.Dispose();

        server.GetInbox("_socketactivity").Append(new NewCsa(null, new ConnectedSocketAdapter(here, service)));
        server.GetInbox("_socketactivity").Append(new NewCsa(null, new ConnectedSocketAdapter(gone, service), gone));
        fixture.RunUntil(() => infos.Count == 2);

        ConnectionInfo unknown = new("0.0.0.0", 0, "127.0.0.1", server.ListenPort);
        Assert.Equal([unknown, unknown], infos);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-07")]
    public void NewConnection_IsWired(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        Recorder handler = new();
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));

        fixture.ConnectAndWait(server);

        Component csa = server.ChildComponents()[1];
        Assert.Equal((handler, "inbox"), csa.GetOutbox("outbox").Linkage!.SinkPair);
        Assert.Equal((csa, "inbox"), handler.GetOutbox("outbox").Linkage!.SinkPair);
        Assert.Equal((csa, "control"), handler.GetOutbox("signal").Linkage!.SinkPair);
        Assert.Equal((handler, "control"), csa.GetOutbox("peerFinished").Linkage!.SinkPair);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-07")]
    public void PrivateOutboxes_AreLinkedWhenTheServerHasSomethingToSay(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        Recorder handler = new();
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));
        fixture.ConnectAndWait(server);
        Component csa = server.ChildComponents()[1];
        Probe probe = new(server);

        probe.FeedTo("control", new ShutdownMicroprocess());
        fixture.RunUntil(() => server.IsStopped);

        (string, Component, string)[] expected =
            [("protocolHandlerShutdownSignal", handler, "control"), ("connectedSocketShutdownSignal", csa, "control")];
        Assert.Equal(
            expected,
            fixture.Watch.Sendings
                .Where(sent => sent.From.Owner == server && sent.From.Name.EndsWith("ShutdownSignal", StringComparison.Ordinal))
                .Select(sent => (sent.From.Name, sent.To!.Owner, sent.To.Name)));
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-08")]
    public void NewConnection_HandlerWithServerSignal_LeadsToTheServersControl(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        RecorderWithServerSignal handler = new();
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));

        fixture.ConnectAndWait(server);

        Assert.Equal((server, "control"), handler.GetOutbox("serversignal").Linkage!.SinkPair);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-09")]
    public void NewConnection_AdapterAndHandlerAreAdoptedAndActivatedInThisOrder(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        Recorder handler = new();
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));

        fixture.ConnectAndWait(server);
        fixture.RunUntil(() => handler.Passes > 0);

        IReadOnlyList<Component> children = server.ChildComponents();
        Assert.Equal(3, children.Count);
        Assert.Same(handler, children[2]);
        Assert.True(fixture.Watch.Stepping.IndexOf(children[1]) < fixture.Watch.Stepping.IndexOf(handler));
        Assert.Contains(children[1], fixture.Watch.Stepping);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-10")]
    public void TwoClients_EachHasItsOwnHandler(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        List<Recorder> handlers = [];
        ServerCore server = fixture.Start(new SimpleServer(
            () =>
            {
                Recorder handler = new() { OnText = static (me, text) => me.Say(text.ToUpperInvariant()) };
                handlers.Add(handler);
                return handler;
            },
            0));
        Socket first = fixture.ConnectAndWait(server);
        Socket second = fixture.ConnectAndWait(server);

        first.Say("one");
        second.Say("two");

        Assert.Equal("ONE", fixture.Read(first, 3));
        Assert.Equal("TWO", fixture.Read(second, 3));
        Assert.Equal(["one", "two"], handlers.Select(handler => handler.Text));
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-11")]
    public void NewConnection_HandlerMaySpeakFirst(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(() => new Recorder { AtFirst = static me => me.Say("welcome") }, 0));

        Assert.Equal("welcome", fixture.Read(fixture.Connect(server), 7));
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-CSA-12")]
    public void HandlerSendsTextInsteadOfBytes_LogSaysSoAndTheRestArrives(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(
            () => new Recorder
            {
                AtFirst = static me =>
                {
                    me.Tell("text", "outbox");
                    me.Say("bytes");
                },
            },
            0));

        Assert.Equal("bytes", fixture.Read(fixture.Connect(server), 5));
        Assert.Contains("Encode text", Assert.Single(fixture.Log.Lines).Exception!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(PollersAndFailures))]
    [Trait("Spec", "CH-SRV-12")]
    [Trait("Spec", "CH-GEN-09")]
    public void NewConnection_FactoryFails_OnlyThatConnectionIsClosed(PollerKind poller, string failure)
    {
        using ServerFixture fixture = new(poller);
        Echo? last = null;
        Echo Next() => last = new Echo();
        Func<Component?> fails = failure switch
        {
            "throws" => () => throw new InvalidOperationException("no protocol today"),
            "null" => () => null,
            "ended" => MakeEnded,
            "in use" => () => last,
            _ => () => new Boxless(),
        };
        int calls = 0;
        ServerCore server = fixture.Start(new SimpleServer(() => ++calls == 2 ? fails()! : Next(), 0));
        Probe probe = new(server);
        Socket before = fixture.ConnectAndWait(server);

        Socket refused = fixture.Connect(server);
        Assert.Equal(0, fixture.ReadToEnd(refused).Count);
        Socket after = fixture.ConnectAndWait(server);

        before.Say("still");
        after.Say("here");
        Assert.Equal("still", fixture.Read(before, 5));
        Assert.Equal("here", fixture.Read(after, 4));
        Assert.Equal(2, server.ConnectionCount);
        Assert.Equal(5, server.ChildComponents().Count);
        Assert.Contains(server.Name, Assert.Single(fixture.Log.Lines).Text, StringComparison.Ordinal);
        ErrorInformation error = Assert.IsType<ErrorInformation>(Assert.Single(probe.Collect("signal")));
        Assert.Same(fixture.Log.Lines[0].Exception, error.Exception);
        Assert.IsType<ConnectionInfo>(error.Message);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-30")]
    public void TwoServers_ShareOneSelectorAndDoNotMindEachOthersEnd(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore first = fixture.Start(new SimpleServer(() => new Echo(), 0));
        ServerCore second = fixture.Start(new SimpleServer(() => new Echo(), 0));
        Socket toFirst = fixture.ConnectAndWait(first);
        Socket toSecond = fixture.ConnectAndWait(second);
        Assert.Single(fixture.Scheduler.ListAll().OfType<Selector>());

        new Probe(first).FeedTo("control", new ServerShutdown());
        Assert.Equal(0, fixture.ReadToEnd(toFirst).Count);

        toSecond.Say("old");
        Assert.Equal("old", fixture.Read(toSecond, 3));
        Socket newcomer = fixture.ConnectAndWait(second);
        newcomer.Say("new");
        Assert.Equal("new", fixture.Read(newcomer, 3));
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-31")]
    public void ServerFactory_AdaptersOfItsServerAreUsed(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        Recorder handler = new();
        ServerOptions options = new() { ServerFactory = static (endPoint, _, _) => new ImpatientServer(endPoint) };
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0, options));
        Socket client = fixture.ConnectAndWait(server);
        fixture.RunUntilIdle();

        fixture.Clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(0, fixture.ReadToEnd(client).Count);
        fixture.RunUntil(() => handler.IsStopped);
        Assert.Equal(CloseKind.IdleTimedOut, Assert.Single(handler.Goodbyes).Reason!.Kind);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-32")]
    [Trait("Spec", "CH-GEN-07")]
    public void StrayMessages_HaveNoEffectAndKeepNobodyAwake(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(() => new Echo(), 0));
        Socket client = fixture.ConnectAndWait(server);
        Probe probe = new(server);

        probe.Feed("stray", null);
        probe.FeedTo("_socketactivity", "stray");
        fixture.RunUntilIdle();
        long steps = fixture.Watch.Steps;
        fixture.RunUntilIdle();

        Assert.Equal(steps, fixture.Watch.Steps);
        Assert.Equal(3, server.DroppedMessages);
        client.Say("hello");
        Assert.Equal("hello", fixture.Read(client, 5));
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-GEN-06")]
    public void OpenConnections_NothingHappens_NobodyTakesAStep(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(() => new Echo(), 0));
        for (int i = 0; i < 5; i++)
        {
            fixture.ConnectAndWait(server);
        }

        fixture.RunUntilIdle();
        long steps = fixture.Watch.Steps;

        fixture.Clock.Advance(TimeSpan.FromHours(1));
        fixture.RunUntilIdle();

        Assert.Equal(steps, fixture.Watch.Steps);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void FastRestartServer_AfterConnectionsThatItClosedItself_TakesItsPortAgain(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore first = fixture.Start(new FastRestartServer(_ => new Echo(), 0));
        int port = first.ListenPort;
        Socket client = fixture.ConnectAndWait(first);
        new Probe(first).FeedTo("control", new ServerShutdown());
        fixture.ReadToEnd(client);
        fixture.RunUntil(() => first.IsStopped);
        client.Dispose();

        ServerCore second = fixture.Start(new FastRestartServer(_ => new Echo(), port));

        client = fixture.ConnectAndWait(second);
        client.Say("again");
        Assert.Equal("again", fixture.Read(client, 5));
    }

    private static Echo MakeEnded()
    {
        Echo ended = new();
        ended.Stop();
        return ended;
    }

    [Inbox("inbox")]
    [Outbox("outbox")]
    private sealed class Boxless : Component;

    private sealed class ImpatientServer(EndPoint endPoint) : TcpServer(endPoint)
    {
        protected override Component CreateCsa(ConnectedSocket socket, (Component Component, string Inbox) selectorService) =>
            new ConnectedSocketAdapter(socket, selectorService, new CsaOptions { IdleTimeout = TimeSpan.FromSeconds(5) });
    }
}
