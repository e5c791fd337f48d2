// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>Looking for a while before parking: <see cref="SchedulerOptions.SpinBeforeParking"/>.</summary>
public class SchedulerSpinTests
{
    private static readonly TimeSpan s_longerThanAnyTest = TimeSpan.FromHours(1);

    [Fact]
    public void RequestOfAnotherThreadDuringTheSpin_IsFoundWithoutParking()
    {
        using CountingParker parker = new();
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker, SpinBeforeParking = s_longerThanAnyTest });
        Actor sleeper = new Actor(Bodies.Asleep).Activate(scheduler);
        Thread run = new(() => scheduler.RunThreads());
        run.Start();

        SpinWait.SpinUntil(() => sleeper.Flags.HasFlag(ProcessFlags.Paused), Patience.Limit);
        sleeper.Stop();

        Assert.True(run.Join(Patience.Limit), "The run did not notice the request.");
        Assert.True(sleeper.IsStopped);
        Assert.Empty(parker.Timeouts);
    }

    [Fact]
    public void NothingHappensDuringTheSpin_ParksAsEver()
    {
        using CountingParker parker = new();
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker, SpinBeforeParking = TimeSpan.FromMicroseconds(50) });
        Actor sleeper = new Actor(Bodies.Asleep).Activate(scheduler);
        Thread run = new(() => scheduler.RunThreads());
        run.Start();

        parker.AwaitPark();
        sleeper.Stop();

        Assert.True(run.Join(Patience.Limit), "The run did not notice the request.");
        Assert.Equal([Timeout.InfiniteTimeSpan], parker.Timeouts);
    }

    [Fact]
    public void Poller_LooksWithoutWaitingDuringTheSpin()
    {
        Scheduler scheduler = new(new SchedulerOptions { SpinBeforeParking = s_longerThanAnyTest });
        Actor sleeper = new Actor(Bodies.Asleep).Activate(scheduler);
        List<TimeSpan> looks = [];
        scheduler.ParkWith(
            new Looker(timeout =>
            {
                looks.Add(timeout);
                if (looks.Count == 3)
                {
                    sleeper.Stop();
                }
            }),
            stepsBetweenGlances: int.MaxValue);

        scheduler.RunThreads();

        Assert.Equal([TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero], looks);
    }

    [Fact]
    public void TimerIsDueBeforeTheSpinIsOver_GoesOff()
    {
        VirtualClock clock = new();
        Scheduler scheduler = new(new SchedulerOptions { Clock = clock, Parker = new JumpingParker(clock), SpinBeforeParking = s_longerThanAnyTest });
        Actor sleeper = new(self => SleepOnce(self, TimeSpan.FromMilliseconds(1)));
        sleeper.Activate(scheduler);

        scheduler.RunThreads();

        Assert.Equal(TimeSpan.FromMilliseconds(1), scheduler.Time);
    }

    [Fact]
    public void NegativeSpin_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SchedulerOptions { SpinBeforeParking = TimeSpan.FromTicks(-1) });

    private static IEnumerator<Yield> SleepOnce(Actor self, TimeSpan time)
    {
        yield return self.Sleep(time);
    }

    private sealed class Looker(Action<TimeSpan> look) : IParker
    {
        public void Park(TimeSpan timeout) => look(timeout);

        public void Unpark()
        {
        }
    }
}
