// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests.TestKit;

public class ScriptedSourceTests
{
    private readonly SteppedScheduler _system = new(TraceKinds.Step | TraceKinds.Send | TraceKinds.End);

    [Fact]
    public void Main_Messages_AreSentOneAStepThenTheEnd()
    {
        _system.Activate(new ScriptedSource("a", null), "source");

        _system.RunToEnd();

        _system.Trace.Expect("""
            step source
            drop source.outbox: a
            step source
            drop source.outbox: null
            step source
            drop source.signal: ProducerFinished
            end source
            """);
    }

    [Fact]
    public void Main_NoMessages_EndsAtOnce()
    {
        ScriptedSource source = _system.Activate(new ScriptedSource());
        Probe probe = _system.Probe(source);

        Assert.Equal(2, _system.RunToEnd());

        Assert.Empty(probe.Collect());
        Assert.Same(source, Assert.IsType<ProducerFinished>(probe.CollectOne("signal")).Caller);
    }

    [Fact]
    public void Main_ToldToStopBetweenMessages_PassesThatOnAndEnds()
    {
        Probe probe = _system.Probe(_system.Activate(new ScriptedSource(1, 2, 3)));
        object stop = new ShutdownMicroprocess();
        _system.Cycles(3);

        probe.FeedTo("control", stop);
        _system.RunToEnd();

        Assert.Equal([1, 2], probe.Collect());
        Assert.Equal([stop], probe.Collect("signal"));
    }

    [Fact]
    public void Main_ReceiverFull_SleepsUntilThereIsRoom()
    {
        Probe probe = _system.Probe(_system.Activate(new ScriptedSource(1, 2), "source"));
        probe.Limit(1);

        _system.RunUntilIdle();
        Assert.Equal([1], probe.Collect());
        _system.RunToEnd();

        Assert.Equal([2], probe.Collect());
        Assert.Single(_system.Trace.Lines, line => line.StartsWith("refuse", StringComparison.Ordinal));
    }

    [Fact]
    public void Main_ToldToStopWhileItWaitsForRoom_EndsWithoutSending()
    {
        Probe probe = _system.Probe(_system.Activate(new ScriptedSource(1, 2)));
        object stop = new ShutdownMicroprocess();
        probe.Limit(1);
        _system.RunUntilIdle();

        probe.FeedTo("control", stop);
        _system.RunToEnd();

        Assert.Equal([1], probe.Collect());
        Assert.Equal([stop], probe.Collect("signal"));
    }
}
