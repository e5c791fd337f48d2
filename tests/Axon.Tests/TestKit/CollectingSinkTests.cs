// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests.TestKit;

public class CollectingSinkTests
{
    private readonly SteppedScheduler _system = new();

    [Fact]
    public void Messages_BeforeAnythingArrived_IsEmpty()
    {
        CollectingSink sink = _system.Activate(new CollectingSink());

        _system.RunUntilIdle();

        Assert.Empty(sink.Messages);
    }

    [Fact]
    public void Messages_SeveralArrivals_AreKeptInOrder()
    {
        CollectingSink sink = _system.Activate(new CollectingSink());
        Probe probe = _system.Probe(sink);

        probe.Feed(1, 2);
        _system.RunUntilIdle();
        probe.Feed(null, 3);
        _system.RunUntilIdle();

        Assert.Equal([1, 2, null, 3], sink.Messages);
    }

    [Fact]
    public void Main_ToldToStop_TakesWhatIsThereFirstAndPassesTheOrderOn()
    {
        CollectingSink sink = _system.Activate(new CollectingSink());
        Probe probe = _system.Probe(sink);
        ProducerFinished stop = new();
        probe.FeedTo("control", stop);
        probe.Feed(1, 2);

        _system.RunToEnd();

        Assert.Equal([1, 2], sink.Messages);
        Assert.Equal([stop], probe.Collect("signal"));
        Assert.True(sink.IsStopped);
    }

    [Fact]
    public void Main_NothingArrives_Sleeps()
    {
        CollectingSink sink = _system.Activate(new CollectingSink());
        _system.RunUntilIdle();

        _system.Cycles(10);

        Assert.True(_system.Scheduler.IsPaused(sink));
        Assert.Single(_system.Trace.Lines, line => line == "step CollectingSink");
    }
}
