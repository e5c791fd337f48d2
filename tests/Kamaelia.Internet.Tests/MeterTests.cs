// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Axon.TestKit;

namespace Kamaelia.Internet.Tests;

/// <summary>What servers and connections measure, and what that costs.</summary>
public class MeterTests
{
    [Fact]
    public void Instruments_HaveNamesUnitsAndDescriptions()
    {
        using Measurements meter = new();

        Assert.Equal(
            [
                "kamaelia.accept.failures {failure}",
                "kamaelia.bytes.received By",
                "kamaelia.bytes.sent By",
                "kamaelia.connections.active {connection}",
                "kamaelia.connections.closed {connection}",
                "kamaelia.connections.opened {connection}",
                "kamaelia.tls.handshake.duration s",
            ],
            meter.Instruments.Select(instrument => $"{instrument.Name} {instrument.Unit}").Order(StringComparer.Ordinal));
        Assert.IsType<UpDownCounter<long>>(Assert.Single(meter.Instruments, instrument => instrument.Name == "kamaelia.connections.active"));
        Assert.All(meter.Instruments, instrument => Assert.NotEmpty(instrument.Description!));
    }

    [Theory, EachPoller]
    public void Connections_OpenedUsedAndClosed(PollerKind kind)
    {
        using Measurements meter = new();
        using World world = new(kind);
        TcpServer server = PassingOn().Start(world);
        Far first = Greet(world, server);
        Far second = Greet(world, server);
        Assert.Equal(2, meter.Sum("kamaelia.connections.active"));

        first.Finish();
        world.RunUntil(() => first.Look().IsOver, "the end of the first stream");
        second.Reset();
        world.RunUntil(() => server.ConnectionCount == 0, "the end of both connections");

        string at = $"server.address=127.0.0.1 server.port={server.ListenPort}";
        Assert.Equal([1, 1, -1, -1], meter.Values("kamaelia.connections.active"));
        Assert.Equal([at, at, at, at], meter.Tags("kamaelia.connections.active"));
        Assert.Equal([1, 1], meter.Values("kamaelia.connections.opened"));
        Assert.Equal(
            [$"kamaelia.close.kind=ProducerFinished {at}", $"kamaelia.close.kind=Failed {at}"],
            meter.Tags("kamaelia.connections.closed"));
        Assert.Equal(10, meter.Sum("kamaelia.bytes.received"));
        Assert.Equal(10, meter.Sum("kamaelia.bytes.sent"));
        Assert.All(meter.Tags("kamaelia.bytes.received").Concat(meter.Tags("kamaelia.bytes.sent")), tags => Assert.Equal(at, tags));
    }

    [Theory, EachPoller]
    public void Listener_ThatComesLate_HearsOfNoConnectionLess(PollerKind kind)
    {
        using World world = new(kind);
        TcpServer server = PassingOn().Start(world);
        Far early = Greet(world, server);
        using Measurements meter = new();

        early.Finish();
        world.RunUntil(() => server.ConnectionCount == 0, "the end of the connection");

        Assert.Equal([1], meter.Values("kamaelia.connections.closed"));
        Assert.Empty(meter.Values("kamaelia.connections.active"));
    }

    [Theory, EachPoller]
    public void Listener_ThatLeaves_TakesNothingWithIt(PollerKind kind)
    {
        using World world = new(kind);
        TcpServer server = PassingOn().Start(world);
        Measurements meter = new();
        Far far = Greet(world, server);
        meter.Dispose();

        far.Send([1]);
        world.RunUntil(() => far.Look().Count == 6, "one more echo");
        far.Finish();
        world.RunUntil(() => server.ConnectionCount == 0, "the end of the connection");

        Assert.Equal([1], meter.Values("kamaelia.connections.active"));
        Assert.Equal(5, meter.Sum("kamaelia.bytes.sent"));
    }

    [Theory, EachPoller]
    public void Adapter_ThatWasNeverActive_IsNoConnection(PollerKind kind)
    {
        using Measurements meter = new();
        using World world = new(kind);

        world.Connect(activate: false).Csa.Stop();

        Assert.Empty(meter.Values("kamaelia.connections.opened"));
        Assert.Empty(meter.Values("kamaelia.connections.closed"));
    }

    [Theory, EachPoller]
    public void UnixDomainSocket_BearsItsPath(PollerKind kind)
    {
        UnixDomainSocketEndPoint endPoint = new(Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}"));
        using Measurements meter = new();
        using World world = new(kind);
        ServerRig rig = new(world, new TcpServer(endPoint));
        rig.Activate();
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(endPoint);

        rig.Adopt(Assert.IsType<ConnectedSocketAdapter>(rig.RunUntilAnnounced(1)[0].Object), new Far(client));
        world.Cycles(4);

        Assert.Equal([$"server.address={endPoint}"], meter.Tags("kamaelia.connections.opened"));
    }

    [Theory, EachPoller]
    public void Accept_ThatFails_IsCountedWithItsCause(PollerKind kind)
    {
        using Measurements meter = new();
        using World world = new(kind);
        ServerRig rig = new(world, new FailingServer());
        rig.Activate();

        world.Dial(rig.Port);
        world.RunUntil(() => meter.Values("kamaelia.accept.failures").Count > 0, "a failure");

        Assert.Equal([1], meter.Values("kamaelia.accept.failures"));
        Assert.StartsWith("error.type=System.NotImplementedException", Assert.Single(meter.Tags("kamaelia.accept.failures")), StringComparison.Ordinal);
        Assert.Empty(meter.Values("kamaelia.connections.opened"));
    }

    [Theory, EachPoller]
    public void Handshake_ThatFails_IsTimed(PollerKind kind)
    {
        using Measurements meter = new();
        using World world = new(kind);
        using X509Certificate2 certificate = MakeCertificate();
        Connection connection = world.Connect(new CsaOptions { TlsServer = new SslServerAuthenticationOptions { ServerCertificate = certificate } });
        world.Cycles(4);
        world.Advance(TimeSpan.FromMilliseconds(250));

        connection.Far.Send(Bytes.Of("GET / HTTP/1.1\r\n\r\n"));
        connection.RunToEnd();

        Assert.Equal([0.25], meter.Values("kamaelia.tls.handshake.duration"));
        Assert.Equal(["error.type=System.Security.Authentication.AuthenticationException"], meter.Tags("kamaelia.tls.handshake.duration"));
        Assert.Equal(["kamaelia.close.kind=TlsFailed"], meter.Tags("kamaelia.connections.closed"));
    }

    [Theory, EachPoller]
    public void Handshake_ThatSucceeds_IsTimedOnBothSides(PollerKind kind)
    {
        using Measurements meter = new();
        using World world = new(kind);
        using X509Certificate2 certificate = MakeCertificate();
        CsaOptions secure = new() { TlsServer = new SslServerAuthenticationOptions { ServerCertificate = certificate } };
        TcpServer server = PassingOn().Start(world, new TcpServerOptions { Csa = secure });
        CsaOptions trusting = new()
        {
            TlsClient = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetCertHashString() == certificate.GetCertHashString(),
            },
        };

        new TcpClient("127.0.0.1", server.ListenPort, csa: trusting).Activate(world.Scheduler);
        world.RunUntil(() => meter.Values("kamaelia.tls.handshake.duration").Count == 2, "both handshakes");

        Assert.Equal([0, 0], meter.Values("kamaelia.tls.handshake.duration"));
        Assert.Equal(
            ["", $"server.address=127.0.0.1 server.port={server.ListenPort}"],
            meter.Tags("kamaelia.tls.handshake.duration").Order(StringComparer.Ordinal));
    }

    [Theory, EachPoller]
    public void Messages_CostNoMemory_WhetherSomebodyListensOrNot(PollerKind kind)
    {
        const int Count = 2000;
        using World sockets = new(kind);
        Talk talk = new(sockets, kind);
        talk.Go(Count);

        Assert.Equal(0, talk.Go(Count));

        long sum = 0;
        using MeterListener listener = new();
        listener.InstrumentPublished = static (instrument, me) =>
        {
            if (instrument.Meter.Name == "Kamaelia.Internet")
            {
                me.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => sum += value);
        listener.Start();
        talk.Go(1);
        sum = 0;

        Assert.Equal(0, talk.Go(Count));
        Assert.Equal(2 * Count * Talk.MessageSize, sum);
    }

    private static Owner PassingOn() => new(() => new Handler(
        static (handler, bytes) => handler.Send(bytes),
        static (handler, message) => handler.Send(message, "signal")));

    private static Far Greet(World world, TcpServer server)
    {
        Far far = world.Dial(server.ListenPort);
        far.Send(Bytes.Of("hello"));
        world.RunUntil(() => far.Look().Count == 5, "the echo");
        return far;
    }

    private static X509Certificate2 MakeCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1000));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    private sealed class FailingServer() : TcpServer(new IPEndPoint(IPAddress.Loopback, 0))
    {
        protected override Component CreateCsa(ConnectedSocket socket, (Component Component, string Inbox) selectorService) => throw new NotImplementedException();
    }

    /// <summary>Messages to and fro over one connection, on a scheduler that nobody listens to. The bytes are counted, and not kept.</summary>
    private sealed class Talk
    {
        public const int MessageSize = 64;

        // An array of that size, with its header and length.
        private const int MessageCost = MessageSize + 24;

        private readonly byte[] _message = new byte[MessageSize];
        private readonly byte[] _buffer = new byte[MessageSize];
        private readonly Scheduler _scheduler = new(new SchedulerOptions { Clock = new VirtualClock() });
        private readonly Socket _far;
        private readonly Neighbour _neighbour = new();

        public Talk(World sockets, PollerKind kind)
        {
            (Far far, Socket near) = sockets.Pair();
            _far = far.Socket;
            Selector selector = new(new SelectorOptions { Poller = kind });
            selector.Activate(_scheduler);
            ConnectedSocketAdapter csa = new(near, (selector, "notify"));
            _neighbour.Link((_neighbour, "outbox"), (csa, "inbox"));
            _neighbour.Link((csa, "outbox"), (_neighbour, "inbox"));
            csa.Activate(_scheduler);
        }

        /// <returns>How many bytes were allocated, without the arrays in which received bytes are handed over.</returns>
        public long Go(int count)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < count; i++)
            {
                _neighbour.Send(_message);
                RunUntil(static talk => talk._far.Available == MessageSize);
                _far.Receive(_buffer, SocketFlags.None, out _);
                _far.Send(_message, SocketFlags.None, out _);
                RunUntil(static talk => talk._neighbour.DataReady());
                _neighbour.Recv();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before - (count * MessageCost);
        }

        private void RunUntil(Func<Talk, bool> condition)
        {
            for (int cycles = 0; !condition(this); cycles++)
            {
                Assert.True(cycles < 1_000_000, "The message does not arrive.");
                _scheduler.RunCycle();
            }
        }

        private sealed class Neighbour : Component;
    }
}
