// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>What a mistake says, and that it changes nothing and stops nobody.</summary>
public class BoxErrorTests
{
    // Each made by a component in the middle of a step. A text is to hold every part: the component, the box, what to do.
    private static readonly Mistake[] s_mistakes =
    [
        new("send, unknown outbox", typeof(KeyNotFoundException), w => w.Producer.Send(1, "nobox"), w => [w.Producer.Name, "\"nobox\"", "It has outboxes", "Declare it"]),
        new("send, name of an inbox", typeof(KeyNotFoundException), w => w.Producer.Send(1, "inbox"), w => [w.Producer.Name, "outbox \"inbox\"", "Declare it"]),
        new("try to send, unknown outbox", typeof(KeyNotFoundException), w => w.Producer.TrySend(1, "nobox"), w => [w.Producer.Name, "\"nobox\"", "Declare it"]),
        new("receive, unknown inbox", typeof(KeyNotFoundException), w => w.Consumer.Recv("nobox"), w => [w.Consumer.Name, "\"nobox\"", "It has inboxes", "Declare it"]),
        new("look, unknown inbox", typeof(KeyNotFoundException), w => w.Consumer.DataReady("nobox"), w => [w.Consumer.Name, "\"nobox\"", "Declare it"]),
        new("limit, unknown inbox", typeof(KeyNotFoundException), w => w.Consumer.SetInboxSize("nobox", 1), w => [w.Consumer.Name, "\"nobox\"", "Declare it"]),
        new("receive, empty inbox", typeof(InvalidOperationException), w => w.Producer.Recv(), w => [w.Producer.Name, "\"inbox\"", "DataReady", "TryRecv"]),
        new("receive as a type, empty inbox", typeof(InvalidOperationException), w => w.Producer.Recv<int>(), w => [w.Producer.Name, "\"inbox\"", "TryRecv"]),
        new("send, full inbox", typeof(NoSpaceInBoxException), w => w.Producer.Send("one too many", "signal"), w => [w.Consumer.Name, "\"control\"", "holds 1 of at most 1", "TrySend", "SetInboxSize"]),
        new("receive, wrong type", typeof(UnexpectedMessageException), w => w.Consumer.Recv<int>("control"), w => [w.Consumer.Name, "\"control\"", "Int32", "a String", "take it with Recv()"]),
        new("try to receive, wrong type", typeof(UnexpectedMessageException), w => w.Consumer.TryRecv(out int _, "control"), w => [w.Consumer.Name, "\"control\"", "Int32", "a String"]),
        new("receive, null for a number", typeof(UnexpectedMessageException), w => w.Wrapper.Recv<int>("control"), w => [w.Wrapper.Name, "\"control\"", "Int32", "is null"]),
        new("link, linked already", typeof(BoxAlreadyLinkedToDestinationException), w => w.Link((w.Producer, "outbox"), (w.Wrapper, "inbox")), w => [w.Producer.Name, "\"outbox\"", w.Consumer.Name, w.Wrapper.Name, "Unlink the existing"]),
        new("link, a loop", typeof(LinkageLoopException), w => w.Link((w.Child, "inbox"), (w.Wrapper, "inbox"), Passthrough.Inbox), w => [w.Child.Name, w.Wrapper.Name, "\"inbox\"", "End the chain"]),
        new("link, unknown source", typeof(KeyNotFoundException), w => w.Link((w.Child, "nobox"), (w.Producer, "inbox")), w => [w.Child.Name, "outbox \"nobox\"", "Declare it"]),
        new("link, unknown sink", typeof(KeyNotFoundException), w => w.Link((w.Child, "outbox"), (w.Producer, "nobox")), w => [w.Producer.Name, "inbox \"nobox\"", "Declare it"]),
        new("link, messages do not fit", typeof(NoSpaceInBoxException), w => w.Link((w.Wrapper, "control"), (w.Consumer, "control"), Passthrough.Inbox), w => [w.Wrapper.Name, "move the 1 messages", w.Consumer.Name, "\"control\"", "holds 1 of at most 1", "SetInboxSize"]),
        new("link, limit for an outbox", typeof(ArgumentException), w => w.Link((w.Child, "outbox"), (w.Wrapper, "outbox"), Passthrough.Outbox, pipeWidth: 2), w => [w.Wrapper.Name, "outbox \"outbox\"", "Limit the inbox"]),
        new("link, negative limit", typeof(ArgumentOutOfRangeException), w => w.Link((w.Child, "outbox"), (w.Wrapper, "inbox"), pipeWidth: -1), w => [w.Wrapper.Name, "inbox \"inbox\"", "Give 0 or more"]),
        new("link, no such passthrough", typeof(ArgumentOutOfRangeException), w => w.Link((w.Child, "outbox"), (w.Wrapper, "inbox"), (Passthrough)9), _ => ["None, Inbox, Outbox"]),
        new("limit, negative", typeof(ArgumentOutOfRangeException), w => w.Consumer.SetInboxSize("control", -3), w => [w.Consumer.Name, "inbox \"control\"", "Give 0 or more"]),
        new("limit, of an outbox", typeof(InvalidOperationException), w => w.Producer.GetOutbox().Size = 3, w => [w.Producer.Name, "outbox \"outbox\"", "Limit the inbox"]),
        new("delete, unknown inbox", typeof(KeyNotFoundException), w => w.Adaptive.DeleteInbox("nobox"), w => [w.Adaptive.Name, "inbox \"nobox\""]),
        new("delete, unknown outbox", typeof(KeyNotFoundException), w => w.Adaptive.DeleteOutbox("nobox"), w => [w.Adaptive.Name, "outbox \"nobox\""]),
        new("track, unknown inbox", typeof(KeyNotFoundException), w => w.Adaptive.TrackResource("it", "nobox"), w => [w.Adaptive.Name, "inbox \"nobox\""]),
        new("retrieve, not tracked", typeof(KeyNotFoundException), w => w.Adaptive.RetrieveTrackedResource("inbox"), w => [w.Adaptive.Name, "\"inbox\"", "Call TrackResource first"]),
        new("cease, not tracked", typeof(KeyNotFoundException), w => w.Adaptive.CeaseTrackingResource("it"), w => [w.Adaptive.Name, "about it", "Call TrackResourceInformation first"]),
    ];

    // Those that Axon ignores on purpose.
    private static readonly Mistake[] s_harmless =
    [
        new("unlink, of another maker", null, w => w.Producer.Unlink(w.Foreign!), _ => []),
        new("unlink, never made", null, w => w.Unlink(new Linkage(w.Producer, w.Consumer)), _ => []),
        new("unlink, a component in no linkage of this maker", null, w => w.Producer.Unlink(w.Consumer), _ => []),
        new("remove a child, of nobody", null, w => w.RemoveChild(w.Consumer), _ => []),
        new("try to send, full inbox", null, w => w.Producer.TrySend("one too many", "signal"), _ => []),
        new("try to receive, empty inbox", null, w => w.Producer.TryRecv(out object? _), _ => []),
    ];

    public static TheoryData<string> Kinds => [.. s_mistakes.Concat(s_harmless).Select(mistake => mistake.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Mistake_InAStep_SaysWhatToDoLosesNothingAndTheSystemRunsOn(string kind)
    {
        Mistake mistake = s_mistakes.Concat(s_harmless).Single(one => one.Kind == kind);
        SteppedScheduler system = new(TraceKinds.Wake | TraceKinds.Link);
        World world = new(mistake.Make);
        world.ActivateAll(system);
        string[] before = world.Snapshot();
        system.Trace.Clear();

        world.Unpause();
        system.RunUntilIdle();

        // The one who made it saw it; it woke nobody and touched nothing.
        Assert.True(world.Tried);
        Assert.Equal(mistake.Exception, world.Caught?.GetType());
        Assert.All(mistake.Parts(world), part => Assert.Contains(part, world.Caught!.Message, StringComparison.Ordinal));
        Assert.Equal(before, world.Snapshot());
        system.Trace.Expect([$"wake {system.Trace.NameOf(world)}"]);

        world.Producer.Send("afterwards");
        system.RunUntilIdle();
        Assert.Contains($"wake {system.Trace.NameOf(world.Consumer)}", system.Trace.Lines);
        Assert.Equal("afterwards", world.Consumer.Recv());
    }

    [Fact]
    [Trait("Spec", "AX-CMP-06")]
    [Trait("Spec", "AX-SCH-52")]
    public void Mistake_NotCaught_ClosesDownWhoMadeItAndTheOthersRunOn()
    {
        SteppedScheduler system = new(TraceKinds.End, immortal: true);
        World world = new(w => w.Producer.Send(1, "nobox")) { Catches = false };
        world.ActivateAll(system);

        world.Unpause();
        system.RunUntilIdle();
        world.Foreign!.Source.Append("through what is left");

        Assert.True(world.IsStopped);
        Assert.Equal([$"crash {system.Trace.NameOf(world)}: KeyNotFoundException"], system.Trace.Lines);
        Assert.Equal("through what is left", world.Consumer.Recv());
    }

    [Fact]
    public void NoSpace_OfALimitNobodyReached_DoesNotCallTheBoxFull()
    {
        Component wrapper = new();
        Component child = new();
        child.SetInboxSize("inbox", 2);
        wrapper.GetInbox().Append(1);
        wrapper.GetInbox().Append(2);
        wrapper.GetInbox().Append(3);

        string text = Assert.Throws<NoSpaceInBoxException>(() => wrapper.Link((wrapper, "inbox"), (child, "inbox"), Passthrough.Inbox)).Message;

        Assert.Contains("move the 3 messages", text, StringComparison.Ordinal);
        Assert.Contains("holds 0 of at most 2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("full", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Declaration_OneNameTwice_ThrowsNamingTheClassAndTheBox()
    {
        string text = Assert.Throws<InvalidOperationException>(() => new Twice()).Message;

        Assert.Contains("Twice declares the inbox \"inbox\" 2 times", text, StringComparison.Ordinal);
    }

    private sealed record Mistake(string Kind, Type? Exception, Action<World> Make, Func<World, string[]> Parts);

    [Inbox("inbox", "one")]
    [Inbox("inbox", "another")]
    private sealed class Twice : Component;

    // producer.outbox -> consumer.inbox; producer.signal -> consumer.control, which holds its one message; wrapper.inbox -> child.inbox;
    // and null in wrapper.control. The world itself makes the mistake when it is woken.
    private sealed class World(Action<World> mistake) : Component
    {
        public BoxIdler Producer { get; } = new();

        public BoxIdler Consumer { get; } = new();

        public BoxIdler Wrapper { get; } = new();

        public BoxIdler Child { get; } = new();

        public AdaptiveBoxIdler Adaptive { get; } = new();

        public Linkage? Foreign { get; private set; }

        public bool Catches { get; init; } = true;

        public bool Tried { get; private set; }

        public Exception? Caught { get; private set; }

        public void ActivateAll(SteppedScheduler system)
        {
            Foreign = Consumer.Link((Producer, "outbox"), (Consumer, "inbox"));
            Consumer.Link((Producer, "signal"), (Consumer, "control"), pipeWidth: 1);
            Consumer.Link((Wrapper, "inbox"), (Child, "inbox"), Passthrough.Inbox);
            Producer.Send("text", "signal");
            Wrapper.GetInbox("control").Append(null);
            foreach (Component component in (Component[])[this, Producer, Consumer, Wrapper, Child, Adaptive])
            {
                system.Activate(component);
            }

            system.RunUntilIdle();
        }

        public string[] Snapshot() => [.. new Component[] { this, Producer, Consumer, Wrapper, Child, Adaptive }.SelectMany(Describe)];

        protected override IEnumerator<Yield> Main()
        {
            yield return Pause();
            Tried = true;
            Try();
            while (true)
            {
                yield return Pause();
            }
        }

        private static IEnumerable<string> Describe(Component component) =>
        [
            component.ToString(),
            component.Postoffice.ToString(),
            .. component.InboxNames.Select(component.GetInbox).Concat(component.OutboxNames.Select(component.GetOutbox)).Select(DescribeBox),
        ];

        private static string DescribeBox(Postbox box) =>
            $"{box.Id}: limit {box.Size}, to {box.Linkage}, from {string.Join(' ', box.Incoming)}, {box.Count} at the end, " +
            $"holds {string.Join(' ', (box as RealSink)?.Snapshot() ?? [])}";

        private void Try()
        {
            try
            {
                mistake(this);
            }
            catch (Exception exception) when (Catches)
            {
                Caught = exception;
            }
        }
    }
}
