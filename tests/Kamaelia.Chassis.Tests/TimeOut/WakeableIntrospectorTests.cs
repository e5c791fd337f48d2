// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Axon.TestKit;
using Kamaelia.Internet;

namespace Kamaelia.Chassis.Tests.TimeOut;

public class WakeableIntrospectorTests
{
    private readonly SteppedScheduler _system = new(TraceKinds.Scheduling);

    [Fact]
    [Trait("Spec", "INT-TMO-10")]
    public void NothingButTheClockAndTheirGraphlineIsLeft_AllEndAtTheNextTick()
    {
        Puppet other = _system.Start(new Puppet());
        _system.Start(Watch());
        Tick();
        Tick();
        Assert.Equal(4, _system.Scheduler.ListAll().Count);

        _system.End(other);
        Assert.Equal(3, _system.Scheduler.ListAll().Count);
        Tick();

        Assert.Empty(_system.Scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "INT-TMO-10")]
    public void DecidesByType_NotByName()
    {
        // Called as the clock is, and of another type: digits are all that Python leaves out of a name.
        Component impostor = _system.Start(new Imitation.PeriodicWakeup());
        Probe last = _system.Probe(_system.Start(new WakeableIntrospector()));

        last.Feed("look");
        _system.RunUntilIdle();
        Assert.False(last.Component.IsStopped);

        impostor.Stop();
        _system.RunUntilIdle();
        last.Feed("look");
        _system.RunUntilIdle();
        ProducerFinished end = Assert.IsType<ProducerFinished>(Assert.Single(last.Collect("signal")));
        Assert.Same(last.Component, end.Caller);
        Assert.True(last.Component.IsStopped);
    }

    [Fact]
    [Trait("Spec", "INT-TMO-10")]
    public void NotPoked_DoesNotLook_AndTakesNoSteps()
    {
        Puppet other = _system.Start(new Puppet());
        Probe last = _system.Probe(_system.Start(new WakeableIntrospector(), "last"));
        _system.End(other);
        _system.Trace.Clear();

        _system.Cycles(20);

        Assert.Equal(0, _system.StepsOf(last.Component));
        Assert.False(last.Component.IsStopped);
    }

    [Fact]
    [Trait("Spec", "INT-TMO-10")]
    public void AMicroprocessThatIsNoComponent_CountsToo()
    {
        Microprocess other = _system.Activate(new Microprocess(Forever()));
        Probe last = _system.Probe(_system.Activate(new WakeableIntrospector()));

        last.Feed(1);
        _system.Cycles(5);
        Assert.False(last.Component.IsStopped);
        other.Stop();
        _system.Cycles(5);
        last.Feed(1);
        _system.RunUntilIdle();
        Assert.True(last.Component.IsStopped);

        static IEnumerator<Yield> Forever()
        {
            while (true)
            {
                yield return 1;
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Shutdown_EndsIt_AndIsPassedOn(bool stop)
    {
        _system.Start(new Puppet());
        Probe last = _system.Probe(_system.Start(new WakeableIntrospector()));
        Ipc order = stop ? new ShutdownMicroprocess() : new ProducerFinished();

        last.FeedTo("control", "nothing to it", order);
        _system.RunUntilIdle();

        Assert.Same(order, Assert.Single(last.Collect("signal")));
        Assert.True(last.Component.IsStopped);
    }

    private static Graphline Watch() => new()
    {
        ["CLOCK"] = new PeriodicWakeup(TimeSpan.FromSeconds(10)),
        ["LAST"] = new WakeableIntrospector(),
        ["CLOCK", "outbox"] = ("LAST", "inbox"),
        ["LAST", "signal"] = ("CLOCK", "control"),
    };

    private void Tick()
    {
        _system.Clock.Advance(TimeSpan.FromSeconds(10));
        _system.RunUntilIdle();
    }

    private static class Imitation
    {
        internal sealed class PeriodicWakeup : Puppet;
    }
}
