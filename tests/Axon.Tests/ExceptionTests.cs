// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

/// <summary>What exceptions carry and say. Those of the tracker are in <see cref="CoordinatingAssistantTrackerTests"/>.</summary>
public class ExceptionTests
{
    private readonly Component _one = new("-one");
    private readonly Component _two = new("-two");
    private readonly Component _three = new("-three");

    [Fact]
    [Trait("Spec", "AX-EXC-01")]
    public void EveryException_OfTheLibrary_IsAnAxonException()
    {
        Type[] exceptions = [.. typeof(AxonException).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(Exception)))];

        Assert.True(exceptions.Length >= 14, $"Only {exceptions.Length} exceptions were found.");
        Assert.All(exceptions, type => Assert.True(type.IsAssignableTo(typeof(AxonException)), $"{type.Name} is no AxonException."));
    }

    [Fact]
    [Trait("Spec", "AX-EXC-01")]
    public void Catch_AxonException_CatchesWhatAFullBoxThrows()
    {
        _one.Link((_one, "outbox"), (_two, "inbox"), pipeWidth: 0);

        Assert.ThrowsAny<AxonException>(() => _one.Send("message"));
    }

    [Fact]
    [Trait("Spec", "AX-EXC-02")]
    public void NoSpaceInBox_FromAFullInbox_CarriesCountAndLimitInThatOrder()
    {
        _one.Link((_one, "outbox"), (_two, "inbox"));
        Array.ForEach([1, 2, 3], number => _one.Send(number));
        _two.SetInboxSize("inbox", 2);

        var exception = Assert.Throws<NoSpaceInBoxException>(() => _one.Send(4));

        Assert.Equal(3, exception.Held);
        Assert.Equal(2, exception.Capacity);
        Assert.Equal([3, 2], exception.Arguments);
        Assert.Same(_two.GetInbox(), exception.Box);
    }

    [Fact]
    [Trait("Spec", "AX-EXC-03")]
    public void NoSpaceInBox_Text_NamesTheBoxAtTheEndTheNumbersAndWhatToDo()
    {
        _two.Link((_two, "inbox"), (_three, "control"), Passthrough.Inbox);
        _one.Link((_one, "outbox"), (_two, "inbox"));
        _three.SetInboxSize("control", 1);
        _one.Send("fits");

        var exception = Assert.Throws<NoSpaceInBoxException>(() => _one.Send("does not"));

        Assert.Equal(
            $"The inbox \"control\" of {_three.Name} is full: it holds 1 of at most 1 messages. The message was not sent. " +
            "Pause() and send again when woken, use TrySend, or raise the limit with SetInboxSize.",
            exception.Message);
        Assert.StartsWith("The box is full: it holds 5 of at most 4 messages.", new NoSpaceInBoxException(5, 4).Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "AX-EXC-03")]
    public void BoxAlreadyLinked_Text_NamesAllThreeBoxesAndWhatToDo()
    {
        _one.Link((_one, "outbox"), (_two, "inbox"));

        var exception = Assert.Throws<BoxAlreadyLinkedToDestinationException>(() => _three.Link((_one, "outbox"), (_three, "control")));

        Assert.Same(_one.GetOutbox(), exception.Source);
        Assert.Same(_two.GetInbox(), exception.ExistingTarget);
        Assert.Same(_three.GetInbox("control"), exception.RequestedTarget);
        Assert.Equal(
            $"The outbox \"outbox\" of {_one.Name} already feeds the inbox \"inbox\" of {_two.Name}, so it cannot feed the inbox \"control\" of " +
            $"{_three.Name} as well: a box has one destination. Unlink the existing linkage first, or put a component between that sends to both.",
            exception.Message);
    }

    [Fact]
    [Trait("Spec", "AX-EXC-03")]
    public void LinkageLoop_Text_NamesBothEndsAndWhatToDo()
    {
        _one.Link((_one, "inbox"), (_two, "inbox"), Passthrough.Inbox);

        var exception = Assert.Throws<LinkageLoopException>(() => _one.Link((_two, "inbox"), (_one, "inbox"), Passthrough.Inbox));

        Assert.Same(_two.GetInbox(), exception.Source);
        Assert.Same(_one.GetInbox(), exception.Sink);
        Assert.Equal(
            $"Linking the inbox \"inbox\" of {_two.Name} to the inbox \"inbox\" of {_one.Name} would close a loop: what reaches the second " +
            "already flows into the first. End the chain in an inbox that a component reads.",
            exception.Message);
    }

    [Theory]
    [InlineData("text", "a String")]
    [InlineData(null, "null")]
    [Trait("Spec", "AX-EXC-03")]
    public void UnexpectedMessage_Text_NamesTheBoxBothTypesAndWhatToDo(string? found, string described)
    {
        _one.Link((_one, "outbox"), (_two, "inbox"));
        _one.Send(found);

        var exception = Assert.Throws<UnexpectedMessageException>(() => _two.Recv<int>());

        Assert.Same(_two.GetInbox(), exception.Box);
        Assert.Equal(typeof(int), exception.Expected);
        Assert.Equal(found, exception.Found);
        Assert.Equal(
            $"The inbox \"inbox\" of {_two.Name} was asked for a Int32 and the next message is {described}. It was left in the box: " +
            "take it with Recv(), or link a producer that sends what this component reads.",
            exception.Message);
        Assert.Equal(1, _two.Waiting());
    }

    [Fact]
    [Trait("Spec", "AX-EXC-03")]
    public void Recv_EmptyInbox_TextNamesTheBoxAndWhatToDo()
    {
        Assert.Equal(
            $"The inbox \"control\" of {_one.Name} is empty. Look with DataReady first, or use TryRecv.",
            Assert.Throws<InvalidOperationException>(() => _one.Recv("control")).Message);
    }

    [Fact]
    [Trait("Spec", "AX-EXC-03")]
    public void Recv_UnknownInbox_TextNamesComponentBoxAndWhatThereIs()
    {
        Assert.Equal(
            $"{_one.Name} has no inbox \"outbox\". It has inboxes inbox, control. Declare it on the class with [Inbox(\"outbox\")].",
            Assert.Throws<KeyNotFoundException>(() => _one.Recv("outbox")).Message);
    }

    [Fact]
    [Trait("Spec", "AX-EXC-03")]
    public void Send_UnknownOutbox_TextNamesComponentBoxAndWhatThereIs()
    {
        Assert.Equal(
            $"{_one.Name} has no outbox \"inbox\". It has outboxes outbox, signal. Declare it on the class with [Outbox(\"inbox\")].",
            Assert.Throws<KeyNotFoundException>(() => _one.Send("message", "inbox")).Message);
    }

    [Fact]
    [Trait("Spec", "AX-EXC-03")]
    public void Activate_Stopped_TextNamesTheComponentAndWhatToDo()
    {
        _one.Stop();

        Assert.Equal(
            $"{_one.Name} has ended or was stopped, and cannot be activated again. Make a new one.",
            Assert.Throws<InvalidOperationException>(() => _one.Activate(new Scheduler())).Message);
    }

    [Fact]
    [Trait("Spec", "AX-EXC-03")]
    public void PauseForATime_FromOutside_TextNamesTheComponentTheTimeAndWhatToDo()
    {
        _one.Activate(new Scheduler());

        Assert.Equal(
            $"{_one.Name} was asked to pause for 00:00:05 from outside of a step of its scheduler. " +
            "Timed pauses are for the component's own thread; from elsewhere use Pause() and Unpause().",
            Assert.Throws<InvalidOperationException>(() => { _one.Pause(TimeSpan.FromSeconds(5)); }).Message);
    }

    [Fact]
    [Trait("Spec", "AX-EXC-03")]
    public void RunCycle_InsideAStepOfTheSameScheduler_TextNamesTheSchedulerAndWhatToDo()
    {
        Scheduler scheduler = new();
        string? text = null;
        new Microprocess(Body()).Activate(scheduler);

        scheduler.RunThreads();

        Assert.Equal(
            $"{scheduler.Name} is running already, and a scheduler runs on one thread at a time. " +
            "Activate components on the running scheduler, or give them another one.",
            text);

        IEnumerator<Yield> Body()
        {
            text = Assert.Throws<InvalidOperationException>(() => scheduler.RunCycle()).Message;
            yield return 1;
        }
    }

    [Fact]
    [Trait("Spec", "AX-EXC-03")]
    public void Size_OfAnOutbox_TextNamesTheBoxAndWhatToDo()
    {
        Assert.Equal(
            $"The outbox \"signal\" of {_one.Name} keeps no messages, so it cannot have a limit. Limit the inbox it is linked to.",
            Assert.Throws<InvalidOperationException>(() => _one.GetOutbox("signal").Size = 3).Message);
    }

    [Fact]
    [Trait("Spec", "AX-EXC-03")]
    public void Link_PipeWidthForAnOutbox_TextNamesTheBoxAndTheLimit()
    {
        var exception = Assert.Throws<ArgumentException>(
            "pipeWidth",
            () => _one.Link((_one, "outbox"), (_two, "signal"), Passthrough.Outbox, pipeWidth: 3));

        Assert.StartsWith(
            $"A limit of 3 was asked for the outbox \"signal\" of {_two.Name}, which keeps no messages. Limit the inbox at the end of the chain.",
            exception.Message,
            StringComparison.Ordinal);
        Assert.Equal(0, _one.Postoffice.Count);
    }

    [Fact]
    [Trait("Spec", "AX-EXC-03")]
    public void TwoInboxesOfOneName_Declared_TextNamesClassAndBox()
    {
        Assert.Equal(
            "Ambiguous declares the inbox \"data\" 2 times. Each inbox needs a name of its own.",
            Assert.Throws<InvalidOperationException>(() => new Ambiguous()).Message);
    }

    [Fact]
    [Trait("Spec", "AX-EXC-03")]
    public void TrackedResources_Unknown_TextNamesComponentAndBoxOrResource()
    {
        AdaptiveCommsComponent component = new();

        Assert.Equal(
            $"{component.Name} tracks no resource for an inbox \"inbox\". Call TrackResource first.",
            Assert.Throws<KeyNotFoundException>(() => component.RetrieveTrackedResource("inbox")).Message);
        Assert.Equal(
            $"{component.Name} tracks no information about socket 7. Call TrackResourceInformation first.",
            Assert.Throws<KeyNotFoundException>(() => component.RetrieveTrackedResourceInformation("socket 7")).Message);
    }

    // Axon throws neither of these; ported systems do.
    [Fact]
    [Trait("Spec", "AX-EXC-01")]
    public void UnusedExceptions_Thrown_CarryTheirTexts()
    {
        Assert.Equal("width and height clash: 3 and 4", new ArgumentsClashException("width and height clash: 3 and 4").Message);
        Assert.Equal("The component asked for a normal shutdown.", new NormalShutdownException().Message);
    }

    [Fact]
    public void AxonException_Arguments_AreKept()
    {
        InvalidOperationException cause = new();

        Assert.Equal([1, null, "two"], new AxonException("text", 1, null, "two").Arguments);
        Assert.Empty(new AxonException().Arguments);
        Assert.Empty(new AxonException("text", cause).Arguments);
        Assert.Same(cause, new AxonException("text", cause).InnerException);
    }

    [Inbox("data")]
    [Inbox("data")]
    private sealed class Ambiguous : Component;
}
