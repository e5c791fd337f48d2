// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Kamaelia.Internet.Tests.TimeOut;

public class PeriodicWakeupTests
{
    private readonly SteppedScheduler _system = new(TraceKinds.Scheduling);

    [Fact]
    [Trait("Spec", "INT-TMO-09")]
    public void EveryInterval_AMessage_AndNobodyLooksMeanwhile()
    {
        Probe clock = Start(new PeriodicWakeup());
        List<TimeSpan> times = [];

        for (int i = 0; i < 4; i++)
        {
            Assert.True(_system.JumpToNextTimer());
            _system.RunUntilIdle();
            Assert.Equal(["tick"], clock.Collect());
            times.Add(_system.Clock.Elapsed);
            _system.RunUntilIdle();
        }

        Assert.Equal([300, 600, 900, 1200], times.Select(time => time.TotalSeconds));
    }

    [Fact]
    [Trait("Spec", "INT-TMO-09")]
    public void LateOnce_KeepsItsPace()
    {
        Probe clock = Start(new PeriodicWakeup(TimeSpan.FromSeconds(10)) { Message = null });

        Advance(13);
        Assert.Equal([null], clock.Collect());
        Advance(6.9);
        Assert.Empty(clock.Collect());
        Advance(0.1);
        Assert.Equal([null], clock.Collect());
        Advance(35);
        Assert.Equal([null], clock.Collect());
        Advance(5);
        Assert.Equal([null], clock.Collect());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "INT-TMO-09")]
    public void Shutdown_IsPassedOn_AndEndsItAtOnce(bool stop)
    {
        Probe clock = Start(new PeriodicWakeup());
        Ipc order = stop ? new ShutdownMicroprocess() : new ProducerFinished();
        Advance(100);

        clock.FeedTo("control", "nothing to it", order);
        _system.RunUntilIdle();

        Assert.Same(order, Assert.Single(clock.Collect("signal")));
        Assert.True(clock.Component.IsStopped);
        Assert.Empty(clock.Collect());
    }

    [Fact]
    [Trait("Spec", "INT-TMO-09")]
    public void ReceiverFull_TheMessageComesWhenThereIsRoom_AndOnlyOne()
    {
        Probe clock = Start(new PeriodicWakeup(TimeSpan.FromSeconds(10)));
        clock.Limit(1);
        Advance(10);
        Advance(10);
        Advance(15);
        _system.Trace.Clear();
        _system.Cycles(20);
        _system.Trace.Expect("");

        clock.CollectOne();
        _system.RunUntilIdle();

        Assert.Equal(["tick"], clock.Collect());
        _system.RunUntilIdle();
        Assert.Empty(clock.Collect());
        Advance(5);
        Assert.Equal(["tick"], clock.Collect());
    }

    [Fact]
    public void NoTime_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PeriodicWakeup(TimeSpan.Zero));
    }

    private void Advance(double seconds)
    {
        _system.Clock.Advance(TimeSpan.FromSeconds(seconds));
        _system.RunUntilIdle();
    }

    private Probe Start(Component component)
    {
        Probe probe = _system.Probe(_system.Activate(component));
        _system.RunUntilIdle();
        return probe;
    }
}
