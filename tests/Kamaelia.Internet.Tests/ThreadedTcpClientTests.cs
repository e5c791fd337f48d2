// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>The client with a thread of its own. The thread has its own time; the test runs the scheduler until what it expects has come.</summary>
public class ThreadedTcpClientTests
{
    private const string Host = "127.0.0.1";
    private const int Large = 10_000_000;

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-01")]
    public void ServerIsSilent_HoldsNobodyUp_AndTheComponentSleeps(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new ThreadedTcpClient(Host, server.Port));
        server.Accept();
        RunUntilConnected(world, client);
        world.Settle();
        int steps = client.Steps;

        Connection other = world.Connect();
        other.Far.Send([1]);
        other.RunUntilNearHas(1);
        world.Settle();

        Assert.Equal(steps, client.Steps);
        Assert.False(client.Stage.IsStopped);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-02")]
    public void InitialMessage_IsSentFirst(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = new(world, new ThreadedTcpClient(Host, server.Port, Bytes.Of("first ")));
        client.Send(Bytes.Of("second"));
        client.Activate();

        Assert.Equal(Bytes.Of("first second"), RunUntilHas(world, server.Accept(), 12));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-03")]
    public void WhatTheServerSends_ComesOut_Complete(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new ThreadedTcpClient("localhost", server.Port));
        byte[] bytes = Bytes.Pattern(1_000_000);
        Far far = server.Accept();

        int written = 0;
        world.RunUntil(() =>
        {
            written += far.Write(bytes.AsSpan(written));
            return client.Collect().Count == bytes.Length;
        });

        Bytes.AssertSame(bytes, client.Data);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-04")]
    public void WhatIsInTheInbox_IsSentInOrder_AlsoFromBeforeTheConnection(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = new(world, new ThreadedTcpClient(Host, server.Port));
        client.Send(Bytes.Of("one "), Array.Empty<byte>());
        client.Activate();
        client.Send(new ReadOnlyMemory<byte>(Bytes.Of("two ")));
        Far far = server.Accept();
        RunUntilConnected(world, client);

        // More messages than there is room for between the box and the thread.
        for (int i = 0; i < 200; i++)
        {
            client.Send(Bytes.Pattern(10, i));
        }

        byte[] expected = [.. Bytes.Of("one two "), .. Enumerable.Range(0, 200).SelectMany(i => Bytes.Pattern(10, i))];
        Assert.Equal(expected, RunUntilHas(world, far, expected.Length));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-04")]
    [Trait("Spec", "INT-TCL-10")]
    public void Echo_OfMoreThanAnybodyHasRoomFor_HoldsNothingUp(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new ThreadedTcpClient(Host, server.Port));
        byte[] bytes = Bytes.Pattern(Large);
        Far far = server.Accept();
        client.Send(bytes);

        int echoed = 0;
        world.RunUntil(
            () =>
            {
                far.Look(200_000);
                echoed += far.Write(bytes.AsSpan(echoed, (int)far.Count - echoed));
                return client.Collect().Count == Large;
            },
            "all of the echo");

        Bytes.AssertSame(bytes, client.Data);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-05")]
    [Trait("Spec", "INT-TCL-06")]
    public void Orders_EndItAtOnce_ThoughTheServerIsSilent(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        foreach (Ipc order in new Ipc[] { new ProducerFinished(), new ShutdownMicroprocess() })
        {
            StageRig client = Start(world, new ThreadedTcpClient(Host, server.Port));
            Far far = server.Accept();
            RunUntilConnected(world, client);

            client.Order("nothing to it");
            client.Send(Bytes.Of("farewell"));
            client.Order(order);

            CloseKind expected = order is ProducerFinished ? CloseKind.ProducerFinished : CloseKind.Shutdown;
            Assert.Equal(expected, RunToEnd(world, client).Reason!.Kind);
            world.RunUntil(() => far.Look().IsOver);
            Assert.True(far.Ended);
            Assert.Equal(Bytes.Of("farewell"), far.Received);
        }

        Assert.Equal(TimeSpan.Zero, world.Clock.Elapsed);
    }

    [LinuxTheory, EachPoller]
    [Trait("Spec", "INT-TCL-05")]
    public void Orders_GiveUpConnecting(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = FarServer.MakeFull(world);
        foreach (Ipc order in new Ipc[] { new ProducerFinished(), new ShutdownMicroprocess() })
        {
            StageRig client = Start(world, new ThreadedTcpClient(Host, server.Port));
            world.RunUntil(() => client.Collect().Signals.Count == 2);

            client.Order(order);

            CloseKind expected = order is ProducerFinished ? CloseKind.ProducerFinished : CloseKind.Shutdown;
            Assert.Equal(expected, RunToEnd(world, client).Reason!.Kind);
            Assert.Equal([ThreadedTcpClientProgress.ThreadRunning, ThreadedTcpClientProgress.SocketCreated], Progress(client));
        }
    }

    [LinuxTheory, EachPoller]
    [Trait("Spec", "INT-TCL-10")]
    public void NobodyAnswers_EndsWhenTheTimeIsUp(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = FarServer.MakeFull(world);
        StageRig client = Start(world, new ThreadedTcpClient(Host, server.Port));
        world.RunUntil(() => client.Collect().Signals.Count == 2);

        // The thread starts its timer in its own time.
        world.RunUntil(() =>
        {
            world.Clock.Advance(TimeSpan.FromSeconds(10));
            return client.Stage.Scheduler is null;
        });

        Assert.Equal(CloseKind.ConnectTimedOut, RunToEnd(world, client).Reason!.Kind);
        Assert.InRange(world.Clock.Elapsed, TimeSpan.FromSeconds(60), TimeSpan.MaxValue);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-06")]
    [Trait("Spec", "INT-TCL-10")]
    public void ServerCloses_WhatItSentComesFirst_ThenTheReason(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new ThreadedTcpClient(Host, server.Port));
        Far far = server.Accept();
        far.Send(Bytes.Of("hello"));
        far.Close();

        SocketShutdown end = RunToEnd(world, client);

        Assert.Equal(CloseKind.PeerClosed, end.Reason!.Kind);
        Assert.Same(client.Stage, end.Caller);
        Assert.Equal(end.Reason, end.Message);
        Assert.Equal(Bytes.Of("hello"), client.Data);
        Assert.Single(client.Signals, signal => signal is not Status);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-06")]
    [Trait("Spec", "INT-TCL-10")]
    public void ServerResets_TheErrorComesBeforeTheEnd(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new ThreadedTcpClient(Host, server.Port));
        Far far = server.Accept();
        RunUntilConnected(world, client);

        far.Reset();
        SocketShutdown end = RunToEnd(world, client);

        Assert.Equal(CloseKind.Failed, end.Reason!.Kind);
        Assert.Equal(SocketError.ConnectionReset, end.Reason.SocketError);
        Assert.Equal([end.Reason.Exception, end], client.Signals.Skip(3));
        AssertNoHarmDone(world);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-06")]
    [Trait("Spec", "INT-GEN-04")]
    public void Stopped_TheConnectionIsClosedInThatMoment_AndTheEndIsTold(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new ThreadedTcpClient(Host, server.Port));
        Far far = server.Accept();
        RunUntilConnected(world, client);

        client.Stage.Stop();
        world.RunUntil(() => far.Look().IsOver);

        Assert.True(far.Ended);
        Assert.Equal(CloseKind.Stopped, RunToEnd(world, client).Reason!.Kind);
        AssertNoHarmDone(world);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-07")]
    public void Progress_IsToldBeforeAnyData_AndCanBeSwitchedOff(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        foreach (bool report in new[] { true, false })
        {
            StageRig client = Start(world, new ThreadedTcpClient(Host, server.Port) { ReportProgress = report });
            server.Accept().Send(Bytes.Of("data"));
            List<object?> signalsAtFirstData = [];
            world.Recorder.OnSent = (from, message) =>
            {
                if (from.Owner == client.Stage && from.Name == "outbox")
                {
                    signalsAtFirstData.AddRange(world.Recorder.Sent(client.Stage, "signal"));
                }
            };

            client.RunUntilHas(4);

            Assert.Equal(
                report
                    ? [ThreadedTcpClientProgress.ThreadRunning, ThreadedTcpClientProgress.SocketCreated, ThreadedTcpClientProgress.SocketConnected]
                    : [],
                signalsAtFirstData.Select(signal => Assert.IsType<ThreadedTcpClientProgress>(Assert.IsType<Status>(signal).Value)));
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-08")]
    public void Refused_SaysSoAndEnds_AndNothingElseIsAffected(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world, listens: false);
        Connection other = world.Connect();
        StageRig client = Start(world, new ThreadedTcpClient(Host, server.Port));

        SocketShutdown end = RunToEnd(world, client);

        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(client.Signals[2]).SocketErrorCode);
        Assert.Equal(CloseKind.Failed, end.Reason!.Kind);
        AssertNoHarmDone(world);
        other.Far.Send([1]);
        other.RunUntilNearHas(1);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-09")]
    public void ReceiverFull_TheEndIsToldAfterTheLastData(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = new(world, new ThreadedTcpClient(Host, server.Port));
        client.Room = 1;
        client.Activate();
        Far far = server.Accept();
        RunUntilConnected(world, client);
        byte[] bytes = Bytes.Pattern(300_000);
        far.Send(bytes);
        far.Close();

        // One block at a time, and each time as long as anything could still come.
        while (client.Count < bytes.Length)
        {
            world.RunUntil(() => client.Waiting > 0);
            world.Settle();
            client.Collect();
            Assert.True(client.Count == bytes.Length || !client.Signals.Any(signal => signal is SocketShutdown), "The end came before the last data.");
        }

        Assert.Equal(CloseKind.PeerClosed, RunToEnd(world, client).Reason!.Kind);
        Bytes.AssertSame(bytes, client.Data);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-10")]
    public void ConsumerDoesNotRead_TheServerIsHeldUp_AndNothingIsLost(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = new(world, new ThreadedTcpClient(Host, server.Port));
        client.Room = 2;
        client.Activate();
        Far far = server.Accept();
        RunUntilConnected(world, client);
        byte[] bytes = Bytes.Pattern(3 * Large);

        int written = 0;
        world.RunUntil(() =>
        {
            written += far.Write(bytes.AsSpan(written));
            return client.Waiting == 2;
        });

        // As far as it goes: until nothing moves for a while.
        for (int still = 0; still < 2000; still++)
        {
            int more = far.Write(bytes.AsSpan(written));
            written += more;
            still = more > 0 ? 0 : still;
            world.Cycles(1);
        }

        Assert.InRange(written, 1, bytes.Length - 1);
        Assert.Equal(2, client.Waiting);
        world.RunUntil(() =>
        {
            written += far.Write(bytes.AsSpan(written));
            client.Collect();
            return written == bytes.Length;
        });
        far.Close();

        Assert.Equal(CloseKind.PeerClosed, RunToEnd(world, client).Reason!.Kind);
        Bytes.AssertSame(bytes, client.Data);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-05")]
    [Trait("Spec", "INT-TCL-10")]
    public void ToldToStop_ConsumerDoesNotRead_EndsAllTheSame(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = new(world, new ThreadedTcpClient(Host, server.Port));
        client.Room = 1;
        client.Activate();
        Far far = server.Accept();
        far.Write(Bytes.Pattern(1_000_000));
        world.RunUntil(() => client.Waiting == 1);

        client.Order(new ShutdownMicroprocess());
        world.RunUntil(() => client.Stage.Scheduler is null);

        Assert.Equal(CloseKind.Shutdown, RunToEnd(world, client).Reason!.Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-10")]
    public void ToldToFinish_SlowServer_GetsEverythingThatWasQueued_AndNothingThatCameLater(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new ThreadedTcpClient(Host, server.Port));
        Far far = server.Accept();
        RunUntilConnected(world, client);
        byte[] bytes = Bytes.Pattern(Large);
        for (int i = 0; i < 100; i++)
        {
            client.Send(new ReadOnlyMemory<byte>(bytes, i * (Large / 100), Large / 100));
        }

        client.Order(new ProducerFinished());

        // More than fits between the box and the thread: what is beyond that was moved after the order, and the thread has read it by then.
        world.RunUntil(() => far.Look(200_000).Count > 3_000_000);
        client.Send(Bytes.Of("too late"));
        world.RunUntil(() => far.Look(200_000).IsOver);

        Assert.True(far.Ended);
        Bytes.AssertSame(bytes, far.Received.AsSpan(0, Large));
        Assert.True(far.Count == Large, "What came after the order was sent.");
        Assert.Equal(CloseKind.ProducerFinished, RunToEnd(world, client).Reason!.Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-10")]
    public void ToldToFinish_ServerTakesNothing_IsCutOffWhenTheTimeIsUp(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new ThreadedTcpClient(Host, server.Port) { FlushTimeout = TimeSpan.FromSeconds(3) });
        Far far = server.Accept();
        RunUntilConnected(world, client);
        client.Send(Bytes.Pattern(Large));
        client.Order(new ProducerFinished());

        world.RunUntil(() =>
        {
            world.Clock.Advance(TimeSpan.FromSeconds(1));
            return client.Stage.Scheduler is null;
        });

        Assert.Equal(CloseKind.FlushTimedOut, RunToEnd(world, client).Reason!.Kind);
        world.RunUntil(() => far.Look().IsOver);
        Assert.Equal(SocketError.ConnectionReset, far.Failure);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-10")]
    public void ServerHasFinished_WhatIsQueuedIsWritten(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new ThreadedTcpClient(Host, server.Port));
        Far far = server.Accept();
        RunUntilConnected(world, client);
        byte[] bytes = Bytes.Pattern(Large);
        client.Send(bytes);
        far.Finish();

        world.RunUntil(() => far.Look().IsOver);

        Bytes.AssertSame(bytes, far.Received);
        Assert.Equal(CloseKind.PeerClosed, RunToEnd(world, client).Reason!.Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-10")]
    public void ToldToFinish_WhileTheServerSends_ItGetsTheEndOfWhatItWasSent(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new ThreadedTcpClient(Host, server.Port));
        Far far = server.Accept();
        RunUntilConnected(world, client);
        client.Send(Bytes.Of("goodbye"));
        client.Order(new ProducerFinished());
        bool finished = false;

        world.RunUntil(() =>
        {
            if (!far.Look().IsOver)
            {
                far.Write(Bytes.Pattern(100_000));
            }
            else if (!finished)
            {
                finished = true;
                far.Finish();
            }

            return client.Stage.Scheduler is null;
        });

        Assert.Equal(CloseKind.ProducerFinished, RunToEnd(world, client).Reason!.Kind);
        world.RunUntil(() => far.Look().IsOver);
        Assert.Equal(Bytes.Of("goodbye"), far.Received);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-TCL-10")]
    [Trait("Spec", "INT-GEN-01")]
    public void MessageThatIsNotBytes_IsReportedAndDropped(PollerKind kind)
    {
        using World world = new(kind);
        FarServer server = new(world);
        StageRig client = Start(world, new ThreadedTcpClient(Host, server.Port) { ReportProgress = false });
        Far far = server.Accept();

        client.Send(Bytes.Of("one "), "text", null, Bytes.Of("two"));

        Assert.Equal(Bytes.Of("one two"), RunUntilHas(world, far, 7));
        client.RunUntilSignals(2);
        Assert.Equal(["text", null], client.Signals.Select(signal => Assert.IsType<ErrorInformation>(signal).Message));
        Assert.All(client.Signals, signal => Assert.Contains(client.Stage.Name, ((ErrorInformation)signal!).Exception!.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void NoHostOrNoPort_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new ThreadedTcpClient("", 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ThreadedTcpClient(Host, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ThreadedTcpClient(Host, 65536));
    }

    private static StageRig Start(World world, ThreadedTcpClient client) => new StageRig(world, client).Activate();

    private static void RunUntilConnected(World world, StageRig client) => world.RunUntil(
        () => client.Collect().Signals.Any(signal => signal is Status { Value: ThreadedTcpClientProgress.SocketConnected }), "the connection");

    private static byte[] RunUntilHas(World world, Far far, int count)
    {
        world.RunUntil(() => far.Look().Count >= count || far.IsOver, $"the server to have {count} bytes");
        return far.Received;
    }

    private static SocketShutdown RunToEnd(World world, StageRig client)
    {
        world.RunUntil(() => client.Collect().Stage.Scheduler is null, "the end of the client");
        SocketShutdown end = Assert.IsType<SocketShutdown>(client.Collect().Signals[^1]);
        Assert.Single(client.Signals, signal => signal is ProducerFinished);
        return end;
    }

    private static IEnumerable<ThreadedTcpClientProgress> Progress(StageRig client) =>
        client.Signals.OfType<Status>().Select(status => Assert.IsType<ThreadedTcpClientProgress>(status.Value));

    private static void AssertNoHarmDone(World world)
    {
        Assert.All(world.Recorder.Ends, end => Assert.Null(end.Exception));
        Assert.Empty(world.Recorder.Logged);
    }
}
