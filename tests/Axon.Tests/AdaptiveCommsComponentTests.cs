// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

public class AdaptiveCommsComponentTests
{
    private readonly BoxBench _bench = new();

    [Fact]
    [Trait("Spec", "AX-ACC-01")]
    public void New_WithOrWithoutArguments_HasTheFourOrdinaryBoxes()
    {
        AdaptiveCommsComponent[] components = [new(), new("_tag"), new(tag: "_other")];

        Assert.All(components, component => Assert.Equal(["inbox", "control"], component.InboxNames));
        Assert.All(components, component => Assert.Equal(["outbox", "signal"], component.OutboxNames));
        Assert.All(components, component => Assert.False(component.AnyReady()));
    }

    [Fact]
    [Trait("Spec", "AX-ACC-02")]
    public void AddInboxAndOutbox_FreeName_ReturnsItAndTheBoxIsUsableAtOnce()
    {
        AdaptiveCommsComponent component = new();

        string inbox = component.AddInbox("new in", "what comes");
        string outbox = component.AddOutbox("new out", "what goes");
        bool readyBefore = component.DataReady("new in");
        component.Link((component, "new out"), (component, "new in"));
        component.Send("round trip", "new out");

        Assert.Equal(("new in", "new out"), (inbox, outbox));
        Assert.False(readyBefore);
        Assert.Equal(["inbox", "control", "new in"], component.InboxNames);
        Assert.Equal(["outbox", "signal", "new out"], component.OutboxNames);
        Assert.Equal(("what comes", "what goes"), (component.DescribeInbox("new in"), component.DescribeOutbox("new out")));
        Assert.Equal("new in", component.FirstReady());
        Assert.Equal("round trip", component.Recv("new in"));
    }

    [Theory]
    [InlineData("inbox")]
    [InlineData("control")]
    [InlineData("mine")]
    [Trait("Spec", "AX-ACC-03")]
    public void AddInbox_TakenName_ReturnsAnotherThatStartsWithIt(string name)
    {
        AdaptiveCommsComponent component = new();
        component.AddInbox("mine");

        string[] added = [.. Enumerable.Range(0, 5).Select(_ => component.AddInbox(name))];

        Assert.Equal([$"{name}_2", $"{name}_3", $"{name}_4", $"{name}_5", $"{name}_6"], added);
        Assert.Equal(["inbox", "control", "mine", .. added], component.InboxNames);
    }

    [Fact]
    [Trait("Spec", "AX-ACC-03")]
    public void AddOutbox_TakenNameAndItsNumberTaken_GoesOnToTheNextNumber()
    {
        AdaptiveCommsComponent component = new();
        component.AddOutbox("outbox_2");

        string[] added = [component.AddOutbox(), component.AddOutbox("signal"), component.AddOutbox("outbox_2")];

        Assert.Equal(["outbox_3", "signal_2", "outbox_2_2"], added);
    }

    [Fact]
    [Trait("Spec", "AX-ACC-03")]
    public void AddInbox_TwoComponents_CountForThemselves()
    {
        AdaptiveCommsComponent one = new();
        AdaptiveCommsComponent other = new();
        one.AddInbox();

        Assert.Equal(("inbox_3", "inbox_2"), (one.AddInbox(), other.AddInbox()));
    }

    [Fact]
    [Trait("Spec", "AX-ACC-04")]
    public void AddInboxAndOutbox_TheSameName_AreTwoBoxes()
    {
        AdaptiveCommsComponent component = new();

        string[] added = [component.AddInbox("both"), component.AddOutbox("both"), component.AddInbox("outbox"), component.AddOutbox("inbox")];
        component.DeleteInbox("both");

        Assert.Equal(["both", "both", "outbox", "inbox"], added);
        Assert.DoesNotContain("both", component.InboxNames);
        Assert.Contains("both", component.OutboxNames);
        Assert.Throws<KeyNotFoundException>(() => component.Recv("both"));
        component.Send("dropped, and no error", "both");
    }

    [Fact]
    [Trait("Spec", "AX-ACC-05")]
    public void AddAndDelete_Thousands_OnlyTheOriginalBoxesRemain()
    {
        AdaptiveCommsComponent component = new();
        List<string> inboxes = [];
        List<string> outboxes = [];
        for (int i = 0; i < 2000; i++)
        {
            inboxes.Add(component.AddInbox("client"));
            outboxes.Add(component.AddOutbox("client"));
        }

        int distinct = inboxes.Distinct().Count() + outboxes.Distinct().Count();

        // Not in the order of adding: from the middle outward.
        foreach (int i in Enumerable.Range(0, 2000).OrderBy(i => Math.Abs(i - 1000)))
        {
            component.DeleteInbox(inboxes[i]);
            component.DeleteOutbox(outboxes[i]);
        }

        Assert.Equal(4000, distinct);
        Assert.Equal(["inbox", "control"], component.InboxNames);
        Assert.Equal(["outbox", "signal"], component.OutboxNames);
    }

    [Fact]
    [Trait("Spec", "AX-ACC-05")]
    [Trait("Spec", "AX-CMP-09")]
    public void FirstReady_AddedInboxes_ComeAfterTheDeclaredInTheOrderOfAdding()
    {
        AdaptiveCommsComponent component = new();
        foreach (string name in (string[])["z", "y", "x"])
        {
            component.AddInbox(name);
            component.GetInbox(name).Append(name);
        }

        component.GetInbox("control").Append("control");
        component.DeleteInbox("y");
        List<string?> order = [];
        while (component.FirstReady() is { } ready)
        {
            order.Add(ready);
            component.Recv(ready);
        }

        Assert.Equal(["control", "z", "x"], order);
    }

    [Fact]
    [Trait("Spec", "AX-ACC-06")]
    public void Delete_UnknownOrDeletedBox_ThrowsNamingComponentAndBox()
    {
        AdaptiveCommsComponent component = new();
        component.AddInbox("gone");
        component.AddOutbox("gone");
        component.DeleteInbox("gone");
        component.DeleteOutbox("gone");

        string[] texts =
        [
            Assert.Throws<KeyNotFoundException>(() => component.DeleteInbox("gone")).Message,
            Assert.Throws<KeyNotFoundException>(() => component.DeleteOutbox("gone")).Message,
            Assert.Throws<KeyNotFoundException>(() => component.DeleteInbox("outbox")).Message,
            Assert.Throws<KeyNotFoundException>(() => component.DeleteOutbox("inbox")).Message,
        ];

        Assert.StartsWith($"{component.Name} has no inbox \"gone\"", texts[0], StringComparison.Ordinal);
        Assert.StartsWith($"{component.Name} has no outbox \"gone\"", texts[1], StringComparison.Ordinal);
        Assert.StartsWith($"{component.Name} has no inbox \"outbox\"", texts[2], StringComparison.Ordinal);
        Assert.StartsWith($"{component.Name} has no outbox \"inbox\"", texts[3], StringComparison.Ordinal);
        Assert.Equal((2, 2), (component.InboxNames.Count, component.OutboxNames.Count));
    }

    [Fact]
    [Trait("Spec", "AX-ACC-07")]
    public void Delete_StandardBoxes_WorksAndOtherComponentsKeepTheirs()
    {
        AdaptiveCommsComponent component = new();
        component.GetInbox("control").Append("kept");
        component.DeleteInbox("inbox");
        component.DeleteOutbox("signal");
        object? kept = component.Recv("control");
        component.DeleteInbox("control");
        component.DeleteOutbox("outbox");

        Assert.Equal("kept", kept);
        Assert.Empty(component.InboxNames);
        Assert.Empty(component.OutboxNames);
        Assert.Throws<KeyNotFoundException>(() => component.Send(1));
        Assert.Throws<KeyNotFoundException>(() => component.DataReady());
        Assert.False(component.AnyReady());
        Assert.Equal(["inbox", "control"], new AdaptiveCommsComponent().InboxNames);
    }

    [Fact]
    [Trait("Spec", "AX-ACC-08")]
    public void Delete_ThenAddTheSameName_TheNameIsFreeAndTheBoxNew()
    {
        AdaptiveCommsComponent component = new();
        component.AddInbox("mine");
        List<string> names = [];
        foreach (string name in (string[])["mine", "inbox", "mine"])
        {
            Postbox before = component.GetInbox(name);
            component.DeleteInbox(name);
            names.Add(component.AddInbox(name));
            Assert.NotSame(before, component.GetInbox(name));
        }

        component.DeleteOutbox("outbox");
        names.Add(component.AddOutbox("outbox"));

        Assert.Equal(["mine", "inbox", "mine", "outbox"], names);
    }

    [Theory]
    [InlineData("inbox")]
    [InlineData("mine")]
    [Trait("Spec", "AX-ACC-09")]
    public void DeleteInbox_HoldsMessages_TheyAreLost(string name)
    {
        AdaptiveCommsComponent component = new();
        component.AddInbox("mine");
        component.GetInbox(name).Append("lost");

        component.DeleteInbox(name);
        component.AddInbox(name);

        Assert.Equal(0, component.Waiting(name));
        Assert.False(component.AnyReady());
    }

    [Fact]
    [Trait("Spec", "AX-ACC-10")]
    public void AddedBoxes_ArrivalAndCollection_WakeTheOwner()
    {
        AdaptiveBoxIdler adaptive = _bench.Add(new AdaptiveBoxIdler(), "adaptive");
        BoxIdler neighbour = _bench.Idler("neighbour");
        neighbour.Link((neighbour, "outbox"), (adaptive, adaptive.AddInbox("in")));
        neighbour.Link((adaptive, adaptive.AddOutbox("out")), (neighbour, "inbox"));

        Assert.Equal(["adaptive"], _bench.WokenBy(() => neighbour.Send(1)));
        Assert.Equal(["neighbour"], _bench.WokenBy(() => adaptive.Recv("in")));
        Assert.Equal(["neighbour"], _bench.WokenBy(() => adaptive.Send(2, "out")));
        Assert.Equal(["adaptive"], _bench.WokenBy(() => neighbour.Recv()));
    }

    [Theory]
    [InlineData("inbox")]
    [InlineData("control")]
    [InlineData("added")]
    [Trait("Spec", "AX-ACC-11")]
    public void TrackResource_StandardOrAddedInbox_ComesBack(string inbox)
    {
        AdaptiveCommsComponent component = new();
        component.AddInbox("added");
        object resource = new();

        component.TrackResource(resource, inbox);

        Assert.Same(resource, component.RetrieveTrackedResource(inbox));
        Assert.All(
            ((string[])["inbox", "control", "added"]).Where(other => other != inbox),
            other => Assert.Throws<KeyNotFoundException>(() => component.RetrieveTrackedResource(other)));
    }

    [Fact]
    [Trait("Spec", "AX-ACC-11")]
    public void TrackResource_UnknownInbox_ThrowsAndTracksNothing()
    {
        AdaptiveCommsComponent component = new();

        string tracking = Assert.Throws<KeyNotFoundException>(() => component.TrackResource("resource", "nobox")).Message;
        string retrieving = Assert.Throws<KeyNotFoundException>(() => component.RetrieveTrackedResource("nobox")).Message;

        Assert.Contains($"{component.Name} has no inbox \"nobox\"", tracking, StringComparison.Ordinal);
        Assert.Contains($"{component.Name} tracks no resource for an inbox \"nobox\"", retrieving, StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(() => component.TrackResource("resource", "outbox"));
        Assert.Throws<KeyNotFoundException>(() => component.CeaseTrackingResource("resource"));
    }

    [Fact]
    [Trait("Spec", "AX-ACC-12")]
    public void TrackResourceInformation_KnownBoxes_ComesBack()
    {
        AdaptiveCommsComponent component = new();
        string[] inboxes = ["inbox", component.AddInbox("added")];
        string[] outboxes = ["signal", component.AddOutbox("added")];
        object resource = new();
        object information = new();

        component.TrackResourceInformation(resource, inboxes, outboxes, information);
        component.TrackResourceInformation("without boxes", [], [], null);
        ResourceInfo tracked = component.RetrieveTrackedResourceInformation(resource);
        ResourceInfo empty = component.RetrieveTrackedResourceInformation("without boxes");

        Assert.Equal(inboxes, tracked.Inboxes);
        Assert.Equal(outboxes, tracked.Outboxes);
        Assert.Same(information, tracked.Information);
        Assert.Empty(empty.Inboxes);
        Assert.Null(empty.Information);
    }

    [Theory]
    [InlineData("nobox", "outbox")]
    [InlineData("outbox", "outbox")]
    [InlineData("inbox", "nobox")]
    [InlineData("inbox", "inbox")]
    [Trait("Spec", "AX-ACC-12")]
    public void TrackResourceInformation_UnknownBox_ThrowsAndTracksNothing(string inbox, string outbox)
    {
        AdaptiveCommsComponent component = new();

        Assert.Throws<KeyNotFoundException>(
            () => component.TrackResourceInformation("resource", ["inbox", inbox], ["outbox", outbox], 1));

        Assert.Throws<KeyNotFoundException>(() => component.RetrieveTrackedResourceInformation("resource"));
    }

    [Fact]
    [Trait("Spec", "AX-ACC-13")]
    public void CeaseTrackingResource_Tracked_ForgetsItAndASecondCallThrows()
    {
        AdaptiveCommsComponent component = new();
        component.TrackResourceInformation("resource", ["inbox"], ["outbox"], 1);
        component.TrackResourceInformation("other", [], [], 2);

        component.CeaseTrackingResource("resource");

        Assert.Throws<KeyNotFoundException>(() => component.CeaseTrackingResource("resource"));
        string text = Assert.Throws<KeyNotFoundException>(() => component.RetrieveTrackedResourceInformation("resource")).Message;
        Assert.Contains($"{component.Name} tracks no information about resource", text, StringComparison.Ordinal);
        Assert.Equal(2, component.RetrieveTrackedResourceInformation("other").Information);
    }

    [Fact]
    [Trait("Spec", "AX-ACC-14")]
    public void Track_Again_Replaces()
    {
        AdaptiveCommsComponent component = new();
        component.TrackResource("old", "inbox");
        component.TrackResource("new", "inbox");
        component.TrackResourceInformation("new", ["inbox"], [], "old");
        component.TrackResourceInformation("new", [], ["outbox"], "new");

        ResourceInfo tracked = component.RetrieveTrackedResourceInformation("new");

        Assert.Equal("new", component.RetrieveTrackedResource("inbox"));
        Assert.Empty(tracked.Inboxes);
        Assert.Equal(["outbox"], tracked.Outboxes);
        Assert.Equal("new", tracked.Information);

        // Nothing of the one that was replaced is left behind.
        Assert.Throws<KeyNotFoundException>(() => component.CeaseTrackingResource("old"));
    }

    [Theory]
    [InlineData("inbox")]
    [InlineData("added")]
    [Trait("Spec", "AX-ACC-15")]
    public void DeleteInbox_ResourceTracked_ForgetsItAlsoForABoxMadeAgain(string inbox)
    {
        AdaptiveCommsComponent component = new();
        component.AddInbox("added");
        component.TrackResource("resource", inbox);
        component.TrackResource("resource", "control");

        component.DeleteInbox(inbox);
        component.AddInbox(inbox);

        Assert.Throws<KeyNotFoundException>(() => component.RetrieveTrackedResource(inbox));
        Assert.Equal("resource", component.RetrieveTrackedResource("control"));
        component.DeleteInbox("control");
        Assert.Throws<KeyNotFoundException>(() => component.CeaseTrackingResource("resource"));
    }

    [Fact]
    [Trait("Spec", "AX-ACC-16")]
    public void CeaseTrackingResource_InboxesTrackedForIt_AreForgottenToo()
    {
        AdaptiveCommsComponent component = new();
        component.AddInbox("added");
        component.TrackResource("resource", "inbox");
        component.TrackResource("resource", "added");
        component.TrackResource("other", "control");
        component.TrackResourceInformation("resource", ["inbox", "added"], [], 1);

        component.CeaseTrackingResource("resource");

        Assert.Throws<KeyNotFoundException>(() => component.RetrieveTrackedResource("inbox"));
        Assert.Throws<KeyNotFoundException>(() => component.RetrieveTrackedResource("added"));
        Assert.Equal("other", component.RetrieveTrackedResource("control"));
        component.DeleteInbox("added");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Spec", "AX-ACC-17")]
    public void DeleteInbox_Linked_DisconnectsEverybodysLinkagesAndTheMakersEndWell(bool forwarded)
    {
        AdaptiveBoxIdler adaptive = _bench.Add(new AdaptiveBoxIdler(), "adaptive");
        BoxIdler maker = _bench.Idler("maker");
        BoxIdler producer = _bench.Idler("producer");
        BoxIdler child = _bench.Idler("child");
        adaptive.AddInbox("extra");
        maker.Link((producer, "outbox"), (adaptive, "extra"));
        producer.Link((producer, "signal"), (adaptive, "extra"));
        if (forwarded)
        {
            adaptive.Link((adaptive, "extra"), (child, "inbox"), Passthrough.Inbox);
        }

        adaptive.DeleteInbox("extra");
        IEnumerable<string> woken = _bench.WokenBy(() =>
        {
            producer.Send("nowhere");
            producer.Send("nowhere", "signal");
        });
        maker.Stop();
        producer.Stop();
        _bench.System.RunUntilIdle();

        Assert.Empty(woken);
        Assert.Equal((null, null), (producer.GetOutbox().Linkage, producer.GetOutbox("signal").Linkage));
        Assert.Empty(child.GetInbox().Incoming);
        Assert.Equal((0, 0, 0), (maker.Postoffice.Count, producer.Postoffice.Count, adaptive.Postoffice.Count));
        Assert.False(child.DataReady());
        Assert.Equal(2, _bench.System.Scheduler.ListAll().Count);
    }

    [Fact]
    [Trait("Spec", "AX-ACC-17")]
    public void DeleteOutbox_Linked_DisconnectsUpstreamAndDownstream()
    {
        AdaptiveBoxIdler adaptive = _bench.Add(new AdaptiveBoxIdler(), "adaptive");
        BoxIdler maker = _bench.Idler("maker");
        BoxIdler child = _bench.Idler("child");
        BoxIdler consumer = _bench.Idler("consumer");
        maker.Link((child, "outbox"), (adaptive, "outbox"), Passthrough.Outbox);
        maker.Link((adaptive, "outbox"), (consumer, "inbox"));
        child.Send("delivered before");
        _bench.System.RunUntilIdle();

        adaptive.DeleteOutbox("outbox");
        child.Send("nowhere");

        // What was delivered stays, and collecting it wakes nobody who is cut off.
        Assert.Empty(_bench.WokenBy(() => consumer.Recv()));
        Assert.False(consumer.DataReady());
        Assert.Null(child.GetOutbox().Linkage);
        Assert.Equal(0, maker.Postoffice.Count);
    }

    [Fact]
    [Trait("Spec", "AX-ACC-17")]
    public void DeleteInbox_InMidStepOfARunningSystem_TheRunGoesOn()
    {
        SteppedScheduler system = new(TraceKinds.None);
        AdaptiveBoxIdler server = system.Activate(new AdaptiveBoxIdler());
        List<object?> received = [];
        int sent = 0;
        system.Activate(new BoxScript(Client));

        system.RunUntil(() => sent == 10);

        Assert.Equal([0, 1, 2, 3, 4], received);

        IEnumerator<Yield> Client(Component self)
        {
            string box = server.AddInbox("client");
            self.Link((self, "outbox"), (server, box));
            for (; sent < 10; sent++)
            {
                if (sent == 5)
                {
                    received.AddRange(server.Inbox(box));
                    server.DeleteInbox(box);
                }

                self.Send(sent);
                yield return 1;
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-ACC-18")]
    public void Resources_EqualByTheirTypeOrByReference_AreComparedAccordingly()
    {
        AdaptiveCommsComponent component = new();
        Socket one = new();
        Socket other = new();
        component.TrackResourceInformation(one, [], [], "one");
        component.TrackResourceInformation(other, [], [], "other");
        component.TrackResourceInformation(new Address("host", 80), [], [], "address");

        Assert.Equal("one", component.RetrieveTrackedResourceInformation(one).Information);
        Assert.Equal("other", component.RetrieveTrackedResourceInformation(other).Information);
        Assert.Equal("address", component.RetrieveTrackedResourceInformation(new Address("host", 80)).Information);
        Assert.Throws<KeyNotFoundException>(() => component.RetrieveTrackedResourceInformation(new Socket()));
    }

    private sealed class Socket;

    private sealed record Address(string Host, int Port);
}
