// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

public class PostboxChainTests
{
    private const int Hops = 4;

    public static TheoryData<int[]> OrdersOfLinking => [.. Permutations([0, 1, 2, 3])];

    [Theory]
    [MemberData(nameof(OrdersOfLinking))]
    [Trait("Spec", "AX-BOX-05")]
    [Trait("Spec", "AX-BOX-06")]
    [Trait("Spec", "AX-BOX-07")]
    [Trait("Spec", "AX-BOX-16")]
    public void Chain_LinkedInAnyOrder_DeliversToTheLastBoxAndWakesItsOwnerOnly(int[] order)
    {
        Chain chain = new();
        Array.ForEach(order, hop => chain.Join(hop));

        IEnumerable<string> woken = chain.Bench.WokenBy(() => chain.Boxes[0].Append("message"));

        Assert.Equal(["e"], woken);
        Assert.Equal([1, 1, 1, 1, 1], chain.Boxes.Select(box => box.Count));
        Assert.Equal([0, 0, 0, 0, 1], chain.Boxes.Select(box => box.LocalCount));
        Assert.Equal("message", chain.Boxes[4].Pop());
    }

    [Theory]
    [MemberData(nameof(OrdersOfLinking))]
    [Trait("Spec", "AX-BOX-11")]
    [Trait("Spec", "AX-BOX-12")]
    [Trait("Spec", "AX-BOX-14")]
    public void Chain_SendsBetweenTheLinks_GoWhereTheChainEndsAtThatMoment(int[] order)
    {
        Chain chain = new();
        List<string> expected = [];

        // A message is dropped while the chain from the first box ends in an outbox, that is before the first two hops are made.
        for (int made = 0; made <= Hops; made++)
        {
            chain.Boxes[0].Append($"after {made}");
            if (order.Take(made).Intersect([0, 1]).Count() == 2)
            {
                expected.Add($"after {made}");
            }

            if (made < Hops)
            {
                chain.Join(order[made]);
            }
        }

        Assert.Equal(expected, chain.Owners[4].Inbox());
        Assert.All(chain.Boxes, box => Assert.Equal(0, box.Count));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [Trait("Spec", "AX-BOX-14")]
    [Trait("Spec", "AX-BOX-15")]
    public void Unlink_AtAHop_EverythingUpstreamEndsAtTheCutAndDeliveredMessagesStay(int hop, int newEnd)
    {
        Chain chain = new();
        Linkage[] linkages = [.. Enumerable.Range(0, Hops).Select(chain.Join)];
        chain.Boxes[0].Append("delivered");

        chain.Maker.Unlink(linkages[hop]);
        bool[] taken = [.. chain.Boxes.Select((box, i) => box.TryAppend(i))];

        // Boxes a and b are outboxes: a chain that ends there drops. From c on they are inboxes and store.
        object?[] upstream = [.. Enumerable.Range(0, newEnd + 1).Cast<object?>()];
        object?[] downstream = ["delivered", .. Enumerable.Range(newEnd + 1, Hops - newEnd).Cast<object?>()];
        Assert.All(taken, Assert.True);
        Assert.Equal(downstream, chain.Owners[4].Inbox());
        Assert.Equal(newEnd >= 2 ? upstream.Length : 0, chain.Boxes[0].Count);
        if (newEnd >= 2)
        {
            Assert.Equal(upstream, chain.Owners[newEnd].Inbox());
        }
    }

    [Fact]
    [Trait("Spec", "AX-BOX-15")]
    public void Unlink_ABranchedChain_AllBranchesUpstreamOfTheCutFollow()
    {
        Component a = new();
        Component b = new();
        Component c = new();
        Component middle = new();
        Component end = new();
        middle.Link((a, "outbox"), (b, "outbox"), Passthrough.Outbox);
        middle.Link((b, "outbox"), (middle, "inbox"));
        middle.Link((c, "outbox"), (middle, "inbox"));
        middle.Link((c, "inbox"), (middle, "inbox"), Passthrough.Inbox);
        Linkage onward = middle.Link((middle, "inbox"), (end, "inbox"), Passthrough.Inbox);

        middle.Unlink(onward);
        foreach (Postbox box in (Postbox[])[a.GetOutbox(), b.GetOutbox(), c.GetOutbox(), c.GetInbox()])
        {
            box.Append(box.Id);
        }

        Assert.Equal([a.GetOutbox().Id, b.GetOutbox().Id, c.GetOutbox().Id, c.GetInbox().Id], middle.Inbox());
        Assert.Equal((0, 0), (end.Waiting(), c.Waiting()));
    }

    [Fact]
    [Trait("Spec", "AX-BOX-16")]
    [Trait("Spec", "AX-BOX-17")]
    public void Pop_AnyBoxOfAChain_TakesFromTheFinalDestination()
    {
        Chain chain = new();
        Array.ForEach([0, 1, 2, 3], hop => chain.Join(hop));
        for (int i = 0; i < 5; i++)
        {
            chain.Boxes[i].Append(i);
        }

        List<(object?, int)> popped = [.. chain.Boxes.Reverse().Select(box => (box.Pop(), box.Count))];

        Assert.Equal([(0, 4), (1, 3), (2, 2), (3, 1), (4, 0)], popped);
    }

    [Fact]
    [Trait("Spec", "AX-BOX-18")]
    public void Pop_BranchedTree_WakesEveryOutboxOwnerUpstreamWhoeverSent()
    {
        BoxBench bench = new();
        BoxIdler maker = bench.Idler("maker");
        BoxIdler end = bench.Idler("end");
        BoxIdler inboxWrapper = bench.Idler("inboxWrapper");
        BoxIdler outboxWrapper = bench.Idler("outboxWrapper");
        BoxIdler[] producers = [.. Enumerable.Range(0, 6).Select(i => bench.Idler($"p{i}"))];
        BoxIdler bystander = bench.Idler("bystander");

        //  p0, p1, p2 -> outboxWrapper.outbox -> inboxWrapper.inbox -> end.inbox;  p3, p4 -> inboxWrapper.inbox;  p5 -> end.inbox
        maker.Link((inboxWrapper, "inbox"), (end, "inbox"), Passthrough.Inbox);
        maker.Link((producers[3], "outbox"), (inboxWrapper, "inbox"));
        maker.Link((outboxWrapper, "outbox"), (inboxWrapper, "inbox"));
        maker.Link((producers[4], "outbox"), (inboxWrapper, "inbox"));
        maker.Link((producers[0], "outbox"), (outboxWrapper, "outbox"), Passthrough.Outbox);
        maker.Link((producers[1], "outbox"), (outboxWrapper, "outbox"), Passthrough.Outbox);
        maker.Link((producers[2], "signal"), (outboxWrapper, "outbox"), Passthrough.Outbox);
        maker.Link((producers[5], "outbox"), (end, "inbox"));
        maker.Link((bystander, "outbox"), (end, "control"));
        bench.WokenBy(() => producers[1].Send("message"));

        Assert.Equal(["outboxWrapper", "p0", "p1", "p2", "p3", "p4", "p5"], bench.WokenBy(() => end.Recv()));
    }

    [Fact]
    [Trait("Spec", "AX-BOX-18")]
    public void Pop_ThroughAForwardedBox_WakesTheFeedersOfTheStore()
    {
        BoxBench bench = new();
        BoxIdler end = bench.Idler("end");
        BoxIdler wrapper = bench.Idler("wrapper");
        BoxIdler upstream = bench.Idler("upstream");
        BoxIdler beside = bench.Idler("beside");
        wrapper.Link((wrapper, "inbox"), (end, "inbox"), Passthrough.Inbox);
        wrapper.Link((upstream, "outbox"), (wrapper, "inbox"));
        wrapper.Link((beside, "outbox"), (end, "inbox"));
        bench.WokenBy(() => upstream.Send(1));

        Assert.Equal(["beside", "upstream"], bench.WokenBy(() => wrapper.Recv()));
    }

    [Fact]
    [Trait("Spec", "AX-BOX-18")]
    public void Pop_OneOwnerOfSeveralOutboxes_IsWokenOnceForAll()
    {
        BoxBench bench = new();
        BoxIdler producer = bench.Idler("producer");
        BoxIdler consumer = bench.Idler("consumer");
        consumer.Link((producer, "outbox"), (consumer, "inbox"));
        consumer.Link((producer, "signal"), (consumer, "inbox"));
        bench.WokenBy(() => producer.Send(1));
        int before = producer.Steps;

        Assert.Equal(["producer"], bench.WokenBy(() => consumer.Recv()));
        Assert.Equal(before + 1, producer.Steps);
    }

    [Fact]
    [Trait("Spec", "AX-BOX-18")]
    public void Pop_ComponentLinkedToItself_WakesItAsItsOwnFeeder()
    {
        BoxBench bench = new();
        BoxIdler self = bench.Idler("self");
        self.Link((self, "outbox"), (self, "inbox"));

        Assert.Equal(["self"], bench.WokenBy(() => self.Send("note to self")));
        Assert.Equal(["self"], bench.WokenBy(() => self.Recv()));
    }

    [Fact]
    [Trait("Spec", "AX-BOX-20")]
    public void Pop_SeveralFeeders_AllAreWokenInTheSameCycle()
    {
        BoxBench bench = new();
        BoxIdler consumer = bench.Idler("consumer");
        BoxIdler[] feeders = [.. Enumerable.Range(0, 5).Select(i => bench.Idler($"f{i}"))];
        Array.ForEach(feeders, feeder => consumer.Link((feeder, "outbox"), (consumer, "inbox")));
        bench.WokenBy(() => feeders[0].Send(1));

        consumer.Recv();
        bench.System.Cycles(2);

        // The order among them is nobody's business; that they run at once is.
        Assert.All(feeders, feeder => Assert.Equal(2, feeder.Steps));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [Trait("Spec", "AX-BOX-32")]
    public void Link_LoopOfInboxes_ThrowsAndChangesNothing(int length)
    {
        Component maker = new();
        Component[] ring = [.. Enumerable.Range(0, length).Select(_ => new Component())];
        for (int i = 0; i + 1 < length; i++)
        {
            maker.Link((ring[i], "inbox"), (ring[i + 1], "inbox"), Passthrough.Inbox);
        }

        ring[0].GetInbox().Append("before");
        LinkageLoopException loop = Assert.Throws<LinkageLoopException>(
            () => maker.Link((ring[^1], "inbox"), (ring[0], "inbox"), Passthrough.Inbox));
        ring[0].GetInbox().Append("after");

        Assert.Equal((ring[^1].GetInbox(), ring[0].GetInbox()), (loop.Source, loop.Sink));
        Assert.Null(ring[^1].GetInbox().Linkage);
        Assert.Empty(ring[0].GetInbox().Incoming);
        Assert.Equal(length - 1, maker.Postoffice.Count);
        Assert.Equal(["before", "after"], ring[^1].Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-BOX-32")]
    public void Link_LoopOfOutboxes_ThrowsAndChangesNothing()
    {
        Component a = new();
        Component b = new();
        a.Link((a, "outbox"), (b, "outbox"), Passthrough.Outbox);

        Assert.Throws<LinkageLoopException>(() => a.Link((b, "outbox"), (a, "outbox"), Passthrough.Outbox));
        Assert.Throws<LinkageLoopException>(() => a.Link((b, "outbox"), (b, "outbox"), Passthrough.Outbox));
        b.Link((b, "outbox"), (a, "inbox"));
        a.Send("message");

        Assert.Equal(["message"], a.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-BOX-32")]
    public void Link_LoopOfComponentsNotOfBoxes_IsFine()
    {
        Component a = new();
        Component b = new();
        a.Link((a, "outbox"), (b, "inbox"));
        a.Link((b, "outbox"), (a, "inbox"));

        a.Send("ping");
        b.Send("pong");

        Assert.Equal(["ping"], b.Inbox());
        Assert.Equal(["pong"], a.Inbox());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "AX-BOX-06")]
    [Trait("Spec", "AX-BOX-32")]
    public void Chain_OfThousandsOfBoxes_NeedsNoStack(bool fromTheEnd)
    {
        const int Length = 5_000;
        Component maker = new();
        Component producer = new();
        Component[] chain = [.. Enumerable.Range(0, Length).Select(_ => new Component())];
        Linkage first = maker.Link((producer, "outbox"), (chain[0], "inbox"));
        IEnumerable<int> hops = Enumerable.Range(0, Length - 1);
        foreach (int i in fromTheEnd ? hops.Reverse() : hops)
        {
            maker.Link((chain[i], "inbox"), (chain[i + 1], "inbox"), Passthrough.Inbox);
        }

        producer.Send("message");
        object? received = chain[^1].Recv();
        Assert.Throws<LinkageLoopException>(() => maker.Link((chain[^1], "inbox"), (chain[0], "inbox"), Passthrough.Inbox));
        maker.Unlink(chain[Length / 2]);
        producer.Send("as far as it goes");
        maker.Postoffice.UnlinkAll();

        Assert.Equal("message", received);
        Assert.False(first.IsConnected);
        Assert.Equal("as far as it goes", chain[(Length / 2) - 1].Recv());
        Assert.All(chain, link => Assert.Equal(0, link.GetInbox().Count));
    }

    private static IEnumerable<int[]> Permutations(int[] items) => items.Length == 0
        ? [[]]
        : items.SelectMany(first => Permutations([.. items.Where(item => item != first)]), (first, rest) => (int[])[first, .. rest]);

    // a.outbox -> b.outbox -> c.inbox -> d.inbox -> e.inbox: every kind of hop there is.
    private sealed class Chain
    {
        public Chain()
        {
            Maker = Bench.Idler("maker");
            Owners = [.. new[] { "a", "b", "c", "d", "e" }.Select(Bench.Idler)];
            Boxes = [Owners[0].GetOutbox(), Owners[1].GetOutbox(), Owners[2].GetInbox(), Owners[3].GetInbox(), Owners[4].GetInbox()];
        }

        public BoxBench Bench { get; } = new();

        public BoxIdler Maker { get; }

        public BoxIdler[] Owners { get; }

        public Postbox[] Boxes { get; }

        public Linkage Join(int hop) => hop switch
        {
            0 => Maker.Link((Owners[0], "outbox"), (Owners[1], "outbox"), Passthrough.Outbox),
            1 => Maker.Link((Owners[1], "outbox"), (Owners[2], "inbox")),
            _ => Maker.Link((Owners[hop], "inbox"), (Owners[hop + 1], "inbox"), Passthrough.Inbox),
        };
    }
}
