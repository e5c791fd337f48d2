// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

public class TcpClientTests
{
    private const string Host = "127.0.0.1";

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-01")]
    public void Delay_FirstAttemptIsWhenItIsOverAndNotEarlier(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new TcpClient(Host, server.Port, delay: TimeSpan.FromSeconds(5)));
        world.Settle();
        int steps = client.Steps;

        world.Advance(TimeSpan.FromSeconds(4));
        client.Send(Bytes.Of("early"));
        world.Settle();
        Assert.False(server.SomebodyWaits);
        Assert.InRange(client.Steps, steps, steps + 1);
        world.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Bytes.Of("early"), RunUntilHas(world, server.Accept(), 5));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-01")]
    [Trait("Spec", "INT-CLI-09")]
    public void Delay_ToldToEndMeanwhile_NeverConnects(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new TcpClient(Host, server.Port, delay: TimeSpan.FromSeconds(5)));
        ShutdownMicroprocess order = new();

        client.Order(order);
        world.RunUntil(() => client.Stage.Scheduler is null);
        world.Advance(TimeSpan.FromSeconds(10));

        Assert.Same(order, Assert.Single(client.Collect().Signals));
        Assert.False(server.SomebodyWaits);
    }

    [LinuxTheory, EachPoller]
    [Trait("Spec", "INT-CLI-02")]
    [Trait("Spec", "INT-CLI-08")]
    public void Connecting_NobodyAnswers_TakesNoStepsUntilTheTimeIsUp(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = FarServer.MakeFull(world);
        StageRig client = Start(world, new TcpClient(Host, server.Port, connectTimeout: TimeSpan.FromSeconds(7)));
        world.Settle();
        int steps = client.Steps;

        world.Advance(TimeSpan.FromSeconds(6));
        world.Settle();
        Assert.Equal(steps, client.Steps);
        Assert.False(client.Stage.IsStopped);
        world.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(CloseKind.ConnectTimedOut, client.RunToEnd().Kind);
        Assert.Empty(client.Data);
        Assert.Equal(0, world.Selector.RegistrationCount);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-03")]
    [Trait("Spec", "INT-CLI-05")]
    [Trait("Spec", "INT-IPC-04")]
    public void Connected_AdapterIsAChildAndRegistered_AndNothingIsSaid(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new TcpClient(Host, server.Port));

        server.Accept();
        world.RunUntil(() => client.Stage.ChildComponents().Count == 1);
        world.Settle();

        ConnectedSocketAdapter csa = Assert.IsType<ConnectedSocketAdapter>(client.Stage.ChildComponents()[0]);
        Assert.Equal(
            [(typeof(NewReader), csa), (typeof(NewWriter), csa)],
            world.Recorder.Sent(client.Stage, "_selectorSignal")
                .OfType<Registration>()
                .Where(registration => registration.Target.Component == csa)
                .Select(registration => (registration.GetType(), (ConnectedSocketAdapter)registration.Caller!)));
        Assert.True(csa.Socket.NoDelay);
        Assert.Empty(client.Collect().Signals);
        Assert.Empty(client.Data);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-04")]
    public void Inbox_BeforeTheConnection_IsKeptAndSentInOrder(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = new(world, new TcpClient(Host, server.Port));
        client.Send(Bytes.Of("one "));
        client.Activate();
        client.Send(Bytes.Of("two "), Bytes.Of("three "));

        Far far = server.Accept();
        world.RunUntil(() => client.Stage.ChildComponents().Count == 1);
        client.Send(Bytes.Of("four"));

        Assert.Equal(Bytes.Of("one two three four"), RunUntilHas(world, far, 18));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-06")]
    public void Refused_SaysSoAndEnds(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world, listens: false);
        StageRig client = Start(world, new TcpClient(Host, server.Port));

        CloseReason reason = client.RunToEnd();

        Assert.Equal(CloseKind.Failed, reason.Kind);
        Assert.Equal(SocketError.ConnectionRefused, reason.SocketError);
        Assert.Equal(0, world.Selector.RegistrationCount);
        Assert.Empty(world.Recorder.Logged);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-06")]
    [Trait("Spec", "INT-GEN-01")]
    public void FamilyOfTheAddressIsUnknownToTheSystem_SaysSoAndEnds(PollerKind kind)
    {
        using World world = new(kind);
        StageRig client = Start(world, new TcpClient(new StrangeEndPoint()));

        Assert.Equal(CloseKind.Failed, client.RunToEnd().Kind);
        Assert.All(world.Recorder.Ends, end => Assert.Null(end.Exception));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-07")]
    public void UnknownHost_SaysSoAndEnds_AndNobodyWaitsForTheAnswer(PollerKind kind)
    {
        using World world = new(kind);
        TaskCompletionSource<IPAddress[]> answer = new();
        StageRig client = Start(world, new TcpClient("unheard-of.test", 80) { LookUp = _ => answer.Task });
        Connection other = world.Connect();
        world.Settle();
        int steps = client.Steps;
        other.Far.Send([1]);
        other.RunUntilNearHas(1);
        world.Settle();
        Assert.Equal(steps, client.Steps);

        // Where looking up is done, in another thread.
        new Thread(() => answer.SetException(new SocketException((int)SocketError.HostNotFound))).Start();
        CloseReason reason = client.RunToEnd();

        Assert.Equal(CloseKind.Failed, reason.Kind);
        Assert.Equal(SocketError.HostNotFound, reason.SocketError);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-07")]
    [Trait("Spec", "INT-CLI-08")]
    public void LookUp_GetsNoAnswer_EndsWhenTheTimeIsUp(PollerKind kind)
    {
        using World world = new(kind);
        TaskCompletionSource<IPAddress[]> never = new();
        StageRig client = Start(world, new TcpClient("silent.test", 80) { LookUp = _ => never.Task });
        world.Settle();

        world.Advance(TimeSpan.FromSeconds(59));
        Assert.False(client.Stage.IsStopped);
        world.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(CloseKind.ConnectTimedOut, client.RunToEnd().Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-07")]
    public void LookUp_TheSystemsOwn_FindsTheLocalHost(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new TcpClient("localhost", server.Port));

        client.Send(Bytes.Of("hello"));

        Assert.Equal(Bytes.Of("hello"), RunUntilHas(world, server.Accept(), 5));
    }

    [LinuxTheory, EachPoller]
    [Trait("Spec", "INT-CLI-06")]
    public void SeveralAddresses_AreTriedInTurn(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world, "127.0.0.3");
        StageRig client = Start(world, new TcpClient("many.test", server.Port) { LookUp = Addresses("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4") });

        client.Send(Bytes.Of("hello"));

        Assert.Equal(Bytes.Of("hello"), RunUntilHas(world, server.Accept(), 5));
    }

    [LinuxTheory, EachPoller]
    [Trait("Spec", "INT-CLI-02")]
    [Trait("Spec", "INT-CLI-08")]
    public void SeveralAddresses_NewsOfTheFirst_IsNotTakenForTheSecond(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = FarServer.MakeFull(world, "127.0.0.2");
        StageRig client = Start(world, new TcpClient("many.test", server.Port) { LookUp = Addresses("127.0.0.1", "127.0.0.2") });
        world.Settle();

        // Refused by the first, unanswered by the second.
        Assert.Empty(client.Stage.ChildComponents());
        world.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(CloseKind.ConnectTimedOut, client.RunToEnd().Kind);
    }

    [LinuxTheory, EachPoller]
    [Trait("Spec", "INT-CLI-09")]
    [Trait("Spec", "INT-CLI-11")]
    public void Connecting_ToldToEnd_PassesThatOnAndNothingElse(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = FarServer.MakeFull(world);
        foreach (object order in new object[] { new ProducerFinished(), new ShutdownMicroprocess() })
        {
            StageRig client = Start(world, new TcpClient(Host, server.Port));
            world.Settle();
            client.Order("something else");
            world.Settle();
            Assert.False(client.Stage.IsStopped);

            client.Order(order);
            world.RunUntil(() => client.Stage.Scheduler is null);

            Assert.Equal(["something else", order], client.Collect().Signals);
            Assert.Equal(0, world.Selector.RegistrationCount);
        }
    }

    [LinuxTheory, EachPoller]
    [Trait("Spec", "INT-CLI-10")]
    [Trait("Spec", "INT-CLI-11")]
    public void Connecting_WaitForServerClose_OnlyAShutdownEndsIt(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = FarServer.MakeFull(world);
        StageRig client = Start(world, new TcpClient(Host, server.Port, waitForServerClose: true));
        world.Settle();
        client.Order(new ProducerFinished());
        world.Settle();
        Assert.False(client.Stage.IsStopped);
        Assert.Empty(client.Collect().Signals);

        ShutdownMicroprocess order = new();
        client.Order(order);
        world.RunUntil(() => client.Stage.Scheduler is null);

        Assert.Same(order, Assert.Single(client.Collect().Signals));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-12")]
    [Trait("Spec", "INT-CLI-15")]
    [Trait("Spec", "INT-CLI-16")]
    public void Connected_TenMegabytesBothWays_ByteForByteAndThenTheEndOnce(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world, buffer: 64 * 1024);
        StageRig client = Start(world, new TcpClient(Host, server.Port));
        byte[] up = Bytes.Pattern(10_000_000);
        byte[] down = Bytes.Pattern(10_000_000, start: 7);
        client.Send(up[..10], up[10..]);
        Far far = server.Accept();

        int written = 0;
        world.RunUntil(() =>
        {
            written += far.Write(down.AsSpan(written));
            client.Collect();
            return written == down.Length && far.Look(most: 300_000).Count == up.Length;
        });
        far.Close();

        Assert.Equal(CloseKind.PeerClosed, client.RunToEnd().Kind);
        Bytes.AssertSame(up, far.Received);
        Bytes.AssertSame(down, client.Data);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-12")]
    public void Connected_ConsumerIsFull_HoldsUpTheServer(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world, buffer: 16 * 1024);
        StageRig client = Start(world, new TcpClient(Host, server.Port, csa: new CsaOptions { ReadChunkSize = 1000 }));
        client.Room = 2;
        Far far = server.Accept();
        byte[] sent = Bytes.Pattern(20_000_000);
        int written = 0;
        world.RunUntil(() =>
        {
            int more = far.Write(sent.AsSpan(written));
            written += more;
            return client.Waiting == 2 && more == 0;
        });
        world.Settle();
        Assert.Equal(2, client.Waiting);
        Assert.InRange(written, 2001, sent.Length - 1);

        client.Room = null;
        client.RunUntilHas(written);
        Bytes.AssertSame(sent.AsSpan(0, written), client.Data);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-15")]
    public void ServerCloses_AllItsBytesComeFirst(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new TcpClient(Host, server.Port));
        byte[] sent = Bytes.Pattern(300_000);
        List<string> boxes = [];
        world.Recorder.OnSent = (from, _) => boxes.Add($"{(from.Owner == client.Stage ? "client" : "other")} {from.Name}");
        Far far = server.Accept();
        far.Send(sent);
        far.Close();

        Assert.Equal(CloseKind.PeerClosed, client.RunToEnd().Kind);

        Bytes.AssertSame(sent, client.Data);
        Assert.True(boxes.LastIndexOf("other outbox") < boxes.IndexOf("client signal"));
        Assert.DoesNotContain(client.Stage.ChildComponents(), child => !child.IsStopped);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-13")]
    [Trait("Spec", "INT-CLI-16")]
    public void Control_ProducerFinished_ClosesWhenAllIsWritten(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world, buffer: 64 * 1024);
        StageRig client = Start(world, new TcpClient(Host, server.Port));
        Far far = server.Accept();
        world.RunUntil(() => client.Stage.ChildComponents().Count == 1);
        byte[] sent = Bytes.Pattern(10_000_000);
        client.Send(sent);
        client.Order(new ProducerFinished());

        world.RunUntil(() => far.Look(most: 300_000).IsOver);

        Bytes.AssertSame(sent, far.Received);
        Assert.True(far.Ended);
        Assert.Equal(CloseKind.ProducerFinished, client.RunToEnd().Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-13")]
    [Trait("Spec", "INT-CLI-16")]
    public void Control_ShutdownMicroprocess_ClosesAtOnce(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new TcpClient(Host, server.Port));
        Far far = server.Accept();
        world.RunUntil(() => client.Stage.ChildComponents().Count == 1);
        client.Send(Bytes.Of("goodbye"));
        client.Order(new ShutdownMicroprocess());

        Assert.Equal(CloseKind.Shutdown, client.RunToEnd().Kind);
        world.RunUntil(() => far.Look().Ended);
        Assert.Equal(Bytes.Of("goodbye"), far.Received);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-14")]
    public void WaitForServerClose_ProducerFinished_FinishesSendingOnly(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world, buffer: 64 * 1024);
        StageRig client = Start(world, new TcpClient(Host, server.Port, waitForServerClose: true));
        Far far = server.Accept();
        world.RunUntil(() => client.Stage.ChildComponents().Count == 1);
        byte[] request = Bytes.Pattern(1_000_000);
        client.Send(request);
        client.Order(new ProducerFinished());
        world.RunUntil(() => far.Look().Ended);
        Bytes.AssertSame(request, far.Received);

        // It has all the time it needs for the answer.
        world.Advance(TimeSpan.FromMinutes(5));
        byte[] reply = Bytes.Pattern(1_000_000, start: 9);
        int written = 0;
        world.RunUntil(() =>
        {
            client.Collect();
            written += far.Write(reply.AsSpan(written));
            return written == reply.Length;
        });
        far.Close();

        Assert.Equal(CloseKind.PeerClosed, client.RunToEnd().Kind);
        Bytes.AssertSame(reply, client.Data);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-14")]
    [Trait("Spec", "INT-CLI-18")]
    public void WaitForServerClose_WithTls_FinishesSendingOnly(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new TcpClient(Host, server.Port, waitForServerClose: true));
        client.MakeSsl(Certificates.AsClient());
        client.Send(Bytes.Of("request"));
        Far socket = server.Accept();
        world.RunUntil(() => client.Stage.ChildComponents().Count == 1);
        client.Order(new ProducerFinished());

        TlsFar far = new TlsFar(world, socket).BeServer();
        Assert.Equal(Bytes.Of("request"), far.ReadToEnd());
        far.Write(Bytes.Of("reply"));
        far.Finish();
        socket.Close();

        Assert.Equal(CloseKind.PeerClosed, client.RunToEnd().Kind);
        Assert.Equal(Bytes.Of("reply"), client.Data);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-17")]
    public void ServerResets_EndsWithTheErrorOfTheSocket(PollerKind kind)
    {
        using World world = new(kind);
        foreach (bool whileWriting in new[] { false, true })
        {
            FarServer server = new(world, buffer: 16 * 1024);
            StageRig client = Start(world, new TcpClient(Host, server.Port));
            Far far = server.Accept();
            client.Send(whileWriting ? new byte[20_000_000] : new byte[1]);
            world.RunUntil(() => far.Look(most: 1).Count > 0);

            far.Reset();
            CloseReason reason = client.RunToEnd();

            Assert.Equal(CloseKind.Failed, reason.Kind);
            Assert.Equal(SocketError.ConnectionReset, reason.SocketError);
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-04")]
    [Trait("Spec", "INT-CLI-18")]
    public void MakeSsl_BeforeTheConnection_AllIsEncryptedAndSslReadyComes(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = new(world, new TcpClient(Host, server.Port));
        client.Send(Bytes.Of("se"));
        client.MakeSsl(Certificates.AsClient());
        client.Send(Bytes.Of("cret"));
        client.Activate();

        TlsFar far = new TlsFar(world, server.Accept()).BeServer();

        Assert.Equal(Bytes.Of("secret"), far.Read(6));
        far.Write(Bytes.Of("reply"));
        Assert.Equal(Bytes.Of("reply"), client.RunUntilHas(5));
        Assert.IsType<TlsInfo>(Assert.Single(client.Take("sslready")));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-18")]
    [Trait("Spec", "INT-CSA-49")]
    public void MakeSsl_NoOptions_AsksForItsHostAndChecksTheName(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new TcpClient("asked.test", server.Port) { LookUp = Addresses(Host) });
        client.MakeSsl(null);
        client.Send(Bytes.Of("secret"));
        string? asked = null;

        TlsFar far = new(world, server.Accept());
        Assert.ThrowsAny<Exception>(() => far
            .BeServer(new SslServerAuthenticationOptions
            {
                ServerCertificateSelectionCallback = (_, name) =>
                {
                    asked = name;
                    return Certificates.Server;
                },
            })
            .Read(1));

        Assert.Equal("asked.test", asked);
        CloseReason reason = client.RunToEnd();
        Assert.Equal(CloseKind.TlsFailed, reason.Kind);
        Assert.Contains("RemoteCertificateNameMismatch", reason.Exception!.Message, StringComparison.Ordinal);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-18")]
    public void MakeSsl_NoOptionsAndAnAddressForAHost_ChecksForTheAddress(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new TcpClient(Host, server.Port));
        client.MakeSsl(null);

        TlsFar far = new(world, server.Accept());
        Assert.ThrowsAny<Exception>(() => far.BeServer().Read(1));

        // The certificate bears the address; that nobody knows who signed it is all that is wrong.
        CloseReason reason = client.RunToEnd();
        Assert.Equal(CloseKind.TlsFailed, reason.Kind);
        Assert.Contains("errors in the certificate chain", reason.Exception!.Message, StringComparison.Ordinal);
    }

    [LinuxTheory, EachPoller]
    [Trait("Spec", "INT-CLI-19")]
    public void Stop_Connecting_ClosesAndSaysSo(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = FarServer.MakeFull(world);
        int sockets = Descriptors.CountSockets();
        StageRig client = Start(world, new TcpClient(Host, server.Port));
        world.Settle();
        Assert.Equal(sockets + 1, Descriptors.CountSockets());

        client.Stage.Stop();

        Assert.Equal(CloseKind.Stopped, client.RunToEnd().Kind);
        Assert.Equal(0, world.Selector.RegistrationCount);
        Assert.Equal(sockets, Descriptors.CountSockets());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-19")]
    [Trait("Spec", "INT-CLI-20")]
    public void Stop_Connected_ClosesAndSaysSo_AndWhatIsSentThenIsLost(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new TcpClient(Host, server.Port));
        Far far = server.Accept();
        world.RunUntil(() => client.Stage.ChildComponents().Count == 1);
        world.Settle();

        client.Stage.Stop();

        Assert.Equal(CloseKind.Stopped, client.RunToEnd().Kind);
        client.Send(Bytes.Of("too late"));
        world.RunUntil(() => far.Look().Ended);
        Assert.Empty(far.Received);
        Assert.Equal(0, world.Selector.RegistrationCount);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-16")]
    [Trait("Spec", "INT-CLI-19")]
    public void Stop_NobodyHasRoomForTheMessage_ClosesAllTheSame(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        TcpClient client = new(Host, server.Port);
        Component full = new Handler();
        full.SetInboxSize("control", 1);
        full.GetInbox("control").Append("something");
        full.Link((client, "signal"), (full, "control"));
        client.Activate(world.Scheduler);
        Far far = server.Accept();
        far.Close();

        world.RunUntil(() => client.Scheduler is null);

        Assert.All(world.Recorder.Ends, end => Assert.Null(end.Exception));
        Assert.Null(client.GetOutbox("_selectorSignal").Linkage);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-21")]
    public void Selector_MadeForTheFirstClient_OutlivesIt(PollerKind kind)
    {
        // The selector of this world is hidden, so that the first client has to make one, with the poller that is best here.
        using World world = new(kind);
        world.Tracker.DeregisterService(Selector.Service);
        world.Tracker.DeregisterService(Selector.ShutdownService);
        FarServer server = new(world);
        StageRig first = Start(world, new TcpClient(Host, server.Port));
        Far gone = server.Accept();
        StageRig second = Start(world, new TcpClient(Host, server.Port));
        Far stays = server.Accept();
        world.RunUntil(() => second.Stage.ChildComponents().Count == 1);
        Component selector = world.Tracker.RetrieveService(Selector.Service).Component;
        Assert.NotSame(world.Selector, selector);
        Assert.DoesNotContain(selector, first.Stage.ChildComponents());

        gone.Close();
        first.RunToEnd();
        world.Settle();

        Assert.False(selector.IsStopped);
        stays.Send([1]);
        second.RunUntilHas(1);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CLI-22")]
    public void ClientAndServerInOneScheduler_ShareASelectorAndEcho(PollerKind kind)
    {
        using World world = new(kind);
        Owner owner = new(Handler.Echo);
        TcpServer server = owner.Start(world);
        StageRig[] clients = [.. Enumerable.Range(0, 5).Select(_ => Start(world, new TcpClient(Host, server.ListenPort)))];
        for (byte i = 0; i < clients.Length; i++)
        {
            clients[i].Send(new[] { i });
        }

        for (byte i = 0; i < clients.Length; i++)
        {
            Assert.Equal([i], clients[i].RunUntilHas(1));
        }

        world.RunUntil(() => clients.All(client => client.Stage.ChildComponents().Count == 1));
        foreach (StageRig client in clients)
        {
            client.Order(new ProducerFinished());
            Assert.Equal(CloseKind.ProducerFinished, client.RunToEnd().Kind);
        }

        Assert.Single(world.Scheduler.ListAll().OfType<Selector>());
    }

    private static StageRig Start(World world, TcpClient client) => new StageRig(world, client).Activate();

    private static byte[] RunUntilHas(World world, Far far, int count)
    {
        world.RunUntil(() => far.Look().Count >= count, $"the peer to have {count} bytes");
        return far.Received;
    }

    private static Func<DnsEndPoint, Task<IPAddress[]>> Addresses(params string[] addresses) =>
        _ => Task.FromResult(Array.ConvertAll(addresses, IPAddress.Parse));

    /// <summary>Of a family that no system has.</summary>
    private sealed class StrangeEndPoint : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Ccitt;
    }
}
