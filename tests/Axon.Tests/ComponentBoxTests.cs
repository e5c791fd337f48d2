// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

public class ComponentBoxTests
{
    [Fact]
    [Trait("Spec", "AX-CMP-01")]
    [Trait("Spec", "AX-BOX-01")]
    public void New_NothingDeclared_HasTheFourStandardBoxesAllEmpty()
    {
        Component component = new();

        Assert.Equal(["inbox", "control"], component.InboxNames);
        Assert.Equal(["outbox", "signal"], component.OutboxNames);
        Assert.All(component.InboxNames, name => Assert.Equal(0, component.Waiting(name)));
        Assert.All(component.OutboxNames, name => Assert.Equal(0, component.GetOutbox(name).Count));
        Assert.Empty(component.ChildComponents());
    }

    [Fact]
    [Trait("Spec", "AX-CMP-02")]
    public void New_OneInboxDeclared_ReplacesTheInheritedInboxes()
    {
        OnlyOneInbox component = new();

        Assert.Equal(["inbox"], component.InboxNames);
        Assert.Equal(["outbox", "signal"], component.OutboxNames);
        Assert.Throws<KeyNotFoundException>(() => component.DataReady("control"));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-02")]
    public void New_BaseClassDeclares_InheritsTheNearestDeclarationOfEachKind()
    {
        AddsOutboxes component = new();

        Assert.Equal(["inbox"], component.InboxNames);
        Assert.Equal(["first", "second"], component.OutboxNames);
        Assert.Throws<KeyNotFoundException>(() => component.Send(1));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-02")]
    public void New_BoxesDeclared_DescribesThem()
    {
        AddsOutboxes component = new();

        Assert.Equal("what comes first", component.DescribeOutbox("first"));
        Assert.Equal("", component.DescribeOutbox("second"));
        Assert.Equal("all there is", component.DescribeInbox("inbox"));
    }

    [Theory]
    [InlineData("inbox")]
    [InlineData("control")]
    [Trait("Spec", "AX-CMP-03")]
    public void DataReady_TwoMessagesSent_StaysTrueUntilTheLastWasReceived(string box)
    {
        (Component producer, Component consumer) = Linked(box);
        List<(bool, int)> seen = [(consumer.DataReady(box), consumer.Waiting(box))];

        producer.Send(1);
        seen.Add((consumer.DataReady(box), consumer.Waiting(box)));
        producer.Send(2);
        seen.Add((consumer.DataReady(box), consumer.Waiting(box)));
        consumer.Recv(box);
        seen.Add((consumer.DataReady(box), consumer.Waiting(box)));
        consumer.Recv(box);
        seen.Add((consumer.DataReady(box), consumer.Waiting(box)));

        Assert.Equal([(false, 0), (true, 1), (true, 2), (true, 1), (false, 0)], seen);
    }

    [Theory]
    [InlineData("inbox")]
    [InlineData("control")]
    [Trait("Spec", "AX-CMP-04")]
    public void Recv_SeveralMessages_TakesThemInTheOrderOfArrival(string box)
    {
        (Component producer, Component consumer) = Linked(box);
        producer.Send("a");
        producer.Send("b");
        producer.Send("c");

        object?[] received = [consumer.Recv(box), consumer.Recv(box), consumer.Recv(box)];

        Assert.Equal(["a", "b", "c"], received);
        Assert.False(consumer.DataReady(box));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-05")]
    public void Recv_EmptyInbox_ThrowsAndNamesComponentAndBox()
    {
        Component component = new();

        string[] texts =
        [
            Assert.Throws<InvalidOperationException>(() => component.Recv("control")).Message,
            Assert.Throws<InvalidOperationException>(() => component.Recv<string>("control")).Message,
        ];

        Assert.All(texts, text => Assert.Contains($"inbox \"control\" of {component.Name} is empty", text, StringComparison.Ordinal));
        Assert.False(component.TryRecv(out object? _, "control"));
        Assert.False(component.TryRecv(out string? _, "control"));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-06")]
    public void AnyUse_NameOfNoBoxOfThatKind_ThrowsAndNamesComponentAndBox()
    {
        Component component = new();
        Action[] uses =
        [
            () => component.Send(1, "inbox"),
            () => component.TrySend(1, "inbox"),
            () => component.GetOutbox("inbox"),
            () => component.DescribeOutbox("inbox"),
            () => component.Recv("outbox"),
            () => component.Recv<int>("outbox"),
            () => component.TryRecv(out object? _, "outbox"),
            () => component.TryRecv(out int _, "outbox"),
            () => component.DataReady("outbox"),
            () => component.Waiting("outbox"),
            () => component.GetInbox("outbox"),
            () => component.DescribeInbox("outbox"),
            () => component.SetInboxSize("outbox", 1),
            () => Assert.Empty(component.Inbox("outbox")),
        ];

        foreach ((int i, Action use) in uses.Index())
        {
            string text = Assert.Throws<KeyNotFoundException>(use).Message;
            string expected = i < 4 ? "has no outbox \"inbox\". It has outboxes outbox, signal" : "has no inbox \"outbox\". It has inboxes inbox, control";
            Assert.Contains($"{component.Name} {expected}", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Spec", "AX-CMP-06")]
    public void Recv_NameMadeAtRunTime_FindsTheBoxByItsLetters()
    {
        (Component producer, Component consumer) = Linked("control");
        producer.Send("found", new string(['o', 'u', 't', 'b', 'o', 'x']));

        Assert.Equal("found", consumer.Recv(new string(['c', 'o', 'n', 't', 'r', 'o', 'l'])));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-07")]
    [Trait("Spec", "AX-BOX-03")]
    public void Send_UnlinkedOutbox_IsDroppedForGood()
    {
        Component producer = new();
        Component consumer = new();

        producer.Send("lost");
        bool taken = producer.TrySend("lost too");
        consumer.Link((producer, "outbox"), (consumer, "inbox"));
        producer.Send("kept");

        Assert.True(taken);
        Assert.Equal(["kept"], consumer.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-CMP-08")]
    public void Send_LinkedOutbox_TheSameObjectIsThereWhenTheCallReturns()
    {
        (Component producer, Component consumer) = Linked("inbox");
        object message = new();

        producer.Send(message);

        Assert.Same(message, consumer.Recv());
    }

    [Fact]
    [Trait("Spec", "AX-CMP-09")]
    public void FirstReady_SeveralInboxesReady_IsTheFirstInTheOrderDeclared()
    {
        ThreeInboxes component = new();
        List<(bool, string?)> seen = [(component.AnyReady(), component.FirstReady())];
        foreach (string box in (string[])["alpha", "middle", "zulu"])
        {
            component.GetInbox(box).Append(1);
            seen.Add((component.AnyReady(), component.FirstReady()));
        }

        component.Recv("zulu");
        seen.Add((component.AnyReady(), component.FirstReady()));

        // Declared is zulu, middle, alpha: neither the alphabet nor the arrival decides.
        Assert.Equal([(false, null), (true, "alpha"), (true, "middle"), (true, "zulu"), (true, "middle")], seen);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-10")]
    public void Inbox_MessagesArriveMeanwhile_YieldsThemTooAndEndsWhenEmpty()
    {
        (Component producer, Component consumer) = Linked("inbox");
        producer.Send(3);
        List<object?> seen = [];

        foreach (object? message in consumer.Inbox())
        {
            seen.Add(message);
            if (message is int left and > 0)
            {
                producer.Send(left - 1);
            }
        }

        producer.Send("later");
        Assert.Equal([3, 2, 1, 0], seen);
        Assert.Equal("later", consumer.Recv());
    }

    [Fact]
    [Trait("Spec", "AX-CMP-10")]
    public void Inbox_NotEnumeratedToTheEnd_LeavesTheRest()
    {
        (Component producer, Component consumer) = Linked("inbox");
        producer.Send(1);
        producer.Send(2);

        IEnumerable<object?> lazily = consumer.Inbox();
        int before = consumer.Waiting();
        object? first = lazily.First();

        Assert.Equal((2, 1, 1), (before, first, consumer.Waiting()));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-11")]
    [Trait("Spec", "AX-CMP-12")]
    [Trait("Spec", "AX-BOX-17")]
    public void ForwardedInbox_MessagesWaitAtTheDestination_IsNotReadyButCanBeReceivedFrom()
    {
        Component wrapper = new();
        Component child = new();
        wrapper.Link((wrapper, "inbox"), (child, "inbox"), Passthrough.Inbox);
        wrapper.GetInbox().Append("first");
        wrapper.GetInbox().Append("second");

        Assert.False(wrapper.DataReady());
        Assert.Equal(0, wrapper.Waiting());
        Assert.False(wrapper.AnyReady());
        Assert.Null(wrapper.FirstReady());
        Assert.Equal("first", wrapper.Recv());
        Assert.Equal(["second"], child.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-CMP-12")]
    public void RecvOfType_ForwardedInbox_LooksAtTheDestination()
    {
        Component wrapper = new();
        Component child = new();
        wrapper.Link((wrapper, "inbox"), (child, "inbox"), Passthrough.Inbox);
        wrapper.GetInbox().Append("text");
        wrapper.GetInbox().Append(7);

        Assert.Throws<UnexpectedMessageException>(() => wrapper.Recv<int>());
        Assert.Equal("text", wrapper.Recv<string>());
        Assert.True(wrapper.TryRecv(out int number));
        Assert.Equal(7, number);
        Assert.False(child.DataReady());
    }

    [Fact]
    [Trait("Spec", "AX-CMP-13")]
    public void SendAndRecv_ThousandPairs_KeepValuesAndOrder()
    {
        (Component producer, Component consumer) = Linked("inbox");
        List<object?> received = [];

        for (int i = 0; i < 1000; i++)
        {
            producer.Send(i);
            received.Add(consumer.Recv());
        }

        Assert.Equal(Enumerable.Range(0, 1000).Cast<object?>(), received);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-04")]
    [Trait("Spec", "AX-CMP-13")]
    public void SendAndRecv_BoxGrowsWhileItIsInUse_KeepsValuesAndOrder()
    {
        (Component producer, Component consumer) = Linked("inbox");
        List<object?> received = [];
        int sent = 0;

        // Three in, two out: the oldest message wanders through the store, and growth meets it at every place.
        for (int round = 0; round < 500; round++)
        {
            producer.Send(sent++);
            producer.Send(sent++);
            producer.Send(sent++);
            received.Add(consumer.Recv());
            received.Add(consumer.Recv());
        }

        received.AddRange(consumer.Inbox());

        Assert.Equal(Enumerable.Range(0, 1500).Cast<object?>(), received);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-14")]
    public void New_MemberGivenByKeyword_OverridesTheDefaultOnThatInstanceOnly()
    {
        Greeter changed = new() { Greeting = "hello" };
        Greeter plain = new();

        Assert.Equal(("hello", "good day"), (changed.Greeting, plain.Greeting));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-15")]
    public void ToString_Component_ContainsNameAndBoxes()
    {
        Component component = new("_tagged");
        string text = component.ToString();

        Assert.EndsWith("_tagged", component.Name, StringComparison.Ordinal);
        Assert.All(
            ["Component", component.Name, "inbox", "control", "outbox", "signal"],
            part => Assert.Contains(part, text, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Spec", "AX-BOX-33")]
    public void Send_Null_IsAMessageLikeAnyOther()
    {
        (Component producer, Component consumer) = Linked("inbox");
        for (int i = 0; i < 4; i++)
        {
            producer.Send(null);
        }

        int before = consumer.Waiting();
        object? received = consumer.Recv();
        bool tried = consumer.TryRecv(out object? message);
        bool typed = consumer.TryRecv(out string? text);

        Assert.Equal(4, before);
        Assert.Null(received);
        Assert.True(tried && typed);
        Assert.Null(message);
        Assert.Null(text);
        Assert.Null(consumer.Recv<int?>());
        Assert.False(consumer.DataReady());
    }

    private static (Component Producer, Component Consumer) Linked(string inbox)
    {
        Component producer = new();
        Component consumer = new();
        consumer.Link((producer, "outbox"), (consumer, inbox));
        return (producer, consumer);
    }

    [Inbox("inbox", "all there is")]
    private class OnlyOneInbox : Component;

    [Outbox("first", "what comes first")]
    [Outbox("second")]
    private sealed class AddsOutboxes : OnlyOneInbox;

    [Inbox("zulu")]
    [Inbox("middle")]
    [Inbox("alpha")]
    private sealed class ThreeInboxes : Component;

    private sealed class Greeter : Component
    {
        public string Greeting { get; init; } = "good day";
    }
}
