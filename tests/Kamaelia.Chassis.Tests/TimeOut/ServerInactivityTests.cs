// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Axon;
using Kamaelia.Chassis.Tests.ConnectedServer;
using Kamaelia.Internet;

namespace Kamaelia.Chassis.Tests.TimeOut;

/// <summary>The original's EchoServer: each connection in a chassis that closes it when its client is silent for two seconds.</summary>
public class ServerInactivityTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);

    public static TheoryData<PollerKind> Pollers => ServerFixture.Pollers;

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-TMO-14")]
    [Trait("Spec", "INT-TMO-13")]
    [Trait("Spec", "INT-SRV-20")]
    public void Client_WhoTalksStays_WhoIsSilentIsClosed_AndTheHandlerIsTold(PollerKind poller)
    {
        using ServerFixture net = new(poller);
        List<Recorder> handlers = [];
        ServerCore server = net.Start(MakeServer(handlers));
        Socket client = net.ConnectAndWait(server);

        for (int i = 0; i < 4; i++)
        {
            net.Clock.Advance(TimeSpan.FromSeconds(1.5));
            net.RunUntilIdle();
            Assert.Equal(1, server.ConnectionCount);
            client.Say("still here");
            Assert.Equal("still here", net.Read(client, 10));
        }

        net.Clock.Advance(s_timeout);
        Assert.Equal((0, ""), net.ReadToEnd(client));
        net.RunUntil(() => server.ConnectionCount == 0);
        net.RunUntilIdle();

        SocketShutdownOf(handlers[0], CloseKind.ProducerFinished);
        AssertOnlyTheServerIsLeft(net);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-TMO-14")]
    public void ManyClients_LeaveNothingBehind(PollerKind poller)
    {
        using ServerFixture net = new(poller);
        List<WeakReference> made = [];
        ServerCore server = net.Start(MakeServer(made: made));

        Serve(net, server);
        net.RunUntilIdle();

        AssertOnlyTheServerIsLeft(net);
        Assert.Equal(20, made.Count);
        net.Watch.Stepping.Clear();
        net.Watch.Sendings.Clear();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        // The last one may still be in a field of somebody who works off a queue.
        Assert.InRange(made.Count(handler => handler.IsAlive), 0, 2);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Serve(ServerFixture net, ServerCore server)
        {
            Socket[] clients = [.. Enumerable.Range(0, 20).Select(_ => net.ConnectAndWait(server))];
            net.RunUntilIdle();
            net.Clock.Advance(s_timeout);
            foreach (Socket client in clients)
            {
                net.ReadToEnd(client);
            }

            net.RunUntil(() => server.ConnectionCount == 0);
        }
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-TMO-15")]
    [Trait("Spec", "INT-SRV-20")]
    public void ClientCloses_TheChassisEndsAtOnce_AndTheHandlerIsTold(PollerKind poller)
    {
        using ServerFixture net = new(poller);
        List<Recorder> handlers = [];
        ServerCore server = net.Start(MakeServer(handlers));
        Socket client = net.ConnectAndWait(server);
        client.Say("hello");
        Assert.Equal("hello", net.Read(client, 5));

        client.Reset();
        net.RunUntil(() => server.ConnectionCount == 0);
        net.RunUntilIdle();

        Assert.Equal(TimeSpan.Zero, net.Clock.Elapsed);
        SocketShutdownOf(handlers[0], CloseKind.Failed);
        AssertOnlyTheServerIsLeft(net);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-TMO-13")]
    [Trait("Spec", "INT-CSA-28")]
    public void ClientSendsAndFinishes_GetsItsReply(PollerKind poller)
    {
        using ServerFixture net = new(poller);
        List<Recorder> handlers = [];
        ServerCore server = net.Start(MakeServer(handlers));
        Socket client = net.ConnectAndWait(server);

        client.Say("hello");
        client.FinishSending();
        net.RunUntil(() => handlers[0].Control.Count > 0);
        handlers[0].Tell(new ProducerFinished());

        Assert.Equal((5, "hello"), net.ReadToEnd(client));
        Assert.IsType<PeerFinishedSending>(handlers[0].Control[0].Message);
        Assert.True(handlers[0].Data[^1].Pass < handlers[0].Control[0].Pass, "The end came in the pass of the last data, or before.");
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-TMO-12")]
    public void StreamToASilentClient_IsCutOff_UnlessSendsCount(PollerKind poller)
    {
        foreach (bool countSends in new[] { false, true })
        {
            using ServerFixture net = new(poller);
            List<Recorder> handlers = [];
            ServerCore server = net.Start(MakeServer(handlers, countSends));
            Socket client = net.ConnectAndWait(server);
            for (int i = 0; i < 4 && server.ConnectionCount > 0; i++)
            {
                handlers[0].Say("data");
                net.RunUntilIdle();
                net.Clock.Advance(TimeSpan.FromSeconds(1.5));
                net.RunUntilIdle();
            }

            Assert.Equal(countSends ? 1 : 0, server.ConnectionCount);
            net.Clock.Advance(TimeSpan.FromSeconds(0.5));
            Assert.Equal(countSends ? 16 : 8, net.ReadToEnd(client).Count);
        }
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-TMO-13")]
    public void SwitchToTls_WorksBehindTheChassis(PollerKind poller)
    {
        using ServerFixture net = new(poller);
        using X509Certificate2 certificate = MakeCertificate();
        List<Recorder> handlers = [];
        ServerCore server = net.Start(MakeServer(handlers, makeHandler: () => new TlsRecorder(certificate)));
        Socket client = net.ConnectAndWait(server);
        client.Say("starttls");
        Assert.Equal("go on", net.Read(client, 5));


        // The right name, and nobody who vouches for it.
        using SslStream stream = new(
            new NetworkStream(client), leaveInnerStreamOpen: false, static (_, _, _, problems) => problems == SslPolicyErrors.RemoteCertificateChainErrors);
        Task handshake = stream.AuthenticateAsClientAsync("localhost");
        net.RunUntil(() => handshake.IsCompleted);
        Assert.True(handshake.IsCompletedSuccessfully, $"{handshake.Exception}");
        Task write = stream.WriteAsync(Encoding.UTF8.GetBytes("secret")).AsTask();
        byte[] reply = new byte[6];
        Task read = stream.ReadExactlyAsync(reply).AsTask();
        net.RunUntil(() => write.IsCompleted && read.IsCompleted);

        Assert.Equal("secret", Encoding.UTF8.GetString(reply));
        Assert.IsType<TlsInfo>(((TlsRecorder)handlers[0]).Ready);
        net.Clock.Advance(s_timeout);
        net.RunUntil(() => server.ConnectionCount == 0);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-TMO-14")]
    [Trait("Spec", "INT-CSA-17")]
    public void SlowHandler_HoldsTheClientUp_AndGetsEverythingInOrder(PollerKind poller)
    {
        const int Size = 10_000_000;
        using ServerFixture net = new(poller);
        Sleeper handler = new();
        ServerCore server = net.Start(MakeServer(makeHandler: () => handler));
        Socket client = net.ConnectAndWait(server);
        client.Blocking = false;
        byte[] bytes = new byte[Size];
        new Random(1).NextBytes(bytes);

        int sent = 0;
        int stalled = 0;
        while (stalled < 200)
        {
            int count = client.Send(bytes.AsSpan(sent), SocketFlags.None, out _);
            sent += Math.Max(0, count);
            stalled = count > 0 ? 0 : stalled + 1;
            net.Scheduler.RunCycle();
        }

        Assert.InRange(sent, 1, Size - 1);
        handler.Awake();
        net.RunUntil(() =>
        {
            sent += Math.Max(0, sent < Size ? client.Send(bytes.AsSpan(sent), SocketFlags.None, out _) : 0);
            return handler.Received.Count == Size;
        });
        Assert.True(bytes.AsSpan().SequenceEqual([.. handler.Received]), "Something was lost or overtaken.");
    }

    private static ServerCore MakeServer(
        List<Recorder>? handlers = null,
        bool countSends = false,
        Func<Component>? makeHandler = null,
        List<WeakReference>? made = null)
    {
        ServerOptions options = new()
        {
            Tcp = new TcpServerOptions { Address = IPAddress.Loopback },
            ServerFactory = (endPoint, socketOptions, tcp) => new ImpatientTcpServer(endPoint, socketOptions, tcp, countSends),
        };
        return new ServerCore(
            _ =>
            {
                Component handler = makeHandler?.Invoke() ?? new Recorder { OnText = static (me, text) => me.Say(text) };
                made?.Add(new WeakReference(handler));
                if (handler is Recorder recorder)
                {
                    handlers?.Add(recorder);
                }

                return handler;
            },
            0,
            options);
    }

    private static void SocketShutdownOf(Recorder handler, CloseKind kind)
    {
        Internet.SocketShutdown goodbye = Assert.Single(handler.Goodbyes);
        Assert.Equal(kind, goodbye.Reason?.Kind);
        Assert.True(handler.IsStopped);
    }

    private static void AssertOnlyTheServerIsLeft(ServerFixture net) =>
        Assert.Equal(
            [nameof(ImpatientTcpServer), nameof(Selector), nameof(ServerCore)],
            net.Scheduler.ListAll().Select(process => process.GetType().Name).Order(StringComparer.Ordinal));

    private static X509Certificate2 MakeCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1000));
    }

    private sealed class ImpatientTcpServer(
        EndPoint endPoint, IReadOnlyList<SocketOption>? socketOptions, TcpServerOptions? options, bool countSends)
        : TcpServer(endPoint, socketOptions, options)
    {
        protected override Component CreateCsa(ConnectedSocket socket, (Component Component, string Inbox) selectorService) =>
            Inactivity.Chassis(base.CreateCsa(socket, selectorService), s_timeout, countSends);
    }

    /// <summary>Says "go on" in the clear, switches to TLS, and echoes from then on.</summary>
    [Inbox("inbox")]
    [Inbox("control")]
    [Inbox("sslready")]
    [Outbox("outbox")]
    [Outbox("signal")]
    [Outbox("makessl")]
    private sealed class TlsRecorder : Recorder
    {
        public TlsRecorder(X509Certificate2 certificate)
        {
            OnText = (_, text) =>
            {
                if (text == "starttls")
                {
                    Say("go on");

                    // To where its data goes: the chassis of its connection.
                    Component chassis = GetOutbox().Linkage!.Sink.Owner;
                    Link((this, "makessl"), (chassis, "makessl"));
                    Tell(new SslServerAuthenticationOptions { ServerCertificate = certificate }, "makessl");
                }
                else
                {
                    Say(text);
                }
            };
        }

        public object? Ready => TryRecv(out object? ready, "sslready") ? ready : null;
    }

    /// <summary>Takes no more than two messages before it is told to.</summary>
    private sealed class Sleeper : Component
    {
        private bool _isAwake;

        public Sleeper() => SetInboxSize("inbox", 2);

        public List<byte> Received { get; } = [];

        public void Awake()
        {
            _isAwake = true;
            Unpause();
        }

        protected override IEnumerator<Yield> Main()
        {
            while (!DataReady("control"))
            {
                while (_isAwake && TryRecv(out byte[]? bytes))
                {
                    Received.AddRange(bytes!);
                }

                yield return Pause();
            }
        }
    }
}
