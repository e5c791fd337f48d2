// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;
using System.Text;
using Axon;
using Kamaelia.Internet;
using SocketShutdown = Kamaelia.Internet.SocketShutdown;

namespace Kamaelia.Chassis.Tests.ConnectedServer;

/// <summary>Whatever goes wrong with a connection is that connection's business; and what was sent in good order arrives all the same.</summary>
public class ServerFaultTests
{
    public static TheoryData<PollerKind> Pollers => ServerFixture.Pollers;

    [Theory, MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-FLOW-06")]
    [Trait("Spec", "INT-FLOW-09")]
    [Trait("Spec", "CH-SRV-13")]
    public void ClientResets_WhileTheServerWrites(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        List<Recorder> handlers = [];
        ServerCore server = Start(fixture, handlers, static (me, text) => me.Send(text == "much" ? new byte[20_000_000] : Encoding.UTF8.GetBytes(text)));
        Socket bad = fixture.ConnectAndWait(server);
        Socket good = fixture.ConnectAndWait(server);
        bad.Say("much");
        fixture.RunUntil(() => bad.Available > 0);

        bad.Reset();
        fixture.RunUntil(() => handlers[0].Scheduler is null);

        Assert.Equal(SocketError.ConnectionReset, Assert.Single(handlers[0].Goodbyes).Reason!.SocketError);
        AssertServes(fixture, server, good);
    }

    [Theory, MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-FLOW-09")]
    [Trait("Spec", "INT-FLOW-14")]
    public void ClientSendsAByteAndStalls(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        List<Recorder> handlers = [];
        ServerCore server = Start(fixture, handlers, Echo, new CsaOptions { IdleTimeout = TimeSpan.FromSeconds(30) });
        Socket stalls = fixture.ConnectAndWait(server);
        stalls.Say("x");
        Assert.Equal("x", fixture.Read(stalls, 1));
        fixture.Clock.Advance(TimeSpan.FromSeconds(20));
        Socket good = fixture.ConnectAndWait(server);
        AssertServes(fixture, server, good);

        fixture.RunUntilIdle();
        long steps = fixture.Watch.Steps;
        fixture.RunUntilIdle();
        Assert.Equal(steps, fixture.Watch.Steps);
        fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        fixture.RunUntil(() => handlers[0].Scheduler is null);

        Assert.Equal(CloseKind.IdleTimedOut, Assert.Single(handlers[0].Goodbyes).Reason!.Kind);
        Assert.Equal((0, ""), fixture.ReadToEnd(stalls));
        AssertServes(fixture, server, good);
    }

    [Theory, MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-FLOW-04")]
    [Trait("Spec", "CH-SRV-14")]
    public void ClientSendsTenMegabytesAndCloses_HandlerGetsThemAllAndThenTheEnd(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        List<Recorder> handlers = [];
        ServerCore server = Start(fixture, handlers, null, new CsaOptions { AllowHalfOpen = false });
        Socket client = fixture.ConnectAndWait(server);
        byte[] sent = Pattern(10_000_000);

        Write(fixture, client, sent);
        client.Close();
        fixture.RunUntil(() => handlers[0].Scheduler is null);

        AssertSame(sent, handlers[0]);
        (int pass, object? message) = Assert.Single(handlers[0].Control);
        Assert.Equal(CloseKind.PeerClosed, Assert.IsType<SocketShutdown>(message).Reason!.Kind);
        Assert.True(pass > handlers[0].Data[^1].Pass);
    }

    [Theory, MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-FLOW-07")]
    [Trait("Spec", "INT-FLOW-08")]
    public void TenMegabytesBothWays_ClientFinishesSendingAndStillGetsAll(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        List<Recorder> handlers = [];
        byte[] reply = Pattern(10_000_000);
        ServerCore server = fixture.Start(new ServerCore(_ =>
        {
            handlers.Add(new Recorder
            {
                AtFirst = me => me.Send(reply),
                OnControl = static (me, message) =>
                {
                    if (message is PeerFinishedSending)
                    {
                        me.Tell(new ProducerFinished(me));
                    }
                    else if (message is SocketShutdown)
                    {
                        me.End();
                    }
                },
            });
            return handlers[^1];
        }, 0));
        Socket client = fixture.ConnectAndWait(server);
        byte[] sent = Pattern(10_000_000);

        Write(fixture, client, sent);
        client.FinishSending();

        Assert.Equal(reply.Length, fixture.ReadToEnd(client).Count);
        fixture.RunUntil(() => handlers[0].Scheduler is null);
        AssertSame(sent, handlers[0]);
        Assert.Equal(CloseKind.ProducerFinished, Assert.Single(handlers[0].Goodbyes).Reason!.Kind);
    }

    [Theory, MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-FLOW-12")]
    [Trait("Spec", "CH-SRV-14")]
    public void HandlersInboxIsFull_ClientIsHeldUpAndNothingIsLost(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        Recorder? idle = null;
        ServerCore server = fixture.Start(new ServerCore(
            _ =>
            {
                Recorder handler = idle is null ? new SlowRecorder() : new Recorder { OnText = Echo };
                handler.SetInboxSize("inbox", 2);
                idle ??= handler;
                return handler;
            },
            0,
            new ServerOptions { Tcp = new TcpServerOptions { Csa = new CsaOptions { ReadChunkSize = 1000 } } }));
        Socket client = fixture.ConnectAndWait(server);
        byte[] sent = Pattern(1_000_000);
        client.Blocking = false;
        int written = 0;
        fixture.RunUntil(() => (written += WriteSome(client, sent.AsSpan(written))) == sent.Length || idle!.Waiting() == 2);
        fixture.RunUntilIdle();
        Assert.Equal(2, idle!.Waiting());
        AssertServes(fixture, server, fixture.ConnectAndWait(server));

        ((SlowRecorder)idle).Begin();
        fixture.RunUntil(() => (written += WriteSome(client, sent.AsSpan(written))) == sent.Length);
        client.FinishSending();
        fixture.RunUntil(() => idle.Control.Count == 1);

        AssertSame(sent, idle);
        Assert.IsType<PeerFinishedSending>(idle.Control[0].Message);
    }

    [Theory, MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-GEN-01")]
    [Trait("Spec", "INT-FLOW-14")]
    public void HandlerSendsText_ClosesItsConnectionIfThatIsWanted_AndNoOther(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        List<Recorder> handlers = [];
        ServerCore server = Start(
            fixture,
            handlers,
            static (me, text) => me.Send(text == "bad" ? text : (object)Encoding.UTF8.GetBytes(text)),
            new CsaOptions { ThrowOnBadData = true });
        Socket bad = fixture.ConnectAndWait(server);
        Socket good = fixture.ConnectAndWait(server);

        bad.Say("bad");
        Assert.Equal((0, ""), fixture.ReadToEnd(bad));
        fixture.RunUntil(() => handlers[0].Scheduler is null);

        CloseReason reason = Assert.Single(handlers[0].Goodbyes).Reason!;
        Assert.Equal(CloseKind.ComponentFailed, reason.Kind);
        Assert.Contains("String", reason.Exception!.Message, StringComparison.Ordinal);
        AssertServes(fixture, server, good);
    }

    [Theory, MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-19")]
    [Trait("Spec", "INT-CSA-31")]
    public void HandlerCloses_WhileTheClientStillSends_ClientGetsEverything(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        List<Recorder> handlers = [];
        ServerCore server = Start(fixture, handlers, static (me, _) =>
        {
            if (me.Data.Count == 1)
            {
                me.Send(new byte[3_000_000]);
                me.Tell(new ProducerFinished(me));
            }
        }, new CsaOptions { ReadsPerPass = 1 });
        Socket client = fixture.ConnectAndWait(server);

        // It is turned down in the middle of an upload, of which the server has read the beginning.
        client.Send(new byte[200_000]);

        Assert.Equal(3_000_000, fixture.ReadToEnd(client).Count);
        client.Close();
        fixture.RunUntil(() => server.ConnectionCount == 0);
    }

    private static void Echo(Recorder me, string text) => me.Say(text);

    private static ServerCore Start(ServerFixture fixture, List<Recorder> handlers, Action<Recorder, string>? onText, CsaOptions? csa = null) =>
        fixture.Start(new ServerCore(
            _ =>
            {
                handlers.Add(new Recorder { OnText = onText });
                return handlers[^1];
            },
            0,
            new ServerOptions { Tcp = new TcpServerOptions { Csa = csa ?? new CsaOptions() } }));

    private static void AssertServes(ServerFixture fixture, ServerCore server, Socket client)
    {
        Assert.False(server.IsStopped);
        client.Say("are you there?");
        Assert.Equal("are you there?", fixture.Read(client, 14));
    }

    private static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))];

    private static void AssertSame(byte[] sent, Recorder handler) =>
        Assert.True(sent.AsSpan().SequenceEqual(handler.Data.SelectMany(data => data.Bytes).ToArray()), "Not the bytes that were sent.");

    /// <summary>Writes all of it, running the server meanwhile.</summary>
    private static void Write(ServerFixture fixture, Socket client, byte[] bytes)
    {
        client.Blocking = false;
        int written = 0;
        fixture.RunUntil(() => (written += WriteSome(client, bytes.AsSpan(written))) == bytes.Length);
        client.Blocking = true;
    }

    private static int WriteSome(Socket client, ReadOnlySpan<byte> bytes)
    {
        int count = client.Send(bytes, SocketFlags.None, out SocketError error);
        Assert.True(error is SocketError.Success or SocketError.WouldBlock, $"{error}");
        return count;
    }

    /// <summary>One that leaves its inbox alone until it is told to begin.</summary>
    private sealed class SlowRecorder : Recorder
    {
        private bool _begun;

        public void Begin()
        {
            _begun = true;
            Unpause();
        }

        protected override IEnumerator<Yield> Main()
        {
            while (!_begun)
            {
                yield return Pause();
            }

            using IEnumerator<Yield> rest = base.Main();
            while (rest.MoveNext())
            {
                yield return rest.Current;
            }
        }
    }
}
