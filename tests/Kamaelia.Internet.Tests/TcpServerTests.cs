// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>Listening, and coming to an end.</summary>
public class TcpServerTests
{
    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-01")]
    public void Constructor_TakesThePort_ClientsConnectBeforeActivation(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = new(world, new TcpServer(0));

        Far far = world.Dial(rig.Port);
        world.Settle();
        Assert.True(far.Socket.Connected);
        Assert.Empty(rig.Collect());
        rig.Activate();

        Assert.Single(rig.RunUntilAnnounced(1));
    }

    [Fact]
    [Trait("Spec", "INT-SRV-02")]
    public void NoPort_TakesARandomOneInTheRange()
    {
        TcpServer server = new(null);
        using Socket listener = server.Listener!;

        Assert.InRange(server.ListenPort, 2000, 50000);
        Assert.Equal(server.ListenPort, ((IPEndPoint)server.LocalEndPoint!).Port);
    }

    [Fact]
    [Trait("Spec", "INT-SRV-02")]
    public void NoPort_SomeAreTaken_OthersAreTried()
    {
        TcpServer server = new(0);
        using Socket unused = server.Listener!;
        (Socket taken, int port) = FindPairOfPorts(server);
        using Socket first = taken;

        // One of two, thirty-two times: that each try hits the taken one is as good as impossible.
        (Socket listener, int found) = server.MakeTcpServerPort(null, IPAddress.Loopback, port, port + 1);
        using Socket second = listener;

        Assert.Equal(port + 1, found);
    }

    [Fact]
    [Trait("Spec", "INT-SRV-02")]
    public void NoPort_AllAreTaken_Throws()
    {
        TcpServer server = new(0, null, new TcpServerOptions { Address = IPAddress.Loopback });
        using Socket listener = server.Listener!;

        SocketException exception = Assert.Throws<SocketException>(
            () => server.MakeTcpServerPort(null, IPAddress.Loopback, server.ListenPort, server.ListenPort));

        Assert.Equal(SocketError.AddressAlreadyInUse, exception.SocketErrorCode);
    }

    [Fact]
    [Trait("Spec", "INT-SRV-03")]
    public void PortZero_ReportsThePortThatTheSystemChose()
    {
        TcpServer server = new(0);
        using Socket listener = server.Listener!;

        Assert.InRange(server.ListenPort, 1, 65535);
        Assert.Equal(((IPEndPoint)listener.LocalEndPoint!).Port, server.ListenPort);
        Assert.Equal(server.ListenPort, ((IPEndPoint)server.LocalEndPoint!).Port);
    }

    [Fact]
    [Trait("Spec", "INT-SRV-04")]
    public void MakeTcpServerPort_WithHost_ListensThereAndDoesNotBlock()
    {
        TcpServer server = new(0);
        using Socket unused = server.Listener!;

        (Socket listener, int port) = server.MakeTcpServerPort(0, IPAddress.Loopback);
        using Socket owned = listener;
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(IPAddress.Loopback, port);

        Assert.False(listener.Blocking);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, port), listener.LocalEndPoint);
        (Socket everywhere, _) = server.MakeTcpServerPort(0);
        using Socket alsoOwned = everywhere;
        Assert.Contains(((IPEndPoint)everywhere.LocalEndPoint!).Address, new[] { IPAddress.Any, IPAddress.IPv6Any });
    }

    [Fact]
    [Trait("Spec", "INT-SRV-04")]
    public void MakeTcpServerPort_OfASuppliedPort_ReturnsIt()
    {
        TcpServer server = new(0);
        using Socket unused = server.Listener!;
        (Socket first, int port) = server.MakeTcpServerPort(0, IPAddress.Loopback);
        first.Dispose();

        (Socket second, int again) = server.MakeTcpServerPort(port, IPAddress.Loopback);
        using Socket owned = second;

        Assert.Equal(port, again);
    }

    [Fact]
    [Trait("Spec", "INT-SRV-05")]
    public void SocketOptions_AreSetBeforeTheBind()
    {
        // On Linux two listeners may share a port if both said so before they were bound; and the last of the list tells that all were set.
        SocketOption[] options =
        [
            new SocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, 1),
            new SocketOption(SocketOptionLevel.Socket, SocketOptionName.ReceiveBuffer, 12345),
        ];
        TcpServerOptions loud = new() { ThrowOnBindFailure = true };
        TcpServer plain = new(0, options, loud);
        using Socket listener = plain.Listener!;
        if (OperatingSystem.IsLinux())
        {
            TcpServer second = new(plain.ListenPort, options, loud);
            using Socket other = second.Listener!;
            Assert.Equal(plain.ListenPort, second.ListenPort);
        }

        using Socket untouched = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        untouched.ReceiveBufferSize = 12345;
        Assert.Equal(untouched.ReceiveBufferSize, listener.ReceiveBufferSize);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-06")]
    public void DefaultOptions_BothFamiliesConnect_AndIPv4PeersAreReportedAsSuch(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = new(world, new TcpServer(0));
        rig.Activate();

        Far four = world.Dial(rig.Port);
        ConnectedSocketAdapter csa = Assert.IsType<ConnectedSocketAdapter>(rig.RunUntilAnnounced(1)[0].Object);
        Assert.Equal(four.Socket.LocalEndPoint, csa.RemoteEndPoint);
        Assert.Equal(four.Socket.RemoteEndPoint, csa.LocalEndPoint);

        if (Socket.OSSupportsIPv6)
        {
            Far six = world.Dial(rig.Port, address: IPAddress.IPv6Loopback);
            csa = Assert.IsType<ConnectedSocketAdapter>(rig.RunUntilAnnounced(1)[0].Object);
            Assert.Equal(six.Socket.LocalEndPoint, csa.RemoteEndPoint);
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-07")]
    public void Activation_FindsTheSelectorAndRegistersTheListener(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);

        Assert.Equal((world.Selector, "notify"), rig.Server.GetOutbox("_selectorSignal").Linkage!.SinkPair);
        Assert.Equal((world.Selector, "control"), rig.Server.GetOutbox("_selectorShutdownSignal").Linkage!.SinkPair);
        NewReader request = Assert.IsType<NewReader>(Assert.Single(world.Recorder.Sent(rig.Server, "_selectorSignal")));
        Assert.Same(rig.Server, request.Caller);
        Assert.Equal((rig.Server, "newconnection"), request.Target);
        Assert.Same(rig.Server.Listener, request.Selectable);
        Assert.Equal(1, world.Selector.RegistrationCount);
    }

    [Fact]
    [Trait("Spec", "INT-SRV-07")]
    public void Activation_NoSelectorThere_MakesOneAndActivatesIt()
    {
        Scheduler scheduler = new();
        TcpServer server = new TcpServer(0).Activate(scheduler);
        for (int i = 0; i < 4; i++)
        {
            scheduler.RunCycle();
        }

        Selector selector = Assert.IsType<Selector>(scheduler.Tracker.RetrieveService("selector").Component);
        Assert.Same(scheduler, selector.Scheduler);
        Assert.Equal(1, selector.RegistrationCount);
        scheduler.Stop();
        scheduler.RunCycle();
        Assert.Null(server.LocalEndPoint);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-23")]
    public void Control_OnlyServerShutdownEndsIt(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);

        foreach (object? message in (object?[])[new ShutdownMicroprocess(), new ProducerFinished(), new Shutdown(), new SocketShutdown(), "stop", null])
        {
            rig.Order(message);
        }

        world.Settle();
        Assert.False(rig.Server.IsStopped);
        Assert.Equal(0, rig.Server.Waiting("control"));
        rig.Order("and");
        rig.Order(new ServerShutdown());
        world.Cycles(3);

        Assert.True(rig.Server.IsStopped);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-24")]
    [Trait("Spec", "INT-IPC-08")]
    [Trait("Spec", "INT-FLOW-11")]
    public void PortInUse_SaysSoOnSignalAndEnds(PollerKind kind)
    {
        using World world = new(kind);
        TcpServer first = new(0, null, new TcpServerOptions { Address = IPAddress.Loopback });
        world.Own(first.Listener!);

        ServerRig rig = new(world, new TcpServer(first.ListenPort, null, new TcpServerOptions { Address = IPAddress.Loopback }));
        Assert.Null(rig.Server.Listener);
        Assert.Null(rig.Server.LocalEndPoint);
        rig.Activate();

        BindFailed order = Assert.IsType<BindFailed>(Assert.Single(rig.Signals()));
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.IsType<SocketException>(order.Exception).SocketErrorCode);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, first.ListenPort), order.EndPoint);
        Assert.True(rig.Server.IsStopped);
        Assert.Empty(world.Recorder.Sent(rig.Server, "_selectorSignal"));
        Assert.Empty(world.Recorder.Sent(rig.Server, "_selectorShutdownSignal"));
        Assert.Equal((world.Selector, "notify"), world.Tracker.RetrieveService("selector"));
    }

    [Fact]
    [Trait("Spec", "INT-SRV-24")]
    public void PortInUse_ToThrow_Throws()
    {
        TcpServerOptions options = new() { Address = IPAddress.Loopback, ThrowOnBindFailure = true };
        TcpServer first = new(0, null, options);
        using Socket listener = first.Listener!;

        SocketException exception = Assert.Throws<SocketException>(() => new TcpServer(first.ListenPort, null, options));

        Assert.Equal(SocketError.AddressAlreadyInUse, exception.SocketErrorCode);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-25")]
    [Trait("Spec", "INT-SRV-26")]
    [Trait("Spec", "INT-GEN-07")]
    public void ServerShutdown_WithdrawsTellsTheSelectorAndStopsListening(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);
        Far far = world.Dial(rig.Port);
        rig.RunUntilAnnounced(1);
        int asked = world.Recorder.Sent(rig.Server, "_selectorSignal").Count;

        rig.Order(new ServerShutdown());
        world.RunUntil(() => rig.Server.Scheduler is null);
        world.Settle();

        RemoveReader withdrawal = Assert.IsType<RemoveReader>(Assert.Single(world.Recorder.Sent(rig.Server, "_selectorSignal").Skip(asked)));
        Assert.Same(rig.Server.Listener, withdrawal.Selectable);
        Assert.IsType<Shutdown>(Assert.Single(world.Recorder.Sent(rig.Server, "_selectorShutdownSignal")));
        Assert.Empty(rig.Signals());
        Assert.True(rig.Server.Listener!.SafeHandle.IsClosed);
        Assert.Null(rig.Server.LocalEndPoint);
        Assert.Equal(0, rig.Server.Postoffice.Count);
        SocketException exception = Assert.Throws<SocketException>(() => world.Dial(rig.Port));
        Assert.Equal(SocketError.ConnectionRefused, exception.SocketErrorCode);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-27")]
    [Trait("Spec", "INT-SRV-28")]
    public void ServerShutdown_OpenConnectionsSurvive(PollerKind kind)
    {
        using World world = new(kind, anchored: false);
        ServerRig rig = ServerRig.Start(world);
        Connection connection = rig.Dial();
        world.Settle();

        rig.Order(new ServerShutdown());
        world.RunUntil(() => rig.Server.Scheduler is null);
        world.Advance(TimeSpan.FromHours(1));

        connection.Far.Send([1]);
        Assert.Equal([1], connection.RunUntilNearHas(1));
        connection.Send(new byte[] { 2 });
        Assert.Equal([2], connection.RunUntilFarHas(1));
        connection.Order(new ProducerFinished());
        connection.RunToEnd();
        world.Settle();
        Assert.Empty(rig.Collect());

        // With the last of them the selector goes, too.
        Assert.Empty(world.Scheduler.ListAll());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-28")]
    public void ServerShutdown_AnotherServerOfTheSelector_GoesOn(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig one = ServerRig.Start(world);
        ServerRig other = ServerRig.Start(world);

        one.Order(new ServerShutdown());
        world.RunUntil(() => one.Server.Scheduler is null);
        world.Advance(TimeSpan.FromHours(1));
        Connection connection = other.Dial();
        connection.Far.Send([1]);

        Assert.Equal([1], connection.RunUntilNearHas(1));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-29")]
    public void SchedulerStopped_ClosesTheListener(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);

        world.Scheduler.Stop();
        world.Scheduler.RunCycle();
        rig.Server.Stop();

        Assert.True(rig.Server.Listener!.SafeHandle.IsClosed);
        Assert.Throws<SocketException>(() => world.Dial(rig.Port));
    }

    [Fact]
    [Trait("Spec", "INT-SRV-29")]
    public void Stop_BeforeItWasEverActive_ClosesTheListener()
    {
        TcpServer server = new(0);

        server.Stop();
        server.Stop();

        Assert.True(server.Listener!.SafeHandle.IsClosed);
        Assert.Null(server.LocalEndPoint);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SRV-30")]
    public void ServerEnds_ClientsThatStillWaitAreReset(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world, new TcpServerOptions { MaxConnections = 1 });
        Far served = world.Dial(rig.Port);
        rig.RunUntilAnnounced(1);
        Far waiting = world.Dial(rig.Port);
        world.Settle();
        Assert.Empty(rig.Collect());

        rig.Order(new ServerShutdown());
        world.RunUntil(() => rig.Server.Scheduler is null);

        world.RunUntil(() => waiting.Look().IsOver);
        Assert.Equal(SocketError.ConnectionReset, waiting.Failure);
        world.Settle();
        Assert.False(served.Look().IsOver);
        Assert.Empty(rig.Collect());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-GEN-01")]
    [Trait("Spec", "INT-SEL-18")]
    public void ListenerClosedBySomebodyElse_EndsTheServerAndNobodyElse(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig rig = ServerRig.Start(world);
        Connection connection = rig.Dial();

        rig.Server.Listener!.Dispose();
        world.RunUntil(() => rig.Server.Scheduler is null);

        Assert.IsType<ErrorInformation>(Assert.Single(rig.Signals()));
        connection.Far.Send([1]);
        Assert.Equal([1], connection.RunUntilNearHas(1));
    }

    // Two neighbouring ports of loopback, the first of them taken.
    private static (Socket Taken, int Port) FindPairOfPorts(TcpServer server)
    {
        while (true)
        {
            (Socket taken, int port) = server.MakeTcpServerPort(0, IPAddress.Loopback);
            try
            {
                server.MakeTcpServerPort(port + 1, IPAddress.Loopback).Listener.Dispose();
                return (taken, port);
            }
            catch (SocketException)
            {
                taken.Dispose();
            }
        }
    }
}
