// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Kamaelia.Internet.Tests;

/// <summary>Accepting, announcing and forgetting connections.</summary>
public class TcpServerConnectionsTests
{
    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-08")]
    [Trait("Spec", "INT-IPC-04")]
    [Trait("Spec", "INT-FLOW-01")]
    public void Connection_IsAnnouncedAndRegisteredInOrder(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);
        List<object?> sent = [];
        world.Recorder.OnSent = (from, message) =>
        {
            if (from.Owner == rig.Server && from.Name is "protocolHandlerSignal" or "_selectorSignal" or "newconnection")
            {
                sent.Add(message);
            }
        };

        world.Dial(rig.Port);
        Component csa = rig.RunUntilAnnounced(1)[0].Object;
        world.Settle();

        // The listener itself comes from the selector. It is registered again once a batch, after the announcements.
        Assert.Same(rig.Server.Listener, sent[0]);
        Assert.Same(csa, Assert.IsType<NewCsa>(sent[1]).Object);
        NewReader reader = Assert.IsType<NewReader>(sent[2]);
        NewWriter writer = Assert.IsType<NewWriter>(sent[3]);
        Assert.Same(rig.Server.Listener, Assert.IsType<NewReader>(sent[4]).Selectable);
        Assert.Equal(5, sent.Count);
        Assert.Same(csa, reader.Caller);
        Assert.Equal((csa, "ReadReady"), reader.Target);
        Assert.Same(csa, writer.Caller);
        Assert.Equal((csa, "SendReady"), writer.Target);
        Assert.Contains(csa, rig.Server.ChildComponents());
        Assert.Equal((rig.Server, "_feedbackFromCSA"), csa.GetOutbox("CreatorFeedback").Linkage!.SinkPair);
        Assert.Equal(1, rig.Server.ConnectionCount);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-09")]
    [Trait("Spec", "INT-SRV-10")]
    public void NewCsa_CarriesServerAdapterAndSocket(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);

        Far far = world.Dial(rig.Port);
        NewCsa message = rig.RunUntilAnnounced(1)[0];
        world.Settle();

        Assert.Same(rig.Server, message.Caller);
        ConnectedSocketAdapter csa = Assert.IsType<ConnectedSocketAdapter>(message.Object);
        Assert.Same(csa.Socket, message.Sock);
        Assert.False(message.Sock!.Blocking);
        Assert.True(message.Sock.NoDelay);
        Assert.Equal(far.Socket.LocalEndPoint, message.Sock.RemoteEndPoint);
        Assert.Equal(far.Socket.RemoteEndPoint, message.Sock.LocalEndPoint);
        Assert.Null(csa.Scheduler);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-11")]
    public void ManyWaiting_SoManyAPassAreAcceptedAndTheRestInTheNext(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = new(world, new TcpServer(0, null, new TcpServerOptions { Address = IPAddress.Loopback, AcceptsPerPass = 4 }));
        for (int i = 0; i < 10; i++)
        {
            world.Dial(rig.Port);
        }

        rig.Server.Activate(world.Scheduler);
        List<int> batches = [];
        while (batches.Sum() < 10)
        {
            world.RunUntil(() => rig.Collect() is { Count: > 0 } batch && AddTo(batches, batch.Count));
        }

        // Three passes one after the other; the first step only asks the selector.
        Assert.Equal([4, 4, 2], batches);
        Assert.InRange(world.Recorder.StepsOf(rig.Server), 4, 5);
        Assert.Equal(2, world.Recorder.Sent(rig.Server, "_selectorSignal").Count(message => message is NewReader reader && reader.Selectable == rig.Server.Listener));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-12")]
    public void BurstOfClients_IsServedWithoutRetransmissions(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);
        Stopwatch watch = Stopwatch.StartNew();
        List<Socket> clients = [];
        for (int i = 0; i < 200; i++)
        {
            Socket client = world.Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false });
            Assert.Equal(SocketError.WouldBlock, Assert.Throws<SocketException>(() => client.Connect(IPAddress.Loopback, rig.Port)).SocketErrorCode);
            clients.Add(client);
        }

        // All are connected before the server has had a turn, for the kernel keeps them: a dropped one would come back after a second.
        Assert.All(clients, client => Assert.True(client.Poll(TimeSpan.FromMilliseconds(500), SelectMode.SelectWrite)));
        rig.RunUntilAnnounced(200);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5));
        Assert.Equal(200, rig.Server.ConnectionCount);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-13")]
    public void NotificationWithoutAClient_ListensOn(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);

        rig.Stray("newconnection", rig.Server.Listener);
        world.Settle();
        Assert.Empty(rig.Collect());
        Assert.Equal(1, world.Selector.RegistrationCount);
        Assert.Empty(world.Recorder.Logged);

        Assert.NotNull(rig.Dial());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-13")]
    public void AcceptThatWouldBlock_ListensOn(PollerKind kind)
    {
        using World world = new(kind);
        FailingServer server = new(new SocketException((int)SocketError.WouldBlock));
        ServerRig rig = new(world, server);
        rig.Activate();

        world.Dial(rig.Port);
        world.RunUntil(() => server.Failures == 1);
        world.Settle();
        Assert.Empty(rig.Collect());
        Assert.Empty(world.Recorder.Logged);
        server.Failure = null;

        Assert.NotNull(rig.Dial());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-13")]
    public void ClientGoneBeforeTheAccept_HarmsNobody(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = new(world, new TcpServer(0, null, new TcpServerOptions { Address = IPAddress.Loopback }));
        Far gone = world.Dial(rig.Port);
        gone.Reset();
        Far other = world.Dial(rig.Port);
        rig.Activate();

        // Systems differ in whether the one that is gone is still shown.
        world.RunUntil(() => rig.Collect().Count > 0 && rig.Announced.OfType<NewCsa>()
            .Any(arrival => ((ConnectedSocketAdapter)arrival.Object).RemoteEndPoint?.Equals(other.Socket.LocalEndPoint) == true));
        Assert.NotNull(rig.Dial());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-14")]
    [Trait("Spec", "INT-FLOW-14")]
    public void AcceptThatFails_IsReportedAndTriedAgainAfterAPause(PollerKind kind)
    {
        using World world = new(kind);
        FailingServer server = new(null);
        ServerRig rig = new(world, server);
        rig.Activate();
        Connection open = rig.Dial();
        server.Failure = new SocketException((int)SocketError.TooManyOpenSockets);

        world.Dial(rig.Port);
        world.RunUntil(() => server.Failures == 1);
        world.Settle();

        // It sleeps, although the listener is ready; what is open goes on.
        (LogLevel level, string text, Exception? exception) = Assert.Single(world.Recorder.Logged);
        Assert.Equal(LogLevel.Error, level);
        Assert.Contains("accept", text, StringComparison.Ordinal);
        Assert.Same(server.Failure, exception);
        int steps = world.Recorder.StepsOf(server);
        world.Dial(rig.Port);
        world.Settle();
        Assert.Equal(steps, world.Recorder.StepsOf(server));
        open.Far.Send([1]);
        Assert.Equal([1], open.RunUntilNearHas(1));

        // Still no luck, then better.
        world.Advance(TimeSpan.FromMilliseconds(100));
        world.RunUntil(() => server.Failures == 2);
        server.Failure = null;
        world.Dial(rig.Port);
        world.Settle();
        Assert.Empty(rig.Collect());
        world.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Single(rig.RunUntilAnnounced(1));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-14")]
    public void AcceptThatFails_OtherBusinessMeanwhile_DoesNotMakeItForgetToTryAgain(PollerKind kind)
    {
        using World world = new(kind);
        FailingServer server = new(null);
        ServerRig rig = new(world, server);
        rig.Activate();
        Connection open = rig.Dial();
        server.Failure = new SocketException((int)SocketError.TooManyOpenSockets);
        world.Dial(rig.Port);
        world.RunUntil(() => server.Failures == 1);
        server.Failure = null;

        // A connection that ends, and other messages, wake the server while it waits for its next try, again and again.
        for (int i = 0; i < 5; i++)
        {
            world.Advance(TimeSpan.FromMilliseconds(50));
            rig.Order("hello");
            world.Cycles(4);
        }

        open.Order(new ProducerFinished());
        rig.RunUntilGone(1);
        world.Dial(rig.Port);
        Assert.True(rig.RunUntilAnnounced(1).Count >= 1);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-GEN-01")]
    public void MakerOfAdaptersThatThrows_LosesThisConnectionAndNoOther(PollerKind kind)
    {
        using World world = new(kind);
        FailingServer server = new(null);
        ServerRig rig = new(world, server);
        rig.Activate();
        Connection open = rig.Dial();
        server.Failure = new InvalidOperationException("No.");

        Far unlucky = world.Dial(rig.Port);
        world.RunUntil(() => unlucky.Look().IsOver);
        server.Failure = null;

        Assert.Contains(world.Recorder.Logged, line => line.Exception is InvalidOperationException);
        open.Far.Send([1]);
        Assert.Equal([1], open.RunUntilNearHas(1));
        Assert.NotNull(rig.Dial());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-15")]
    public void NobodyHandlesConnections_ClosesThemAndSaysSo(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = new(world, new TcpServer(0, null, new TcpServerOptions { Address = IPAddress.Loopback }), linked: false);
        rig.Activate();

        Far far = world.Dial(rig.Port);
        world.RunUntil(() => far.Look().IsOver);

        Assert.Contains("protocolHandlerSignal", Assert.Single(world.Recorder.Logged).Text, StringComparison.Ordinal);
        Assert.Equal(0, rig.Server.ConnectionCount);
        Assert.Equal(1, world.Selector.RegistrationCount);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-GEN-01")]
    public void OwnerFull_ClientsWaitInTheKernelAndEndsAreKept(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);
        Connection first = rig.Dial();
        Connection second = rig.Dial();
        rig.Room = 1;
        world.Dial(rig.Port);
        world.Dial(rig.Port);
        world.Settle();
        Assert.Equal(3, rig.Server.ConnectionCount);
        first.Order(new ProducerFinished());
        second.Order(new ProducerFinished());
        first.RunToEnd();
        second.RunToEnd();
        world.Settle();

        // One at a time comes out, and none is lost.
        List<ConnectionMessage> told = [];
        world.RunUntil(() =>
        {
            IReadOnlyList<ConnectionMessage> batch = rig.Collect();
            Assert.InRange(batch.Count, 0, 1);
            told.AddRange(batch);
            return told.Count == 4;
        });

        Assert.Equal(2, told.OfType<NewCsa>().Count());
        Assert.Equal([first.Csa, second.Csa], told.OfType<ShutdownCsa>().Select(message => message.Object));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-16")]
    [Trait("Spec", "INT-GEN-04")]
    public void SocketShutdown_ClosesWithdrawsAnnouncesAndForgets(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);
        Connection connection = rig.Dial();
        world.Settle();
        List<object?> sent = [];
        world.Recorder.OnSent = (from, message) =>
        {
            if (from.Owner == rig.Server && from.Name is "protocolHandlerSignal" or "_selectorSignal" && message is not Registration)
            {
                if (from.Owner == rig.Server)
                {
                    sent.Add(message);
                }
            }
        };

        connection.Far.Reset();
        ShutdownCsa message = rig.RunUntilGone(1)[0];
        world.Settle();

        Assert.Same(rig.Server, message.Caller);
        Assert.Same(connection.Csa, message.Object);
        Assert.Equal(SocketError.ConnectionReset, message.Reason!.SocketError);
        Assert.Same(connection.Csa.Socket, Assert.IsType<RemoveReader>(sent[0]).Selectable);
        Assert.Same(connection.Csa.Socket, Assert.IsType<RemoveWriter>(sent[1]).Selectable);
        Assert.Same(message, sent[2]);
        Assert.Equal(3, sent.Count);
        Assert.Empty(rig.Server.ChildComponents());
        Assert.Equal(0, rig.Server.ConnectionCount);
        Assert.True(connection.Csa.Socket.SafeHandle.IsClosed);
        Assert.Null(connection.Csa.GetOutbox("CreatorFeedback").Linkage);

        // Only the listener is left.
        Assert.Equal(1, world.Selector.RegistrationCount);
        Assert.Equal(2, rig.Server.Postoffice.Count);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-17")]
    public void Feedback_OfOthersOrOfNoSense_IsDropped(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);
        Connection connection = rig.Dial();
        Connection stranger = world.Connect();

        foreach (object? message in (object?[])["hello", null, new ProducerFinished(), new SocketShutdown(), new SocketShutdown(stranger.Csa)])
        {
            rig.Stray("feedback", message);
        }

        world.Settle();

        Assert.Empty(rig.Collect());
        Assert.Equal(0, rig.Server.Waiting("_feedbackFromCSA"));
        Assert.Equal(1, rig.Server.ConnectionCount);
        Assert.False(stranger.Csa.IsStopped);
        connection.Far.Send([1]);
        Assert.Equal([1], connection.RunUntilNearHas(1));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-18")]
    [Trait("Spec", "INT-SRV-19")]
    [Trait("Spec", "INT-FLOW-09")]
    public void EachConnection_IsAnnouncedOnceAndEndedOnceAndLeavesTheOthersAlone(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);
        List<Connection> connections = [.. Enumerable.Range(0, 5).Select(_ => rig.Dial())];

        connections[0].Far.Reset();
        connections[1].Order(new ProducerFinished());
        connections[2].Order(new ShutdownMicroprocess());
        connections[3].Csa.Stop();
        rig.RunUntilGone(4);
        rig.Stray("feedback", new SocketShutdown(connections[0].Csa));
        world.Settle();
        rig.Collect();

        Assert.Equal(9, rig.Announced.Count);
        foreach (Connection connection in connections.Take(4))
        {
            Assert.Equal(
                [typeof(NewCsa), typeof(ShutdownCsa)],
                rig.Announced.Where(message => message.Object == connection.Csa).Select(message => message.GetType()));
        }

        connections[4].Far.Send([1]);
        Assert.Equal([1], connections[4].RunUntilNearHas(1));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-20")]
    public void ComponentAroundTheAdapter_IsWhatIsAnnouncedAtBothEnds(PollerKind kind)
    {
        using World world = new(kind);
        WrappingServer server = new();
        ServerRig rig = new(world, server);
        rig.Activate();
        Far far = world.Dial(rig.Port);
        Wrapper wrapper = Assert.IsType<Wrapper>(rig.RunUntilAnnounced(1)[0].Object);
        wrapper.Activate(world.Scheduler);
        world.Settle();

        far.Reset();
        ShutdownCsa message = rig.RunUntilGone(1)[0];

        Assert.Same(wrapper, message.Object);
        Assert.Equal(SocketError.ConnectionReset, message.Reason!.SocketError);
        Assert.Equal(0, server.ConnectionCount);
        Assert.Empty(server.ChildComponents());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-20")]
    public void Closing_CostsTheSameWithManyConnectionsOpen(PollerKind kind)
    {
        // By count, not by clock: what one end does to the server is so many steps and messages, however many are open.
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);
        List<Connection> connections = [.. Enumerable.Range(0, 100).Select(_ => rig.Dial())];
        world.Settle();

        List<(int Steps, int Messages)> costs = [];
        foreach (Connection connection in connections)
        {
            int steps = world.Recorder.TotalSteps;
            int messages = world.Recorder.AllSent.Count;
            connection.Order(new ProducerFinished());
            rig.RunUntilGone(1);
            world.Settle();
            costs.Add((world.Recorder.TotalSteps - steps, world.Recorder.AllSent.Count - messages));
        }

        Assert.Single(costs.Distinct());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-21")]
    [Trait("Spec", "INT-SRV-22")]
    public void OnePass_ClosingsThenNewConnectionsThenControl(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);
        List<Connection> connections = [.. Enumerable.Range(0, 5).Select(_ => rig.Dial())];
        world.Settle();
        rig.Collect();
        int steps = world.Recorder.StepsOf(rig.Server);

        world.Dial(rig.Port);
        foreach (Connection connection in connections)
        {
            rig.Stray("feedback", new SocketShutdown(connection.Csa));
        }

        rig.Stray("newconnection", rig.Server.Listener);
        rig.Order(new ServerShutdown());
        world.RunUntil(() => rig.Server.Scheduler is null);

        Assert.Equal(steps + 1, world.Recorder.StepsOf(rig.Server));
        IReadOnlyList<ConnectionMessage> told = rig.Collect();
        Assert.All(told.Take(5), message => Assert.IsType<ShutdownCsa>(message));
        Assert.IsType<NewCsa>(Assert.Single(told.Skip(5)));
    }

    [Theory, EachPoller]
    public void MaxConnections_TheRestWaitInTheKernelUntilOneEnds(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world, new TcpServerOptions { MaxConnections = 2 });
        Connection first = rig.Dial();
        rig.Dial();
        Far third = world.Dial(rig.Port);
        third.Send([7]);
        world.Settle();
        Assert.Empty(rig.Collect());
        int steps = world.Recorder.TotalSteps;
        world.Settle();
        Assert.Equal(steps, world.Recorder.TotalSteps);

        first.Order(new ProducerFinished());
        NewCsa arrival = rig.RunUntilAnnounced(1)[0];
        Connection connection = rig.Adopt((ConnectedSocketAdapter)arrival.Object, third);

        Assert.Equal([7], connection.RunUntilNearHas(1));
        Assert.Equal(2, rig.Server.ConnectionCount);
    }

    [LinuxTheory, EachPoller]
    [Trait("Spec", "INT-GEN-04")]
    public void TwoThousandConnections_LeaveNothingBehind(PollerKind kind)
    {
        const int Count = 2000;
        using World world = new(kind);
        Owner owner = new(Handler.Echo);
        TcpServer server = owner.Start(world);

        // What earlier tests left to the finalizers would count here.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        int descriptors = Descriptors.CountSockets();
        int feeders = world.Selector.GetInbox("notify").Incoming.Count();
        int serverLinkages = server.Postoffice.Count;
        int ownerLinkages = owner.Postoffice.Count;

        for (int i = 0; i < Count; i++)
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, server.ListenPort);
            Far far = new(socket);
            far.Send([1, 2, 3]);
            world.RunUntil(() => far.Look().Count == 3);

            // Each way to end has its turn.
            switch (i % 3)
            {
                case 0:
                    far.Reset();
                    break;
                case 1:
                    owner.Made[^1].Send(new ProducerFinished(), "signal");
                    world.RunUntil(() => far.Look().Ended);
                    break;
                default:
                    far.Finish();
                    world.RunUntil(() => owner.Made[^1].Controlled.Count > 0);
                    owner.Made[^1].Send(new ShutdownMicroprocess(), "signal");
                    world.RunUntil(() => far.Look().Ended);
                    break;
            }

            world.Recorder.AllSent.Clear();
        }

        world.RunUntil(() => owner.Count == 0);
        world.Settle();

        Assert.Equal(Count, owner.Announced.OfType<NewCsa>().Count());
        Assert.Equal(Count, owner.Announced.OfType<ShutdownCsa>().Count());
        Assert.Equal(descriptors, Descriptors.CountSockets());
        Assert.Equal(1, world.Selector.RegistrationCount);
        Assert.Equal(feeders, world.Selector.GetInbox("notify").Incoming.Count());
        Assert.Equal(serverLinkages, server.Postoffice.Count);
        Assert.Equal(ownerLinkages, owner.Postoffice.Count);
        Assert.Empty(server.ChildComponents());
        Assert.Equal([server], owner.ChildComponents());
        Assert.Equal(3, world.Scheduler.ListAll().Count);
    }

    private static bool AddTo(List<int> list, int value)
    {
        list.Add(value);
        return true;
    }

    /// <summary>A server whose accepts fail as long as the test wants.</summary>
    private sealed class FailingServer(Exception? failure) : TcpServer(0, null, new TcpServerOptions { Address = IPAddress.Loopback })
    {
        public Exception? Failure { get; set; } = failure;

        public int Failures { get; private set; }

        protected override Component CreateCsa(ConnectedSocket socket, (Component Component, string Inbox) selectorService)
        {
            if (Failure is not null)
            {
                Failures++;
                throw Failure;
            }

            return base.CreateCsa(socket, selectorService);
        }
    }

    private sealed class WrappingServer() : TcpServer(0, null, new TcpServerOptions { Address = IPAddress.Loopback })
    {
        protected override Component CreateCsa(ConnectedSocket socket, (Component Component, string Inbox) selectorService) =>
            new Wrapper((ConnectedSocketAdapter)base.CreateCsa(socket, selectorService));
    }

    /// <summary>As a chassis around an adapter: the same boxes, passed through.</summary>
    [Inbox("inbox")]
    [Inbox("control")]
    [Inbox("ReadReady")]
    [Inbox("SendReady")]
    [Outbox("outbox")]
    [Outbox("signal")]
    [Outbox("CreatorFeedback")]
    private sealed class Wrapper : Component
    {
        private readonly ConnectedSocketAdapter _inner;

        public Wrapper(ConnectedSocketAdapter inner)
        {
            _inner = inner;
            AddChildren(inner);
            foreach (string box in (string[])["inbox", "control", "ReadReady", "SendReady"])
            {
                Link((this, box), (inner, box), Passthrough.Inbox);
            }

            foreach (string box in (string[])["outbox", "signal", "CreatorFeedback"])
            {
                Link((inner, box), (this, box), Passthrough.Outbox);
            }
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
