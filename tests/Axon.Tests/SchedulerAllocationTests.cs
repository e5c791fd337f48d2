// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

/// <summary>In a steady state the scheduler allocates nothing: no garbage collection because somebody waits for something.</summary>
public class SchedulerAllocationTests
{
    private const int Warming = 200;
    private const int Measured = 1000;

    private readonly TestClock _clock = new();
    private readonly Scheduler _scheduler;

    public SchedulerAllocationTests()
    {
        _scheduler = new Scheduler(new SchedulerOptions { Clock = _clock });
    }

    [Fact]
    public void Yield_Repeatedly_AllocatesNothing()
    {
        int steps = 0;
        Start(3, Bodies.Each(_ => steps++));

        Assert.Equal(0, AllocatedByCycles());
        Assert.Equal(3 * (Warming + Measured - 1), steps);
    }

    [Fact]
    public void PauseAndWake_Repeatedly_AllocatesNothing()
    {
        int steps = 0;
        Actor[] sleepers = Start(10, Sleeper);
        Start(1, Bodies.Each(_ =>
        {
            foreach (Actor sleeper in sleepers)
            {
                sleeper.Unpause();
            }
        }));

        Assert.Equal(0, AllocatedByCycles());
        Assert.True(steps > Measured, "The sleepers were not woken.");

        IEnumerator<Yield> Sleeper(Actor self)
        {
            while (true)
            {
                steps++;
                yield return self.Pause();
                yield return self.Pause();
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-83")]
    public void WakeOfAnAwakeOne_VeryOften_AllocatesNothing()
    {
        int wakes = 0;
        Start(1, Bodies.Each(self =>
        {
            for (int i = 0; i < 1000; i++)
            {
                self.Unpause();
                wakes++;
            }
        }));

        Assert.Equal(0, AllocatedByCycles());
        Assert.Equal(1000 * (Warming + Measured - 1), wakes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TimedPauseAndSleep_Repeatedly_AllocateNothing(bool sleep)
    {
        int steps = 0;
        Start(10, Sleeper);

        Assert.Equal(0, AllocatedByCycles());
        Assert.True(steps > Measured, "The timers did not go off.");

        IEnumerator<Yield> Sleeper(Actor self)
        {
            while (true)
            {
                steps++;
                yield return sleep ? self.Sleep(TimeSpan.FromSeconds(2)) : self.Pause(TimeSpan.FromSeconds(2));
            }
        }
    }

    [Fact]
    public void TimedPauseThatIsWokenBefore_Repeatedly_AllocatesNothing()
    {
        int steps = 0;
        Actor[] sleepers = Start(10, Sleeper);
        Start(1, Bodies.Each(_ =>
        {
            foreach (Actor sleeper in sleepers)
            {
                sleeper.Unpause();
            }
        }));

        Assert.Equal(0, AllocatedByCycles());
        Assert.True(steps > Measured, "The sleepers were not woken.");

        IEnumerator<Yield> Sleeper(Actor self)
        {
            while (true)
            {
                steps++;
                yield return self.Pause(TimeSpan.FromDays(1));
                yield return self.Pause(TimeSpan.FromDays(2));
            }
        }
    }

    private Actor[] Start(int count, Func<Actor, IEnumerator<Yield>> body) =>
        [.. Enumerable.Range(0, count).Select(_ => new Actor(body).Activate(_scheduler))];

    private long AllocatedByCycles()
    {
        Cycles(Warming);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Cycles(Measured);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void Cycles(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _scheduler.RunCycle();
            _clock.Seconds++;
        }
    }

    private sealed class TestClock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
