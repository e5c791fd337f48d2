// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

public class SystemSnapshotTests
{
    private readonly SteppedScheduler _system = new();

    [Fact]
    public void TakeSnapshot_ShowsComponentsBoxesAndLinkages()
    {
        BoxIdler sender = _system.Activate(new BoxIdler());
        BoxIdler receiver = _system.Activate(new BoxIdler());
        Linkage linkage = sender.Link((sender, "outbox"), (receiver, "inbox"), pipeWidth: 3);
        _system.RunUntilIdle();
        _system.Clock.Advance(TimeSpan.FromSeconds(5));
        sender.Send("one");
        sender.Send("two");

        SystemSnapshot snapshot = _system.Scheduler.TakeSnapshot();
        receiver.Recv();

        Assert.Equal(_system.Scheduler.Name, snapshot.Scheduler);
        Assert.Equal(TimeSpan.FromSeconds(5), snapshot.Time);
        Assert.Equal([sender.Name, receiver.Name], snapshot.Components.Select(component => component.Name));
        Assert.Equal([sender.Id, receiver.Id], snapshot.Components.Select(component => component.Id));
        Assert.All(snapshot.Components, component => Assert.Equal(ComponentState.Asleep, component.State));
        BoxSnapshot inbox = snapshot.Components[1].Inboxes[0];
        Assert.Equal(new BoxSnapshot($"({receiver.Id}, 'i', 'inbox')", receiver.Name, "inbox", IsInbox: true, 2, 3), inbox);
        Assert.False(inbox.IsFull);
        Assert.Equal(["inbox", "control", "outbox", "signal"], snapshot.Components[0].Boxes.Select(box => box.Name));
        LinkageSnapshot link = Assert.Single(snapshot.Linkages);
        Assert.Equal((linkage.Id, $"({sender.Id}, 'o', 'outbox')", inbox), (link.Id, link.From.Id, link.To));
    }

    [Fact]
    public void TakeSnapshot_MakesNoBoxThatWasNotThere()
    {
        BoxIdler idler = _system.Activate(new BoxIdler());
        _system.RunUntilIdle();

        _system.Scheduler.TakeSnapshot();

        Assert.Empty(idler.MadeBoxes());
    }

    [Fact]
    public void TakeSnapshot_FollowsLinkages_WhoeverMadeThem()
    {
        BoxIdler known = _system.Activate(new BoxIdler());
        BoxIdler stranger = new();
        BoxIdler behind = new();
        BoxIdler before = new();
        BoxIdler farOne = new();
        BoxIdler farOther = new();
        known.Link((known, "outbox"), (stranger, "inbox"));
        stranger.Link((stranger, "outbox"), (behind, "inbox"));
        before.Link((before, "outbox"), (known, "inbox"));
        known.Link((farOne, "outbox"), (farOther, "inbox"));
        _system.RunUntilIdle();

        SystemSnapshot snapshot = _system.Scheduler.TakeSnapshot();

        Assert.Equal(known.Name, snapshot.Components[0].Name);
        Assert.Equal(
            new Component[] { known, stranger, behind, before, farOne, farOther }.Select(component => component.Id),
            snapshot.Components.Select(component => component.Id).Order());
        Assert.Equal(4, snapshot.Linkages.Count);
        Assert.Equal(ComponentState.NotActive, snapshot.Components[1].State);
    }

    [Fact]
    public void TakeSnapshot_TellsStates()
    {
        SteppedScheduler outer = new();
        Scheduler elsewhere = outer.Scheduler;
        Actor awake = _system.Start("awake", Bodies.Endless);
        Actor asleep = _system.Start("asleep", Bodies.Asleep);
        Actor ended = _system.Start("ended", Bodies.Empty);
        Actor away = new Actor(Bodies.Asleep).Activate(elsewhere);
        awake.Link((awake, "outbox"), (ended, "inbox"));
        awake.Link((away, "outbox"), (awake, "inbox"));
        away.Link((away, "signal"), (new BoxIdler(), "inbox"));
        Microprocess plain = _system.Activate(new Microprocess(Bodies.Endless(awake)));
        _system.Cycles(3);
        Actor late = _system.Start("late", Bodies.Endless);
        awake.Link((awake, "signal"), (late, "inbox"));

        SystemSnapshot snapshot = _system.Scheduler.TakeSnapshot();

        Assert.Equal(ComponentState.Awake, StateOf(awake));
        Assert.Equal(ComponentState.Asleep, StateOf(asleep));
        Assert.Equal(ComponentState.Ended, StateOf(ended));
        Assert.Equal(ComponentState.Elsewhere, StateOf(away));
        Assert.Equal(ComponentState.NotActive, StateOf(late));
        Assert.False(Assert.Single(snapshot.Components, component => component.Id == plain.Id).IsComponent);
        Assert.Equal(6, snapshot.Components.Count);
        Assert.Equal(["outbox"], Assert.Single(snapshot.Components, component => component.Id == away.Id).Boxes.Select(box => box.Name));

        ComponentState StateOf(Component of) => Assert.Single(snapshot.Components, component => component.Id == of.Id).State;
    }

    [Fact]
    public void TakeSnapshot_OnAnotherThreadThanTheRun_Throws_AndTheAsyncOneWakesTheScheduler()
    {
        using CountingParker parker = new();
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker });
        BoxIdler idler = new BoxIdler().Activate(scheduler);
        using SchedulerThread run = new(scheduler);
        parker.AwaitPark();

        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => scheduler.TakeSnapshot());
        SystemSnapshot snapshot = scheduler.TakeSnapshotAsync().Within();

        Assert.Contains($"{scheduler.Name} runs on another thread", exception.Message, StringComparison.Ordinal);
        Assert.Contains("TakeSnapshotAsync", exception.Message, StringComparison.Ordinal);
        Assert.Equal(idler.Id, Assert.Single(snapshot.Components).Id);
    }

    [Fact]
    public void ToText_HasALineForEachComponentAndBox()
    {
        (SystemSnapshot snapshot, string scheduler, string one, string other) = MakeTwo();

        Assert.Equal(
            $"""
            {scheduler} at 00:00:00: 2 components, 2 linkages, 2 messages waiting
            {one}: asleep
              inbox "inbox": 0
              inbox "control": 0
              outbox "outbox" -> inbox "inbox" of {other}
              outbox "signal"
            {other}: asleep
              inbox "inbox": 2 of 2
              inbox "control": 0
              inbox "a \"b\"|{'{'}c{'}'}": 0
              outbox "outbox"
              outbox "signal" -> inbox "control" of {one}

            """.Replace("\\\"", "\"", StringComparison.Ordinal).ReplaceLineEndings("\n"),
            snapshot.ToText());
        Assert.Equal(snapshot.ToText(), snapshot.ToString());
    }

    [Fact]
    public void ToMermaid_HasBoxesThatAreLinkedOrHoldMessages()
    {
        (SystemSnapshot snapshot, _, string one, string other) = MakeTwo();
        (string first, string second) = (Number(one), Number(other));

        Assert.Equal(
            $"""
            flowchart LR
              subgraph c{first}["{one}"]
                c{first}i1["control"]
                c{first}o0["outbox"]
              end
              subgraph c{second}["{other}"]
                c{second}i0["inbox: 2 of 2"]
                c{second}o1["signal"]
              end
              c{first}o0 --> c{second}i0
              c{second}o1 --> c{first}i1

            """.ReplaceLineEndings("\n"),
            snapshot.ToMermaid());
    }

    [Fact]
    public void ToDot_HasTheSame_AndWhoSleepsIsDashed()
    {
        (SystemSnapshot snapshot, string scheduler, string one, string other) = MakeTwo();
        (string first, string second) = (Number(one), Number(other));

        Assert.Equal(
            "digraph \"" + scheduler + "\" {\n" +
            "  rankdir=LR;\n" +
            "  node [shape=record];\n" +
            $"  c{first} [label=\"{{{{<c{first}i1> control}}|{one}|{{<c{first}o0> outbox}}}}\", style=dashed];\n" +
            $"  c{second} [label=\"{{{{<c{second}i0> inbox:\\ 2\\ of\\ 2}}|{other}|{{<c{second}o1> signal}}}}\", style=dashed];\n" +
            $"  c{first}:c{first}o0 -> c{second}:c{second}i0;\n" +
            $"  c{second}:c{second}o1 -> c{first}:c{first}i1;\n" +
            "}\n",
            snapshot.ToDot());
    }

    [Fact]
    public void Diagrams_OfAnUnlinkedComponentWithAnOddName_AreWellFormed()
    {
        BoxIdler odd = _system.Activate(new BoxIdler("\"#1|"));
        SystemSnapshot snapshot = Settled();

        Assert.Equal($"flowchart LR\n  c{odd.Id}[\"BoxIdler_{odd.Id}#quot;#35;1|\"]\n", snapshot.ToMermaid());
        Assert.Contains($"  c{odd.Id} [label=\"{{{{}}|BoxIdler_{odd.Id}\\\"#1\\||{{}}}}\", style=dashed];\n", snapshot.ToDot(), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_StayTheSame_AsLongAsTheBoxDoes()
    {
        AdaptiveBoxIdler idler = _system.Activate(new AdaptiveBoxIdler());
        string before = Assert.Single(Settled().Components).Inboxes[0].Id;
        idler.AddInbox("more");
        idler.GetInbox();

        Assert.Equal(before, Assert.Single(Settled().Components).Inboxes[0].Id);
    }

    private static string Number(string name) => name.Split('_')[1];

    private SystemSnapshot Settled()
    {
        _system.RunUntilIdle();
        return _system.Scheduler.TakeSnapshot();
    }

    private (SystemSnapshot Snapshot, string Scheduler, string One, string Other) MakeTwo()
    {
        BoxIdler one = _system.Activate(new BoxIdler());
        AdaptiveBoxIdler other = _system.Activate(new AdaptiveBoxIdler());
        other.AddInbox("a \"b\"|{c}");
        one.Link((one, "outbox"), (other, "inbox"), pipeWidth: 2);
        one.Link((other, "signal"), (one, "control"));
        one.Send(1);
        one.Send(2);
        return (Settled(), _system.Scheduler.Name, one.Name, other.Name);
    }
}
