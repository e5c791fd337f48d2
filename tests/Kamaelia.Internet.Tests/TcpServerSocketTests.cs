// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;

namespace Kamaelia.Internet.Tests;

/// <summary>Accepted connections and their sockets: who makes one, who owns it, who hears of its end.</summary>
public class TcpServerSocketTests
{
    private static readonly TcpServerOptions s_loopback = new() { Address = IPAddress.Loopback };

    public static TheoryData<PollerKind, bool> PollersAndChoices
    {
        get
        {
            TheoryData<PollerKind, bool> data = [];
            foreach (PollerKind kind in EachPollerAttribute.Kinds)
            {
                data.Add(kind, false);
                data.Add(kind, true);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(PollersAndChoices))]
    [Trait("Spec", "INT-SRV-09")]
    public void NoDelay_IsThatOfTheOptions(PollerKind kind, bool noDelay)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world, new TcpServerOptions { Csa = new CsaOptions { NoDelay = noDelay } });

        Connection connection = rig.Dial();

        Assert.Equal(noDelay, connection.Csa.Socket.NoDelay);
    }

    [LinuxFact]
    public void WholeLifeOfAConnection_NobodyAsks_NoSocketIsMade()
    {
        // All that may happen to one: an echo, a peer that does not read, and bytes unread at the end.
        using World world = new(PollerKind.Epoll, observed: false);
        Owner owner = new(Handler.Echo);
        TcpServer server = owner.Start(world);
        byte[] bytes = Bytes.Pattern(100_000);
        Far far = world.Dial(server.ListenPort, buffer: 4096);
        world.RunUntil(() => owner.Count == 1, "the connection");
        ConnectedSocketAdapter csa = Assert.IsType<ConnectedSocketAdapter>(Assert.Single(owner.Announced).Object);
        Assert.NotNull(csa.RemoteEndPoint);

        far.Send([1, 2]);
        world.RunUntil(() => far.Look().Count == 2, "the echo");
        long sent = 2;
        while (csa.Waiting() == 0)
        {
            Assert.True(sent < 100_000_000, "It never has to wait until it can write.");
            owner.Made[0].Send(bytes);
            sent += bytes.Length;
            world.Cycles(4);
        }

        world.RunUntil(() => far.Look().Count == sent, "all that was sent");
        far.Send([3]);
        owner.Made[0].Send(new ProducerFinished(), "signal");
        world.RunUntil(() => far.Look().IsOver, "the end of the stream");
        far.Close();
        world.RunUntil(() => owner.Count == 0 && csa.IsStopped, "the end of the connection");

        Assert.True(csa.Connection.IsClosed);
        Assert.Null(csa.Connection.SocketIfMade);
        Assert.Equal(CloseKind.ProducerFinished, csa.CloseReason!.Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-16")]
    public void AdapterStoppedBeforeItWasActive_NothingIsLeft(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);
        Far far = world.Dial(rig.Port);
        ConnectedSocketAdapter csa = (ConnectedSocketAdapter)rig.RunUntilAnnounced(1)[0].Object;

        csa.Stop();

        Assert.Same(csa, rig.RunUntilGone(1)[0].Object);
        Assert.Equal(1, world.Selector.RegistrationCount);
        Assert.Equal(0, rig.Server.ConnectionCount);
        world.RunUntil(() => far.Look().Ended, "the end of the stream");
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-16")]
    public void AdapterThatTakesOverTheSocket_IsTheOneOwner(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = new(world, new Server(static (socket, service) => new ConnectedSocketAdapter(socket.Socket, service)));
        rig.Activate();
        Connection connection = rig.Dial();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        connection.Far.Send([1, 2]);
        Assert.Equal([1, 2], connection.RunUntilNearHas(2));

        connection.Order(new ProducerFinished());
        ShutdownCsa message = rig.RunUntilGone(1)[0];

        Assert.Same(connection.Csa, message.Object);
        Assert.Equal(0, rig.Server.ConnectionCount);
        Assert.Equal(1, world.Selector.RegistrationCount);
        world.RunUntil(() => connection.Far.Look().Ended, "the end of the stream");
    }

    [Theory, MemberData(nameof(PollersAndChoices))]
    [Trait("Spec", "INT-SRV-20")]
    public void ComponentAroundAnAdapter_IsFoundWhicheverWayItGotTheSocket(PollerKind kind, bool bySocket)
    {
        using World world = new(kind);
        Server server = new((socket, service) =>
            new Cover(bySocket ? new ConnectedSocketAdapter(socket.Socket, service) : new ConnectedSocketAdapter(socket, service)));
        ServerRig rig = new(world, server);
        rig.Activate();
        Far far = world.Dial(rig.Port);
        Cover cover = Assert.IsType<Cover>(rig.RunUntilAnnounced(1)[0].Object);
        cover.Activate(world.Scheduler);
        world.Settle();

        far.Reset();
        ShutdownCsa message = rig.RunUntilGone(1)[0];

        Assert.Same(cover, message.Object);
        Assert.Equal(0, server.ConnectionCount);
        Assert.Equal(1, world.Selector.RegistrationCount);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-14")]
    public void ComponentThatCannotSayItsEnd_IsRefusedWithAClearError(PollerKind kind)
    {
        using World world = new(kind);
        bool well = false;
        ServerRig rig = new(world, new Server((socket, service) => well ? new ConnectedSocketAdapter(socket, service) : new Component()));
        rig.Activate();

        Far far = world.Dial(rig.Port);
        world.RunUntil(() => far.Look().Ended, "the end of the stream");

        Exception exception = Assert.IsType<KeyNotFoundException>(Assert.Single(world.Recorder.Logged).Exception);
        Assert.Contains("\"CreatorFeedback\"", exception.Message, StringComparison.Ordinal);
        Assert.Empty(rig.Collect());
        Assert.Equal(0, rig.Server.ConnectionCount);
        well = true;
        Assert.NotNull(rig.Dial());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-27")]
    public void ServerEnded_AdaptersLiveOnAndTellNobody(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);
        Connection connection = rig.Dial();
        rig.Order(new ServerShutdown());
        world.RunUntil(() => rig.Server.IsStopped, "the end of the server");

        connection.Far.Send([1]);
        Assert.Equal([1], connection.RunUntilNearHas(1));
        connection.Far.Reset();

        Assert.Equal(CloseKind.Failed, connection.RunToEnd().Kind);
        Assert.True(connection.Csa.Connection.IsClosed);
        Assert.Null(connection.Csa.GetOutbox("CreatorFeedback").Linkage);
        Assert.Empty(rig.Collect());
        Assert.Empty(world.Recorder.Logged);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-08")]
    public void CreatorFeedback_LeadsToTheServerAsSoonAsSomebodyAsks(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);
        world.Dial(rig.Port);
        Component csa = rig.RunUntilAnnounced(1)[0].Object;
        world.Settle();
        int linkages = rig.Server.Postoffice.Count;

        Postbox feedback = csa.GetOutbox("CreatorFeedback");

        Assert.Equal((rig.Server, "_feedbackFromCSA"), feedback.Linkage!.SinkPair);
        Assert.Equal(linkages + 1, rig.Server.Postoffice.Count);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-08")]
    public void CreatorFeedback_MadeByTheConstructor_LeadsToTheServer(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = new(world, new Server(static (socket, service) =>
        {
            ConnectedSocketAdapter csa = new(socket, service);
            csa.GetOutbox("CreatorFeedback");
            return csa;
        }));
        rig.Activate();

        Connection connection = rig.Dial();

        Assert.Equal((rig.Server, "_feedbackFromCSA"), connection.Csa.GetOutbox("CreatorFeedback").Linkage!.SinkPair);
    }

    private sealed class Server(Func<ConnectedSocket, (Component Component, string Inbox), Component> make) : TcpServer(0, null, s_loopback)
    {
        protected override Component CreateCsa(ConnectedSocket socket, (Component Component, string Inbox) selectorService) => make(socket, selectorService);
    }

    /// <summary>Around an adapter, with boxes that lead straight to its own.</summary>
    [Inbox("ReadReady")]
    [Inbox("SendReady")]
    [Outbox("CreatorFeedback")]
    private sealed class Cover : Component
    {
        private readonly ConnectedSocketAdapter _inner;

        public Cover(ConnectedSocketAdapter inner)
        {
            _inner = inner;
            AddChildren(inner);
            Link((this, "ReadReady"), (inner, "ReadReady"), Passthrough.Inbox);
            Link((this, "SendReady"), (inner, "SendReady"), Passthrough.Inbox);
            Link((inner, "CreatorFeedback"), (this, "CreatorFeedback"), Passthrough.Outbox);
        }

        protected override IEnumerator<Yield> Main()
        {
            _inner.Activate();
            while (!_inner.IsStopped)
            {
                yield return Pause();
            }
        }
    }
}
