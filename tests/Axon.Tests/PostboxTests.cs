// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

public class PostboxTests
{
    private readonly BoxBench _bench = new();

    [Fact]
    [Trait("Spec", "AX-BOX-01")]
    public void New_InboxAndOutbox_AreEmptyUnlimitedAndNotLinked()
    {
        Component component = new();

        Assert.All(
            [component.GetInbox(), component.GetOutbox()],
            box => Assert.Equal((0, 0, false, null, null), (box.Count, box.LocalCount, box.IsFull, box.Size, box.Linkage)));
        Assert.Empty(component.GetInbox().Incoming);
        Assert.Empty(component.GetOutbox().Incoming);
    }

    [Fact]
    [Trait("Spec", "AX-BOX-01")]
    public void Count_UnlinkedOutboxAfterSends_IsZero()
    {
        Component component = new();
        component.Send(1);
        component.Send(2);

        Assert.Equal((0, 0), (component.GetOutbox().Count, component.GetOutbox().LocalCount));
    }

    [Fact]
    [Trait("Spec", "AX-BOX-02")]
    public void Append_UnlinkedInbox_StoresAndWakesTheOwnerWhoFindsTheMessage()
    {
        Component? consumer = null;
        List<int> found = [];
        consumer = _bench.Add(new BoxScript(Body), "consumer");

        IEnumerable<string> woken = _bench.WokenBy(() =>
        {
            consumer.GetInbox().Append("message");
            found.Add(-consumer.Waiting());
        });

        Assert.Equal(["consumer"], woken);
        Assert.Equal([0, -1, 1], found);

        IEnumerator<Yield> Body(Component self)
        {
            while (true)
            {
                found.Add(self.Waiting());
                yield return self.Pause();
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-BOX-03")]
    public void Append_UnlinkedOutbox_IsAcceptedDroppedAndWakesNobody()
    {
        BoxIdler component = _bench.Idler("component");

        Assert.Empty(_bench.WokenBy(() =>
        {
            component.GetOutbox().Append(1);
            Assert.True(component.GetOutbox().TryAppend(2));
        }));
        Assert.Equal(0, component.GetOutbox().Count);
    }

    [Fact]
    [Trait("Spec", "AX-BOX-04")]
    public void Pop_SeveralMessages_IsFirstInFirstOut()
    {
        Postbox box = new Component().GetInbox();
        foreach (int message in (int[])[1, 2, 3])
        {
            box.Append(message);
        }

        Assert.Equal([1, 2, 3], new[] { box.Pop(), box.Pop(), box.Pop() });
    }

    [Fact]
    [Trait("Spec", "AX-BOX-04")]
    public void Pop_EmptyInbox_ThrowsAndWakesNobody()
    {
        BoxIdler producer = _bench.Idler("producer");
        BoxIdler consumer = _bench.Idler("consumer");
        consumer.Link((producer, "outbox"), (consumer, "inbox"));

        Assert.Empty(_bench.WokenBy(() =>
        {
            Assert.Throws<InvalidOperationException>(() => consumer.GetInbox().Pop());
            Assert.Throws<InvalidOperationException>(() => producer.GetOutbox().Pop());
            Assert.False(consumer.GetInbox().TryPop(out object? _));
        }));
    }

    [Fact]
    [Trait("Spec", "AX-BOX-04")]
    public void Pop_UnlinkedOutbox_Throws()
    {
        Component component = new();
        component.Send(1);

        string text = Assert.Throws<InvalidOperationException>(() => component.GetOutbox().Pop()).Message;

        Assert.Contains($"outbox \"outbox\" of {component.Name}", text, StringComparison.Ordinal);
        Assert.False(component.GetOutbox().TryPop(out object? _));
    }

    [Fact]
    [Trait("Spec", "AX-BOX-05")]
    public void Link_OutboxToInbox_AppendsAppearThereAtOnce()
    {
        Component a = new();
        Component b = new();
        b.Link((a, "outbox"), (b, "inbox"));

        a.GetOutbox().Append("message");

        Assert.Equal((1, 1, 0), (a.GetOutbox().Count, b.GetInbox().Count, a.GetOutbox().LocalCount));
        Assert.Equal("message", b.GetInbox().Pop());
    }

    [Fact]
    [Trait("Spec", "AX-BOX-08")]
    public void Append_ManySourcesOfOneBox_ArriveInTheOrderOfTheCalls()
    {
        Component consumer = new();
        Component[] producers = [new(), new(), new()];
        foreach (Component producer in producers)
        {
            consumer.Link((producer, "outbox"), (consumer, "inbox"));
        }

        int[] order = [2, 0, 1, 1, 0, 2, 2, 0, 1];
        foreach (int who in order)
        {
            producers[who].Send(who);
        }

        Assert.Equal(order.Cast<object?>(), consumer.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-BOX-09")]
    public void Link_SourceHasADestination_ThrowsNamesAllThreeAndChangesNothing()
    {
        BoxIdler source = _bench.Idler("source");
        BoxIdler first = _bench.Idler("first");
        BoxIdler second = _bench.Idler("second");
        Linkage linkage = first.Link((source, "outbox"), (first, "inbox"));

        BoxAlreadyLinkedToDestinationException elsewhere = Assert.Throws<BoxAlreadyLinkedToDestinationException>(
            () => second.Link((source, "outbox"), (second, "inbox")));
        BoxAlreadyLinkedToDestinationException same = Assert.Throws<BoxAlreadyLinkedToDestinationException>(
            () => first.Link((source, "outbox"), (first, "inbox")));
        source.Send("still there");

        Assert.Equal(
            (source.GetOutbox(), first.GetInbox(), second.GetInbox()),
            (elsewhere.Source, elsewhere.ExistingTarget, elsewhere.RequestedTarget));
        Assert.Equal((source.GetOutbox(), first.GetInbox(), first.GetInbox()), (same.Source, same.ExistingTarget, same.RequestedTarget));
        Assert.Same(linkage, source.GetOutbox().Linkage);
        Assert.Equal([linkage], first.GetInbox().Incoming);
        Assert.Empty(second.GetInbox().Incoming);
        Assert.Equal(["still there"], first.Inbox());
        Assert.False(second.DataReady());
    }

    [Fact]
    [Trait("Spec", "AX-BOX-10")]
    public void Link_AfterUnlink_GoesElsewhere()
    {
        Component source = new();
        Component first = new();
        Component second = new();
        Linkage linkage = first.Link((source, "outbox"), (first, "inbox"));

        source.Send(1);
        first.Unlink(linkage);
        second.Link((source, "outbox"), (second, "inbox"));
        source.Send(2);

        Assert.Equal([1], first.Inbox());
        Assert.Equal([2], second.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-BOX-12")]
    [Trait("Spec", "AX-BOX-16")]
    public void Link_SourceHoldsMessages_TheyMoveBehindWhatIsThereOldestFirst()
    {
        BoxIdler wrapper = _bench.Idler("wrapper");
        BoxIdler child = _bench.Idler("child");
        wrapper.GetInbox().Append("old 1");
        wrapper.GetInbox().Append("old 2");
        child.GetInbox().Append("there before");
        _bench.System.RunUntilIdle();

        IEnumerable<string> woken = _bench.WokenBy(() => wrapper.Link((wrapper, "inbox"), (child, "inbox"), Passthrough.Inbox));

        Assert.Equal(["child"], woken);
        Assert.Equal((3, 0), (wrapper.GetInbox().Count, wrapper.GetInbox().LocalCount));
        Assert.Equal(["there before", "old 1", "old 2"], child.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-BOX-12")]
    public void Link_SourceHoldsMessagesAndTheSinkLeadsOnward_TheyMoveToTheFinalDestination()
    {
        BoxIdler outer = _bench.Idler("outer");
        BoxIdler middle = _bench.Idler("middle");
        BoxIdler inner = _bench.Idler("inner");
        outer.Link((middle, "inbox"), (inner, "inbox"), Passthrough.Inbox);
        outer.GetInbox().Append(1);
        outer.GetInbox().Append(2);
        _bench.System.RunUntilIdle();

        IEnumerable<string> woken = _bench.WokenBy(() => outer.Link((outer, "inbox"), (middle, "inbox"), Passthrough.Inbox));

        Assert.Equal(["inner"], woken);
        Assert.Equal((0, 0), (outer.Waiting(), middle.Waiting()));
        Assert.Equal([1, 2], inner.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-BOX-13")]
    public void Link_SourceHoldsMessages_MovingWakesThoseWhoFeedItAsACollectionWould()
    {
        BoxIdler near = _bench.Idler("near");
        BoxIdler far = _bench.Idler("far");
        BoxIdler wrapper = _bench.Idler("wrapper");
        BoxIdler child = _bench.Idler("child");
        BoxIdler other = _bench.Idler("other");
        wrapper.Link((far, "outbox"), (near, "outbox"), Passthrough.Outbox);
        wrapper.Link((near, "outbox"), (wrapper, "inbox"));
        wrapper.Link((other, "outbox"), (child, "inbox"));
        far.Send(1);
        _bench.System.RunUntilIdle();

        // The feeders of the box whose messages moved; not those of the box to which they moved.
        Assert.Equal(
            ["child", "far", "near"],
            _bench.WokenBy(() => wrapper.Link((wrapper, "inbox"), (child, "inbox"), Passthrough.Inbox)));
    }

    [Fact]
    [Trait("Spec", "AX-BOX-13")]
    public void Link_SourceHoldsNothing_WakesNobody()
    {
        BoxIdler feeder = _bench.Idler("feeder");
        BoxIdler wrapper = _bench.Idler("wrapper");
        BoxIdler child = _bench.Idler("child");
        wrapper.Link((feeder, "outbox"), (wrapper, "inbox"));
        child.GetInbox().Append("there before");
        _bench.System.RunUntilIdle();

        Assert.Empty(_bench.WokenBy(() => wrapper.Link((wrapper, "inbox"), (child, "inbox"), Passthrough.Inbox)));
    }

    [Fact]
    [Trait("Spec", "AX-BOX-31")]
    public void Unlink_ConnectionThatIsNone_CannotPartAnything()
    {
        Component source = new();
        Component sink = new();
        Linkage real = sink.Link((source, "outbox"), (sink, "inbox"));
        Linkage merelyDescribed = new(source, sink);

        // Boxes are parted through the ledger alone, and that ignores a handle it does not hold (AX-PO-07).
        sink.Unlink(merelyDescribed);
        source.Unlink(merelyDescribed);
        source.Send("message");

        Assert.True(real.IsConnected);
        Assert.False(merelyDescribed.IsConnected);
        Assert.Equal([real], sink.GetInbox().Incoming);
        Assert.Equal(["message"], sink.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-BOX-33")]
    public void Append_Null_IsStoredMovedAndPopped()
    {
        Component wrapper = new();
        Component child = new();
        wrapper.GetInbox().Append(null);
        wrapper.GetInbox().Append("between");
        wrapper.GetInbox().Append(null);
        wrapper.Link((wrapper, "inbox"), (child, "inbox"), Passthrough.Inbox);

        Assert.Equal(3, child.GetInbox().Count);
        Assert.Equal([null, "between", null], child.Inbox());
    }

    [Fact]
    public void Id_TwoBoxesOfOneName_DiffersByOwnerAndKind()
    {
        AdaptiveBoxIdler component = new();
        component.AddOutbox("inbox");
        Postbox[] boxes = [component.GetInbox(), component.GetOutbox("inbox"), new Component().GetInbox()];

        Assert.Equal(3, boxes.Select(box => box.Id).Distinct().Count());
        Assert.Equal($"inbox \"inbox\" of {component.Name}", boxes[0].ToString());
        Assert.Same(boxes[0], component.GetInbox());
    }
}
