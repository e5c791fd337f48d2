// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>From the peer to <c>"outbox"</c>; and how it runs at all.</summary>
public class CsaReadingTests
{
    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-01")]
    public void FirstPass_LinksToTheSelector(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(activate: false);
        Assert.Null(connection.Csa.GetOutbox("_selectorSignal").Linkage);

        connection.Csa.Activate(world.Scheduler);
        world.RunUntil(() => connection.Steps > 0);

        Linkage linkage = Assert.IsType<Linkage>(connection.Csa.GetOutbox("_selectorSignal").Linkage);
        Assert.Equal((world.Selector, "notify"), linkage.SinkPair);
        Assert.True(connection.Csa.Postoffice.IsRegistered(linkage));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-02")]
    [Trait("Spec", "INT-CSA-03")]
    [Trait("Spec", "INT-FLOW-02")]
    public void FirstPass_ReadsAndWritesWithoutBeingTold(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(activate: false);
        connection.Far.Send([1, 2, 3]);
        connection.Send(new byte[] { 4, 5 });
        Assert.True(connection.Csa.Socket.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead));
        world.Settle();
        Assert.Equal(0, connection.Waiting);

        connection.Csa.Activate(world.Scheduler);
        world.RunUntil(() => connection.Steps > 0);

        Assert.Equal(1, connection.Steps);
        Assert.Equal([1, 2, 3], Bytes.Join(connection.Collect()));
        Assert.Equal([4, 5], connection.RunUntilFarHas(2));
        Assert.Empty(world.Recorder.Sent(connection.Csa, "ReadReady"));
        Assert.Empty(world.Recorder.Sent(connection.Csa, "SendReady"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-04")]
    [Trait("Spec", "INT-GEN-03")]
    public void NothingToDo_Sleeps(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        connection.Far.Send([1]);
        connection.RunUntilNearHas(1);
        connection.Send(new byte[] { 1 });
        connection.RunUntilFarHas(1);
        world.Settle();
        int steps = world.Recorder.TotalSteps;

        for (int i = 0; i < 100; i++)
        {
            world.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(steps, world.Recorder.TotalSteps);
        Assert.True(world.Scheduler.IsPaused(connection.Csa));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-04")]
    public void Asleep_AMessageInAnyInboxWakesIt(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        foreach (string box in connection.Csa.InboxNames)
        {
            world.Settle();
            int steps = connection.Steps;
            connection.Csa.GetInbox(box).Append("hello");
            world.Cycles(2);
            Assert.True(connection.Steps > steps, $"A message in {box} did not wake it.");
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-04")]
    public void Asleep_AConsumerThatCollectsWakesIt(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        connection.Far.Send([1]);
        world.RunUntil(() => connection.Waiting == 1);
        world.Settle();
        int steps = connection.Steps;

        connection.Collect();
        world.Settle();

        Assert.Equal(steps + 1, connection.Steps);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-05")]
    [Trait("Spec", "INT-SEL-18")]
    public void StrayNotifications_AreHarmless(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        world.Settle();
        int asked = world.Recorder.Sent(connection.Csa, "_selectorSignal").Count;

        connection.Stray("ReadReady");
        connection.Stray("ReadReady");
        connection.Stray("SendReady");
        world.Settle();

        // One attempt to read, that would block, and one new registration.
        Assert.IsType<NewReader>(Assert.Single(world.Recorder.Sent(connection.Csa, "_selectorSignal").Skip(asked)));
        connection.Far.Send([1]);
        connection.Send(new byte[] { 2 });
        Assert.Equal([1], connection.RunUntilNearHas(1));
        Assert.Equal([2], connection.RunUntilFarHas(1));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-06")]
    public void Stream_ComesInBlocksThatJoinToIt(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        byte[] sent = Bytes.Pattern(300_000);
        List<byte[]> blocks = [];
        int written = 0;

        world.RunUntil(() =>
        {
            written += connection.Far.Write(sent.AsSpan(written));
            blocks.AddRange(connection.Collect());
            return connection.DataCount == sent.Length;
        });

        Bytes.AssertSame(sent, connection.Data);
        Assert.All(blocks, block => Assert.InRange(block.Length, 1, 32768));
        Assert.Contains(blocks, block => block.Length == 32768);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-07")]
    public void AllRead_AsksTheSelectorAndReadsNoMoreUntilItIsTold(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        connection.Far.Send([1]);
        connection.RunUntilNearHas(1);

        NewReader request = Assert.IsType<NewReader>(world.Recorder.Sent(connection.Csa, "_selectorSignal")[^1]);
        Assert.Equal((connection.Csa, "ReadReady"), request.Target);
        Assert.Same(connection.Csa.Socket, request.Selectable);
        Assert.Same(connection.Csa, request.Caller);

        // Withdrawn behind its back: it has no way to know that there is more.
        world.Selector.GetInbox("notify").Append(new RemoveReader(null, connection.Csa.Socket));
        connection.Far.Send([2]);
        connection.Send(new byte[] { 3 });
        connection.RunUntilFarHas(1);
        world.Settle();
        Assert.Equal(0, connection.Waiting);
        connection.Stray("ReadReady");
        Assert.Equal([1, 2], connection.RunUntilNearHas(2));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-08")]
    public void FloodingPeer_IsReadSoOftenAPassAndNotMore(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { ReadChunkSize = 100, ReadsPerPass = 4 }, activate: false);
        byte[] sent = Bytes.Pattern(4000);
        connection.Far.Send(sent);
        world.RunUntil(() => connection.Csa.Socket.Available == sent.Length);
        Microprocess other = new Microprocess(Busy()).Activate(world.Scheduler);
        connection.Csa.Activate(world.Scheduler);
        world.RunUntil(() => connection.Steps == 1);
        int stepsOfOther = world.Recorder.StepsOf(other);

        // Ten passes of four blocks, none of them slept through, and everybody else has their turn in between.
        for (int pass = 1; pass <= 10; pass++)
        {
            Assert.Equal(pass, connection.Steps);
            Assert.Equal(4, connection.Waiting);
            Assert.Equal(4, connection.Collect().Count);
            world.Cycles(1);
            Assert.Equal(stepsOfOther + pass, world.Recorder.StepsOf(other));
        }

        Bytes.AssertSame(sent, connection.Data);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-14")]
    [Trait("Spec", "INT-CSA-15")]
    public void ConsumerFull_HoldsOneBlockAndReadsNoMore(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { ReadChunkSize = 100 });
        connection.Room = 2;
        byte[] sent = Bytes.Pattern(1000);
        connection.Far.Send(sent);
        world.RunUntil(() => connection.Waiting == 2);
        world.Settle();

        // Two delivered, one held: the rest is still the kernel's.
        Assert.Equal(2, connection.Waiting);
        Assert.Equal(700, connection.Csa.Socket.Available);

        // Room for one: the held one takes it, and the next is held.
        connection.Collect(1);
        world.Settle();
        Assert.Equal(2, connection.Waiting);
        Assert.Equal(600, connection.Csa.Socket.Available);
        Bytes.AssertSame(sent, connection.RunUntilNearHas(sent.Length));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-14")]
    [Trait("Spec", "INT-CSA-15")]
    public void ConsumerFull_OfABlockThatWasAllThereWas_GoesOnWhenThereIsRoom(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        connection.Room = 0;
        world.Settle();
        int steps = connection.Steps;
        connection.Far.Send([1, 2, 3]);
        world.RunUntil(() => connection.Steps > steps);
        Assert.Equal(0, connection.Csa.Socket.Available);
        connection.Far.Send([4, 5]);
        world.Settle();

        connection.Room = 1;
        connection.Csa.Unpause();

        Assert.Equal([1, 2, 3, 4, 5], connection.RunUntilNearHas(5));
        connection.Far.Send([6]);
        Assert.Equal([1, 2, 3, 4, 5, 6], connection.RunUntilNearHas(6));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-06")]
    public void FullBlocks_AreNotChangedByWhatIsReadLater(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { ReadChunkSize = 100 });
        byte[] sent = Bytes.Pattern(1050);
        connection.Far.Send(sent);
        world.RunUntil(() => connection.Waiting == 11);

        // A short block, and full ones that were handed over as they were read; all of them looked at only after the last was read.
        IReadOnlyList<byte[]> blocks = connection.Collect();

        Assert.Equal([100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 50], blocks.Select(block => block.Length));
        Bytes.AssertSame(sent, connection.Data);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-16")]
    [Trait("Spec", "INT-GEN-03")]
    public void ConsumerFull_TakesNoSteps(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { ReadChunkSize = 100 });
        connection.Room = 1;
        connection.Far.Send(Bytes.Pattern(1000));
        world.RunUntil(() => connection.Waiting == 1);
        world.Settle();
        int steps = world.Recorder.TotalSteps;

        for (int i = 0; i < 100; i++)
        {
            connection.Far.Write(Bytes.Pattern(100));
            world.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(steps, world.Recorder.TotalSteps);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-17")]
    public void ConsumerFull_HoldsUpThePeerAndLosesNothing(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(buffer: 32 * 1024);
        connection.Room = 1;
        byte[] sent = Bytes.Pattern(2_000_000);
        int written = 0;
        int unchanged = 0;
        while (unchanged < 200)
        {
            int count = connection.Far.Write(sent.AsSpan(written));
            written += count;
            unchanged = count == 0 ? unchanged + 1 : 0;
            world.Cycles(1);
        }

        Assert.InRange(written, 1, sent.Length - 1);
        world.RunUntil(() =>
        {
            written += connection.Far.Write(sent.AsSpan(written));
            connection.Collect();
            return connection.DataCount == sent.Length;
        });

        Bytes.AssertSame(sent, connection.Data);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-18")]
    public void ConsumerFull_SendingAndControlGoOn(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { ReadChunkSize = 100 });
        connection.Room = 1;
        connection.Far.Send(Bytes.Pattern(1000));
        world.RunUntil(() => connection.Waiting == 1);
        world.Settle();

        connection.Send(new byte[] { 1, 2 });
        Assert.Equal([1, 2], connection.RunUntilFarHas(2));
        connection.Order(new ProducerFinished());
        world.RunUntil(() => connection.Far.Look().Ended);
        connection.Far.Close();
        world.RunUntil(() => connection.Csa.Scheduler is null);

        Assert.Equal(CloseKind.ProducerFinished, connection.Csa.CloseReason!.Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-19")]
    [Trait("Spec", "INT-FLOW-12")]
    public void ConsumerFull_EndOfStreamIsNoticedAfterAllIsDelivered(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { ReadChunkSize = 100 });
        connection.Room = 2;
        byte[] sent = Bytes.Pattern(1000);
        connection.Far.Send(sent);
        connection.Far.Finish();
        world.RunUntil(() => connection.Waiting == 2);
        world.Settle();
        Assert.Empty(connection.Take("peerFinished"));

        while (connection.DataCount < sent.Length)
        {
            Assert.Empty(connection.Take("peerFinished"));
            world.RunUntil(() => connection.Waiting > 0);
            connection.Collect(1);
        }

        world.RunUntil(() => connection.Take("peerFinished").Count == 1);
        Bytes.AssertSame(sent, connection.Data);
    }

    private static IEnumerator<Yield> Busy()
    {
        while (true)
        {
            yield return 1;
        }
    }
}
