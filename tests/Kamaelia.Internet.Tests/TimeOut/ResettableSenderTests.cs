// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Kamaelia.Internet.Tests.TimeOut;

public class ResettableSenderTests
{
    private readonly SteppedScheduler _system = new(TraceKinds.Scheduling);

    [Fact]
    [Trait("Spec", "INT-TMO-01")]
    public void NothingArrives_OneMessageAfterFiveSeconds_ThenEndsInSilence()
    {
        Probe sender = Start(new ResettableSender());

        _system.RunToEnd();

        Assert.Equal(TimeSpan.FromSeconds(5), _system.Clock.Elapsed);
        Assert.Equal(["NEXT"], sender.Collect());
        Assert.Empty(sender.Collect("signal"));
    }

    [Fact]
    [Trait("Spec", "INT-TMO-02")]
    public void Input_StartsTheCountdownAnew_AndIsConsumed()
    {
        ResettableSender component = new(TimeSpan.FromSeconds(2)) { Message = 7 };
        Probe sender = Start(component);

        for (int i = 0; i < 3; i++)
        {
            Advance(1.9);
            sender.Feed("a", null, "b");
            _system.RunUntilIdle();
            Assert.Equal(0, component.Waiting());
        }

        Advance(1.9);
        Assert.Empty(sender.Collect());
        Advance(0.1);
        Assert.Equal([7], sender.Collect());
    }

    [Fact]
    [Trait("Spec", "INT-TMO-02")]
    public void Input_InTheMomentTheTimeIsUp_Wins()
    {
        Probe sender = Start(new ResettableSender(TimeSpan.FromSeconds(2)));
        _system.Clock.Advance(TimeSpan.FromSeconds(2));
        sender.Feed(1);

        _system.RunUntilIdle();

        Assert.Empty(sender.Collect());
    }

    [Fact]
    [Trait("Spec", "INT-TMO-03")]
    public void AfterItHasFired_InputIsLost_AndItNeverFiresAgain()
    {
        Probe sender = Start(new ResettableSender(TimeSpan.FromSeconds(1)));
        Advance(1);

        sender.Feed(1);
        Advance(100);

        Assert.Single(sender.Collect());
        Assert.True(sender.Component.IsStopped);
    }

    [Fact]
    [Trait("Spec", "INT-TMO-04")]
    public void Time_IsExact_AndNobodyLooksMeanwhile()
    {
        Probe sender = Start(new ResettableSender(TimeSpan.FromMilliseconds(2345)));
        _system.Trace.Clear();
        for (int i = 0; i < 2344; i++)
        {
            _system.Clock.Advance(TimeSpan.FromMilliseconds(1));
            _system.Cycle();
        }

        _system.Trace.Expect("");
        Assert.Equal(0, sender.Waiting());
        _system.Clock.Advance(TimeSpan.FromMilliseconds(1));
        _system.RunUntilIdle();
        Assert.Equal(1, sender.Waiting());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "INT-TMO-05")]
    public void Shutdown_CancelsItWithoutFiring(bool stop)
    {
        Probe sender = Start(new ResettableSender(TimeSpan.FromSeconds(2)));
        Advance(1);
        sender.FeedTo("control", "nothing to it", stop ? new ShutdownMicroprocess() : new ProducerFinished());

        _system.RunUntilIdle();

        Assert.True(sender.Component.IsStopped);
        Advance(10);
        Assert.Empty(sender.Collect());
        Assert.Empty(sender.Collect("signal"));
    }

    [Fact]
    [Trait("Spec", "INT-TMO-03")]
    public void ReceiverFull_WaitsForRoom_AsleepAndStillToBeCancelled()
    {
        Probe sender = Start(new ResettableSender(TimeSpan.FromSeconds(2)));
        sender.Limit(0);
        Advance(3);
        _system.Trace.Clear();
        _system.Cycles(20);
        _system.Trace.Expect("");
        Assert.False(sender.Component.IsStopped);

        sender.FeedTo("control", new ShutdownMicroprocess());
        _system.RunUntilIdle();

        Assert.True(sender.Component.IsStopped);
        Assert.Equal(0, sender.Waiting());
    }

    [Fact]
    public void NegativeTime_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ResettableSender(TimeSpan.FromSeconds(-1)));
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
