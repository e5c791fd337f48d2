// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>How a connection ends, and what is said about it.</summary>
public class CsaEndTests
{
    private static readonly CsaOptions s_strict = new() { AllowHalfOpen = false };

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-21")]
    [Trait("Spec", "INT-CSA-27")]
    public void EndOfStream_IsSaidOnceInAPassAfterTheLastData(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        byte[] sent = Bytes.Pattern(100_000);
        int lastData = 0;
        int finished = 0;
        world.Recorder.OnSent = (from, _) =>
        {
            if (from.Owner == connection.Csa && from.Name is "outbox" or "peerFinished")
            {
                lastData = from.Name == "outbox" ? connection.Steps : lastData;
                finished = from.Name == "peerFinished" ? connection.Steps : finished;
            }
        };
        connection.Far.Send(sent);
        connection.Far.Finish();

        world.RunUntil(() => finished > 0);
        world.Settle();

        connection.Collect();
        Bytes.AssertSame(sent, connection.Data);
        Assert.True(finished > lastData, $"The last data came in pass {lastData}, the end in pass {finished}.");
        PeerFinishedSending message = Assert.IsType<PeerFinishedSending>(Assert.Single(connection.Take("peerFinished")));
        Assert.Same(connection.Csa, message.Caller);
        Assert.False(connection.Csa.IsStopped);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-27")]
    public void EndOfStream_FoundInThePassOfTheLastData_IsSaidInALaterOne(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { ReadChunkSize = 100 }, activate: false);
        connection.Far.Send(Bytes.Pattern(200));
        connection.Far.Finish();
        world.RunUntil(() => connection.Csa.Socket.Available == 200);
        world.Settle();
        connection.Csa.Activate(world.Scheduler);

        world.RunUntil(() => connection.Steps == 1);
        Assert.Equal(2, connection.Waiting);
        Assert.Empty(connection.Take("peerFinished"));
        world.RunUntil(() => connection.Take("peerFinished").Count == 1);

        // One pass is left to whoever has the last data to deal with.
        Assert.InRange(connection.Steps, 2, 3);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-27")]
    public void HalfOpen_GoesOnSendingUntilALocalClose(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        connection.Far.Finish();
        world.RunUntil(() => connection.Take("peerFinished").Count == 1);

        connection.Send(new byte[] { 1, 2 });
        Assert.Equal([1, 2], connection.RunUntilFarHas(2));
        world.Settle();
        connection.Send(new byte[] { 3 });
        connection.Order(new ProducerFinished());
        CloseReason reason = connection.RunToEnd();
        world.RunUntil(() => connection.Far.Look().IsOver);

        Assert.Equal(CloseKind.ProducerFinished, reason.Kind);
        Assert.Equal([1, 2, 3], connection.Far.Received);
        Assert.True(connection.Far.Ended);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-27")]
    [Trait("Spec", "INT-CSA-40")]
    public void HalfOpen_NothingSentForAWhile_Ends(PollerKind kind)
    {
        using World world = new(kind);
        world.Advance(TimeSpan.FromHours(1));
        Connection connection = world.Connect(new CsaOptions { HalfOpenTimeout = TimeSpan.FromSeconds(10) });
        connection.Far.Finish();
        world.RunUntil(() => connection.Take("peerFinished").Count == 1);

        world.Advance(TimeSpan.FromSeconds(9));
        connection.Send(new byte[] { 1 });
        connection.RunUntilFarHas(1);
        world.Advance(TimeSpan.FromSeconds(9));
        Assert.False(connection.Csa.IsStopped);
        world.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(CloseKind.HalfOpenTimedOut, connection.RunToEnd().Kind);
        world.RunUntil(() => connection.Far.Look().Ended);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-27")]
    public void HalfOpen_QueuedForAPeerThatDoesNotRead_StaysAsLongAsMoreIsQueued(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { HalfOpenTimeout = TimeSpan.FromSeconds(10) }, buffer: 16 * 1024);
        connection.Far.Finish();
        world.RunUntil(() => connection.Take("peerFinished").Count == 1);
        connection.Send(new byte[1_000_000]);
        world.Settle();

        for (int i = 0; i < 4; i++)
        {
            world.Advance(TimeSpan.FromSeconds(9));
            Assert.False(connection.Csa.IsStopped);
            connection.Send(new byte[] { 1 });
            world.Settle();
        }

        world.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(CloseKind.HalfOpenTimedOut, connection.RunToEnd().Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-27")]
    public void HalfOpen_NoTimeLimit_StaysOpen(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { HalfOpenTimeout = null });
        connection.Far.Finish();
        world.RunUntil(() => connection.Take("peerFinished").Count == 1);

        world.Advance(TimeSpan.FromDays(1));

        Assert.False(connection.Csa.IsStopped);
        connection.Send(new byte[] { 1 });
        Assert.Equal([1], connection.RunUntilFarHas(1));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-27")]
    public void HalfOpen_NobodyHasRoomToHearOfIt_IsSaidWhenThereIs(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        connection.PeerFinishedRoom = 0;
        connection.Far.Finish();
        world.Settle();
        Assert.False(connection.Csa.IsStopped);

        connection.PeerFinishedRoom = null;
        connection.Csa.Unpause();
        world.RunUntil(() => connection.Take("peerFinished").Count == 1);
        world.Settle();

        Assert.Empty(connection.Take("peerFinished"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-22")]
    [Trait("Spec", "INT-CSA-24")]
    [Trait("Spec", "INT-FLOW-05")]
    public void ResetWhileIdle_EndsWithTheErrorOfTheSocket(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        world.Settle();

        connection.Far.Reset();
        CloseReason reason = connection.RunToEnd();

        Assert.Equal(CloseKind.Failed, reason.Kind);
        Assert.Equal(SocketError.ConnectionReset, reason.SocketError);
        Assert.Same(reason, Assert.IsType<SocketShutdown>(Assert.Single(connection.Take("feedback"))).Reason);
        Assert.Empty(connection.Take("peerFinished"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-23")]
    [Trait("Spec", "INT-FLOW-06")]
    [Trait("Spec", "INT-GEN-01")]
    public void ResetWhileWriting_EndsThisConnectionAndNoOther(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(buffer: 16 * 1024);
        Connection other = world.Connect();
        connection.Send(Bytes.Pattern(1_000_000));
        world.Settle();

        connection.Far.Reset();
        for (int i = 0; i < 10; i++)
        {
            connection.Send(new byte[100]);
            world.Cycles(1);
        }

        CloseReason reason = connection.RunToEnd();

        Assert.Equal(CloseKind.Failed, reason.Kind);
        Assert.NotNull(reason.SocketError);
        Assert.IsType<SocketShutdown>(Assert.Single(connection.Take("feedback")));
        Assert.IsType<ShutdownCsa>(Assert.Single(connection.Take("signal")));
        other.Send(new byte[] { 3 });
        Assert.Equal([3], other.RunUntilFarHas(1));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-23")]
    public void ResetWithoutBeingAskedToRead_IsFoundByTheNextWrite(PollerKind kind)
    {
        // While a block is held nothing is read: only a write can find out.
        using World world = new(kind);
        Connection connection = world.Connect();
        connection.Room = 0;
        world.Settle();
        int steps = connection.Steps;
        connection.Far.Send([1]);
        world.RunUntil(() => connection.Steps > steps);
        connection.Far.Reset();
        world.Settle();
        Assert.False(connection.Csa.IsStopped);

        connection.Send(new byte[] { 2 });
        world.RunUntil(() => connection.Csa.Scheduler is null);

        CloseReason reason = connection.Csa.CloseReason!;
        Assert.Equal(CloseKind.Failed, reason.Kind);
        Assert.True(SocketErrors.PeerIsGone(reason.SocketError!.Value), $"{reason}");
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-24")]
    [Trait("Spec", "INT-CSA-25")]
    public void Strict_EndOfStreamEndsTheConnection(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(s_strict);
        connection.Far.Send([1, 2]);
        connection.Far.Finish();

        CloseReason reason = connection.RunToEnd();
        connection.Send(new byte[] { 3 });
        world.RunUntil(() => connection.Far.Look().IsOver);

        Assert.Equal(CloseKind.PeerClosed, reason.Kind);
        Assert.Null(reason.Exception);
        Assert.Equal([1, 2], connection.Data);
        Assert.Empty(connection.Far.Received);
        Assert.True(connection.Far.Ended);
        Assert.Empty(connection.Take("peerFinished"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-26")]
    public void Strict_WhatWasQueuedAtTheEndOfStreamIsStillWritten(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(s_strict, buffer: 16 * 1024);
        byte[] queued = Bytes.Pattern(2_000_000);
        connection.Send(queued);
        connection.Far.Finish();
        world.Settle();
        Assert.False(connection.Csa.IsStopped);

        connection.Send(new byte[] { 99 });
        connection.RunUntilFarHas(queued.Length);
        CloseReason reason = connection.RunToEnd();
        world.RunUntil(() => connection.Far.Look().IsOver);

        Assert.Equal(CloseKind.PeerClosed, reason.Kind);
        Bytes.AssertSame(queued, connection.Far.Received);
        Assert.True(connection.Far.Ended);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-26")]
    [Trait("Spec", "INT-CSA-36")]
    public void Strict_PeerNeverTakesWhatWasQueued_EndsAfterTheTimeLimit(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(s_strict with { FlushTimeout = TimeSpan.FromSeconds(30) }, buffer: 16 * 1024);
        connection.Send(new byte[2_000_000]);
        connection.Far.Finish();
        world.Settle();

        world.Advance(TimeSpan.FromSeconds(29));
        Assert.False(connection.Csa.IsStopped);
        world.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(CloseKind.FlushTimedOut, connection.RunToEnd().Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-29")]
    public void Control_OtherMessages_AreIgnored(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();

        connection.Order("stop", null, new Shutdown(), new ShutdownCsa(null, connection.Csa), new Notify(null, null));
        world.Settle();

        Assert.False(connection.Csa.IsStopped);
        Assert.Equal(0, connection.Csa.Waiting("control"));
        connection.Send(new byte[] { 1 });
        Assert.Equal([1], connection.RunUntilFarHas(1));
    }

    public static TheoryData<PollerKind, string> Orders()
    {
        TheoryData<PollerKind, string> data = [];
        foreach (PollerKind kind in EachPollerAttribute.Kinds)
        {
            foreach (string order in (string[])["ProducerFinished", "SocketShutdown", "PeerFinishedSending", "ShutdownMicroprocess", "ServerShutdown"])
            {
                data.Add(kind, order);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Orders))]
    [Trait("Spec", "INT-CSA-29")]
    [Trait("Spec", "INT-CSA-40")]
    public void Control_OrdersAndTheirSubclasses_CloseTheConnection(PollerKind kind, string order)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        (object message, CloseKind expected) = order switch
        {
            "ProducerFinished" => (new ProducerFinished(), CloseKind.ProducerFinished),
            "SocketShutdown" => (new SocketShutdown(), CloseKind.ProducerFinished),
            "PeerFinishedSending" => ((object)new PeerFinishedSending(), CloseKind.ProducerFinished),
            "ShutdownMicroprocess" => (new ShutdownMicroprocess(), CloseKind.Shutdown),
            _ => (new ServerShutdown(), CloseKind.Shutdown),
        };

        connection.Order(message);

        Assert.Equal(expected, connection.RunToEnd().Kind);
        world.RunUntil(() => connection.Far.Look().Ended);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-30")]
    public void AfterTheOrder_NothingMoreIsReadAndTheHeldBlockIsDropped(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { ReadChunkSize = 100 }, buffer: 16 * 1024);
        connection.Room = 1;
        connection.Far.Send(Bytes.Pattern(300));
        connection.Send(new byte[1_000_000]);
        world.Settle();
        Assert.Equal(100, connection.Csa.Socket.Available);

        connection.Order(new ProducerFinished());
        world.Cycles(3);
        connection.Room = null;
        Assert.Single(connection.Collect());
        connection.Far.Send([1, 2, 3]);
        connection.RunUntilFarHas(1_000_000);
        connection.Far.Close();
        connection.RunToEnd();

        Assert.Equal(100, connection.DataCount);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-31")]
    public void ProducerFinished_TenMegabytesAndASlowReader_ArriveCompleteAndThenTheEnd(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(buffer: 64 * 1024);
        byte[] sent = Bytes.Pattern(10_000_000);
        foreach (byte[] block in sent.Chunk(100_000))
        {
            connection.Send(block);
        }

        connection.Order(new ProducerFinished());

        // A few at a time, so that the kernel is full again and again.
        world.RunUntil(() => connection.Far.Look(most: 20_000).IsOver, "the end of the stream");

        Bytes.AssertSame(sent, connection.Far.Received);
        Assert.True(connection.Far.Ended);
        Assert.Equal(CloseKind.ProducerFinished, connection.RunToEnd().Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-32")]
    public void ShutdownMicroprocess_AShortFarewell_StillArrives(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        world.Settle();

        connection.Send(Bytes.Of("bye"));
        connection.Order(new ShutdownMicroprocess());
        int steps = connection.Steps;
        CloseReason reason = connection.RunToEnd();
        world.RunUntil(() => connection.Far.Look().IsOver);

        Assert.Equal(CloseKind.Shutdown, reason.Kind);
        Assert.Equal(steps + 1, connection.Steps);
        Assert.Equal(Bytes.Of("bye"), connection.Far.Received);
        Assert.True(connection.Far.Ended);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-32")]
    public void ShutdownMicroprocess_PeerDoesNotRead_DoesNotWait(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(buffer: 16 * 1024);
        connection.Send(new byte[1_000_000]);
        world.Settle();

        connection.Order(new ShutdownMicroprocess());
        world.Cycles(2);

        Assert.True(connection.Csa.IsStopped);
        Assert.Equal(CloseKind.Shutdown, connection.Csa.CloseReason!.Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-33")]
    public void ShutdownMicroprocess_DuringTheFlush_CutsItShort(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(buffer: 16 * 1024);
        connection.Send(new byte[1_000_000]);
        connection.Order(new ProducerFinished());
        world.Settle();
        Assert.False(connection.Csa.IsStopped);

        connection.Order(new ShutdownMicroprocess());
        world.Cycles(2);

        Assert.True(connection.Csa.IsStopped);
        Assert.Equal(CloseKind.Shutdown, connection.Csa.CloseReason!.Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-34")]
    public void MessagesAfterTheOrder_AreNotSent(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(buffer: 16 * 1024);
        byte[] before = Bytes.Pattern(1_000_000);
        connection.Send(before[..500_000], before[500_000..]);
        connection.Order(new ProducerFinished());
        world.Settle();

        connection.Send(new byte[] { 1, 2, 3 });
        world.RunUntil(() => connection.Far.Look().IsOver);

        Bytes.AssertSame(before, connection.Far.Received);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-35")]
    public void Control_SeveralMessages_AreAllReadInOnePass(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        world.Settle();
        int steps = connection.Steps;

        connection.Order("one", "two", "three", new ProducerFinished());
        world.Cycles(2);

        Assert.Equal(steps + 1, connection.Steps);
        Assert.True(connection.Csa.IsStopped);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-36")]
    [Trait("Spec", "INT-CSA-40")]
    public void FlushTimeout_PeerNeverReads_ClosesHardAndSaysSo(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { FlushTimeout = TimeSpan.FromSeconds(30) }, buffer: 16 * 1024);
        connection.Send(new byte[1_000_000]);
        connection.Order(new ProducerFinished());
        world.Settle();

        world.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        Assert.False(connection.Csa.IsStopped);
        world.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(CloseKind.FlushTimedOut, connection.RunToEnd().Kind);

        // A stream that was cut must not look like one that came to its end.
        world.RunUntil(() => connection.Far.Look().IsOver);
        Assert.False(connection.Far.Ended);
        Assert.Equal(SocketError.ConnectionReset, connection.Far.Failure);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-36")]
    public void FlushTimeout_CountsFromTheOrder(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { FlushTimeout = TimeSpan.FromSeconds(30) });
        world.Advance(TimeSpan.FromHours(1));

        connection.Send(new byte[] { 1 });
        connection.Order(new ProducerFinished());

        Assert.Equal(CloseKind.ProducerFinished, connection.RunToEnd().Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-36")]
    public void NoFlushTimeout_WaitsForThePeer(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { FlushTimeout = null }, buffer: 16 * 1024);
        connection.Send(new byte[1_000_000]);
        connection.Order(new ProducerFinished());
        world.Settle();

        world.Advance(TimeSpan.FromDays(1));
        Assert.False(connection.Csa.IsStopped);
        connection.RunUntilFarHas(1_000_000);

        Assert.Equal(CloseKind.ProducerFinished, connection.RunToEnd().Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-40")]
    public void IdleTimeout_NothingReceivedOrSent_Ends(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { IdleTimeout = TimeSpan.FromSeconds(60) });
        world.Settle();
        world.Advance(TimeSpan.FromSeconds(59));
        connection.Far.Send([1]);
        connection.RunUntilNearHas(1);
        world.Advance(TimeSpan.FromSeconds(59));
        connection.Send(new byte[] { 1 });
        connection.RunUntilFarHas(1);
        world.Advance(TimeSpan.FromSeconds(59));
        Assert.False(connection.Csa.IsStopped);

        world.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(CloseKind.IdleTimedOut, connection.RunToEnd().Kind);
        world.RunUntil(() => connection.Far.Look().Ended);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-40")]
    public void Timeouts_BeyondTheEndOfTime_NeverEnd(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions
        {
            AllowHalfOpen = true,
            FlushTimeout = TimeSpan.MaxValue,
            HalfOpenTimeout = TimeSpan.MaxValue,
            IdleTimeout = TimeSpan.MaxValue,
        });
        world.Settle();
        world.Advance(TimeSpan.FromDays(1000));
        connection.Far.Send([1]);
        connection.RunUntilNearHas(1);
        connection.Far.Finish();
        world.Settle();
        world.Advance(TimeSpan.FromDays(1000));
        Assert.False(connection.Csa.IsStopped);

        connection.Order(new ProducerFinished());

        Assert.Equal(CloseKind.ProducerFinished, connection.RunToEnd().Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-37")]
    [Trait("Spec", "INT-CSA-39")]
    [Trait("Spec", "INT-GEN-07")]
    public void End_SaysFourThingsInOrderAndThenClosesTheSocket(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        world.Settle();
        List<(string Box, object? Message, bool IsClosed)> said = [];
        world.Recorder.OnSent = (from, message) =>
        {
            if (from.Owner == connection.Csa && connection.Csa.OutboxNames.Contains(from.Name))
            {
                said.Add((from.Name, message, connection.Csa.Socket.SafeHandle.IsClosed));
            }
        };

        connection.Order(new ProducerFinished());
        connection.RunToEnd();
        world.Settle();

        Assert.Equal(["CreatorFeedback", "signal", "_selectorSignal", "_selectorSignal"], said.Select(one => one.Box));
        SocketShutdown shutdown = Assert.IsType<SocketShutdown>(said[0].Message);
        ShutdownCsa going = Assert.IsType<ShutdownCsa>(said[1].Message);
        Assert.Same(connection.Csa, shutdown.Caller);
        Assert.Same(connection.Csa.CloseReason, shutdown.Reason);
        Assert.Same(connection.Csa, going.Object);
        Assert.Same(connection.Csa.CloseReason, going.Reason);
        Assert.Same(connection.Csa.Socket, Assert.IsType<RemoveReader>(said[2].Message).Selectable);
        Assert.Same(connection.Csa.Socket, Assert.IsType<RemoveWriter>(said[3].Message).Selectable);
        Assert.DoesNotContain(said, one => one.IsClosed);
        Assert.True(connection.Csa.Socket.SafeHandle.IsClosed);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-38")]
    [Trait("Spec", "INT-GEN-07")]
    public void Stop_HoweverOften_SaysItOnce(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        world.Settle();

        connection.Csa.Stop();
        connection.Csa.Stop();
        CloseReason reason = connection.RunToEnd();
        connection.Csa.Stop();
        world.Settle();

        Assert.Equal(CloseKind.Stopped, reason.Kind);
        Assert.Single(connection.Take("feedback"));
        Assert.Single(connection.Take("signal"));
        Assert.Equal(2, world.Recorder.Sent(connection.Csa, "_selectorSignal").Count(message => message is Withdrawal));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-38")]
    [Trait("Spec", "INT-CSA-42")]
    public void Stop_BeforeItWasEverActive_ClosesTheSocketAndSaysSoOnce(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(activate: false);

        connection.Csa.Stop();
        connection.Csa.Stop();
        world.RunUntil(() => connection.Far.Look().Ended);

        Assert.Equal(CloseKind.Stopped, Assert.IsType<SocketShutdown>(Assert.Single(connection.Take("feedback"))).Reason!.Kind);
        Assert.Single(connection.Take("signal"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-41")]
    [Trait("Spec", "INT-GEN-04")]
    public void End_LeavesNoLinkageOfItsOwnAndNoRegistration(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(buffer: 16 * 1024);
        connection.Send(new byte[1_000_000]);
        world.Settle();
        Assert.Equal(1, connection.Csa.Postoffice.Count);
        Assert.Equal(2, world.Selector.RegistrationCount);
        int feeders = world.Selector.GetInbox("notify").Incoming.Count();

        connection.Order(new ShutdownMicroprocess());
        connection.RunToEnd();

        Assert.Equal(0, connection.Csa.Postoffice.Count);
        Assert.Equal(0, world.Selector.RegistrationCount);
        Assert.Equal(feeders - 1, world.Selector.GetInbox("notify").Incoming.Count());
        Assert.True(connection.Csa.Socket.SafeHandle.IsClosed);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-37")]
    [Trait("Spec", "INT-GEN-04")]
    public void End_NobodyHasRoomToHearOfIt_ClosesAllTheSame(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        connection.SignalRoom = 0;
        world.Settle();

        connection.Order(new ProducerFinished());
        connection.RunToEnd();

        Assert.True(connection.Csa.Socket.SafeHandle.IsClosed);
        Assert.Equal(0, world.Selector.RegistrationCount);
        Assert.Equal(0, connection.Csa.Postoffice.Count);
        world.RunUntil(() => connection.Far.Look().Ended);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-42")]
    public void SchedulerStopped_ClosesTheSocketAndSaysSo(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        world.Settle();

        world.Scheduler.Stop();
        world.Scheduler.RunCycle();

        Assert.Empty(world.Scheduler.ListAll());
        Assert.Equal(CloseKind.Stopped, connection.Csa.CloseReason!.Kind);
        Assert.Single(connection.Take("feedback"));
        Assert.Single(connection.Take("signal"));
        world.RunUntil(() => connection.Far.Look().Ended);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-21")]
    public void AfterTheEnd_WhatWasReceivedCanStillBeCollected(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(s_strict);
        byte[] sent = Bytes.Pattern(100_000);
        connection.Far.Send(sent);
        connection.Far.Finish();

        world.RunUntil(() => connection.Csa.Scheduler is null);

        connection.Collect();
        Bytes.AssertSame(sent, connection.Data);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-GEN-02")]
    public void PeerThatSendsOneByteAndStalls_HoldsUpNobody(PollerKind kind)
    {
        using World world = new(kind);
        Connection stalled = world.Connect(buffer: 16 * 1024);
        Connection other = world.Connect();
        stalled.Far.Send([1]);
        stalled.Send(new byte[1_000_000]);
        stalled.RunUntilNearHas(1);
        world.Settle();
        int steps = stalled.Steps;

        for (int i = 0; i < 50; i++)
        {
            other.Far.Send([(byte)i]);
            Assert.Equal(i + 1, other.RunUntilNearHas(i + 1).Length);
            other.Send(other.Data[i..]);
            Assert.Equal(i + 1, other.RunUntilFarHas(i + 1).Length);
        }

        Assert.Equal(steps, stalled.Steps);
        Assert.False(stalled.Csa.IsStopped);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-31")]
    public void ProducerFinished_PeerHasSentWhatNobodyRead_StillGetsEverything(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        byte[] sent = Bytes.Pattern(10_000_000);
        connection.Send(sent);
        connection.Order(new ProducerFinished());
        connection.Far.Send(new byte[100_000]);
        world.Settle();

        // It goes on sending for as long as it receives, as somebody does who is turned down in the middle of an upload.
        world.RunUntil(() =>
        {
            connection.Far.Write(new byte[1000]);
            return connection.Far.Look(most: 500_000).IsOver;
        });

        Bytes.AssertSame(sent, connection.Far.Received);
        Assert.True(connection.Far.Ended);
        connection.Far.Close();
        Assert.Equal(CloseKind.ProducerFinished, connection.RunToEnd().Kind);
        Assert.Empty(connection.Data);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-31")]
    [Trait("Spec", "INT-CSA-36")]
    public void ProducerFinished_PeerGoesOnSendingForEver_IsClosedWhenTheTimeIsUp(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { FlushTimeout = TimeSpan.FromSeconds(5) });
        connection.Send(Bytes.Of("goodbye"));
        connection.Order(new ProducerFinished());
        connection.Far.Send(new byte[1000]);
        world.RunUntil(() => connection.Far.Look().Ended);
        world.Settle();
        int steps = connection.Steps;
        world.Settle();
        Assert.Equal(steps, connection.Steps);

        world.Advance(TimeSpan.FromSeconds(4));
        connection.Far.Send(new byte[1000]);
        world.Settle();
        Assert.False(connection.Csa.IsStopped);
        world.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(CloseKind.ProducerFinished, connection.RunToEnd().Kind);
        Assert.Equal(Bytes.Of("goodbye"), connection.Far.Received);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-32")]
    [Trait("Spec", "INT-CSA-42")]
    public void Stopped_PeerHasSentWhatNobodyRead_SeesTheEndAndNoReset(PollerKind kind)
    {
        using World world = new(kind);
        foreach (bool byOrder in new[] { true, false })
        {
            Connection connection = world.Connect(activate: false);
            connection.Far.Send(new byte[100_000]);
            world.RunUntil(() => connection.Csa.Socket.Available > 0);
            connection.Send(Bytes.Of("goodbye"));
            connection.Order(new ShutdownMicroprocess());
            if (byOrder)
            {
                connection.Csa.Activate(world.Scheduler);
                connection.RunToEnd();
            }
            else
            {
                connection.Csa.Stop();
            }

            world.RunUntil(() => connection.Far.Look().IsOver);
            Assert.True(connection.Far.Ended, $"{connection.Far.Failure}");
            Assert.Equal(byOrder ? Bytes.Of("goodbye") : [], connection.Far.Received);
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-22")]
    public void FinishSendingOnly_PeerHasReset_EndsAsOneThatFailed(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { FinishSendingOnly = true });
        world.Settle();

        connection.Far.Reset();
        connection.Order(new ProducerFinished());

        Assert.Equal(CloseKind.Failed, connection.RunToEnd().Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-34")]
    public void FinishSendingOnly_WhatIsQueuedAfterTheOrder_IsNotSent(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { FinishSendingOnly = true });
        connection.Send(Bytes.Of("all"));
        connection.Order(new ProducerFinished());
        world.RunUntil(() => connection.Far.Look().Ended);

        connection.Send(Bytes.Of("too late"));
        connection.Far.Send(Bytes.Of("reply"));
        connection.Far.Finish();

        Assert.Equal(CloseKind.PeerClosed, connection.RunToEnd().Kind);
        Assert.Equal(Bytes.Of("reply"), connection.Data);
        Assert.Equal(Bytes.Of("all"), connection.Far.Received);
    }
}
