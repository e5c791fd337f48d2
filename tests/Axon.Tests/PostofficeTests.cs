// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

public class PostofficeTests
{
    [Fact]
    [Trait("Spec", "AX-PO-01")]
    public void New_NoName_IsEmptyAndHasAnEmptyDebugName()
    {
        Postoffice postoffice = new();

        Assert.Empty(postoffice.Linkages);
        Assert.Equal(0, postoffice.Count);
        Assert.Equal("", postoffice.DebugName);
    }

    [Fact]
    [Trait("Spec", "AX-PO-01")]
    public void New_Name_IsContainedInTheDebugName()
    {
        Component component = new();

        Assert.Contains("test", new Postoffice("test").DebugName, StringComparison.Ordinal);
        Assert.Contains(component.Name, component.Postoffice.DebugName, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "AX-PO-02")]
    public void ToString_WithLinkages_ShowsPostofficeNameAndLinkages()
    {
        Component a = new();
        Component b = new();
        Postoffice postoffice = new("the office");
        Linkage first = postoffice.Link((a, "outbox"), (b, "inbox"));
        Linkage second = postoffice.Link((b, "outbox"), (a, "inbox"));

        string text = postoffice.ToString();

        Assert.Equal($"{{{{ POSTOFFICE: the office; links [{first}, {second}] }}}}", text);
    }

    [Theory]
    [InlineData(Passthrough.None, "outbox", "inbox")]
    [InlineData(Passthrough.None, "signal", "control")]
    [InlineData(Passthrough.Inbox, "inbox", "control")]
    [InlineData(Passthrough.Outbox, "outbox", "signal")]
    [Trait("Spec", "AX-PO-03")]
    public void Link_EachKind_TouchesExactlyThoseTwoBoxes(Passthrough passthrough, string sourceBox, string sinkBox)
    {
        Component a = new();
        Component b = new();

        Linkage linkage = new Postoffice().Link((a, sourceBox), (b, sinkBox), passthrough);

        Postbox source = passthrough == Passthrough.Inbox ? a.GetInbox(sourceBox) : a.GetOutbox(sourceBox);
        Postbox sink = passthrough == Passthrough.Outbox ? b.GetOutbox(sinkBox) : b.GetInbox(sinkBox);
        Assert.Same(linkage, source.Linkage);
        Assert.Equal([linkage], sink.Incoming);
        Assert.Equal([source], AllBoxes(a, b).Where(box => box.Linkage is not null));
        Assert.Equal([sink], AllBoxes(a, b).Where(box => box.Incoming.Any()));
        Assert.All(AllBoxes(a, b), box => Assert.Null(box.Size));
    }

    [Fact]
    [Trait("Spec", "AX-PO-04")]
    public void Link_Made_IsRegisteredInTheOrderOfMaking()
    {
        Component a = new();
        Component b = new();
        Postoffice postoffice = new();

        Linkage first = postoffice.Link((a, "outbox"), (b, "inbox"));
        Linkage second = postoffice.Link((b, "outbox"), (a, "inbox"));
        Linkage third = postoffice.Link((a, "signal"), (b, "control"));

        Assert.Equal([first, second, third], postoffice.Linkages);
        Assert.Equal(3, postoffice.Count);
        Assert.All(postoffice.Linkages, linkage => Assert.True(postoffice.IsRegistered(linkage)));
        Assert.False(postoffice.IsRegistered(new Linkage(a, b)));
    }

    [Fact]
    [Trait("Spec", "AX-PO-04")]
    [Trait("Spec", "AX-CMP-38")]
    public void Link_Throws_IsNotRegisteredAndNothingIsConnected()
    {
        Component a = new();
        Component b = new();
        Component c = new();
        b.SetInboxSize("inbox", 0);
        c.GetInbox().Append("does not fit");
        Postoffice postoffice = new();
        Linkage only = postoffice.Link((a, "outbox"), (a, "inbox"));

        Assert.Throws<BoxAlreadyLinkedToDestinationException>(() => postoffice.Link((a, "outbox"), (b, "inbox")));
        Assert.Throws<KeyNotFoundException>(() => postoffice.Link((a, "nobox"), (b, "inbox")));
        Assert.Throws<KeyNotFoundException>(() => postoffice.Link((b, "outbox"), (a, "nobox")));
        Assert.Throws<LinkageLoopException>(() => postoffice.Link((b, "inbox"), (b, "inbox"), Passthrough.Inbox));
        Assert.Throws<NoSpaceInBoxException>(() => postoffice.Link((c, "inbox"), (b, "inbox"), Passthrough.Inbox));
        Assert.Throws<ArgumentOutOfRangeException>(() => postoffice.Link((b, "outbox"), (a, "inbox"), pipeWidth: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => postoffice.Link((b, "outbox"), (a, "inbox"), (Passthrough)3));
        Assert.Throws<ArgumentException>(() => postoffice.Link((b, "outbox"), (a, "signal"), Passthrough.Outbox, pipeWidth: 1));

        Assert.Equal([only], postoffice.Linkages);
        Assert.Equal([a.GetOutbox()], AllBoxes(a, b, c).Where(box => box.Linkage is not null));
        Assert.Equal([a.GetInbox()], AllBoxes(a, b, c).Where(box => box.Incoming.Any()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Spec", "AX-PO-05")]
    public void UnlinkLinkage_OneOfThree_RemovesAndDisconnectsExactlyThatOne(int which)
    {
        Component consumer = new();
        Component[] producers = [new(), new(), new()];
        Postoffice postoffice = new();
        Linkage[] linkages = [.. producers.Select(producer => postoffice.Link((producer, "outbox"), (consumer, "inbox")))];

        postoffice.Unlink(linkages[which]);
        foreach ((int i, Component producer) in producers.Index())
        {
            producer.Send(i);
        }

        Assert.Equal(linkages.Where((_, i) => i != which), postoffice.Linkages);
        Assert.Equal(linkages.Where((_, i) => i != which), consumer.GetInbox().Incoming);
        Assert.Equal(Enumerable.Range(0, 3).Where(i => i != which).Cast<object?>(), consumer.Inbox());
        Assert.False(postoffice.IsRegistered(linkages[which]));
        Assert.False(linkages[which].IsConnected);
    }

    [Theory]
    [InlineData(Passthrough.None, "outbox", "inbox")]
    [InlineData(Passthrough.Inbox, "inbox", "inbox")]
    [InlineData(Passthrough.Outbox, "outbox", "outbox")]
    [Trait("Spec", "AX-PO-05")]
    public void UnlinkLinkage_EachKind_NothingPassesAnyMore(Passthrough passthrough, string sourceBox, string sinkBox)
    {
        Component a = new();
        Component b = new();
        Component end = new();
        if (passthrough == Passthrough.Outbox)
        {
            end.Link((b, "outbox"), (end, "inbox"));
        }

        Linkage linkage = a.Link((a, sourceBox), (b, sinkBox), passthrough);
        linkage.Source.Append("through");
        a.Unlink(linkage);
        linkage.Source.Append("not through");

        Assert.Equal(["through"], passthrough == Passthrough.Outbox ? end.Inbox() : b.Inbox());
        Assert.Equal(passthrough == Passthrough.Inbox ? ["not through"] : [], a.Inbox());
        Assert.All(AllBoxes(a), box => Assert.Null(box.Linkage));
    }

    [Fact]
    [Trait("Spec", "AX-PO-06")]
    public void UnlinkComponent_AtEitherEnd_RemovesThoseOfThisLedgerAndNoOthers()
    {
        Component a = new();
        Component b = new();
        Component c = new();
        Postoffice postoffice = new();
        Postoffice other = new();
        Linkage asSource = postoffice.Link((a, "outbox"), (b, "inbox"));
        Linkage without = postoffice.Link((b, "outbox"), (c, "inbox"));
        Linkage asSink = postoffice.Link((c, "outbox"), (a, "inbox"));
        Linkage both = postoffice.Link((a, "signal"), (a, "control"));
        Linkage foreign = other.Link((b, "signal"), (a, "inbox"));
        Linkage third = postoffice.Link((c, "signal"), (a, "inbox"));

        postoffice.Unlink(a);

        Assert.Equal([without], postoffice.Linkages);
        Assert.Equal([foreign], other.Linkages);
        Assert.Equal(
            [false, true, false, false, true, false],
            new[] { asSource, without, asSink, both, foreign, third }.Select(linkage => linkage.IsConnected));
        Assert.Equal([foreign], a.GetInbox().Incoming);
    }

    [Fact]
    [Trait("Spec", "AX-PO-06")]
    public void UnlinkComponent_WithAddedBoxes_RemovesTheirLinkagesToo()
    {
        AdaptiveBoxIdler adaptive = new();
        Component neighbour = new();
        string inbox = adaptive.AddInbox("extra");
        string outbox = adaptive.AddOutbox("extra");
        Postoffice postoffice = new();
        postoffice.Link((neighbour, "outbox"), (adaptive, inbox));
        postoffice.Link((adaptive, outbox), (neighbour, "inbox"));

        postoffice.Unlink(adaptive);

        Assert.Equal(0, postoffice.Count);
        Assert.All(AllBoxes(adaptive, neighbour), box => Assert.Null(box.Linkage));
    }

    [Fact]
    [Trait("Spec", "AX-PO-07")]
    [Trait("Spec", "AX-CMP-37")]
    public void UnlinkLinkage_TwiceOrNeverMade_IsIgnored()
    {
        Component a = new();
        Component b = new();
        Linkage linkage = a.Link((a, "outbox"), (b, "inbox"));
        a.Unlink(linkage);
        Linkage again = a.Link((a, "outbox"), (b, "inbox"));

        // The old handle describes the same two boxes; that does not make it the present one.
        a.Unlink(linkage);
        a.Unlink(new Linkage(a, b));
        a.Unlink(b.Link((b, "outbox"), (b, "inbox")));
        a.Send("message");

        Assert.Equal([again], a.Postoffice.Linkages);
        Assert.Equal(["message"], b.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-PO-08")]
    public void UnlinkAll_Several_EmptiesTheLedgerAndItCanBeUsedAgain()
    {
        Component a = new();
        Component b = new();
        Postoffice postoffice = new();
        Linkage[] linkages = [postoffice.Link((a, "outbox"), (b, "inbox")), postoffice.Link((b, "outbox"), (a, "inbox"))];

        postoffice.UnlinkAll();
        postoffice.UnlinkAll();
        a.Send("nowhere");
        Linkage again = postoffice.Link((a, "outbox"), (b, "inbox"));
        a.Send("there");

        Assert.All(linkages, linkage => Assert.False(linkage.IsConnected));
        Assert.Equal([again], postoffice.Linkages);
        Assert.Equal(["there"], b.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-PO-09")]
    [Trait("Spec", "AX-CMP-37")]
    public void Unlink_LinkageOfAnotherComponent_IsIgnored()
    {
        Component maker = new();
        Component a = new();
        Component b = new();
        Linkage linkage = maker.Link((a, "outbox"), (b, "inbox"));

        a.Unlink(linkage);
        b.Unlink(linkage);
        a.Unlink(b);
        b.Unlink(b);
        b.Postoffice.UnlinkAll();
        a.Send("message");

        Assert.True(linkage.IsConnected);
        Assert.True(maker.Postoffice.IsRegistered(linkage));
        Assert.False(a.Postoffice.IsRegistered(linkage));
        Assert.Equal(["message"], b.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-PO-10")]
    public void Unlink_BoxDeletedAndMadeAgainUnderTheSameName_LeavesTheNewBoxAlone()
    {
        Component maker = new();
        Component producer = new();
        AdaptiveBoxIdler adaptive = new();
        adaptive.AddInbox("extra");
        Linkage old = maker.Link((producer, "outbox"), (adaptive, "extra"));
        adaptive.DeleteInbox("extra");
        adaptive.AddInbox("extra");
        Linkage present = maker.Link((producer, "outbox"), (adaptive, "extra"));

        maker.Unlink(old);
        producer.Send("message");

        Assert.Equal([present], maker.Postoffice.Linkages);
        Assert.Equal(["message"], adaptive.Inbox("extra"));
        Assert.NotSame(old.Sink, present.Sink);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-35")]
    public void ComponentLink_ByAThird_ReturnsAHandleRegisteredWithTheMaker()
    {
        Component maker = new();
        Component a = new();
        Component b = new();

        Linkage linkage = maker.Link((a, "outbox"), (b, "inbox"));
        a.Send("message");

        Assert.True(maker.Postoffice.IsRegistered(linkage));
        Assert.Equal((0, 0), (a.Postoffice.Count, b.Postoffice.Count));
        Assert.Equal(["message"], b.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-CMP-36")]
    public void ComponentLink_PassthroughByPositionOrName_IsTheSame()
    {
        Component a = new();
        Component b = new();

        Linkage[] linkages =
        [
            a.Link((a, "inbox"), (b, "inbox"), Passthrough.Inbox),
            a.Link((a, "control"), (b, "control"), passthrough: Passthrough.Inbox),
            a.Link((a, "outbox"), (b, "outbox"), (Passthrough)2),
            a.Link((a, "signal"), (b, "signal"), passthrough: (Passthrough)2),
        ];

        Assert.Equal([1, 1, 2, 2], linkages.Select(linkage => (int)linkage.Passthrough));
        Assert.Equal(
            [a.GetInbox(), a.GetInbox("control"), a.GetOutbox(), a.GetOutbox("signal")],
            linkages.Select(linkage => linkage.Source));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-37")]
    public void ComponentUnlink_OwnLinkageOrComponent_RemovesIt()
    {
        Component a = new();
        Component b = new();
        Component c = new();
        Linkage one = a.Link((a, "outbox"), (b, "inbox"));
        Linkage two = a.Link((b, "outbox"), (c, "inbox"));
        Linkage three = a.Link((c, "outbox"), (a, "inbox"));

        a.Unlink(one);
        a.Unlink(b);

        Assert.Equal([three], a.Postoffice.Linkages);
        Assert.Equal((false, false), (one.IsConnected, two.IsConnected));
    }

    [Theory]
    [InlineData(Passthrough.None, "nobox", "inbox", "outbox \"nobox\"")]
    [InlineData(Passthrough.None, "outbox", "nobox", "inbox \"nobox\"")]
    [InlineData(Passthrough.None, "inbox", "inbox", "outbox \"inbox\"")]
    [InlineData(Passthrough.None, "outbox", "outbox", "inbox \"outbox\"")]
    [InlineData(Passthrough.Inbox, "outbox", "inbox", "inbox \"outbox\"")]
    [InlineData(Passthrough.Inbox, "inbox", "outbox", "inbox \"outbox\"")]
    [InlineData(Passthrough.Outbox, "inbox", "outbox", "outbox \"inbox\"")]
    [InlineData(Passthrough.Outbox, "outbox", "inbox", "outbox \"inbox\"")]
    [Trait("Spec", "AX-CMP-38")]
    public void ComponentLink_UnknownBox_ThrowsNamingItAndChangesNothing(
        Passthrough passthrough, string sourceBox, string sinkBox, string named)
    {
        Component a = new();
        Component b = new();

        string text = Assert.Throws<KeyNotFoundException>(() => a.Link((a, sourceBox), (b, sinkBox), passthrough, pipeWidth: 3)).Message;

        Assert.Contains($"has no {named}", text, StringComparison.Ordinal);
        Assert.Equal(0, a.Postoffice.Count);
        Assert.All(AllBoxes(a, b), box => Assert.Equal((null, 0, null), (box.Linkage, box.Incoming.Count(), box.Size)));
    }

    [Fact]
    public void Link_AmongTenThousandOthers_AllocatesWhatItDoesAlone()
    {
        Component a = new();
        Component b = new();
        Postoffice small = new();
        Postoffice large = new();
        Component hub = new();
        for (int i = 0; i < 10_000; i++)
        {
            large.Link((new Component(), "outbox"), (hub, "inbox"));
        }

        LinkAndUnlink(small);
        long alone = LinkAndUnlink(small);
        long amongMany = LinkAndUnlink(large);

        Assert.Equal(alone, amongMany);
        Assert.Equal(10_000, large.Count);

        long LinkAndUnlink(Postoffice postoffice)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Linkage linkage = postoffice.Link((a, "outbox"), (b, "inbox"));
            postoffice.Unlink(linkage);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static IEnumerable<Postbox> AllBoxes(params Component[] components) => components.SelectMany(
        component => component.InboxNames.Select(name => component.GetInbox(name))
            .Concat(component.OutboxNames.Select(name => component.GetOutbox(name))));
}
