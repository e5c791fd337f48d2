// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

/// <summary>Boxes are made when somebody asks for them: whoever only looks makes none, and parents hear of a child's outbox in that moment.</summary>
public class BoxOnDemandTests
{
    [Fact]
    [Trait("Spec", "AX-CMP-03")]
    public void Looking_AtAnInboxThatNobodyHasAskedFor_MakesNone()
    {
        Component component = new();

        Assert.False(component.TryRecv(out object? message));
        Assert.Null(message);
        Assert.False(component.TryRecv(out int number, "control"));
        Assert.Equal(0, number);
        Assert.False(component.DataReady());
        Assert.Equal(0, component.Waiting("control"));
        Assert.False(component.AnyReady());
        Assert.Empty(component.Inbox());

        Assert.Empty(component.MadeBoxes());
    }

    [Fact]
    public void Looking_BesideOneThatIsMade_MakesNoOther()
    {
        Component component = new();
        Postbox inbox = component.GetInbox();

        Assert.False(component.TryRecv(out object? _, "control"));
        Assert.False(component.TryRecv(out string? _, Copy("control")));
        Assert.False(component.DataReady("control"));
        Assert.Equal(0, component.Waiting("control"));

        Assert.Equal([inbox], component.MadeBoxes());
    }

    [Fact]
    public void Looking_ThenMade_FindsWhatWasSent()
    {
        Component component = new();
        Assert.False(component.TryRecv(out object? _));
        Assert.False(component.DataReady("control"));

        component.GetInbox().Append(1);
        component.GetInbox(Copy("control")).Append(2);

        Assert.True(component.DataReady());
        Assert.Equal(1, component.Waiting("control"));
        Assert.True(component.TryRecv(out object? first));
        Assert.True(component.TryRecv(out int second, "control"));
        Assert.Equal((1, 2), (first, second));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Looking_AtAnInboxThatDoesNotExist_Throws(bool oneIsMade)
    {
        Component component = new();
        if (oneIsMade)
        {
            component.GetInbox();
        }

        Assert.Throws<KeyNotFoundException>(() => component.TryRecv(out object? _, "nowhere"));
        Assert.Throws<KeyNotFoundException>(() => component.TryRecv(out int _, "nowhere"));
        Assert.Throws<KeyNotFoundException>(() => component.DataReady("nowhere"));
        Assert.Throws<KeyNotFoundException>(() => component.Waiting("nowhere"));
        Assert.Throws<KeyNotFoundException>(() => component.Recv("nowhere"));
    }

    [Fact]
    public void Looking_AtAnAddedInbox_FindsIt()
    {
        AdaptiveCommsComponent component = new();
        string added = component.AddInbox("more");

        Assert.False(component.TryRecv(out object? _, added));
        component.GetInbox(added).Append("here");

        Assert.Equal(1, component.Waiting(added));
        Assert.True(component.TryRecv(out string? text, added));
        Assert.Equal("here", text);
    }

    [Fact]
    public void Looking_AtAnInboxThatIsLinkedOnward_ReadsTheEndOfTheChain()
    {
        Component outer = new();
        Component inner = new();
        outer.Link((outer, "inbox"), (inner, "inbox"), Passthrough.Inbox);
        inner.GetInbox().Append(1);
        inner.GetInbox().Append(2);

        Assert.False(outer.DataReady());
        Assert.Equal(0, outer.Waiting());
        Assert.True(outer.TryRecv(out object? first));
        Assert.True(outer.TryRecv(out int second));
        Assert.Equal((1, 2), (first, second));
    }

    [Fact]
    public void OutboxMade_IsToldOnceAndOnTheFirstAsk()
    {
        Listening parent = new();
        Component child = new();
        parent.AddChildren(child);

        child.Send(1);
        child.GetOutbox("outbox");
        child.TrySend(2, Copy("outbox"));
        child.GetOutbox(Copy("signal"));
        child.Send(3, "signal");

        Assert.Equal([(child, "outbox"), (child, "signal")], parent.Heard);
    }

    [Fact]
    public void OutboxMade_WhoLinksIt_TheMessageThatAskedForItArrives()
    {
        Listening parent = new() { Wires = true };
        Component child = new();
        parent.AddChildren(child);

        child.Send("at last", "signal");

        Assert.Equal("at last", parent.Recv("control"));
    }

    [Fact]
    public void OutboxMade_LinkingCountsAsAsking()
    {
        Listening parent = new();
        Component child = new();
        Component other = new();
        parent.AddChildren(child);

        other.Link((child, "outbox"), (other, "inbox"));

        Assert.Equal([(child, "outbox")], parent.Heard);
    }

    [Fact]
    public void OutboxMade_BeforeTheAdoptionAndAfterTheParting_IsNotTold()
    {
        Listening parent = new();
        Component child = new();
        Component stranger = new();
        child.GetOutbox("outbox");
        parent.AddChildren(child);
        child.Send(1);
        stranger.Send(1);

        parent.RemoveChild(child);
        child.Send(1, "signal");

        Assert.Empty(parent.Heard);
        Assert.True(child.HasMadeOutbox("signal"));
        Assert.False(new Component().HasMadeOutbox("signal"));
    }

    [Fact]
    public void OutboxMade_TwoParents_BothAreTold()
    {
        Listening one = new();
        Listening other = new();
        Component child = new();
        one.AddChildren(child);
        other.AddChildren(child);

        child.Send(1);

        Assert.Equal([(child, "outbox")], one.Heard);
        Assert.Equal([(child, "outbox")], other.Heard);
    }

    [Fact]
    public void OutboxMade_InboxesAndAddedOutboxes_AreNotTold()
    {
        Listening parent = new();
        AdaptiveCommsComponent child = new();
        parent.AddChildren(child);

        child.GetInbox();
        string added = child.AddOutbox("more");
        child.Send(1, added);

        Assert.Empty(parent.Heard);
        Assert.True(child.HasMadeOutbox(added));
    }

    [Fact]
    public void OutboxMade_ParentThatAnotherThreadRuns_IsNotTold()
    {
        using ManualResetEventSlim running = new();
        using ManualResetEventSlim done = new();
        Scheduler scheduler = new();
        Listening parent = new()
        {
            Body = () =>
            {
                running.Set();
                done.Wait(TimeSpan.FromSeconds(30));
            },
        };
        Component child = new();
        parent.AddChildren(child);
        parent.Activate(scheduler);
        Thread thread = new(() => scheduler.RunThreads());
        thread.Start();
        Assert.True(running.Wait(TimeSpan.FromSeconds(30)));

        child.Send(1);
        done.Set();
        thread.Join();
        child.Send(1, "signal");

        Assert.Equal([(child, "signal")], parent.Heard);
    }

    // Not the literal that the program keeps one of.
    private static string Copy(string text) => new(text.AsSpan());

    private sealed class Listening : Component
    {
        public List<(Component, string)> Heard { get; } = [];

        public bool Wires { get; init; }

        public Action? Body { get; init; }

        internal override void OutboxMade(Component child, string outbox)
        {
            Heard.Add((child, outbox));
            if (Wires)
            {
                Link((child, outbox), (this, "control"));
            }
        }

        protected override IEnumerator<Yield> Main()
        {
            Body?.Invoke();
            yield break;
        }
    }
}
