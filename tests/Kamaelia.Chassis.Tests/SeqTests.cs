// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Axon.TestKit;

namespace Kamaelia.Chassis.Tests;

public class SeqTests
{
    private readonly SteppedScheduler _system = new();
    private readonly Puppet _a = new();
    private readonly Puppet _b = new();

    [Fact]
    [Trait("Spec", "CH-SEQ-01")]
    [Trait("Spec", "CH-SEQ-02")]
    [Trait("Spec", "CH-SEQ-03")]
    public void Members_RunOneAfterTheOtherWithTheDataBoxes()
    {
        Seq seq = _system.Start(new Seq(_a, _b));

        Assert.Null(_b.Scheduler);
        Assert.Equal(
            [(seq, "inbox", _a, "inbox", Passthrough.Inbox), (_a, "outbox", seq, "outbox", Passthrough.Outbox)],
            seq.Wiring());

        _system.End(_a);
        Assert.Same(_system.Scheduler, _b.Scheduler);
        Assert.Equal(
            [(seq, "inbox", _b, "inbox", Passthrough.Inbox), (_b, "outbox", seq, "outbox", Passthrough.Outbox)],
            seq.Wiring());
    }

    [Fact]
    [Trait("Spec", "CH-SEQ-03")]
    [Trait("Spec", "CH-SEQ-05")]
    public void MemberSaysProducerFinished_OnlyTheSeqsOwnLeavesAtTheEnd()
    {
        Seq seq = _system.Start(new Seq(_a));
        Probe probe = _system.Probe(seq);

        _a.Send(new ProducerFinished(), "signal");
        _system.RunUntilIdle();
        Assert.Empty(probe.Collect("signal"));
        _system.End(_a);

        Assert.Same(seq, Assert.IsType<ProducerFinished>(Assert.Single(probe.Collect("signal"))).Caller);
        Assert.True(seq.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-SEQ-05")]
    public void Empty_ProducerFinishedAtOnce()
    {
        Seq seq = new();
        Probe probe = _system.Probe(seq);

        _system.Start(seq);

        Assert.Same(seq, Assert.IsType<ProducerFinished>(Assert.Single(probe.Collect("signal"))).Caller);
        Assert.True(seq.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-SEQ-04")]
    [Trait("Spec", "CH-SEQ-11")]
    public void Texts_ArePrintedInPlace()
    {
        StringWriter console = new() { NewLine = "\n" };
        Seq seq = new("BEGIN", new OneShot("Hello"), new OneShot("Doctor"), "END") { Output = console };

        _system.Activate(new Pipeline(seq, new Writer(console)));
        _system.RunToEnd();

        Assert.Equal("BEGIN\nHello\nDoctor\nEND\n", console.ToString());
    }

    [Fact]
    [Trait("Spec", "CH-SEQ-06")]
    [Trait("Spec", "CH-SEQ-07")]
    public void Data_BetweenMembers_WaitsForTheNextAndUnreadIsLost()
    {
        Seq seq = new(_a, _b);
        Probe probe = _system.Probe(seq);
        probe.Feed("early");
        _system.Start(seq);
        Assert.Equal(["early"], _a.Inbox());

        probe.Feed("unread");
        _system.End(_a);
        Assert.Empty(_b.Inbox());
        Assert.Equal(1, seq.DroppedMessages);

        probe.Feed("for b");
        Assert.Equal(["for b"], _b.Inbox());
    }

    [Fact]
    [Trait("Spec", "CH-SEQ-08")]
    public void ProducerFinished_IsIgnored()
    {
        Seq seq = _system.Start(new Seq(_a, _b));
        Probe probe = _system.Probe(seq);

        probe.FeedTo("control", new ProducerFinished(), "nonsense");
        _system.RunUntilIdle();
        Assert.Equal(0, seq.Waiting("control"));
        Assert.False(_a.DataReady("control"));
        _system.End(_a);
        Assert.False(seq.IsStopped);
        _system.End(_b);

        Assert.Same(seq, Assert.IsType<ProducerFinished>(Assert.Single(probe.Collect("signal"))).Caller);
    }

    [Fact]
    [Trait("Spec", "CH-SEQ-09")]
    public void ShutdownMicroprocess_CurrentIsToldAndNoOtherStarted()
    {
        StringWriter console = new();
        Seq seq = _system.Start(new Seq(_a, "never", _b) { Output = console });
        Probe probe = _system.Probe(seq);
        ShutdownMicroprocess order = new();

        probe.FeedTo("control", order);
        _system.RunUntilIdle();
        Assert.Same(order, Assert.Single(_a.Inbox("control")));
        Assert.False(seq.IsStopped);
        _system.End(_a);

        Assert.Same(order, Assert.Single(probe.Collect("signal")));
        Assert.True(seq.IsStopped);
        Assert.Null(_b.Scheduler);
        Assert.Empty(console.ToString());
    }

    [Fact]
    [Trait("Spec", "CH-SEQ-09")]
    public void ShutdownMicroprocess_MemberHasNoRoom_IsToldWhenItHas()
    {
        Probe probe = _system.Probe(_system.Start(new Seq(_a.Limit(1, "control"))));
        Puppet other = new();
        other.Link((other, "signal"), (_a, "control"));
        other.Send("full", "signal");
        ShutdownMicroprocess order = new();
        probe.FeedTo("control", order);
        _system.RunUntilIdle();

        Assert.Equal("full", _a.Recv("control"));
        _system.RunUntilIdle();

        Assert.Same(order, Assert.Single(_a.Inbox("control")));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(null)]
    [InlineData(new byte[] { 1 })]
    [Trait("Spec", "CH-SEQ-10")]
    [Trait("Spec", "CH-GEN-08")]
    public void Constructor_NeitherComponentNorText_ThrowsAtOnce(object? item)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>("sequence", () => new Seq(_a, item!));

        Assert.Contains("item 2 of 2", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "CH-SEQ-12")]
    public void MemberThatNeverEnds_HoldsUpTheSequenceAndGetsData()
    {
        Probe probe = _system.Probe(_system.Start(new Seq(_a, _b)));

        for (int i = 0; i < 100; i++)
        {
            probe.Feed(i);
            _system.Cycle();
        }

        Assert.Equal(100, _a.Inbox().Count());
        Assert.Null(_b.Scheduler);
    }

    [Fact]
    [Trait("Spec", "CH-SEQ-13")]
    public void Factory_IsCalledWhenItsTurnComes()
    {
        int calls = 0;
        Seq seq = _system.Start(new Seq(_a, () => Make()));
        Assert.Equal(0, calls);

        _system.End(_a);
        Assert.Equal(1, calls);
        Assert.Equal([_b], seq.ChildComponents());

        Puppet Make()
        {
            calls++;
            return _b;
        }
    }

    [Fact]
    [Trait("Spec", "CH-SEQ-13")]
    [Trait("Spec", "CH-GEN-09")]
    public void Factory_Fails_IsReportedAndTheSequenceGoesOn()
    {
        InvalidTimeZoneException failure = new("on purpose");
        Func<Component> bad = () => throw failure;
        Seq seq = new(bad, _b);
        Probe probe = _system.Probe(seq);

        _system.Start(seq);

        Assert.Same(failure, Assert.IsType<ErrorInformation>(Assert.Single(probe.Collect("signal"))).Exception);
        Assert.Equal([_b], seq.ChildComponents());
    }

    private sealed class OneShot(object? message) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            Send(message);
            yield return 1;
        }
    }

    private sealed class Writer(TextWriter to) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (!DataReady("control"))
            {
                foreach (object? message in Inbox())
                {
                    to.WriteLine(message);
                }

                yield return Pause();
            }
        }
    }
}
