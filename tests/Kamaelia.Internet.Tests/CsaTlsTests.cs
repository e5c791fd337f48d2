// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Kamaelia.Internet.Tests;

/// <summary>The switch to TLS, and a connection's life after it.</summary>
public class CsaTlsTests
{
    private static readonly byte[] s_garbage = Bytes.Of("GET / HTTP/1.1\r\nHost: somebody who does not speak TLS\r\n\r\n");

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-43")]
    [Trait("Spec", "INT-CSA-45")]
    [Trait("Spec", "INT-CSA-48")]
    public void MakeSsl_AsTheServer_PlainBeforeAndEncryptedAfter(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        connection.Far.Send(Bytes.Of("STARTTLS"));
        Assert.Equal(Bytes.Of("STARTTLS"), connection.RunUntilNearHas(8));
        connection.Send(Bytes.Of("go ahead"));
        Assert.Equal(Bytes.Of("go ahead"), connection.RunUntilFarHas(8));

        connection.MakeSsl(Certificates.AsServer());
        TlsFar far = new TlsFar(world, connection.Far).BeClient();
        far.Write(Bytes.Of("secret"));
        connection.RunUntilNearHas(14);
        connection.Send(Bytes.Of("reply"));

        Assert.Equal(Bytes.Of("reply"), far.Read(5));
        Assert.Equal(Bytes.Of("STARTTLSsecret"), connection.Data);
        TlsInfo info = Assert.IsType<TlsInfo>(Assert.Single(connection.Take("sslready")));
        Assert.Equal(far.Stream.SslProtocol, info.Protocol);
        Assert.Null(info.PeerCertificate);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-43")]
    [Trait("Spec", "INT-CSA-45")]
    [Trait("Spec", "INT-CSA-48")]
    public void MakeSsl_AsTheClient_PlainBeforeAndEncryptedAfter(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        connection.Send(Bytes.Of("STARTTLS"));
        Assert.Equal(Bytes.Of("STARTTLS"), connection.RunUntilFarHas(8));

        connection.MakeSsl(Certificates.AsClient());
        TlsFar far = new TlsFar(world, connection.Far).BeServer();
        far.Write(Bytes.Of("secret"));
        connection.RunUntilNearHas(6);
        connection.Send(Bytes.Of("reply"));

        Assert.Equal(Bytes.Of("reply"), far.Read(5));
        Assert.Equal(Bytes.Of("secret"), connection.Data);
        TlsInfo info = Assert.IsType<TlsInfo>(Assert.Single(connection.Take("sslready")));
        Assert.Equal(far.Stream.SslProtocol, info.Protocol);
        Assert.Equal(Certificates.Server.GetSerialNumberString(), info.PeerCertificate!.GetSerialNumberString());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-48")]
    public void Options_TlsFromTheFirstByte(PollerKind kind)
    {
        using World world = new(kind);
        var (server, client) = Couple(
            world,
            new CsaOptions { TlsServer = Certificates.AsServer() },
            new CsaOptions { TlsClient = Certificates.AsClient() });

        client.Send(Bytes.Of("request"));
        Assert.Equal(Bytes.Of("request"), server.RunUntilNearHas(7));
        server.Send(Bytes.Of("reply"));
        Assert.Equal(Bytes.Of("reply"), client.RunUntilNearHas(5));

        Assert.IsType<TlsInfo>(Assert.Single(client.Take("sslready")));
        Assert.IsType<TlsInfo>(Assert.Single(server.Take("sslready")));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-48")]
    public void MakeSsl_AnyOtherMessage_IsTheClientAndNamesItsHost(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { TargetHost = "asked.test" });
        string? asked = null;
        connection.MakeSsl("");
        SslServerAuthenticationOptions options = new()
        {
            ServerCertificateSelectionCallback = (_, name) =>
            {
                asked = name;
                return Certificates.Server;
            },
        };

        // The certificate is another's, so that is all that comes of it.
        Assert.ThrowsAny<Exception>(() =>
        {
            TlsFar far = new TlsFar(world, connection.Far).BeServer(options);
            far.Read(1);
        });

        Assert.Equal("asked.test", asked);
        Assert.Equal(CloseKind.TlsFailed, connection.RunToEnd().Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-45")]
    public void Alpn_BothHearWhatWasChosen(PollerKind kind)
    {
        using World world = new(kind);
        var (server, client) = Couple(
            world,
            new CsaOptions { TlsServer = Certificates.AsServer(alpn: ["h2", "http/1.1"]) },
            new CsaOptions { TlsClient = Certificates.AsClient(alpn: ["http/1.1", "unheard-of"]) });

        List<TlsInfo> ready = [];
        world.RunUntil(() =>
        {
            ready.AddRange(server.Take("sslready").Concat(client.Take("sslready")).Cast<TlsInfo>());
            return ready.Count == 2;
        });

        Assert.All(ready, info => Assert.Equal(SslApplicationProtocol.Http11, info.ApplicationProtocol));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-44")]
    [Trait("Spec", "INT-CSA-45")]
    public void Handshake_NothingElseTravels(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        List<string> boxes = [];
        world.Recorder.OnSent = (from, _) =>
        {
            if (from.Owner == connection.Csa && from.Name is "outbox" or "sslready")
            {
                boxes.Add(from.Name);
            }
        };
        world.Cycles(3);

        connection.MakeSsl(Certificates.AsServer());
        connection.Send(Bytes.Of("secret"));
        world.Settle();
        Assert.Equal(0, connection.Far.Look().Count);

        TlsFar far = new TlsFar(world, connection.Far).BeClient();
        Assert.Equal(Bytes.Of("secret"), far.Read(6));
        far.Write([1]);
        connection.RunUntilNearHas(1);

        Assert.Equal(["sslready", "outbox"], boxes);
        Assert.Equal([1], connection.Data);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-46")]
    public void MakeSsl_QueuedBeforeIsPlain_QueuedAfterIsNot(PollerKind kind)
    {
        using World world = new(kind);
        foreach (bool isServer in new[] { false, true })
        {
            Connection connection = world.Connect();
            connection.Send(Bytes.Of("220 "), Bytes.Of("ready\n"), Array.Empty<byte>());
            connection.MakeSsl(isServer ? Certificates.AsServer() : Certificates.AsClient());
            connection.Send(Bytes.Of("secret"));

            world.RunUntil(() => connection.Far.Look(most: 10).Count == 10);
            Assert.Equal(Bytes.Of("220 ready\n"), connection.Far.Received);
            TlsFar far = new(world, connection.Far);
            Assert.Equal(Bytes.Of("secret"), (isServer ? far.BeClient() : far.BeServer()).Read(6));
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-46")]
    public void MakeSsl_MuchIsQueuedBefore_HandshakeWaitsForItToBeWritten(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(buffer: 16 * 1024);
        byte[] plain = Bytes.Pattern(1_000_000);
        connection.Send(plain);
        connection.MakeSsl(Certificates.AsClient());
        connection.Send(Bytes.Of("secret"));
        world.Settle();

        // It has all the time it needs: the limit is one of the handshake.
        world.Advance(TimeSpan.FromSeconds(20));
        world.RunUntil(() => connection.Far.Look(most: (int)(plain.Length - connection.Far.Count)).Count == plain.Length);

        Bytes.AssertSame(plain, connection.Far.Received);
        Assert.Equal(Bytes.Of("secret"), new TlsFar(world, connection.Far).BeServer().Read(6));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-44")]
    [Trait("Spec", "INT-CSA-47")]
    public void Handshake_PeerThatSendsItByteByByte_Succeeds(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { TlsServer = Certificates.AsServer() });

        TlsFar far = new TlsFar(world, connection.Far, largestWrite: 1).BeClient();
        far.Write(Bytes.Of("slowly"));

        Assert.Equal(Bytes.Of("slowly"), connection.RunUntilNearHas(6));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-47")]
    public void Handshake_PeerStalls_OthersGoOnAndItIsCutOff(PollerKind kind)
    {
        using World world = new(kind);
        foreach (byte[] first in new byte[][] { [], [22] })
        {
            Connection other = world.Connect();
            Connection connection = world.Connect(new CsaOptions { HandshakeTimeout = TimeSpan.FromSeconds(5) });
            connection.MakeSsl(Certificates.AsServer());
            connection.Far.Send(first);
            world.Settle();
            int steps = connection.Steps;

            world.Advance(TimeSpan.FromSeconds(4.9));
            other.Far.Send([1]);
            other.RunUntilNearHas(1);
            Assert.Equal(steps, connection.Steps);
            Assert.False(connection.Csa.IsStopped);

            world.Advance(TimeSpan.FromSeconds(0.1));
            CloseReason reason = connection.RunToEnd();
            Assert.Equal(CloseKind.TlsFailed, reason.Kind);
            Assert.Contains("00:00:05", Assert.IsType<TimeoutException>(reason.Exception).Message, StringComparison.Ordinal);
            Assert.Empty(connection.Take("sslready"));
            world.RunUntil(() => connection.Far.Look().IsOver);
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-47")]
    public void Handshake_Over_ItsTimeLimitIsToo(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { TlsServer = Certificates.AsServer() });
        TlsFar far = new TlsFar(world, connection.Far).BeClient();
        world.RunUntil(() => connection.Take("sslready").Count == 1);
        world.Settle();
        int steps = world.Recorder.TotalSteps;

        world.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(steps, world.Recorder.TotalSteps);
        far.Write([1]);
        connection.RunUntilNearHas(1);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-49")]
    public void Certificate_OfAnAuthorityThatNobodyTrusts_IsRefusedByDefault(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { TargetHost = Certificates.Name });
        connection.MakeSsl("");
        connection.Send(Bytes.Of("secret"));

        TlsFar far = new(world, connection.Far);
        Assert.ThrowsAny<Exception>(() => far.BeServer().Read(1));

        CloseReason reason = connection.RunToEnd();
        Assert.Equal(CloseKind.TlsFailed, reason.Kind);
        Assert.Contains("errors in the certificate chain", Assert.IsType<AuthenticationException>(reason.Exception).Message, StringComparison.Ordinal);
        Assert.Empty(connection.Take("sslready"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-49")]
    public void Certificate_OfAnotherHostOrOutOfDate_IsRefused(PollerKind kind)
    {
        using World world = new(kind);
        foreach (var (options, certificate, fault) in new[]
        {
            (Certificates.AsClient("another.test"), Certificates.Server, "RemoteCertificateNameMismatch"),
            (Certificates.AsClient(), Certificates.OutOfDate, "NotTimeValid"),
        })
        {
            Connection connection = world.Connect(new CsaOptions { TlsClient = options });
            TlsFar far = new(world, connection.Far);
            Assert.ThrowsAny<Exception>(() => far.BeServer(Certificates.AsServer(certificate)).Read(1));

            Assert.Contains(fault, connection.RunToEnd().ToString(), StringComparison.Ordinal);
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-50")]
    public void Handshake_Garbage_EndsTheConnectionAndHarmsNoOther(PollerKind kind)
    {
        using World world = new(kind);
        var (server, client) = Couple(
            world,
            new CsaOptions { TlsServer = Certificates.AsServer() },
            new CsaOptions { TlsClient = Certificates.AsClient() });
        foreach (bool isServer in new[] { false, true })
        {
            Connection connection = world.Connect();
            connection.MakeSsl(isServer ? Certificates.AsServer() : Certificates.AsClient());
            connection.Far.Send(s_garbage);

            CloseReason reason = connection.RunToEnd();

            Assert.Equal(CloseKind.TlsFailed, reason.Kind);
            Assert.NotNull(reason.Exception);
            Assert.Empty(connection.Take("sslready"));
            Assert.Empty(connection.Data);
            Assert.Same(reason, Assert.IsType<ShutdownCsa>(connection.Take("signal")[^1]).Reason);
            world.RunUntil(() => connection.Far.Look().IsOver);
        }

        client.Send(Bytes.Of("still here"));
        server.RunUntilNearHas(10);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-22")]
    [Trait("Spec", "INT-CSA-50")]
    public void Handshake_PeerResets_EndsWithTheErrorOfTheSocket(PollerKind kind)
    {
        using World world = new(kind);
        foreach (byte[] first in new byte[][] { [], [22, 3, 1] })
        {
            Connection connection = world.Connect();
            connection.MakeSsl(Certificates.AsServer());
            connection.Far.Send(first);
            world.Settle();

            connection.Far.Reset();
            CloseReason reason = connection.RunToEnd();

            Assert.Equal(CloseKind.TlsFailed, reason.Kind);
            Assert.Equal(SocketError.ConnectionReset, reason.SocketError);
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-50")]
    public void Handshake_PeerCloses_Ends(PollerKind kind)
    {
        using World world = new(kind);
        foreach (bool isServer in new[] { false, true })
        {
            Connection connection = world.Connect();
            connection.MakeSsl(isServer ? Certificates.AsServer() : Certificates.AsClient());
            connection.Far.Finish();

            CloseReason reason = connection.RunToEnd();

            Assert.Equal(CloseKind.TlsFailed, reason.Kind);
            Assert.NotNull(reason.Exception);
            Assert.Empty(connection.Take("peerFinished"));
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-50")]
    public void Handshake_NoCommonApplicationProtocol_Ends(PollerKind kind)
    {
        using World world = new(kind);
        var (server, client) = Couple(
            world,
            new CsaOptions { TlsServer = Certificates.AsServer(alpn: "one") },
            new CsaOptions { TlsClient = Certificates.AsClient(alpn: "another") });

        Assert.Equal(CloseKind.TlsFailed, server.RunToEnd().Kind);
        Assert.Equal(CloseKind.TlsFailed, client.RunToEnd().Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-GEN-01")]
    public void Encrypted_PeerSendsGarbage_EndsTheConnectionAndNothingElse(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { TlsServer = Certificates.AsServer() });
        TlsFar far = new TlsFar(world, connection.Far).BeClient();
        far.Write(Bytes.Of("sense"));
        connection.RunUntilNearHas(5);

        connection.Far.Socket.Send(s_garbage);

        Assert.Equal(CloseKind.TlsFailed, connection.RunToEnd().Kind);
        Assert.Equal(Bytes.Of("sense"), connection.Data);
        Connection other = world.Connect();
        other.Far.Send([1]);
        other.RunUntilNearHas(1);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-50")]
    public void Encrypted_StreamBreaksOffInTheMiddleOfARecord_IsNoOrderlyEnd(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { TlsServer = Certificates.AsServer() });
        TlsFar far = new TlsFar(world, connection.Far).BeClient();
        far.Write([1]);
        connection.RunUntilNearHas(1);

        // The head of a record of 256 bytes, and nothing of it.
        connection.Far.Socket.Send([23, 3, 3, 1, 0]);
        connection.Far.Finish();

        Assert.Equal(CloseKind.TlsFailed, connection.RunToEnd().Kind);
        Assert.Empty(connection.Take("peerFinished"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-22")]
    public void Encrypted_PeerResets_EndsWithTheErrorOfTheSocket(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { TlsServer = Certificates.AsServer() });
        TlsFar far = new TlsFar(world, connection.Far).BeClient();
        far.Write([1]);
        connection.RunUntilNearHas(1);

        connection.Far.Reset();
        CloseReason reason = connection.RunToEnd();

        Assert.Equal(CloseKind.Failed, reason.Kind);
        Assert.Equal(SocketError.ConnectionReset, reason.SocketError);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-51")]
    public void MakeSsl_OnceMore_IsReportedAndIgnored(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        connection.MakeSsl(Certificates.AsServer());
        connection.MakeSsl("asked");
        world.Cycles(3);
        connection.MakeSsl("in the handshake");
        TlsFar far = new TlsFar(world, connection.Far).BeClient();
        far.Write([1]);
        connection.RunUntilNearHas(1);
        connection.MakeSsl("encrypted");

        far.Write([2]);
        Assert.Equal([1, 2], connection.RunUntilNearHas(2));
        Assert.Equal(
            ["asked", "in the handshake", "encrypted"],
            connection.Take("signal").Select(message => Assert.IsType<ErrorInformation>(message).Message));
        Assert.Single(connection.Take("sslready"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-31")]
    [Trait("Spec", "INT-CSA-52")]
    public void ProducerFinished_EverythingIsWrittenAndTlsSaysThatItWasAll(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(buffer: 16 * 1024);
        byte[] sent = Bytes.Pattern(10_000_000);

        // The version that shows the kind of every record on the wire.
        connection.MakeSsl(Certificates.AsServer(protocols: SslProtocols.Tls12));
        connection.Send(sent);
        TlsFar far = new TlsFar(world, connection.Far).BeClient();
        connection.Order(new ProducerFinished());

        Bytes.AssertSame(sent, far.ReadToEnd());

        Assert.Equal(CloseKind.ProducerFinished, connection.RunToEnd().Kind);
        const byte Alert = 21;
        Assert.Equal(Alert, far.RecordKinds()[^1]);
        Assert.Single(far.RecordKinds(), Alert);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-31")]
    [Trait("Spec", "INT-CSA-52")]
    public void ProducerFinished_BeforeTheHandshakeIsOver_EverythingIsWrittenAllTheSame(PollerKind kind)
    {
        using World world = new(kind);
        foreach (bool isServer in new[] { false, true })
        {
            Connection connection = world.Connect();
            connection.Send(Bytes.Of("plain"));
            connection.MakeSsl(isServer ? Certificates.AsServer() : Certificates.AsClient());
            connection.Send(Bytes.Of("secret"));
            connection.Order(new ProducerFinished());
            world.Cycles(2);
            connection.Send(Bytes.Of("too late"));

            world.RunUntil(() => connection.Far.Look(most: 5).Count == 5);
            TlsFar far = new(world, connection.Far);
            Assert.Equal(Bytes.Of("secret"), (isServer ? far.BeClient() : far.BeServer()).ReadToEnd());
            connection.Far.Close();
            Assert.Equal(CloseKind.ProducerFinished, connection.RunToEnd().Kind);
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-36")]
    [Trait("Spec", "INT-CSA-47")]
    public void ProducerFinished_PeerStallsInTheHandshake_IsCutOff(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { FlushTimeout = TimeSpan.FromSeconds(3), HandshakeTimeout = TimeSpan.FromSeconds(60) });
        connection.MakeSsl(Certificates.AsServer());
        connection.Send(Bytes.Of("secret"));
        connection.Order(new ProducerFinished());
        world.Settle();
        Assert.False(connection.Csa.IsStopped);

        world.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(CloseKind.FlushTimedOut, connection.RunToEnd().Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-27")]
    [Trait("Spec", "INT-CSA-52")]
    public void HalfClose_PeerHasSaidAllAndStillGetsTheReply(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { TlsServer = Certificates.AsServer() });
        TlsFar far = new TlsFar(world, connection.Far).BeClient();
        byte[] request = Bytes.Pattern(300_000);
        far.Run(Task.WhenAll(far.Stream.WriteAsync(request).AsTask()));
        far.Finish();
        world.RunUntil(() => connection.Take("peerFinished").Count == 1);
        connection.Collect();
        Bytes.AssertSame(request, connection.Data);

        byte[] reply = Bytes.Pattern(1_000_000);
        connection.Send(reply);
        connection.Order(new ProducerFinished());

        Bytes.AssertSame(reply, far.ReadToEnd());
        Assert.Equal(CloseKind.ProducerFinished, connection.RunToEnd().Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-44")]
    [Trait("Spec", "INT-CSA-52")]
    public void TenMegabytesBothWays_JustBeforeTheEnd_ByteForByte(PollerKind kind)
    {
        using World world = new(kind);
        CsaOptions options = new() { FinishSendingOnly = true };
        var (server, client) = Couple(
            world,
            options with { TlsServer = Certificates.AsServer() },
            options with { TlsClient = Certificates.AsClient() });
        byte[] up = Bytes.Pattern(10_000_000);
        byte[] down = Bytes.Pattern(10_000_000, start: 100);
        client.Send(up[..1], up[1..70_000], up[70_000..]);
        client.Order(new ProducerFinished());
        server.Send(down);
        server.Order(new ProducerFinished());

        world.RunUntil(() =>
        {
            client.Collect();
            server.Collect();
            return client.Csa.Scheduler is null && server.Csa.Scheduler is null;
        });

        Bytes.AssertSame(up, server.Data);
        Bytes.AssertSame(down, client.Data);
        Assert.Equal(CloseKind.PeerClosed, server.Csa.CloseReason!.Kind);
        Assert.Equal(CloseKind.PeerClosed, client.Csa.CloseReason!.Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-14")]
    [Trait("Spec", "INT-CSA-15")]
    public void Encrypted_ConsumerIsFull_GetsEverythingInOrderLater(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { ReadChunkSize = 1000, TlsServer = Certificates.AsServer() });
        connection.Room = 1;
        TlsFar far = new TlsFar(world, connection.Far).BeClient();
        byte[] sent = Bytes.Pattern(100_000);
        far.Write(sent);
        far.Finish();
        world.RunUntil(() => connection.Waiting == 1);
        world.Settle();
        int steps = connection.Steps;
        world.Settle();
        Assert.Equal(steps, connection.Steps);
        Assert.Equal(1, connection.Waiting);

        world.RunUntil(() =>
        {
            connection.Collect(most: 1);
            return connection.DataCount == sent.Length;
        });
        Bytes.AssertSame(sent, connection.Data);
        world.RunUntil(() => connection.Take("peerFinished").Count == 1);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-32")]
    [Trait("Spec", "INT-CSA-42")]
    public void Handshake_ToldToStop_EndsAtOnce(PollerKind kind)
    {
        using World world = new(kind);
        foreach (bool byOrder in new[] { true, false })
        {
            Connection connection = world.Connect(new CsaOptions { TlsServer = Certificates.AsServer() });
            connection.Far.Send([22, 3, 1]);
            world.Settle();
            if (byOrder)
            {
                connection.Order(new ShutdownMicroprocess());
            }
            else
            {
                connection.Csa.Stop();
            }

            Assert.Equal(byOrder ? CloseKind.Shutdown : CloseKind.Stopped, connection.RunToEnd().Kind);
            world.RunUntil(() => connection.Far.Look().IsOver);
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-44")]
    public void Handshake_InAThreadWithAContextOfItsOwn_StaysInTheStep(PollerKind kind)
    {
        // As in the thread of a window, whose contexts have everything done later.
        Task task = new(() => Exchange(kind));
        task.RunSynchronously(new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler);
        Assert.True(task.IsCompletedSuccessfully, $"{task.Exception}");

        static void Exchange(PollerKind kind)
        {
            SynchronizationContext.SetSynchronizationContext(new Context());
            using World world = new(kind);
            var (server, client) = Couple(
                world,
                new CsaOptions { TlsServer = Certificates.AsServer() },
                new CsaOptions { TlsClient = Certificates.AsClient() });
            server.Send(Bytes.Of("secret"));

            // Nobody would tell the adapter that another thread has finished its handshake.
            Assert.Equal(Bytes.Of("secret"), client.RunUntilNearHas(6));
            Assert.IsType<Context>(SynchronizationContext.Current);
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }

    /// <summary>Two adapters at the ends of one connection.</summary>
    private static (Connection Server, Connection Client) Couple(World world, CsaOptions server, CsaOptions client)
    {
        (Far far, Socket near) = world.Pair();
        return (Adopt(near, server), Adopt(far.Socket, client));

        Connection Adopt(Socket socket, CsaOptions options)
        {
            Connection connection = new(world, new ConnectedSocketAdapter(socket, world.SelectorService, options), far);
            connection.Csa.Activate(world.Scheduler);
            return connection;
        }
    }

    private sealed class Context : SynchronizationContext;
}
