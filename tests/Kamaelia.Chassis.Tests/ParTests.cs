// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Axon.TestKit;

namespace Kamaelia.Chassis.Tests;

public class ParTests
{
    private readonly SteppedScheduler _system = new();
    private readonly Puppet _a = new();
    private readonly Puppet _b = new();

    public static TheoryData<Ipc> Orders => CarouselTests.Orders;

    [Fact]
    [Trait("Spec", "CH-PAR-01")]
    public void Output_OfAll_IsMergedInOrder()
    {
        Probe probe = Start(new Par(_a, _b));

        _a.Send(1);
        _b.Send(2);
        _a.Send(3);

        Assert.Equal([1, 2, 3], probe.Collect());
    }

    [Fact]
    [Trait("Spec", "CH-PAR-02")]
    public void Control_AnyMessage_IsCopiedToAllInOrder()
    {
        Probe probe = Start(new Par(_a, _b));
        object?[] messages = ["any", null, new ProducerFinished()];

        probe.FeedTo("control", messages);
        _system.RunUntilIdle();

        Assert.Equal(messages, _a.Inbox("control"));
        Assert.Equal(messages, _b.Inbox("control"));
    }

    [Fact]
    [Trait("Spec", "CH-PAR-03")]
    public void Input_ByDefault_IsDropped()
    {
        Par par = new(_a, _b);
        Probe probe = Start(par);

        probe.Feed(1, 2);
        _system.RunUntilIdle();

        Assert.False(_a.AnyReady() || _b.AnyReady());
        Assert.Equal(0, par.Waiting());
        Assert.Equal(2, par.DroppedMessages);
    }

    [Fact]
    [Trait("Spec", "CH-PAR-04")]
    public void Input_Broadcast_AllLivingGetIt()
    {
        Puppet c = new();
        Probe probe = Start(new Par(_a, _b, c) { InputPolicy = InputPolicies.Broadcast });
        _system.End(c);

        probe.Feed(1, 2);
        _system.RunUntilIdle();

        Assert.Equal([1, 2], _a.Inbox());
        Assert.Equal([1, 2], _b.Inbox());
    }

    [Fact]
    [Trait("Spec", "CH-PAR-04")]
    public void Input_RoundRobin_OneAfterTheOtherAlsoWhenOneHasEnded()
    {
        Puppet c = new();
        Probe probe = Start(new Par(_a, _b, c) { InputPolicy = InputPolicies.RoundRobin() });

        probe.Feed(1, 2, 3, 4);
        _system.RunUntilIdle();
        Assert.Equal([1, 4], _a.Inbox());
        Assert.Equal([2], _b.Inbox());
        Assert.Equal([3], c.Inbox());

        _system.End(_b);
        probe.Feed(5, 6, 7);
        _system.RunUntilIdle();
        Assert.Equal([6], _a.Inbox());
        Assert.Equal([5, 7], c.Inbox());
    }

    [Fact]
    [Trait("Spec", "CH-PAR-04")]
    public void Input_OwnPolicy_ChoosesAndControlStillWorks()
    {
        Probe probe = Start(new Par(_a, _b) { InputPolicy = (message, living) => [living[(int)message! % 2]] });

        probe.Feed(1, 2, 3);
        probe.FeedTo("control", "told");
        _system.RunUntilIdle();

        Assert.Equal([2], _a.Inbox());
        Assert.Equal([1, 3], _b.Inbox());
        Assert.Equal(["told"], _a.Inbox("control"));
    }

    [Fact]
    [Trait("Spec", "CH-PAR-04")]
    public void Input_PolicyChoosesAStranger_CrashNamesIt()
    {
        Puppet stranger = new();
        Probe probe = Start(new Par(_a) { InputPolicy = (_, _) => [stranger] });

        probe.Feed(1);
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => _system.RunUntilIdle());

        Assert.Contains(stranger.Name, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "CH-PAR-04")]
    public void Input_NoRoom_WaitsInOrderAndHoldsUpWhatComesAfter()
    {
        Par par = new(_a.Limit(1), _b) { InputPolicy = InputPolicies.Broadcast };
        Probe probe = Start(par);

        probe.Feed(1, 2, 3);
        _system.RunUntilIdle();
        Assert.Equal([1, 2], _b.Inbox());
        Assert.Equal(1, par.Waiting());

        Assert.Equal(1, _a.Recv());
        _system.RunUntilIdle();
        Assert.Equal(2, _a.Recv());
        _system.RunUntilIdle();
        Assert.Equal(3, _a.Recv());
        Assert.Equal([3], _b.Inbox());
        _system.RunUntilIdle();
        Assert.Equal(["outbox", "signal", "_co", "_cs"], par.OutboxNames);
    }

    [Fact]
    [Trait("Spec", "CH-PAR-05")]
    public void AllEndByThemselves_OneProducerFinished()
    {
        Par par = new(_a, _b);
        Probe probe = Start(par);

        _system.End(_a);
        Assert.Empty(probe.Collect("signal"));
        _system.End(_b);

        Assert.IsType<ProducerFinished>(Assert.Single(probe.Collect("signal")));
        Assert.True(par.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-PAR-06")]
    public void Empty_ProducerFinishedAndEnds()
    {
        Par par = new();

        Probe probe = Start(par);

        Assert.IsType<ProducerFinished>(Assert.Single(probe.Collect("signal")));
        Assert.True(par.IsStopped);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    [Trait("Spec", "CH-PAR-07")]
    [Trait("Spec", "CH-PAR-08")]
    public void Shutdown_WaitsForAllThenEmits(Ipc order)
    {
        Par par = new(_a, _b);
        Probe probe = Start(par);

        probe.FeedTo("control", order);
        _system.RunUntilIdle();
        _system.End(_a);
        _system.Cycles(100);
        Assert.Empty(probe.Collect("signal"));
        Assert.False(par.IsStopped);
        _b.Send("late");
        _system.End(_b);

        Assert.Equal(["late"], probe.Collect());
        object? emitted = Assert.Single(probe.Collect("signal"));
        Assert.IsType(order.GetType(), emitted);
        Assert.Equal(order is ShutdownMicroprocess, emitted == order);
        Assert.True(par.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-PAR-09")]
    public void Signals_Aggregate_ShutdownsAreKeptAndTheRestPasses()
    {
        Probe probe = Start(new Par(_a, _b));

        _a.Send("news", "signal");
        _a.Send(new ProducerFinished(), "signal");
        _b.Send(new ShutdownMicroprocess(), "signal");
        _system.RunUntilIdle();
        Assert.Equal(["news"], probe.Collect("signal"));

        _b.Send("last words", "signal");
        _a.End();
        _system.End(_b);
        IReadOnlyList<object?> rest = probe.Collect("signal");
        Assert.Equal("last words", rest[0]);
        Assert.IsType<ProducerFinished>(rest[1]);
        Assert.Equal(2, rest.Count);
    }

    [Fact]
    [Trait("Spec", "CH-PAR-09")]
    public void Signals_ReceiverFull_WaitForRoomInOrder()
    {
        Par par = new(_a);
        Probe probe = Start(par);
        probe.Limit(1, "signal");
        _a.Send("one", "signal");
        _a.Send("two", "signal");
        _system.End(_a);
        Assert.False(par.IsStopped);

        Assert.Equal("one", probe.CollectOne("signal"));
        _system.RunUntilIdle();
        Assert.Equal("two", probe.CollectOne("signal"));
        _system.RunUntilIdle();
        Assert.IsType<ProducerFinished>(probe.CollectOne("signal"));
        Assert.True(par.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-PAR-10")]
    public void Signals_PassThrough_OneOfEachAndOneOfItsOwn()
    {
        Probe probe = Start(new Par(new Waiter(), new Waiter()) { SignalMode = SignalMode.PassThrough });
        ProducerFinished order = new();

        probe.FeedTo("control", order);
        _system.RunUntilIdle();

        IReadOnlyList<object?> signals = probe.Collect("signal");
        Assert.Equal(3, signals.Count);
        Assert.Equal([order, order], signals.Take(2));
        Assert.NotSame(order, Assert.IsType<ProducerFinished>(signals[2]));
    }

    [Fact]
    [Trait("Spec", "CH-PAR-11")]
    public void Control_OneHasEnded_IsSkipped()
    {
        Probe probe = Start(new Par(_a.Limit(1, "control"), _b));
        probe.FeedTo("control", "first");
        _system.RunUntilIdle();
        _system.End(_a);

        probe.FeedTo("control", "second");
        _system.RunUntilIdle();

        Assert.Equal(["first", "second"], _b.Inbox("control"));
        Assert.Equal(["first"], _a.Inbox("control"));
    }

    [Fact]
    [Trait("Spec", "CH-PAR-12")]
    public void Shutdown_FinishThenStop_ChildrenGetBothAndTheStopIsEmitted()
    {
        Probe probe = Start(new Par(_a));
        ProducerFinished finish = new();
        ShutdownMicroprocess stop = new();

        probe.FeedTo("control", finish);
        _system.RunUntilIdle();
        probe.FeedTo("control", stop);
        _system.RunUntilIdle();
        Assert.Equal([finish, stop], _a.Inbox("control"));
        _system.End(_a);

        Assert.Same(stop, Assert.Single(probe.Collect("signal")));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    [Trait("Spec", "CH-PAR-13")]
    public void Nested_OneMessageFromOutside_EndsAll(Ipc order)
    {
        Par outer = new(
            new Waiter(),
            new Pipeline(new Par(new Waiter(), new Par(new Waiter(), new Waiter())), new Relay()),
            new Waiter());
        Probe probe = Start(outer);

        probe.FeedTo("control", order);
        _system.RunToEnd();

        Assert.IsType(order.GetType(), Assert.Single(probe.Collect("signal")));
        Assert.Empty(_system.Scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "CH-PAR-14")]
    public void InAPipeline_LikeAGraphlineThatLinksEachToTheNext()
    {
        Assert.Equal(Run(sink => new Pipeline(new Par(new ScriptedSource(1, 2), new ScriptedSource(3, 4)), sink)), Run(sink => new Graphline
        {
            ["A"] = new ScriptedSource(1, 2),
            ["B"] = new ScriptedSource(3, 4),
            ["SINK"] = sink,
            ["A", "outbox"] = ("SINK", "inbox"),
            ["B", "outbox"] = ("SINK", "inbox"),
        }));

        static IReadOnlyList<object?> Run(Func<Component, Component> make)
        {
            SteppedScheduler system = new();
            CollectingSink sink = new();
            system.Start(make(sink));
            Assert.Equal(4, sink.Messages.Count);
            return sink.Messages;
        }
    }

    [Fact]
    [Trait("Spec", "CH-PAR-15")]
    public void StopTimeout_ChildDoesNotEnd_IsAbandonedAndReported()
    {
        Par par = new(_a, _b) { StopTimeout = TimeSpan.FromSeconds(5) };
        Probe probe = Start(par);
        ShutdownMicroprocess order = new();
        _system.Clock.Advance(TimeSpan.FromSeconds(100));
        _system.RunUntilIdle();
        Assert.False(par.IsStopped);

        probe.FeedTo("control", order);
        _system.RunUntilIdle();
        _system.End(_a);
        _system.Clock.Advance(TimeSpan.FromSeconds(4.9));
        _system.RunUntilIdle();
        Assert.False(par.IsStopped);
        _system.Clock.Advance(TimeSpan.FromSeconds(0.2));
        _system.Cycle();
        _system.RunUntilIdle();

        Assert.True(par.IsStopped);
        IReadOnlyList<object?> signals = probe.Collect("signal");
        ErrorInformation report = Assert.IsType<ErrorInformation>(signals[0]);
        Assert.IsType<TimeoutException>(report.Exception);
        Assert.Same(_b, report.Message);
        Assert.Same(order, signals[1]);
        Assert.Equal(2, signals.Count);
        Assert.False(_b.IsStopped);
        Assert.False(_b.IsLinked);
    }

    private Probe Start(Par par)
    {
        Probe probe = _system.Probe(par);
        _system.Start(par);
        return probe;
    }
}
