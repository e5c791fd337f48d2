// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Axon;
using Kamaelia.Internet;

namespace Kamaelia.Chassis.Tests.ConnectedServer;

/// <summary>Servers that start with TLS. Their clients are the runtime's own.</summary>
public sealed class ServerTlsTests : IDisposable
{
    private static readonly SslApplicationProtocol s_ours = new("ours");

    private readonly X509Certificate2 _certificate = MakeCertificate();

    public static TheoryData<PollerKind> Pollers => ServerFixture.Pollers;

    private ServerOptions Options => new()
    {
        Tls = new SslServerAuthenticationOptions { ServerCertificate = _certificate, ApplicationProtocols = [s_ours] },
    };

    public void Dispose() => _certificate.Dispose();

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-CSA-45")]
    public void Handler_LearnsWhatWasAgreed_BeforeItsFirstData(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        RecorderWithSslReady handler = new() { OnText = static (me, text) => me.Say(text) };
        SimpleServer server = fixture.Start(new SimpleServer(() => handler, 0, Options));
        using SslStream client = Connect(fixture, server, [new("theirs"), s_ours]);

        // Right behind the handshake, of which the server has not seen the end.
        client.Write("hello"u8);

        Assert.Equal("hello", Read(fixture, client, 5));
        TlsInfo info = Assert.IsType<TlsInfo>(Assert.Single(handler.Inbox("sslready")));
        Assert.Equal(s_ours, info.ApplicationProtocol);
        Assert.Equal(client.SslProtocol, info.Protocol);
        Assert.Equal(s_ours, client.NegotiatedApplicationProtocol);
        string[] arrivals = [.. fixture.Watch.Sendings.Where(sending => sending.To?.Owner == handler).Select(sending => sending.To!.Name)];
        Assert.Equal(["sslready", "inbox"], arrivals);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void Handler_ThatSpeaksFirstAndKnowsNothingOfTls_IsHeardAfterTheHandshake(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        Recorder handler = new() { AtFirst = static me => me.Say("welcome") };
        SimpleServer server = fixture.Start(new SimpleServer(() => handler, 0, Options));
        using SslStream client = Connect(fixture, server);

        Assert.Equal("welcome", Read(fixture, client, 7));
        Assert.Equal(default, client.NegotiatedApplicationProtocol);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void ClientWithoutTls_IsRefused_AndTheHandlerSeesNoData(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        RecorderWithSslReady handler = new();
        SimpleServer server = fixture.Start(new SimpleServer(() => handler, 0, Options));
        Socket client = fixture.ConnectAndWait(server);

        client.Say("GET / HTTP/1.1\r\n\r\n");
        fixture.RunUntil(() => handler.IsStopped);

        Assert.Equal(CloseKind.TlsFailed, Assert.Single(handler.Goodbyes).Reason?.Kind);
        Assert.Empty(handler.Data);
        Assert.False(handler.DataReady("sslready"));
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void NothingInCommonByAlpn_TheHandshakeFailsForThatClientOnly(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        SimpleServer server = fixture.Start(new SimpleServer(() => new Echo(), 0, Options));

        Assert.ThrowsAny<AuthenticationException>(() => Connect(fixture, server, [new("theirs")]));

        using SslStream client = Connect(fixture, server, [s_ours]);
        client.Write("hello"u8);
        Assert.Equal("hello", Read(fixture, client, 5));
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void CertificateWithoutKey_BindFailedAtOnce_NamingPlaceAndCause(PollerKind poller)
    {
        using X509Certificate2 keyless = X509CertificateLoader.LoadCertificate(_certificate.RawData);

        string message = FailToStart(poller, new SslServerAuthenticationOptions { ServerCertificate = keyless });

        Assert.Contains("CN=localhost has no private key", message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void NoCertificate_BindFailedAtOnce(PollerKind poller)
    {
        string message = FailToStart(poller, new SslServerAuthenticationOptions());

        Assert.Contains("ServerCertificate", message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void DisposedCertificate_BindFailedAtOnce(PollerKind poller)
    {
        X509Certificate2 disposed = MakeCertificate();
        disposed.Dispose();

        string message = FailToStart(poller, new SslServerAuthenticationOptions { ServerCertificate = disposed });

        Assert.Contains("of no use", message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void CertificateChosenForEachClient_IsNotMissedAtTheStart(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        string? asked = null;
        SslServerAuthenticationOptions tls = new()
        {
            ServerCertificateSelectionCallback = (_, hostName) =>
            {
                asked = hostName;
                return _certificate;
            },
        };
        SimpleServer server = fixture.Start(new SimpleServer(() => new Echo(), 0, new ServerOptions { Tls = tls }));
        using SslStream client = Connect(fixture, server);

        client.Write("hello"u8);

        Assert.Equal("hello", Read(fixture, client, 5));
        Assert.Equal("localhost", asked);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void OtherOptions_StayAsTheyAre_AndTheServerFactoryGetsAll(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        TcpServerOptions? seen = null;
        ServerOptions options = Options with
        {
            Tcp = new TcpServerOptions { Backlog = 7, Csa = new CsaOptions { SendQueueLimit = 3 } },
            ServerFactory = (endPoint, socketOptions, tcp) =>
            {
                seen = tcp;
                return new TcpServer(endPoint, socketOptions, tcp);
            },
        };

        fixture.Start(new SimpleServer(() => new Echo(), 0, options));

        Assert.Equal((7, 3), (seen!.Backlog, seen.Csa.SendQueueLimit));
        Assert.Same(options.Tls, seen.Csa.TlsServer);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void SynchronizationContext_IsNotUsed(PollerKind poller)
    {
        // Tasks that see one go on where it says, or in another thread: a handshake would, and nobody would wake the adapter.
        SynchronizationContext? before = SynchronizationContext.Current;
        Forbidding forbidding = new();
        SynchronizationContext.SetSynchronizationContext(forbidding);
        try
        {
            using ServerFixture fixture = new(poller);
            SimpleServer server = fixture.Start(new SimpleServer(() => new Echo(), 0, Options));
            using SslStream client = Connect(fixture, server);
            client.Write("hello"u8);

            Assert.Equal("hello", Read(fixture, client, 5));
            Assert.Same(forbidding, SynchronizationContext.Current);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    [Fact]
    public void ThrowOnBindFailure_TheConstructorThrows()
    {
        TcpServerOptions options = new() { ThrowOnBindFailure = true, Csa = new CsaOptions { TlsServer = new SslServerAuthenticationOptions() } };

        Assert.Throws<AuthenticationException>(() => new TcpServer(0, null, options));
    }

    private static X509Certificate2 MakeCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1000));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    private static string FailToStart(PollerKind poller, SslServerAuthenticationOptions tls)
    {
        using ServerFixture fixture = new(poller);
        SimpleServer server = new(() => new Echo(), new IPEndPoint(IPAddress.Loopback, 1601), new ServerOptions { Tls = tls });
        server.Listening += _ => Assert.Fail("It does not listen.");
        AdaptiveCommsComponent neighbour = new();
        neighbour.Link((server, "signal"), (neighbour, "inbox"));

        server.Activate(fixture.Scheduler);
        fixture.RunUntil(() => server.IsStopped);

        BindFailed failure = Assert.IsType<BindFailed>(Assert.Single(neighbour.Inbox()));
        Assert.IsType<AuthenticationException>(failure.Exception);
        string message = failure.ToString();
        Assert.Contains("127.0.0.1:1601", message, StringComparison.Ordinal);
        Assert.Contains(message, Assert.Single(fixture.Log.Lines).Text, StringComparison.Ordinal);
        return message;
    }

    private SslStream Connect(ServerFixture fixture, ServerCore server, List<SslApplicationProtocol>? protocols = null)
    {
        SslStream client = new(new NetworkStream(fixture.Connect(server), ownsSocket: true));
        Task handshake = client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = protocols,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString() == _certificate.GetCertHashString(),
        });
        fixture.RunUntil(() => handshake.IsCompleted);
        handshake.GetAwaiter().GetResult();
        return client;
    }

    private static string Read(ServerFixture fixture, SslStream client, int count)
    {
        byte[] buffer = new byte[count];
        Task reading = client.ReadExactlyAsync(buffer).AsTask();
        fixture.RunUntil(() => reading.IsCompleted);
        reading.GetAwaiter().GetResult();
        return Encoding.UTF8.GetString(buffer);
    }

    private sealed class Forbidding : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => Assert.Fail("Somebody goes on by way of it.");

        public override void Send(SendOrPostCallback d, object? state) => Assert.Fail("Somebody goes on by way of it.");
    }
}

/// <summary>One that wants to know when TLS is up.</summary>
[Inbox("inbox")]
[Inbox("control")]
[Inbox("sslready")]
internal sealed class RecorderWithSslReady : Recorder;
