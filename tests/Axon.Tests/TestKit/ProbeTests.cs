// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests.TestKit;

public class ProbeTests
{
    private readonly SteppedScheduler _system = new();

    [Fact]
    public void Feed_Messages_ArriveInOrderAndWakeTheComponent()
    {
        CollectingSink sink = _system.Activate(new CollectingSink());
        Probe probe = _system.Probe(sink);
        _system.RunUntilIdle();

        probe.Feed(1, null, "three");
        _system.RunUntilIdle();

        Assert.Equal([1, null, "three"], sink.Messages);
    }

    [Fact]
    public void FeedTo_OtherInbox_GoesThere()
    {
        CollectingSink sink = _system.Activate(new CollectingSink());
        Probe probe = _system.Probe(sink);

        probe.FeedTo("control", "stop");
        _system.RunToEnd();

        Assert.Equal(["stop"], probe.Collect("signal"));
        Assert.Empty(sink.Messages);
    }

    [Fact]
    public void FeedTo_UnknownInbox_ThrowsNamingIt()
    {
        CollectingSink sink = new();

        var exception = Assert.Throws<KeyNotFoundException>(() => _system.Probe(sink).FeedTo("nosuchbox", 1));

        Assert.StartsWith($"{sink.Name} has no inbox \"nosuchbox\".", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Feed_FullInbox_ThrowsAndKeepsWhatFitted()
    {
        CollectingSink sink = new();
        sink.SetInboxSize("inbox", 2);

        Assert.Throws<NoSpaceInBoxException>(() => _system.Probe(sink).Feed(1, 2, 3));
        Assert.Equal(2, sink.Waiting());
    }

    [Fact]
    public void Collect_SentMessages_AreTakenOnce()
    {
        Probe probe = _system.Probe(_system.Activate(new ScriptedSource(1, 2)));
        _system.RunToEnd();

        Assert.Equal(2, probe.Waiting());
        Assert.Equal([1, 2], probe.Collect());
        Assert.Empty(probe.Collect());
        Assert.Equal(0, probe.Waiting());
        Assert.Equal(1, probe.Waiting("signal"));
    }

    [Fact]
    public void CollectOne_SentMessages_AreTakenOldestFirst()
    {
        Probe probe = _system.Probe(_system.Activate(new ScriptedSource(1, 2)));
        _system.RunToEnd();

        Assert.Equal(1, probe.CollectOne());
        Assert.Equal(2, probe.CollectOne());
        Assert.Throws<InvalidOperationException>(() => probe.CollectOne());
    }

    [Fact]
    public void Limit_BoxFull_RefusesUntilSomethingIsCollected()
    {
        Probe probe = _system.Probe(_system.Activate(new ScriptedSource(1, 2, 3, 4), "source"));
        probe.Limit(2);

        _system.RunUntilIdle();
        Assert.Equal([1, 2], probe.Collect());
        _system.RunUntilIdle();
        Assert.Equal([3, 4], probe.Collect());
        _system.RunToEnd();
        Assert.Contains("refuse source.outbox -> probe.outbox: 3", _system.Trace.Lines);
    }

    [Fact]
    public void Limit_Lifted_LetsEverythingThrough()
    {
        Probe probe = _system.Probe(_system.Activate(new ScriptedSource(1, 2, 3)));
        probe.Limit(1);
        _system.RunUntilIdle();
        probe.Limit(null);
        Assert.Equal(1, probe.CollectOne());

        _system.RunToEnd();

        Assert.Equal([2, 3], probe.Collect());
    }

    [Fact]
    public void Constructor_OutboxLinkedElsewhere_IsLeftAlone()
    {
        CollectingSink sink = _system.Activate(new CollectingSink());
        ScriptedSource source = _system.Activate(new ScriptedSource(1));
        source.Link((source, "outbox"), (sink, "inbox"));
        Probe probe = _system.Probe(source);

        _system.RunUntilIdle();

        Assert.Equal([1], sink.Messages);
        Assert.Single(probe.Collect("signal"));
        Assert.Equal(
            $"The probe collects nothing from an outbox \"outbox\" of {source.Name}: there is none, or it was linked before.",
            Assert.Throws<KeyNotFoundException>(() => probe.Collect()).Message);
    }

    [Fact]
    public void Constructor_OutboxCalledLikeAnInbox_IsCollectedUnderItsName()
    {
        Probe probe = _system.Probe(_system.Activate(new Crossed()));
        probe.FeedTo("outbox", "hello");

        _system.RunToEnd();

        Assert.Equal(["hello"], probe.Collect("inbox"));
    }

    [Fact]
    public void Probe_InTheTrace_IsCalledProbeAndTakesNoSteps()
    {
        Probe probe = _system.Probe(_system.Activate(new Crossed(), "crossed"));
        probe.FeedTo("outbox", "hello");

        _system.RunToEnd();

        Assert.Same(probe.Component, Assert.IsType<Crossed>(probe.Component));
        _system.Trace.Expect("""
            link crossed.inbox -> probe.inbox_2
            link probe.outbox_2 -> crossed.outbox
            activate crossed
            step crossed
            receive crossed.outbox: hello
            send crossed.inbox -> probe.inbox_2: hello
            end crossed
            """);
    }

    [Fact]
    public void Constructor_NoComponent_Throws()
    {
        Assert.Throws<ArgumentNullException>("component", () => new Probe(null!));
    }

    [Inbox("outbox")]
    [Outbox("inbox")]
    private sealed class Crossed : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            Send(Recv("outbox"), "inbox");
            yield break;
        }
    }
}
