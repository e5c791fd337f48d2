// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

public class PostboxLimitTests
{
    private readonly BoxBench _bench = new();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(100)]
    [Trait("Spec", "AX-BOX-21")]
    [Trait("Spec", "AX-BOX-29")]
    public void Append_LimitReached_ThrowsWithHeldAndLimitStoresNothingAndWakesNobody(int limit)
    {
        BoxIdler producer = _bench.Idler("producer");
        BoxIdler consumer = _bench.Idler("consumer");
        consumer.Link((producer, "outbox"), (consumer, "inbox"));
        consumer.SetInboxSize("inbox", limit);
        List<bool> full = [];
        for (int i = 0; i < limit; i++)
        {
            full.Add(producer.GetOutbox().IsFull);
            producer.Send(i);
        }

        _bench.System.RunUntilIdle();
        IEnumerable<string> woken = _bench.WokenBy(() =>
        {
            NoSpaceInBoxException refusal = Assert.Throws<NoSpaceInBoxException>(() => producer.Send("one too many"));
            Assert.Equal((limit, limit, consumer.GetInbox()), (refusal.Held, refusal.Capacity, refusal.Box));
            Assert.Equal([limit, limit], refusal.Arguments);
            Assert.False(producer.TrySend("one too many"));
        });

        Assert.Empty(woken);
        Assert.All(full, Assert.False);
        Assert.True(producer.GetOutbox().IsFull && consumer.GetInbox().IsFull);
        Assert.Equal(Enumerable.Range(0, limit).Cast<object?>(), consumer.Inbox());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [Trait("Spec", "AX-BOX-22")]
    public void Append_AfterCollectingSome_ExactlyThatManyFit(int collected)
    {
        Component consumer = new();
        consumer.SetInboxSize("inbox", 5);
        Postbox box = consumer.GetInbox();
        int accepted = Fill(box);
        for (int i = 0; i < collected; i++)
        {
            box.Pop();
        }

        int acceptedAfterwards = Fill(box);

        Assert.Equal((5, collected, 5), (accepted, acceptedAfterwards, box.Count));
    }

    [Fact]
    [Trait("Spec", "AX-BOX-23")]
    [Trait("Spec", "AX-BOX-28")]
    public void Size_BoxInMidChain_IsIgnoredUntilTheChainEndsThere()
    {
        Component producer = new();
        Component wrapper = new();
        Component child = new();
        wrapper.Link((producer, "outbox"), (wrapper, "inbox"));
        Linkage onward = wrapper.Link((wrapper, "inbox"), (child, "inbox"), Passthrough.Inbox);
        wrapper.SetInboxSize("inbox", 2);

        for (int i = 0; i < 10; i++)
        {
            producer.Send(i);
        }

        bool fullInMidChain = producer.GetOutbox().IsFull;
        wrapper.Unlink(onward);
        int accepted = Fill(producer.GetOutbox());

        Assert.False(fullInMidChain);
        Assert.Equal((10, 2, 2), (child.Waiting(), accepted, wrapper.Waiting()));
        Assert.True(producer.GetOutbox().IsFull);
    }

    [Fact]
    [Trait("Spec", "AX-BOX-23")]
    [Trait("Spec", "AX-BOX-29")]
    public void Size_FinalDestination_HoldsForTheWholeChain()
    {
        Component producer = new();
        Component wrapper = new();
        Component child = new();
        wrapper.Link((producer, "outbox"), (wrapper, "inbox"));
        wrapper.Link((wrapper, "inbox"), (child, "inbox"), Passthrough.Inbox);
        child.SetInboxSize("inbox", 3);

        int accepted = Fill(producer.GetOutbox());

        Assert.Equal(3, accepted);
        Assert.All([producer.GetOutbox(), wrapper.GetInbox(), child.GetInbox()], box => Assert.True(box.IsFull));
        Assert.Throws<NoSpaceInBoxException>(() => wrapper.GetInbox().Append(1));
    }

    [Fact]
    [Trait("Spec", "AX-BOX-24")]
    public void Size_LimitLiftedWhileInUse_TakesAnyNumberAgain()
    {
        Component consumer = new();
        Postbox box = consumer.GetInbox();
        consumer.SetInboxSize("inbox", 2);
        int limited = Fill(box, 10);
        consumer.SetInboxSize("inbox", null);
        int unlimited = Fill(box, 1000);

        Assert.Equal((2, 1000, 1002), (limited, unlimited, box.Count));
        Assert.Null(box.Size);
        Assert.False(box.IsFull);
    }

    [Fact]
    [Trait("Spec", "AX-BOX-24")]
    public void Size_LimitSetWhileInUse_CountsWhatIsThere()
    {
        Postbox box = new Component().GetInbox();
        Fill(box, 3);
        box.Size = 5;

        Assert.Equal((5, 2), (box.Size, Fill(box, 10)));
    }

    [Fact]
    [Trait("Spec", "AX-BOX-25")]
    public void Append_FullBoxWithManyProducers_AllOfThemAreRefusedAndNoneWhileThereIsRoom()
    {
        Component consumer = new();
        Component wrapper = new();
        Component producerWrapper = new();
        Component direct = new();
        Component throughInbox = new();
        Component throughOutbox = new();
        Component maker = new();
        maker.Link((wrapper, "inbox"), (consumer, "inbox"), Passthrough.Inbox);
        maker.Link((direct, "outbox"), (consumer, "inbox"));
        maker.Link((throughInbox, "outbox"), (wrapper, "inbox"));
        maker.Link((throughOutbox, "outbox"), (producerWrapper, "outbox"), Passthrough.Outbox);
        maker.Link((producerWrapper, "outbox"), (wrapper, "inbox"));
        consumer.SetInboxSize("inbox", 4);
        Component[] all = [direct, throughInbox, throughOutbox, producerWrapper];

        List<bool> withRoom = [.. all.Select(producer => producer.TrySend(1))];
        List<bool> withoutRoom = [.. all.Select(producer => producer.TrySend(2))];
        consumer.Recv();
        List<bool> withRoomForOne = [.. all.Reverse().Select(producer => producer.TrySend(3))];

        Assert.Equal([true, true, true, true], withRoom);
        Assert.Equal([false, false, false, false], withoutRoom);
        Assert.Equal([true, false, false, false], withRoomForOne);
        Assert.Equal([1, 1, 1, 3], consumer.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-BOX-26")]
    [Trait("Spec", "AX-BOX-29")]
    public void Append_LimitZero_ThrowsEveryTimeWithZeroOfZero()
    {
        Component producer = new();
        Component consumer = new();
        consumer.Link((producer, "outbox"), (consumer, "inbox"), pipeWidth: 0);

        for (int i = 0; i < 3; i++)
        {
            NoSpaceInBoxException refusal = Assert.Throws<NoSpaceInBoxException>(() => producer.Send(1));
            Assert.Equal((0, 0), (refusal.Held, refusal.Capacity));
        }

        Assert.True(consumer.GetInbox().IsFull);
        Assert.False(consumer.DataReady());
    }

    [Fact]
    [Trait("Spec", "AX-BOX-27")]
    [Trait("Spec", "AX-BOX-29")]
    public void Size_LoweredBelowTheNumberHeld_KeepsAllAndRefusesUntilFewerAreHeld()
    {
        Component consumer = new();
        Postbox box = consumer.GetInbox();
        Fill(box, 5);
        consumer.SetInboxSize("inbox", 3);

        List<(int Held, bool Full, bool Taken)> seen = [];
        for (int i = 0; i < 4; i++)
        {
            seen.Add((box.Count, box.IsFull, box.TryAppend("new")));
            box.Pop();
        }

        // The fourth append is the first to fit: two are held then, one below the limit.
        Assert.Equal([(5, true, false), (4, true, false), (3, true, false), (2, false, true)], seen);
        Assert.Equal([4, "new"], consumer.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-BOX-28")]
    public void Size_SetOnAForwardedBox_IsItsOwnAndNotTheDestinations()
    {
        Component wrapper = new();
        Component child = new();
        child.SetInboxSize("inbox", 7);
        wrapper.Link((wrapper, "inbox"), (child, "inbox"), Passthrough.Inbox);

        wrapper.SetInboxSize("inbox", 2);

        Assert.Equal((2, 7), (wrapper.GetInbox().Size, child.GetInbox().Size));
    }

    [Fact]
    [Trait("Spec", "AX-BOX-29")]
    public void IsFull_UnlinkedOutboxOrNoLimit_IsFalse()
    {
        Component component = new();
        Fill(component.GetInbox(), 100);
        Fill(component.GetOutbox(), 100);

        Assert.False(component.GetInbox().IsFull);
        Assert.False(component.GetOutbox().IsFull);
    }

    [Theory]
    [InlineData(3, 0, 2)]
    [InlineData(3, 2, 4)]
    [InlineData(1, 5, 2)]
    [InlineData(1, 0, 0)]
    [Trait("Spec", "AX-BOX-30")]
    public void Link_StoredMessagesDoNotAllFit_ThrowsAndChangesNothing(int stored, int there, int limit)
    {
        BoxIdler feeder = _bench.Idler("feeder");
        BoxIdler wrapper = _bench.Idler("wrapper");
        BoxIdler child = _bench.Idler("child");
        wrapper.Link((feeder, "outbox"), (wrapper, "inbox"));
        object[] old = [.. Enumerable.Range(0, stored).Cast<object>()];
        object[] present = [.. Enumerable.Range(100, there).Cast<object>()];
        Array.ForEach(old, feeder.GetOutbox().Append);
        Array.ForEach(present, child.GetInbox().Append);
        child.SetInboxSize("inbox", limit);
        _bench.System.RunUntilIdle();

        IEnumerable<string> woken = _bench.WokenBy(() =>
        {
            NoSpaceInBoxException refusal = Assert.Throws<NoSpaceInBoxException>(
                () => wrapper.Link((wrapper, "inbox"), (child, "inbox"), Passthrough.Inbox));
            Assert.Equal((there, limit, child.GetInbox()), (refusal.Held, refusal.Capacity, refusal.Box));
        });
        feeder.Send("last");

        Assert.Empty(woken);
        Assert.Null(wrapper.GetInbox().Linkage);
        Assert.Empty(child.GetInbox().Incoming);
        Assert.Equal([.. old, "last"], wrapper.Inbox());
        Assert.Equal(present, child.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-BOX-30")]
    public void Link_StoredMessagesFitExactly_MovesThemAll()
    {
        Component wrapper = new();
        Component child = new();
        Fill(wrapper.GetInbox(), 3);
        child.GetInbox().Append("there before");
        child.SetInboxSize("inbox", 4);

        wrapper.Link((wrapper, "inbox"), (child, "inbox"), Passthrough.Inbox);

        Assert.True(child.GetInbox().IsFull);
        Assert.Equal(["there before", 0, 1, 2], child.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-BOX-30")]
    public void Link_NothingStoredAndDestinationFull_Connects()
    {
        Component wrapper = new();
        Component child = new();
        child.SetInboxSize("inbox", 1);
        Fill(child.GetInbox(), 1);
        child.SetInboxSize("inbox", 0);

        Linkage linkage = wrapper.Link((wrapper, "inbox"), (child, "inbox"), Passthrough.Inbox);

        Assert.True(linkage.IsConnected);
        Assert.Equal(1, wrapper.GetInbox().Count);
    }

    // Appends 0, 1, 2, ... until one is refused; says how many were taken.
    private static int Fill(Postbox box, int atMost = 1000)
    {
        int taken = 0;
        while (taken < atMost && box.TryAppend(taken))
        {
            taken++;
        }

        return taken;
    }
}
