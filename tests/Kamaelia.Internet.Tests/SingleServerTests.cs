// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

public class SingleServerTests
{
    [Theory, EachPoller]
    [Trait("Spec", "INT-ONE-01")]
    public void FirstClient_IsWiredToTheStage(PollerKind kind)
    {
        using World world = new(kind);
        StageRig server = Start(world);

        Far far = Dial(world, server);
        far.Send(Bytes.Of("request"));
        Assert.Equal(Bytes.Of("request"), server.RunUntilHas(7));
        server.Send(Bytes.Of("reply"));
        world.RunUntil(() => far.Look().Count == 5);

        Assert.Equal(Bytes.Of("reply"), far.Received);
        Assert.Equal(["TcpServer", "ConnectedSocketAdapter"], server.Stage.ChildComponents().Select(child => child.GetType().Name));
        Assert.Empty(server.Signals);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-ONE-02")]
    public void Inbox_BeforeAnyClient_IsKeptForTheFirst(PollerKind kind)
    {
        using World world = new(kind);
        StageRig server = Start(world);
        server.Send(Bytes.Of("one "), Bytes.Of("two "));
        world.Settle();

        Far far = Dial(world, server);
        world.RunUntil(() => far.Look().Count == 8);
        server.Send(Bytes.Of("three"));

        world.RunUntil(() => far.Look().Count == 13);
        Assert.Equal(Bytes.Of("one two three"), far.Received);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-ONE-03")]
    [Trait("Spec", "INT-ONE-04")]
    public void SecondClient_IsTurnedAwayAndTheFirstDoesNotNotice(PollerKind kind)
    {
        using World world = new(kind);
        StageRig server = Start(world);
        Far first = Dial(world, server);
        first.Send([1]);
        server.RunUntilHas(1);

        foreach (byte[] said in new byte[][] { [], Bytes.Of("let me in") })
        {
            Far second = Dial(world, server);
            second.Send(said);
            world.RunUntil(() => second.Look().IsOver);
            Assert.True(second.Ended, $"{second.Failure}");
            Assert.Empty(second.Received);
        }

        world.Settle();
        first.Send([2]);
        Assert.Equal([1, 2], server.RunUntilHas(2));
        server.Send(new byte[] { 3 });
        world.RunUntil(() => first.Look().Count == 1);
        Assert.Empty(server.Signals);
        Assert.Equal(2, server.Stage.ChildComponents().Count);
        Assert.Equal(1, ServerOf(server).ConnectionCount);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-ONE-05")]
    [Trait("Spec", "INT-ONE-06")]
    public void ClientLeaves_SaysSoAndServesTheNext(PollerKind kind)
    {
        using World world = new(kind);
        StageRig server = Start(world);
        for (byte i = 1; i <= 3; i++)
        {
            Far far = Dial(world, server);
            far.Send([i]);
            server.RunUntilHas(i);
            if (i == 2)
            {
                far.Reset();
            }
            else
            {
                far.Close();
            }

            server.RunUntilSignals(i);
            ProducerFinished message = Assert.IsType<ProducerFinished>(server.Signals[^1]);
            Assert.Same(server.Stage, message.Caller);
            Assert.Equal(i == 2 ? CloseKind.Failed : CloseKind.ProducerFinished, Assert.IsType<CloseReason>(message.Message).Kind);
        }

        server.Send(Bytes.Of("for the "), Bytes.Of("next"));
        world.Settle();
        Far next = Dial(world, server);
        world.RunUntil(() => next.Look().Count == 12);
        Assert.Equal(Bytes.Of("for the next"), next.Received);
        Assert.Equal([1, 2, 3], server.Data);
        Assert.Equal(2, server.Stage.ChildComponents().Count);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-ONE-05")]
    public void ClientFinishesSending_StillGetsWhatIsQueuedForIt(PollerKind kind)
    {
        using World world = new(kind);
        StageRig server = Start(world);
        byte[] reply = Bytes.Pattern(10_000_000);
        Far far = Dial(world, server, buffer: 64 * 1024);
        far.Send(Bytes.Of("all"));
        server.RunUntilHas(3);
        server.Send(reply);
        far.Finish();

        world.RunUntil(() => far.Look(most: 300_000).IsOver);

        Bytes.AssertSame(reply, far.Received);
        Assert.True(far.Ended);
        server.RunUntilSignals(1);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-ONE-07")]
    public void Control_ProducerFinished_ClosesTheClientAndServesTheNext(PollerKind kind)
    {
        using World world = new(kind);
        StageRig server = Start(world);
        server.Order(new ProducerFinished());
        world.Settle();
        Assert.False(server.Stage.IsStopped);
        byte[] sent = Bytes.Pattern(10_000_000);
        Far far = Dial(world, server, buffer: 64 * 1024);
        world.RunUntil(() => server.Stage.ChildComponents().Count == 2);
        server.Send(sent);
        server.Order("something else");
        server.Order(new ProducerFinished());

        world.RunUntil(() => far.Look(most: 300_000).IsOver);

        Bytes.AssertSame(sent, far.Received);
        Assert.True(far.Ended);
        server.RunUntilSignals(1);
        Far next = Dial(world, server);
        next.Send([1]);
        server.RunUntilHas(1);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-ONE-07")]
    public void Control_Shutdown_StopsEverythingAndIsPassedOn(PollerKind kind)
    {
        using World world = new(kind);
        foreach (ShutdownMicroprocess order in new[] { new ShutdownMicroprocess(), new ServerShutdown() })
        {
            StageRig server = Start(world);
            TcpServer listener = ServerOf(server);
            int port = listener.ListenPort;
            Far far = Dial(world, server);
            world.RunUntil(() => server.Stage.ChildComponents().Count == 2);
            server.Send(Bytes.Of("goodbye"));

            server.Order(order);
            world.RunUntil(() => server.Stage.Scheduler is null && listener.Scheduler is null);
            world.RunUntil(() => far.Look().IsOver);

            Assert.Same(order, Assert.Single(server.Collect().Signals));
            Assert.Equal(Bytes.Of("goodbye"), far.Received);
            Assert.True(far.Ended);
            Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => world.Dial(port)).SocketErrorCode);
            world.RunUntil(() => world.Scheduler.ListAll().Count == 1);
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-ONE-08")]
    public void Stop_WithAClientOrWithout_ClosesEverythingAndSaysSo(PollerKind kind)
    {
        using World world = new(kind);
        foreach (bool withClient in new[] { true, false })
        {
            StageRig server = Start(world);
            TcpServer listener = ServerOf(server);
            Far? far = withClient ? Dial(world, server) : null;
            world.RunUntil(() => server.Stage.ChildComponents().Count == (withClient ? 2 : 1));

            server.Stage.Stop();
            world.RunUntil(() => server.Stage.Scheduler is null && listener.Scheduler is null);

            Assert.Same(server.Stage, Assert.IsType<ProducerFinished>(Assert.Single(server.Collect().Signals)).Caller);
            Assert.Contains(world.Recorder.Sent(server.Stage, "_serverControl"), message => message is ServerShutdown);
            world.RunUntil(() => far is null || far.Look().Ended);
            Assert.All(world.Recorder.Ends, end => Assert.Null(end.Exception));
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-ONE-08")]
    public void Stop_NeverActive_GivesItsPortBack(PollerKind kind)
    {
        using World world = new(kind);
        SingleServer server = new(0, null, Factory);
        int port = server.Server.ListenPort;

        server.Stop();

        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => world.Dial(port)).SocketErrorCode);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-ONE-08")]
    public void SchedulerStop_ClientSeesTheEnd(PollerKind kind)
    {
        using World world = new(kind);
        StageRig server = Start(world);
        Far far = Dial(world, server);
        world.RunUntil(() => server.Stage.ChildComponents().Count == 2);

        world.Scheduler.Stop();
        world.Scheduler.RunCycle();

        Assert.Empty(world.Scheduler.ListAll());
        Assert.True(SpinWait.SpinUntil(() => far.Look().Ended, TimeSpan.FromSeconds(10)));
        Assert.Single(server.Collect().Signals);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-ONE-09")]
    public void Oobinfo_SeveralMessagesAtOnce_AreAllDealtWith(PollerKind kind)
    {
        using World world = new(kind);
        StageRig server = Start(world);

        // Three come between two looks of the selector: what the stage is told of them waits in its inbox together.
        Far first = Dial(world, server);
        Far second = Dial(world, server);
        Far third = Dial(world, server);
        world.RunUntil(() => second.Look().Ended && third.Look().Ended);

        first.Send([1]);
        server.RunUntilHas(1);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-ONE-11")]
    public void PortInUse_SaysSoAndEnds(PollerKind kind)
    {
        using World world = new(kind);
        FarServer taken = new(world);

        StageRig server = Start(world, taken.Port);
        world.RunUntil(() => server.Stage.Scheduler is null);

        BindFailed message = Assert.IsType<BindFailed>(Assert.Single(server.Collect().Signals));
        Assert.Equal(SocketError.AddressAlreadyInUse, ((SocketException)message.Exception).SocketErrorCode);
        Assert.Single(world.Scheduler.ListAll());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-ONE-10")]
    public void Echo_SendsEverythingBackAndEndsWhenTold(PollerKind kind)
    {
        using World world = new(kind);
        foreach (object order in new object[] { new ProducerFinished(), new ShutdownMicroprocess() })
        {
            StageRig echo = new StageRig(world, new Echo()).Activate();
            byte[][] sent = [.. Bytes.Pattern(1000).Chunk(10)];
            echo.Send([.. sent]);
            echo.Order("something else");
            echo.Order(order);

            world.RunUntil(() => echo.Stage.Scheduler is null);

            Assert.Equal(Bytes.Pattern(1000), echo.Collect().Data);
            Assert.Equal([order], echo.Signals);
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-ONE-10")]
    public void Echo_ReceiverIsFull_WaitsAndKeepsTheOrder(PollerKind kind)
    {
        using World world = new(kind);
        StageRig echo = new StageRig(world, new Echo()).Activate();
        echo.Room = 1;
        echo.Send([.. Bytes.Pattern(100).Chunk(10)]);
        world.Settle();
        int steps = echo.Steps;
        world.Settle();
        Assert.Equal(steps, echo.Steps);
        Assert.Equal(1, echo.Waiting);

        Assert.Equal(Bytes.Pattern(100), echo.RunUntilHas(100));
    }

    private static TcpServer Factory(int port, IReadOnlyList<SocketOption>? socketOptions) =>
        new(port, socketOptions, new TcpServerOptions { Address = IPAddress.Loopback });

    private static StageRig Start(World world, int port = 0)
    {
        SingleServer server = new(port, null, Factory);
        if (server.Server.Listener is { } listener)
        {
            world.Own(listener);
        }

        StageRig rig = new StageRig(world, server).Activate();
        world.Cycles(4);
        return rig;
    }

    private static TcpServer ServerOf(StageRig rig) => ((SingleServer)rig.Stage).Server;

    private static Far Dial(World world, StageRig rig, int? buffer = null) => world.Dial(ServerOf(rig).ListenPort, buffer);
}
