// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Axon.TestKit;
using Kamaelia.Internet;

namespace Kamaelia.Chassis.Tests.TimeOut;

/// <summary>The chassis around a component that only does what the test says, on a clock that stands still.</summary>
public class InactivityTests
{
    private readonly SteppedScheduler _system = new(TraceKinds.Scheduling);

    [Fact]
    [Trait("Spec", "INT-TMO-11")]
    [Trait("Spec", "INT-TMO-13")]
    public void Wiring_IsThatOfTheOriginal_AndTheRestLeadsStraightThrough()
    {
        Talker talker = new();
        Graphline chassis = Start(talker);
        Component monitor = Assert.IsType<ActivityMonitor>(chassis.ChildComponents()[1]);
        Component timer = Assert.IsType<ResettableSender>(chassis.ChildComponents()[2]);

        (Component, string, Component, string, Passthrough)[] expected =
        [
            (chassis, "inbox", talker, "inbox", Passthrough.Inbox),
            (chassis, "control", talker, "control", Passthrough.Inbox),
            (chassis, "ReadReady", talker, "ReadReady", Passthrough.Inbox),
            (chassis, "SendReady", talker, "SendReady", Passthrough.Inbox),
            (chassis, "makessl", talker, "makessl", Passthrough.Inbox),
            (talker, "outbox", monitor, "inbox", Passthrough.None),
            (monitor, "outbox", chassis, "outbox", Passthrough.Outbox),
            (talker, "CreatorFeedback", monitor, "inbox2", Passthrough.None),
            (monitor, "outbox2", chassis, "CreatorFeedback", Passthrough.Outbox),
            (talker, "signal", monitor, "control", Passthrough.None),
            (monitor, "signal", chassis, "signal", Passthrough.Outbox),
            (talker, "sslready", chassis, "sslready", Passthrough.Outbox),
            (talker, "peerFinished", monitor, "inbox3", Passthrough.None),
            (monitor, "outbox3", chassis, "peerFinished", Passthrough.Outbox),
            (monitor, "observed", timer, "inbox", Passthrough.None),
            (timer, "outbox", talker, "control", Passthrough.None),
        ];
        Assert.Equal(expected, chassis.Wiring());
        Assert.Equal(talker.InboxNames.Order(), chassis.InboxNames.Order());
        Assert.Equal(talker.OutboxNames.Where(name => name[0] != '_').Append("_cs").Order(), chassis.OutboxNames.Order());
    }

    [Fact]
    [Trait("Spec", "INT-TMO-11")]
    public void Silence_TheComponentIsToldToFinish_Once()
    {
        Talker talker = new();
        Start(talker);

        Advance(1.9);
        Assert.False(talker.DataReady("control"));
        Advance(0.1);
        Assert.IsType<ProducerFinished>(Assert.Single(talker.Inbox("control")));

        Advance(100);
        Assert.False(talker.DataReady("control"));
        Assert.False(talker.IsStopped);
    }

    [Theory]
    [InlineData("outbox", true)]
    [InlineData("CreatorFeedback", true)]
    [InlineData("signal", true)]
    [InlineData("peerFinished", true)]
    [InlineData("sslready", false)]
    [Trait("Spec", "INT-TMO-12")]
    public void WhatItEmits_Counts(string box, bool counts)
    {
        Talker talker = new();
        Probe chassis = _system.Probe(Start(talker));
        Advance(1.5);

        talker.Send("said", box);
        _system.RunUntilIdle();
        Assert.Equal(["said"], chassis.Collect(box));
        Advance(1.5);

        Assert.Equal(!counts, talker.DataReady("control"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Spec", "INT-TMO-12")]
    public void WhatItTakesIn_CountsWithTheOption(bool countSends)
    {
        Talker talker = new();
        Probe chassis = _system.Probe(Start(talker, countSends));
        Advance(1.5);

        // What nobody takes is no activity: a peer that does not read is not there.
        chassis.Feed("sent");
        _system.RunUntilIdle();
        Assert.Equal("sent", talker.Recv());
        _system.RunUntilIdle();
        Advance(1.5);
        Assert.Equal(!countSends, talker.DataReady("control"));

        chassis.Feed("sent and not taken");
        Advance(0.6);
        Assert.True(talker.DataReady("control"));
    }

    [Fact]
    [Trait("Spec", "INT-TMO-12")]
    public void CountSends_ChangesNothingInTheOrderOfWhatArrives()
    {
        Talker talker = new();
        Probe chassis = _system.Probe(Start(talker, countSends: true));

        chassis.Feed("data");
        chassis.FeedTo("control", new ProducerFinished());

        // Before anybody had a step.
        Assert.Equal(1, talker.Waiting());
        Assert.Equal(1, talker.Waiting("control"));
        talker.End();
        _system.RunUntilIdle();
        Assert.Empty(_system.Scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "INT-TMO-15")]
    public void ComponentEnds_TheChassisEndsInTheSameMoment_WithoutALinkLeft()
    {
        Talker talker = new();
        Probe chassis = _system.Probe(Start(talker, countSends: true));
        talker.Send("last words");
        talker.Send("goodbye", "signal");

        talker.End();
        _system.RunUntilIdle();

        Assert.Equal(TimeSpan.Zero, _system.Clock.Elapsed);
        Assert.Equal(["last words"], chassis.Collect());
        Assert.Equal(["goodbye"], chassis.Collect("signal"));
        Assert.Empty(_system.Scheduler.ListAll());
        Assert.False(talker.IsLinked);
        Assert.Null(_system.Scheduler.TimeToNextTimer());
    }

    [Fact]
    [Trait("Spec", "INT-TMO-15")]
    public void ComponentHasEndedBefore_TheChassisEndsAtOnce()
    {
        Talker talker = new();
        talker.Stop();

        Start(talker);

        Assert.Empty(_system.Scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "INT-TMO-15")]
    public void ComponentEnds_ReceiverIsFullAndNeverReads_TheChassisEndsAllTheSame()
    {
        Talker talker = new();
        Probe chassis = _system.Probe(Start(talker));
        chassis.Limit(1);
        talker.Send(1);
        talker.Send(2);
        talker.Send("goodbye", "CreatorFeedback");
        talker.End();

        _system.RunToEnd();

        Assert.Equal(TimeSpan.FromSeconds(2), _system.Clock.Elapsed);
        Assert.Equal([1], chassis.Collect());
        Assert.Equal(["goodbye"], chassis.Collect("CreatorFeedback"));
    }

    [Fact]
    [Trait("Spec", "INT-TMO-15")]
    public void ToldToFinish_TheComponentEndsAndWithItTheChassis()
    {
        Waiter waiter = new();
        Start(waiter);

        _system.RunToEnd();

        Assert.Equal(TimeSpan.FromSeconds(2), _system.Clock.Elapsed);
        Assert.IsType<ProducerFinished>(waiter.Told);
    }

    [Fact]
    [Trait("Spec", "INT-TMO-16")]
    public void NoActivityTimeout_ForwardsItsArguments_AndMakesAFreshChassisEachTime()
    {
        List<Named> made = [];
        Func<string, int, Graphline> maker = Inactivity.NoActivityTimeout(
            (string name, int number) =>
            {
                made.Add(new Named(name, number));
                return made[^1];
            },
            TimeSpan.FromSeconds(3));

        Graphline first = maker("first", 1);
        Graphline second = maker("second", 2);

        Assert.NotSame(first, second);
        Assert.Equal([("first", 1), ("second", 2)], made.Select(named => (named.Text, named.Number)));
        _system.Start(first);
        Advance(1);
        _system.Start(second);
        Advance(2);
        Assert.Equal([true, false], made.Select(named => named.DataReady("control")));
        Advance(1);
        Assert.Equal([true, true], made.Select(named => named.DataReady("control")));
    }

    [Fact]
    [Trait("Spec", "INT-TMO-16")]
    public void MakersOfEveryKind_MakeWhatTheirFactoryMakes()
    {
        Puppet none = new();
        Named one = new("one", 1);
        Named two = new("two", 2);

        _system.Start(Inactivity.NoActivityTimeout(() => none)());
        _system.Start(Inactivity.NoActivityTimeout((Named named) => named)(one));
        _system.Start(Inactivity.Extended((Named named, int number) => named)(TimeSpan.FromSeconds(1), two, 7));
        Advance(1);
        Assert.Equal([false, false, true], new Component[] { none, one, two }.Select(component => component.DataReady("control")));
        Advance(1);
        Assert.Equal([true, true, true], new Component[] { none, one, two }.Select(component => component.DataReady("control")));

        Puppet late = new();
        Named later = new("later", 3);
        _system.Start(Inactivity.Extended(() => late)(null));
        _system.Start(Inactivity.Extended((Named named) => named)(TimeSpan.FromSeconds(5), later));
        Advance(2);
        Assert.Equal((true, false), (late.DataReady("control"), later.DataReady("control")));
    }

    [Fact]
    public void ComponentThatCannotBeClosed_IsRefused()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => Inactivity.Chassis(new Odd()));

        Assert.Contains("control", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Inactivity.Chassis(new Puppet(), TimeSpan.FromSeconds(-1)));
    }

    [Fact]
    [Trait("Spec", "INT-GEN-03")]
    public void Idle_TakesNoSteps()
    {
        Start(new Talker(), countSends: true);
        _system.Trace.Clear();

        _system.Clock.Advance(TimeSpan.FromSeconds(1));
        _system.Cycles(50);

        _system.Trace.Expect("");
    }

    private Graphline Start(Component component, bool countSends = false) => _system.Start(Inactivity.Chassis(component, countSends: countSends));

    private void Advance(double seconds)
    {
        _system.Clock.Advance(TimeSpan.FromSeconds(seconds));
        _system.RunUntilIdle();
    }

    /// <summary>A puppet with the boxes of a connection.</summary>
    [Inbox("inbox")]
    [Inbox("control")]
    [Inbox("ReadReady")]
    [Inbox("SendReady")]
    [Inbox("makessl")]
    [Outbox("outbox")]
    [Outbox("CreatorFeedback")]
    [Outbox("signal")]
    [Outbox("_selectorSignal")]
    [Outbox("sslready")]
    [Outbox("peerFinished")]
    private sealed class Talker : Puppet;

    private sealed class Named(string text, int number) : Puppet
    {
        public string Text => text;

        public int Number => number;
    }
}
