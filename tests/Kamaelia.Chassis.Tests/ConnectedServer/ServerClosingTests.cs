// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;
using Axon;
using Axon.TestKit;
using Kamaelia.Internet;
using SocketShutdown = Kamaelia.Internet.SocketShutdown;

namespace Kamaelia.Chassis.Tests.ConnectedServer;

/// <summary>How one connection ends.</summary>
public class ServerClosingTests
{
    public static TheoryData<PollerKind> Pollers => ServerFixture.Pollers;

    public static TheoryData<PollerKind, string> PollersAndEnds
    {
        get
        {
            TheoryData<PollerKind, string> data = [];
            foreach (PollerKind poller in ServerFixture.PollerKinds)
            {
                data.Add(poller, "client closes");
                data.Add(poller, "client resets");
                data.Add(poller, "handler finishes");
                data.Add(poller, "handler shuts down");
                data.Add(poller, "server stops");
                data.Add(poller, "scheduler stops");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(PollersAndEnds))]
    [Trait("Spec", "CH-SRV-13")]
    public void End_WhateverTheCause_HandlerIsToldOnce(PollerKind poller, string end)
    {
        using ServerFixture fixture = new(poller);

        // Stays for ever, so that a second message would be seen. A client that has closed is done with by the handler's own order.
        Recorder handler = new()
        {
            OnText = static (me, text) => me.Tell(text == "finish" ? new ProducerFinished() : new ShutdownMicroprocess()),
            OnControl = static (me, message) => me.Tell(message!),
        };
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));
        Socket client = fixture.ConnectAndWait(server);
        fixture.RunUntilIdle();

        switch (end)
        {
            case "client closes":
                client.Close();
                break;
            case "client resets":
                client.Reset();
                break;
            case "handler finishes":
                client.Say("finish");
                break;
            case "handler shuts down":
                client.Say("shut down");
                break;
            case "server stops":
                new Probe(server).FeedTo("control", new ServerShutdown());
                break;
            case "scheduler stops":
                fixture.Scheduler.Stop();
                break;
        }

        fixture.RunUntil(() => server.ConnectionCount == 0);
        fixture.RunUntilIdle();
        int waiting = handler.Inbox("control").OfType<SocketShutdown>().Count();
        Assert.Equal(1, handler.Goodbyes.Count() + waiting);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-FLOW-05")]
    public void End_ClientResets_HandlerIsToldWhy(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        Recorder handler = new();
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));
        Socket client = fixture.ConnectAndWait(server);
        fixture.RunUntilIdle();

        client.Reset();
        fixture.RunUntil(() => handler.IsStopped);

        CloseReason reason = Assert.Single(handler.Goodbyes).Reason!;
        Assert.Equal((CloseKind.Failed, SocketError.ConnectionReset), (reason.Kind, reason.SocketError));
    }

    [Theory]
    [InlineData(100_000, true, true)]
    [InlineData(100_000, true, false)]
    [InlineData(100_000, false, true)]
    [InlineData(100_000, false, false)]
    [InlineData(32768, true, true)]
    [InlineData(32768, true, false)]
    [InlineData(32768, false, true)]
    [InlineData(32768, false, false)]
    [InlineData(3 * 32768, true, true)]
    [InlineData(3 * 32768, true, false)]
    [InlineData(3 * 32768, false, true)]
    [InlineData(3 * 32768, false, false)]
    [Trait("Spec", "CH-SRV-14")]
    [Trait("Spec", "INT-FLOW-04")]
    [Trait("Spec", "INT-FLOW-07")]
    public void End_DataJustBefore_HandlerHasAPassForIt(int size, bool halfOpen, bool isAsleep)
    {
        foreach (PollerKind poller in ServerFixture.PollerKinds)
        {
            using ServerFixture fixture = new(poller);
            Recorder handler = new() { OnControl = EndOnAnything };
            ServerOptions options = new() { Tcp = new TcpServerOptions { Csa = new CsaOptions { AllowHalfOpen = halfOpen } } };
            ServerCore server = fixture.Start(new SimpleServer(() => handler, 0, options));
            Socket client = fixture.Connect(server);
            if (isAsleep)
            {
                fixture.RunUntilIdle();
            }

            client.Send(new byte[size]);
            client.Close();

            fixture.RunUntil(() => handler.IsStopped);

            Assert.Equal(size, handler.Data.Sum(data => data.Bytes.Length));
            Assert.All(handler.Data, data => Assert.InRange(data.Bytes.Length, 1, 32768));
            Assert.True(handler.Data[^1].Pass < handler.Control[0].Pass, $"Data in pass {handler.Data[^1].Pass}, the end in {handler.Control[0].Pass}.");
            Assert.Equal(halfOpen ? typeof(PeerFinishedSending) : typeof(SocketShutdown), handler.Control[0].Message!.GetType());
        }
    }

    // The least favourable order there is: in one step the adapter hands over data and the server hears of the end, and the server comes
    // before the handler in the queue.
    [Fact]
    [Trait("Spec", "CH-SRV-14")]
    public void End_DataInTheSameStep_HandlerHasAPassForIt()
    {
        using ServerFixture fixture = new(PollerKind.Select);
        Recorder handler = new() { OnControl = EndOnAnything };
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));
        HastyAdapter adapter = new(server);
        server.GetInbox("_socketactivity").Append(new NewCsa(null, adapter));
        fixture.RunUntil(() => handler.Passes > 0);
        fixture.RunUntilIdle();

        adapter.GetInbox("inbox").Append("now");
        fixture.RunUntil(() => handler.IsStopped);

        Assert.Equal("last words", handler.Text);
        Assert.True(handler.Data[0].Pass < handler.Control[0].Pass);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-14")]
    public void Stop_DataJustBefore_HandlerHasAPassForIt(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        Recorder handler = new() { OnControl = EndOnAnything };
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));
        HastyAdapter adapter = new(server) { Message = new ServerShutdown(), Box = "control" };
        server.GetInbox("_socketactivity").Append(new NewCsa(null, adapter));
        fixture.RunUntil(() => handler.Passes > 0);
        fixture.RunUntilIdle();

        adapter.GetInbox("inbox").Append("now");
        fixture.RunUntil(() => handler.IsStopped);

        Assert.Equal("last words", handler.Text);
        Assert.True(handler.Data[0].Pass < handler.Control[0].Pass);
        Assert.True(server.IsStopped);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-15")]
    [Trait("Spec", "CH-GEN-05")]
    public void ManyConnections_NothingIsLeft(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(() => new RecorderWithServerSignal { OnControl = EndOnAnything }, 0));
        int linkages = server.Postoffice.Count;
        int components = fixture.Scheduler.ListAll().Count;

        for (int round = 0; round < 4; round++)
        {
            Socket[] clients = [.. Enumerable.Range(0, 5).Select(_ => fixture.ConnectAndWait(server))];
            foreach (Socket client in clients)
            {
                client.Close();
            }

            fixture.RunUntil(() => server.ConnectionCount == 0);
        }

        fixture.RunUntilIdle();
        Assert.IsType<TcpServer>(Assert.Single(server.ChildComponents()));
        Assert.Equal(["_serversignal", "outbox", "signal"], server.OutboxNames);
        Assert.Equal(linkages, server.Postoffice.Count);
        Assert.Equal(components, fixture.Scheduler.ListAll().Count);
        Assert.Equal(0, ((TcpServer)server.ChildComponents()[0]).ConnectionCount);
        Assert.Empty(fixture.Log.Lines);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-15")]
    [Trait("Spec", "CH-SRV-16")]
    public void End_HandlerThatStays_IsUnwiredAndNotStopped(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        Recorder handler = new() { OnControl = static (me, message) => me.Tell(message!) };
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));
        Socket client = fixture.ConnectAndWait(server);
        client.Close();
        fixture.RunUntil(() => handler.Goodbyes.Any());
        fixture.RunUntilIdle();

        Assert.False(handler.IsStopped);
        Assert.Contains(handler, fixture.Scheduler.ListAll());
        Assert.All((string[])["outbox", "signal"], box => Assert.Null(handler.GetOutbox(box).Linkage));
        Assert.All((string[])["inbox", "control"], box => Assert.Empty(handler.GetInbox(box).Incoming));
        handler.Say("nobody hears this");
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-17")]
    public void ShutdownCsa_OfForgottenConnection_IsIgnored(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        Recorder handler = new() { OnControl = static (me, message) => me.Tell(message!) };
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));
        Socket client = fixture.ConnectAndWait(server);
        Component csa = server.ChildComponents()[1];
        client.Close();
        fixture.RunUntil(() => server.ConnectionCount == 0);

        server.GetInbox("_socketactivity").Append(new ShutdownCsa(null, csa));
        server.GetInbox("_socketactivity").Append(new ShutdownCsa(null, new Echo()));
        fixture.RunUntilIdle();

        Assert.Single(handler.Goodbyes);
        Assert.False(server.IsStopped);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-18")]
    public void HandlerCloses_ShortTextReachesTheClientFirst(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        foreach (Ipc order in (Ipc[])[new ProducerFinished(), new ShutdownMicroprocess()])
        {
            ServerCore server = fixture.Start(new SimpleServer(
                () => new Recorder
                {
                    AtFirst = me =>
                    {
                        me.Say("message of the day");
                        me.Tell(order);
                    },
                },
                0));

            Assert.Equal("message of the day", fixture.ReadToEnd(fixture.Connect(server)).Text);
            fixture.RunUntil(() => server.ConnectionCount == 0);
        }
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-19")]
    public void HandlerFinishes_AnyLengthReachesTheClient(PollerKind poller)
    {
        const int Size = 10_000_000;
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(
            () => new Recorder
            {
                AtFirst = static me =>
                {
                    me.Tell(new byte[Size], "outbox");
                    me.Tell(new ProducerFinished());
                },
            },
            0));
        Socket client = fixture.ConnectAndWait(server);
        fixture.RunUntilIdle();

        Assert.Equal(Size, fixture.ReadToEnd(client).Count);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-20")]
    public void HandlerEndsWithoutAWord_OutputIsWrittenAndConnectionClosed(PollerKind poller)
    {
        const int Size = 10_000_000;
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(
            () => new Recorder
            {
                AtFirst = static me =>
                {
                    me.Tell(new byte[Size], "outbox");
                    me.End();
                },
            },
            0));
        Socket client = fixture.ConnectAndWait(server);
        fixture.RunUntilIdle();

        Assert.Equal(Size, fixture.ReadToEnd(client).Count);
        fixture.RunUntil(() => server.ConnectionCount == 0);
        Assert.Single(server.ChildComponents());
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-20")]
    [Trait("Spec", "CH-GEN-09")]
    [Trait("Spec", "INT-FLOW-14")]
    public void HandlerCrashes_ItsConnectionIsClosedAndNoOther(PollerKind poller)
    {
        using ServerFixture fixture = new(poller, immortal: true);
        ServerCore server = fixture.Start(new SimpleServer(
            () => new Recorder
            {
                OnText = static (me, text) =>
                {
                    me.Say(text);
                    if (text == "crash")
                    {
                        throw new InvalidOperationException("as ordered");
                    }
                },
            },
            0));
        Socket victim = fixture.ConnectAndWait(server);
        Socket other = fixture.ConnectAndWait(server);

        victim.Say("crash");

        Assert.Equal("crash", fixture.ReadToEnd(victim).Text);
        other.Say("hello");
        Assert.Equal("hello", fixture.Read(other, 5));
        Assert.Equal(1, server.ConnectionCount);
        Assert.Equal("as ordered", Assert.Single(fixture.Log.Lines).Exception!.Message);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-21")]
    [Trait("Spec", "INT-FLOW-07")]
    [Trait("Spec", "INT-CSA-28")]
    public void ClientFinishesSending_StillGetsTheReply(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(() => new Echo(), 0));
        Socket client = fixture.Connect(server);
        client.Say("hello");
        client.FinishSending();

        Assert.Equal("hello", fixture.ReadToEnd(client).Text);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-35")]
    public void OpeningAndClosing_CostsTheSameHoweverManyAreOpen(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(() => new Recorder { OnControl = EndOnAnything }, 0));
        long CostOfOne()
        {
            fixture.RunUntilIdle();
            long before = fixture.Watch.Steps;
            Socket client = fixture.ConnectAndWait(server);
            fixture.RunUntilIdle();
            int open = server.ConnectionCount;
            client.Close();
            fixture.RunUntil(() => server.ConnectionCount < open);
            fixture.RunUntilIdle();
            return fixture.Watch.Steps - before;
        }

        long withNone = CostOfOne();
        for (int i = 0; i < 100; i++)
        {
            fixture.ConnectAndWait(server);
        }

        Assert.Equal(withNone, CostOfOne());
    }

    private static void EndOnAnything(Recorder me, object? message)
    {
        me.Tell(message!);
        me.End();
    }

    /// <summary>Stands in for an adapter: when told, it says something to the server first, and hands over data after that, all in one step.</summary>
    [Inbox("inbox")]
    [Inbox("control")]
    [Outbox("outbox")]
    [Outbox("toServer")]
    private sealed class HastyAdapter(ServerCore server) : Component
    {
        public object? Message { get; init; }

        public string Box { get; init; } = "_socketactivity";

        protected override IEnumerator<Yield> Main()
        {
            Link((this, "toServer"), (server, Box));
            while (!DataReady())
            {
                yield return Pause();
            }

            Send(Message ?? new ShutdownCsa(this, this), "toServer");
            Send("last words"u8.ToArray());
        }
    }
}
