// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Text.RegularExpressions;
using Axon.TestKit;
using CsCheck;

namespace Axon.Tests;

public partial class IntrospectorTests
{
    private readonly SteppedScheduler _system = new(TraceKinds.None);
    private readonly BoxIdler _viewer = new();
    private readonly Introspector _introspector = new();

    public IntrospectorTests()
    {
        // Never activated: it is a place to collect from.
        _viewer.Link((_introspector, "outbox"), (_viewer, "inbox"));
        _viewer.Link((_introspector, "signal"), (_viewer, "control"));
    }

    [Fact]
    [Trait("Spec", "AX-INT-01")]
    public void FirstStep_SendsDelAll()
    {
        _system.Activate(_introspector);
        _system.Cycles(2);

        Assert.Equal(["DEL ALL\n"], _viewer.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-INT-02")]
    public void Steps_OneMessageOfWholeLinesForAllThatChanged_ThenNothing()
    {
        _system.Activate(_introspector);
        _system.Activate(new BoxIdler());
        _system.Cycles(2);
        Assert.Single(_viewer.Inbox());
        _system.Cycle();

        string first = Assert.IsType<string>(Assert.Single(_viewer.Inbox()));
        Assert.EndsWith("\n", first, StringComparison.Ordinal);
        Assert.True(first.Count(character => character == '\n') > 10);
        _system.Cycles(10);
        Assert.Empty(_viewer.Inbox());

        _system.Activate(new BoxIdler());
        _system.Activate(new BoxIdler());
        _system.RunUntilIdle();
        Assert.Equal(2 * 9, Lines(Assert.Single(_viewer.Inbox())).Length);
    }

    [Fact]
    [Trait("Spec", "AX-INT-03")]
    [Trait("Spec", "AX-INT-05")]
    [Trait("Spec", "AX-INT-08")]
    public void NewComponent_IsANode_AndSoIsEachBox_WithALinkBetween()
    {
        Settle();
        BoxIdler idler = _system.Activate(new BoxIdler());

        Assert.Equal(
            [
                $"ADD NODE \"{idler.Id}\" \"{idler.Name}\" randompos component",
                .. NodeOf("i", "inbox", "inbox"),
                .. NodeOf("i", "control", "inbox"),
                .. NodeOf("o", "outbox", "outbox"),
                .. NodeOf("o", "signal", "outbox"),
            ],
            Changes());

        string[] NodeOf(string letter, string box, string kind) =>
        [
            $"ADD NODE \"({idler.Id}, '{letter}', '{box}')\" \"{box}\" randompos {kind}",
            $"ADD LINK \"{idler.Id}\" \"({idler.Id}, '{letter}', '{box}')\"",
        ];
    }

    [Fact]
    [Trait("Spec", "AX-INT-03")]
    public void EndedComponent_ItsNodesAreDeleted()
    {
        BoxIdler idler = _system.Activate(new BoxIdler());
        Settle();
        idler.Stop();

        Assert.Equal(
            new[] { $"{idler.Id}", $"({idler.Id}, 'i', 'inbox')", $"({idler.Id}, 'i', 'control')", $"({idler.Id}, 'o', 'outbox')", $"({idler.Id}, 'o', 'signal')" }
                .Select(id => $"DEL NODE \"{id}\""),
            Changes().Take(5));
    }

    [Fact]
    [Trait("Spec", "AX-INT-04")]
    public void ComponentsThatAreLinked_ArePartOfIt_ThoughNobodyActivatedThem()
    {
        BoxIdler known = _system.Activate(new BoxIdler());
        BoxIdler stranger = new();
        BoxIdler behind = new();
        known.Link((known, "outbox"), (stranger, "inbox"));
        known.Link((behind, "outbox"), (known, "inbox"));
        new BoxIdler().Link((new BoxIdler(), "outbox"), (new BoxIdler(), "inbox"));
        Scheduler noComponent = new();
        noComponent.WaitForOne();
        _system.Activate(noComponent);
        Settle();

        Assert.Equal(
            new Component[] { _introspector, _viewer, known, stranger, behind }.Select(component => $"{component.Id}").Order(),
            Screen.Nodes.Where(node => node.Value == "component").Select(node => node.Key).Order());
        Assert.Equal(5 * 5, Screen.Nodes.Count);
    }

    [Fact]
    [Trait("Spec", "AX-INT-06")]
    public void Linkages_LeadFromSourceToSink_OfTheKindsThatArePassed()
    {
        BoxIdler container = _system.Activate(new BoxIdler());
        BoxIdler child = _system.Activate(new BoxIdler());
        Settle();
        container.Link((container, "inbox"), (child, "inbox"), Passthrough.Inbox);
        Linkage back = container.Link((child, "outbox"), (container, "outbox"), Passthrough.Outbox);
        container.Link((child, "signal"), (container, "control"));

        Assert.Equal(
            [
                $"ADD LINK \"({container.Id}, 'i', 'inbox')\" \"({child.Id}, 'i', 'inbox')\"",
                $"ADD LINK \"({child.Id}, 'o', 'outbox')\" \"({container.Id}, 'o', 'outbox')\"",
                $"ADD LINK \"({child.Id}, 'o', 'signal')\" \"({container.Id}, 'i', 'control')\"",
            ],
            Changes());
        container.Unlink(back);
        Assert.Equal([$"DEL LINK \"({child.Id}, 'o', 'outbox')\" \"({container.Id}, 'o', 'outbox')\""], Changes());
    }

    [Fact]
    [Trait("Spec", "AX-INT-07")]
    public void Message_DeletesLinksThenNodes_ThenAddsNodesThenLinks()
    {
        AdaptiveBoxIdler hub = _system.Activate(new AdaptiveBoxIdler());
        BoxIdler old = _system.Activate(new BoxIdler());
        hub.Link((hub, "outbox"), (old, "inbox"));
        Settle();
        _viewer.SetInboxSize("inbox", 1);
        _introspector.GetOutbox().Append("the screen is full");
        BoxIdler young = _system.Activate(new BoxIdler());
        hub.Unlink(old);
        hub.Link((hub, "outbox"), (young, "inbox"));
        old.Stop();
        _system.RunUntilIdle();
        Assert.Equal("the screen is full", _viewer.Recv());

        string[] kinds = [.. Changes().Select(line => BoxLink().IsMatch(line) ? line[..8] + " between boxes" : line[..8])];
        Assert.Equal(
            [
                "DEL LINK between boxes",
                .. Enumerable.Repeat("DEL NODE", 5),
                "ADD NODE",
                .. Enumerable.Repeat(new[] { "ADD NODE", "ADD LINK" }, 4).SelectMany(pair => pair),
                "ADD LINK between boxes",
            ],
            kinds);
    }

    [Fact]
    [Trait("Spec", "AX-INT-08")]
    public void Boxes_ComingAndGoing_KeepTheIdsOfTheOthers()
    {
        AdaptiveBoxIdler hub = _system.Activate(new AdaptiveBoxIdler());
        Settle();
        hub.AddInbox("new \"one\"");
        string id = $"({hub.Id}, 'i', 'new \\\"one\\\"')";

        Assert.Equal([$"ADD NODE \"{id}\" \"new \\\"one\\\"\" randompos inbox", $"ADD LINK \"{hub.Id}\" \"{id}\""], Changes());
        hub.DeleteInbox("new \"one\"");
        Assert.Equal([$"DEL NODE \"{id}\""], Changes());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "AX-INT-09")]
    public void ShutdownMessage_IsPassedOn_AndEndsIt(bool producerFinished)
    {
        Settle();
        Ipc stop = producerFinished ? new ProducerFinished(this) : new ShutdownMicroprocess();
        _introspector.GetInbox("control").Append("something else");
        _introspector.GetInbox("control").Append(stop);
        _system.RunUntilIdle();

        Assert.True(_introspector.IsStopped);
        Assert.Equal([stop], _viewer.Inbox("control"));
        Assert.Same(_system.Trace, _system.Scheduler.Listener);
    }

    [Fact]
    [Trait("Spec", "AX-INT-10")]
    public void Inbox_IsIgnored()
    {
        Settle();
        _introspector.GetInbox().Append("ADD NODE \"1\" \"x\" randompos component\n");
        _system.RunUntilIdle();

        Assert.Empty(_viewer.Inbox());
        Assert.Empty(_introspector.Inbox());
        Assert.False(_introspector.IsStopped);
    }

    [Fact]
    [Trait("Spec", "AX-INT-11")]
    public void WithoutScheduler_DoesNothing()
    {
        BoxIdler other = _system.Activate(new BoxIdler());
        other.Link((other, "outbox"), (_introspector, "inbox"));
        other.Send("hello");
        _system.RunUntilIdle();

        Assert.Empty(_viewer.Inbox());
        Assert.Same(_system.Trace, _system.Scheduler.Listener);
        _introspector.Stop();
        Assert.Throws<InvalidOperationException>(() => _introspector.Activate(_system.Scheduler));
    }

    [Fact]
    public void NothingChanges_ItSleeps_WhateverMessagesPass()
    {
        BoxIdler one = _system.Activate(new BoxIdler());
        one.Link((one, "outbox"), (one, "inbox"));
        Settle();
        StepCounter steps = new(_introspector);
        _system.Scheduler.AddListener(steps);
        for (int i = 0; i < 10; i++)
        {
            one.Send(i);
            one.Recv();
            _system.RunUntilIdle();
        }

        Assert.Equal(0, steps.Count);
        Assert.True(_system.Scheduler.IsIdle);
    }

    [Fact]
    public void Viewer_ThatIsFull_IsToldTheDifferenceLater()
    {
        _viewer.SetInboxSize("inbox", 1);
        _system.Activate(_introspector);
        _system.RunUntilIdle();
        Assert.Equal(["DEL ALL\n"], _viewer.Inbox());
        _system.RunUntilIdle();
        BoxIdler passing = _system.Activate(new BoxIdler());
        BoxIdler staying = _system.Activate(new BoxIdler());
        _system.RunUntilIdle();
        passing.Stop();
        _system.RunUntilIdle();

        Read();
        _system.RunUntilIdle();
        Read();

        Assert.Equal(
            new Component[] { _introspector, _viewer, staying }.Select(component => $"{component.Id}").Order(),
            Screen.Nodes.Where(node => node.Value == "component").Select(node => node.Key).Order());
    }

    [Fact]
    public void OthersEnd_ItEndsToo_AndSaysSo()
    {
        CollectingSink screen = _system.Activate(new CollectingSink());
        Introspector introspector = _system.Activate(new Introspector());
        introspector.Link((introspector, "outbox"), (screen, "inbox"));
        introspector.Link((introspector, "signal"), (screen, "control"));
        _system.RunUntilIdle();
        Assert.False(introspector.IsStopped);

        _system.Start("passing", Bodies.Steps(3));

        _system.RunToEnd();
        Assert.Equal(4, screen.Messages.Count);
        Assert.Null(ListenerBesideTrace());
    }

    [Fact]
    public void StoppedBeforeItsFirstStep_LeavesNothingBehind()
    {
        _system.Activate(_introspector).Stop();
        _system.RunToEnd();

        Assert.Null(ListenerBesideTrace());
        Assert.Empty(_viewer.Inbox());
    }

    [Fact]
    public void AnySequenceOfChanges_TheScreenShowsWhatThereIs() => Gen.Int[0, 99].Array[1, 60].Sample(
        changes =>
        {
            IntrospectorTests world = new();
            world.Settle();
            BoxIdler maker = world._system.Activate(new BoxIdler());
            List<AdaptiveBoxIdler> components = [];
            List<Linkage> linkages = [];
            for (int i = 0; i < changes.Length; i++)
            {
                world.Change(maker, components, linkages, changes[i]);
                if (changes[i] % 3 == 0)
                {
                    world._system.RunUntilIdle();
                    world.Read();
                    world.CompareScreen();
                }
            }

            world._system.RunUntilIdle();
            world.Read();
            world.CompareScreen();
        },
        iter: 200);

    private GraphScreen Screen { get; } = new();

    private static string[] Lines(object? message) => Assert.IsType<string>(message).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("^... LINK \"\\(")]
    private static partial Regex BoxLink();

    private SchedulerListener? ListenerBesideTrace() => _system.Scheduler.Listener == _system.Trace ? null : _system.Scheduler.Listener;

    private void Settle()
    {
        _system.Activate(_introspector);
        _system.RunUntilIdle();
        Read();
    }

    private void Read()
    {
        foreach (object? message in _viewer.Inbox())
        {
            Screen.Show(Lines(message));
        }
    }

    private string[] Changes()
    {
        _system.RunUntilIdle();
        return Lines(Assert.Single(_viewer.Inbox()));
    }

    private void Change(BoxIdler maker, List<AdaptiveBoxIdler> components, List<Linkage> linkages, int change)
    {
        int which = change / 10;
        switch (change % 10)
        {
            case 0 or 1 or 2:
                components.Add(new AdaptiveBoxIdler());
                break;
            case 3 or 4 when components.Count > 0:
                AdaptiveBoxIdler started = components[which % components.Count];
                if (!started.IsStopped)
                {
                    _system.Activate(started);
                }

                break;
            case 5 when components.Count > 0:
                components[which % components.Count].Stop();
                break;
            case 6 or 7 when components.Count > 0:
                AdaptiveBoxIdler source = components[which % components.Count];
                AdaptiveBoxIdler sink = components[(which + change) % components.Count];
                if (source.GetOutbox().Linkage is null)
                {
                    linkages.Add(maker.Link((source, "outbox"), (sink, "inbox")));
                }

                break;
            case 8 when linkages.Count > 0:
                maker.Unlink(linkages[which % linkages.Count]);
                break;
            case 9 when components.Exists(component => component.IsRunnable):
                components.First(component => component.IsRunnable).AddOutbox("added");
                break;
        }
    }

    private void CompareScreen()
    {
        SystemSnapshot there = _system.Scheduler.TakeSnapshot();
        Assert.Equal(there.Components.Select(component => $"{component.Id}").Order(), Screen.Nodes.Where(node => node.Value == "component").Select(node => node.Key).Order());
        Assert.Equal(
            there.Components.SelectMany(component => component.Boxes).Select(box => box.Id).Order(),
            Screen.Nodes.Where(node => node.Value != "component").Select(node => node.Key).Order());
        Assert.Equal(
            there.Linkages.Select(linkage => $"{linkage.From.Id} {linkage.To.Id}").Order(),
            Screen.Links.Where(link => Screen.Nodes[link.From] != "component").Select(link => $"{link.From} {link.To}").Order());
    }

    private sealed class StepCounter(Microprocess of) : SchedulerListener
    {
        public int Count { get; private set; }

        public override void Stepped(Microprocess process) => Count += process == of ? 1 : 0;
    }

    /// <summary>What a viewer would show; a line about what is not there is an error.</summary>
    private sealed partial class GraphScreen
    {
        public Dictionary<string, string> Nodes { get; } = [];

        public HashSet<(string From, string To)> Links { get; } = [];

        public void Show(string[] lines)
        {
            foreach (string line in lines)
            {
                string[] words = [.. Word().Matches(line).Select(match => match.Value.Trim('"'))];
                switch (words)
                {
                    case ["DEL", "ALL"]:
                        Nodes.Clear();
                        Links.Clear();
                        break;
                    case ["ADD", "NODE", var id, _, "randompos", var type]:
                        Nodes.Add(id, type);
                        break;
                    case ["DEL", "NODE", var id]:
                        Assert.True(Nodes.Remove(id), line);
                        Links.RemoveWhere(link => link.From == id || link.To == id);
                        break;
                    case ["ADD", "LINK", var from, var to]:
                        Assert.True(Nodes.ContainsKey(from) && Nodes.ContainsKey(to) && Links.Add((from, to)), line);
                        break;
                    case ["DEL", "LINK", var from, var to]:
                        Assert.True(Links.Remove((from, to)), line);
                        break;
                    default:
                        Assert.Fail(line);
                        break;
                }
            }
        }

        [GeneratedRegex("\"(\\\\.|[^\"\\\\])*\"|\\S+")]
        private static partial Regex Word();
    }
}
