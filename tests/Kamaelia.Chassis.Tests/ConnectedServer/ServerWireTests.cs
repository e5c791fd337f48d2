// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;
using Axon;
using Kamaelia.Internet;

namespace Kamaelia.Chassis.Tests.ConnectedServer;

/// <summary>The wires of a connection, most of which are made when somebody first asks for the outbox.</summary>
public class ServerWireTests
{
    public static TheoryData<PollerKind> Pollers => ServerFixture.Pollers;

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-07")]
    public void IdleConnection_HasTheWiresOfDataOnly(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(() => new AllBoxes(), 0));
        int before = server.Postoffice.Count;

        fixture.ConnectAndWait(server);
        fixture.RunUntilIdle();

        Assert.Equal(
            ["inbox", "inbox"],
            server.Postoffice.Linkages.Skip(before).Select(linkage => linkage.Sink.Name));
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-07")]
    [Trait("Spec", "CH-SRV-08")]
    public void Outboxes_AskedForFromOutside_LeadWhereTheyShould(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        AllBoxes handler = new();
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));
        fixture.ConnectAndWait(server);
        fixture.RunUntilIdle();

        CheckWires(server, handler);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-07")]
    [Trait("Spec", "CH-SRV-08")]
    public void Outboxes_MadeByTheHandlersConstructor_LeadWhereTheyShould(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        AllBoxes handler = new();
        handler.GetOutbox("signal");
        handler.GetOutbox("serversignal");
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));
        int before = server.Postoffice.Count;
        fixture.ConnectAndWait(server);

        Assert.Equal(before + 4, server.Postoffice.Count);
        CheckWires(server, handler);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-07")]
    [Trait("Spec", "CH-SRV-08")]
    public void Outboxes_AddedByTheHandlersConstructor_LeadWhereTheyShould(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        AdaptiveCommsComponent handler = new();
        handler.AddOutbox("serversignal");
        handler.AddInbox("sslready");
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));
        fixture.ConnectAndWait(server);

        CheckWires(server, handler);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-07")]
    public void Signal_FirstSend_ArrivesWithTheAdapter(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(
            () => new Recorder { OnText = static (me, _) => me.Tell(new ProducerFinished(me)) }, 0));
        Socket client = fixture.ConnectAndWait(server);
        fixture.RunUntilIdle();

        client.Say("that will do");

        Assert.Equal(0, fixture.ReadToEnd(client).Count);
        fixture.RunUntil(() => server.ConnectionCount == 0);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-08")]
    public void ServerSignal_FirstSend_StopsTheServer(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(
            () => new RecorderWithServerSignal { OnText = static (me, _) => me.Tell(new ServerShutdown(), "serversignal") }, 0));
        Socket client = fixture.ConnectAndWait(server);

        client.Say("that will do");

        Assert.Equal(0, fixture.ReadToEnd(client).Count);
        fixture.RunUntil(() => server.IsStopped);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-07")]
    public void Handler_ThatIsAPipeline_SignalArrivesWithTheAdapter(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(
            () => new Pipeline(new Echo(), new Recorder { OnText = static (me, text) => me.Say(text), OnControl = PassOnAndEnd }), 0));
        Socket client = fixture.ConnectAndWait(server);
        client.Say("there and back");
        Assert.Equal("there and back", fixture.Read(client, 14));

        client.FinishSending();

        Assert.Equal(0, fixture.ReadToEnd(client).Count);
        fixture.RunUntil(() => server.ConnectionCount == 0 && server.ChildComponents().Count == 1);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-07")]
    public void Handler_ThatIsActiveAlready_FindsAllWiresMade(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        AllBoxes handler = new();
        ServerCore server = fixture.Start(new SimpleServer(() => handler.Activate(fixture.Scheduler), 0));
        int before = server.Postoffice.Count;

        fixture.ConnectAndWait(server);

        Assert.Equal(before + 6, server.Postoffice.Count);
        CheckWires(server, handler);
    }

    [Fact]
    [Trait("Spec", "CH-SRV-07")]
    public async Task Handler_OfAnotherScheduler_IsServedToTheEnd()
    {
        TimeSpan patience = TimeSpan.FromSeconds(30);
        using SchedulerGroup group = new(2);
        TaskCompletionSource<int> port = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SimpleServer server = new(
            () => new RecorderWithServerSignal
            {
                OnText = static (me, text) => me.Say(text),
                OnControl = static (me, message) =>
                {
                    if (message is PeerFinishedSending)
                    {
                        me.Tell(new ProducerFinished(me));
                        me.Tell(new ServerShutdown(), "serversignal");
                    }
                    else if (message is Internet.SocketShutdown)
                    {
                        me.End();
                    }
                },
            }.Activate(group[1]),
            new IPEndPoint(IPAddress.Loopback, 0));
        server.Listening += endPoint => port.SetResult(((IPEndPoint)endPoint).Port);
        server.Activate(group[0]);
        group.Start();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)patience.TotalMilliseconds };
        client.Connect(IPAddress.Loopback, await port.Task.WaitAsync(patience));
        client.Say("hello");
        byte[] buffer = new byte[6];
        int count = 0;
        while (count < 5)
        {
            count += client.Receive(buffer.AsSpan(count));
        }

        client.FinishSending();

        Assert.Equal("hello"u8, buffer.AsSpan(0, count));
        Assert.Equal(0, client.Receive(buffer));
        await group.Completion.WaitAsync(patience);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-07")]
    public void AfterTheEndOfAConnection_NoWireIsMade(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        AllBoxes handler = new();
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));
        int before = server.Postoffice.Count;
        Socket client = fixture.ConnectAndWait(server);
        fixture.RunUntilIdle();
        client.Reset();
        fixture.RunUntil(() => server.ConnectionCount == 0);

        Assert.Null(handler.GetOutbox("signal").Linkage);
        Assert.Equal(before, server.Postoffice.Count);
    }

    [Theory]
    [InlineData("signal")]
    [InlineData("control")]
    [Trait("Spec", "CH-SRV-12")]
    public void HandlerWithoutABox_IsRefusedWithAClearError(string missing)
    {
        using ServerFixture fixture = new(PollerKind.Best);
        ServerCore server = fixture.Start(new SimpleServer(() => missing == "signal" ? new WithoutSignal() : new WithoutControl(), 0));

        Socket client = fixture.Connect(server);

        Assert.Equal(0, fixture.ReadToEnd(client).Count);
        KeyNotFoundException exception = Assert.IsType<KeyNotFoundException>(Assert.Single(fixture.Log.Lines).Exception);
        Assert.Contains($"\"{missing}\"", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Without", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.ConnectionCount);
        Assert.Single(server.ChildComponents());
    }

    private static void PassOnAndEnd(Recorder me, object? message)
    {
        me.Tell(message!);
        me.End();
    }

    private static void CheckWires(ServerCore server, Component handler)
    {
        Component csa = server.ChildComponents()[1];
        Assert.Equal((handler, "inbox"), csa.GetOutbox("outbox").Linkage!.SinkPair);
        Assert.Equal((csa, "inbox"), handler.GetOutbox("outbox").Linkage!.SinkPair);
        Assert.Equal((csa, "control"), handler.GetOutbox("signal").Linkage!.SinkPair);
        Assert.Equal((server, "control"), handler.GetOutbox("serversignal").Linkage!.SinkPair);
        Assert.Equal((handler, "control"), csa.GetOutbox("peerFinished").Linkage!.SinkPair);
        Assert.Equal((handler, "sslready"), csa.GetOutbox("sslready").Linkage!.SinkPair);
        Component listener = server.ChildComponents()[0];
        Assert.Equal((listener, "_feedbackFromCSA"), csa.GetOutbox("CreatorFeedback").Linkage!.SinkPair);
    }

    /// <summary>Sleeps, with all boxes that a handler may have.</summary>
    [Inbox("inbox")]
    [Inbox("control")]
    [Inbox("sslready")]
    [Outbox("outbox")]
    [Outbox("signal")]
    [Outbox("serversignal")]
    private sealed class AllBoxes : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (!DataReady("control"))
            {
                yield return Pause();
            }
        }
    }

    [Outbox("outbox")]
    private sealed class WithoutSignal : Component;

    [Inbox("inbox")]
    private sealed class WithoutControl : Component;
}
