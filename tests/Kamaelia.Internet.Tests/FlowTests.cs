// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>Whole conversations, with a server, the smallest owner, and handlers.</summary>
public class FlowTests
{
    [Theory, EachPoller]
    [Trait("Spec", "INT-FLOW-01")]
    [Trait("Spec", "INT-FLOW-02")]
    public void RequestAndReply(PollerKind kind)
    {
        using World world = new(kind);
        Owner owner = new(Handler.Echo);
        TcpServer server = owner.Start(world);

        Far far = world.Dial(server.ListenPort);
        for (int i = 0; i < 20; i++)
        {
            far.Send([(byte)i, 1]);
            world.RunUntil(() => far.Look().Count == 2 * (i + 1));
        }

        Assert.Equal(far.Received, owner.Made[0].Bytes);
        Assert.IsType<NewCsa>(Assert.Single(owner.Announced));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-FLOW-03")]
    [Trait("Spec", "INT-FLOW-04")]
    public void DataThenCloseAtOnce_HandlerGetsAllAndTheEndInALaterPass(PollerKind kind)
    {
        using World world = new(kind);
        Owner owner = new(() => new Handler());
        TcpServer server = owner.Start(world, new TcpServerOptions { Csa = new CsaOptions { AllowHalfOpen = false } });
        byte[] sent = Bytes.Pattern(100_000);

        Far far = world.Dial(server.ListenPort);
        far.Send(sent);
        far.Close();
        world.RunUntil(() => owner.Made.Count == 1 && owner.Made[0].Scheduler is null);

        Handler handler = owner.Made[0];
        Bytes.AssertSame(sent, handler.Bytes);
        Assert.All(handler.Received, received => Assert.InRange(received.Bytes.Length, 1, 32768));
        (int pass, object? message) = Assert.Single(handler.Controlled);
        Assert.Equal(CloseKind.PeerClosed, Assert.IsType<SocketShutdown>(message).Reason!.Kind);
        Assert.True(pass > handler.Received[^1].Pass);
        Assert.Equal(0, owner.Count);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-FLOW-05")]
    public void ResetWhileIdle_HandlerHearsWhy(PollerKind kind)
    {
        using World world = new(kind);
        Owner owner = new(Handler.Echo);
        TcpServer server = owner.Start(world);
        Far far = world.Dial(server.ListenPort);
        far.Send([1]);
        world.RunUntil(() => far.Look().Count == 1);

        far.Reset();
        world.RunUntil(() => owner.Made[0].Scheduler is null);

        SocketShutdown message = Assert.IsType<SocketShutdown>(Assert.Single(owner.Made[0].Controlled).Message);
        Assert.Equal(SocketError.ConnectionReset, message.Reason!.SocketError);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-FLOW-06")]
    [Trait("Spec", "INT-FLOW-09")]
    [Trait("Spec", "INT-SRV-19")]
    public void ResetWhileWriting_OtherConnectionsDoNotNotice(PollerKind kind)
    {
        using World world = new(kind);
        Owner owner = new(() => new Handler(static (handler, bytes) => handler.Send(bytes[0] == 9 ? new byte[5_000_000] : bytes)));
        TcpServer server = owner.Start(world);
        Far bad = world.Dial(server.ListenPort, buffer: 16 * 1024);
        Far good = world.Dial(server.ListenPort);
        bad.Send([9]);
        world.RunUntil(() => bad.Look(most: 100).Count > 0);

        bad.Reset();
        world.RunUntil(() => owner.Count == 1);
        good.Send([1]);
        world.RunUntil(() => good.Look().Count == 1);

        ShutdownCsa end = Assert.Single(owner.Announced.OfType<ShutdownCsa>());
        Assert.Equal(CloseKind.Failed, end.Reason!.Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-28")]
    public void HalfClose_EchoReachesAClientThatSentAndFinishedInOneGo(PollerKind kind)
    {
        using World world = new(kind);
        Owner owner = new(() => new Handler(
            static (handler, bytes) => handler.Send(bytes),
            static (handler, message) => handler.Send(new ProducerFinished(handler), "signal")));
        TcpServer server = owner.Start(world);
        for (int i = 0; i < 20; i++)
        {
            Far far = world.Dial(server.ListenPort);
            far.Send(Bytes.Of("hello"));
            far.Finish();
            world.RunUntil(() => far.Look().IsOver);
            Assert.Equal(Bytes.Of("hello"), far.Received);
            Assert.True(far.Ended);
        }

        world.RunUntil(() => owner.Count == 0);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-FLOW-07")]
    public void HalfClose_HandlerRepliesAfterTheEndAndClosesWhenItIsDone(PollerKind kind)
    {
        using World world = new(kind);
        byte[] reply = Bytes.Pattern(3_000_000);
        Owner owner = new(() => new Handler(null, (handler, message) =>
        {
            if (message is PeerFinishedSending)
            {
                handler.Send(reply);
                handler.Send(new ProducerFinished(handler), "signal");
            }
        }));
        TcpServer server = owner.Start(world);
        Far far = world.Dial(server.ListenPort, buffer: 16 * 1024);
        far.Send(Bytes.Of("request"));
        far.Finish();

        world.RunUntil(() => far.Look(most: 50_000).IsOver);

        Bytes.AssertSame(reply, far.Received);
        Assert.True(far.Ended);
        world.RunUntil(() => owner.Made[0].Scheduler is null);
        Handler handler = owner.Made[0];
        Assert.Equal(Bytes.Of("request"), handler.Bytes);
        Assert.IsType<PeerFinishedSending>(handler.Controlled[0].Message);
        Assert.True(handler.Controlled[0].Pass > handler.Received[^1].Pass);
        Assert.Equal(CloseKind.ProducerFinished, Assert.IsType<SocketShutdown>(handler.Controlled[1].Message).Reason!.Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-FLOW-08")]
    public void HandlerCloses_HearsOfTheEndAllTheSame(PollerKind kind)
    {
        using World world = new(kind);
        byte[] cookie = Bytes.Pattern(500_000);
        Owner owner = new(() => new Handler((handler, _) =>
        {
            handler.Send(cookie);
            handler.Send(new ProducerFinished(handler), "signal");
        }));
        TcpServer server = owner.Start(world);
        Far far = world.Dial(server.ListenPort, buffer: 16 * 1024);
        far.Send([1]);

        world.RunUntil(() => far.Look().IsOver);
        world.RunUntil(() => owner.Made[0].Scheduler is null);

        Bytes.AssertSame(cookie, far.Received);
        Assert.True(far.Ended);
        Assert.IsType<SocketShutdown>(Assert.Single(owner.Made[0].Controlled).Message);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-FLOW-12")]
    public void SlowHandler_HoldsUpTheClientAndGetsEverythingInOrder(PollerKind kind)
    {
        using World world = new(kind);
        Owner owner = new(() => new Handler { IsSlow = true }, handlerRoom: 2);
        TcpServer server = owner.Start(world, new TcpServerOptions { Csa = new CsaOptions { ReadChunkSize = 1000 } });
        Far far = world.Dial(server.ListenPort);
        byte[] sent = Bytes.Pattern(50_000);
        far.Send(sent);
        far.Finish();
        world.RunUntil(() => owner.Made.Count == 1 && owner.Made[0].Waiting() == 2);
        world.Settle();
        Handler handler = owner.Made[0];
        Assert.Equal(2, handler.Waiting());
        Assert.Empty(handler.Controlled);

        handler.IsSlow = false;
        handler.Nudge();
        world.RunUntil(() => handler.Controlled.Count == 1);

        Bytes.AssertSame(sent, handler.Bytes);
        Assert.IsType<PeerFinishedSending>(handler.Controlled[0].Message);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-FLOW-13")]
    public void SlowClient_HandlerIsRefusedAndSendingResumes(PollerKind kind)
    {
        using World world = new(kind);
        int sent = 0;
        Owner owner = new(() => new Handler((handler, _) =>
        {
            while (sent < 1000 && handler.TrySend(new byte[100_000]))
            {
                sent++;
            }
        }));
        TcpServer server = owner.Start(world, new TcpServerOptions { Csa = new CsaOptions { SendQueueLimit = 10 } });
        Far far = world.Dial(server.ListenPort, buffer: 16 * 1024);
        far.Send([1]);
        world.RunUntil(() => sent > 0);
        world.Settle();
        Assert.Equal(10, sent);

        // After the client has read there is room again.
        world.RunUntil(() => far.Look().Count == 1_000_000);
        far.Send([1]);
        world.RunUntil(() => far.Look().Count == 2_000_000);
        Assert.Equal(20, sent);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-FLOW-14")]
    [Trait("Spec", "INT-GEN-01")]
    public void HandlerThatSendsText_IsToldAndTheConnectionLives(PollerKind kind)
    {
        using World world = new(kind);
        Owner owner = new(() => new Handler(static (handler, bytes) =>
        {
            handler.Send("text");
            handler.Send(bytes);
        }));
        TcpServer server = owner.Start(world);
        Far far = world.Dial(server.ListenPort);

        far.Send([1, 2]);
        world.RunUntil(() => far.Look().Count == 2);

        Assert.Contains(world.Recorder.Sent(((NewCsa)owner.Announced[0]).Object, "signal"), message => message is ErrorInformation);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-FLOW-15")]
    [Trait("Spec", "INT-SEL-32")]
    public void LastConnectionAndServerEnded_NobodyIsLeft(PollerKind kind)
    {
        using World world = new(kind, anchored: false);
        Owner owner = new(Handler.Echo);
        TcpServer server = owner.Start(world);
        Far far = world.Dial(server.ListenPort);
        far.Send([1]);
        world.RunUntil(() => far.Look().Count == 1);

        far.Reset();
        world.RunUntil(() => owner.Count == 0);
        server.GetInbox("control").Append(new ServerShutdown());
        owner.GetInbox("control").Append(new ShutdownMicroprocess());
        world.Cycles(10);

        Assert.Empty(world.Scheduler.ListAll());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-GEN-03")]
    public void OpenConnectionsWithoutTraffic_TakeNoSteps(PollerKind kind)
    {
        using World world = new(kind);
        Owner owner = new(Handler.Echo);
        TcpServer server = owner.Start(world);
        for (int i = 0; i < 20; i++)
        {
            Far far = world.Dial(server.ListenPort);
            far.Send([1]);
            world.RunUntil(() => far.Look().Count == 1);
        }

        world.Settle();
        int steps = world.Recorder.TotalSteps;
        for (int i = 0; i < 100; i++)
        {
            world.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(steps, world.Recorder.TotalSteps);
    }
}
