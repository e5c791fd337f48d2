// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

public class SchedulerThreadTests
{
    [Fact]
    [Trait("Spec", "AX-SCH-80")]
    public void Requests_OfAnotherThreadBetweenCycles_AreDoneInTheirOrder()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor awake = system.Start("A", Bodies.Endless);
        Actor asleep = system.Start("S", Bodies.Asleep);
        Actor stopped = system.Start("T", Bodies.Asleep).NoteEnd(system.Trace);
        Actor fresh = system.Make("N", Bodies.Endless);
        system.Settle();
        List<bool> paused = [];
        IReadOnlyList<Microprocess>? listed = null;

        OtherThread.Do(() =>
        {
            asleep.Unpause();
            fresh.Activate(system.Scheduler);
            awake.Pause();
            stopped.Stop();
            paused.AddRange([system.Scheduler.IsPaused(awake), system.Scheduler.IsPaused(asleep)]);
            listed = system.Scheduler.ListAll();
        });
        system.Cycles(2);

        Assert.Equal([false, true], paused);
        Assert.Equal([awake, asleep, stopped], listed);
        system.Trace.Expect(
            """
            stop T
            step A
            pause A
            wake S
            activate N
            wake T
            step S
            step N
            step T
            closedown T
            end T
            pause S
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-80")]
    [Trait("Spec", "AX-SCH-82")]
    public void Requests_OfAnotherThreadToAnIdleRun_EndThePark()
    {
        using CountingParker parker = new();
        Trace trace = new(TraceKinds.Scheduling);
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker, Listener = trace });
        Actor sleeper = Named("S", Bodies.Asleep).Activate(scheduler);
        using SchedulerThread run = new(scheduler);

        // While the scheduler is parked the trace stands still, and this thread may read and write it.
        parker.AwaitPark();
        trace.Note("wake");
        sleeper.Unpause();
        parker.AwaitPark();
        trace.Note("activate");
        Named("N", Bodies.Asleep).Activate(scheduler);
        parker.AwaitPark();
        trace.Note("action");
        scheduler.Post(() => trace.Note("done"));
        parker.AwaitPark();
        trace.Note("stop");
        sleeper.Stop();
        parker.AwaitPark();
        Assert.True(scheduler.IsPaused(sleeper));
        Assert.Single(scheduler.ListAll());
        scheduler.Stop();
        run.Join();

        // No park was given a limit, so none of them polled.
        Assert.Equal(Enumerable.Repeat(Timeout.InfiniteTimeSpan, 5), parker.Timeouts);
        trace.Expect(
            """
            activate S
            step S
            pause S
            wake
            wake S
            step S
            pause S
            activate
            activate N
            step N
            pause N
            action
            done
            stop
            wake S
            step S
            end S
            end N
            """);

        Actor Named(string name, Func<Actor, IEnumerator<Yield>> body)
        {
            Actor actor = new(body);
            trace.Name(actor, name);
            return actor;
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-80")]
    public void Requests_OfManyThreadsDuringARun_LoseNothing()
    {
        const int Threads = 4;
        const int Rounds = 300;
        Scheduler scheduler = new();
        bool done = false;
        bool allListed = true;
        int stepsOfShort = 0;
        Actor[] sleepers = [.. Enumerable.Range(0, 16).Select(_ => new Actor(UntilDone).Activate(scheduler))];
        scheduler.RunCycle();
        using SchedulerThread run = new(scheduler);

        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(number => new Thread(() => Disturb(new Random(number))) { IsBackground = true })];
        Array.ForEach(threads, thread => thread.Start());
        Assert.All(threads, thread => Assert.True(thread.Join(Patience.Limit)));
        Volatile.Write(ref done, true);
        Array.ForEach(sleepers, sleeper => sleeper.Unpause());

        run.Join();
        Assert.Empty(scheduler.ListAll());
        Assert.All(sleepers, sleeper => Assert.True(sleeper.IsStopped));
        Assert.True(allListed);
        Assert.Equal(Threads * Rounds * 2, stepsOfShort);

        IEnumerator<Yield> UntilDone(Actor self)
        {
            while (!Volatile.Read(ref done))
            {
                yield return self.Pause();
            }
        }

        void Disturb(Random random)
        {
            for (int round = 0; round < Rounds; round++)
            {
                // Not atomic: steps never run concurrently.
                new Actor(Bodies.Script(_ => stepsOfShort++, _ => stepsOfShort++)).Activate(scheduler);
                new Actor(Bodies.Endless).Activate(scheduler).Stop();
                sleepers[random.Next(sleepers.Length)].Unpause();
                sleepers[random.Next(sleepers.Length)].Pause();
                _ = scheduler.IsPaused(sleepers[random.Next(sleepers.Length)]);
                if (sleepers.Except(scheduler.ListAll()).Any())
                {
                    Volatile.Write(ref allListed, false);
                }
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-12")]
    [Trait("Spec", "AX-SCH-80")]
    public void Wake_OfAnotherThreadJustBeforeThePause_IsNotLost()
    {
        const int Total = 3000;
        Scheduler scheduler = new();
        int produced = 0;
        int seen = 0;
        using SemaphoreSlim taken = new(1);
        Actor consumer = new Actor(Consumer).Activate(scheduler);
        using SchedulerThread run = new(scheduler);

        // In lockstep, so that each single wake counts: if one were lost, both sides would wait for ever.
        for (int i = 0; i < Total; i++)
        {
            Assert.True(taken.Wait(Patience.Limit), $"The wake after item {i} was lost.");
            Volatile.Write(ref produced, i + 1);
            consumer.Unpause();
        }

        run.Join();
        Assert.Equal(Total, seen);

        IEnumerator<Yield> Consumer(Actor self)
        {
            while (seen < Total)
            {
                int now = Volatile.Read(ref produced);
                if (now > seen)
                {
                    seen = now;
                    taken.Release();
                }

                yield return seen < Total ? self.Pause() : 1;
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-81")]
    public void RunThreads_Always_StepsOnTheCallingThreadAndNeverTwoAtOnce()
    {
        Scheduler scheduler = new();
        HashSet<int> threads = [];
        int inside = 0;
        int mostInside = 0;
        int steps = 0;
        for (int i = 0; i < 8; i++)
        {
            Start();
        }

        using SchedulerThread run = new(scheduler);
        for (int i = 0; i < 200; i++)
        {
            // These come from this thread and must run on the other.
            Start();
        }

        run.Join();

        // What came after the end of the run, if anything, is for a second one, on this thread.
        HashSet<int> ofTheRun = [.. threads];
        threads.Clear();
        scheduler.RunThreads();

        Assert.Equal([run.ThreadId], ofTheRun);
        Assert.All(threads, thread => Assert.Equal(Environment.CurrentManagedThreadId, thread));
        Assert.Equal(1, mostInside);
        Assert.Equal(208 * 10, steps);

        void Start() => new Actor(Bodies.Script([.. Enumerable.Repeat<Action<Actor>>(_ => Step(), 10)])).Activate(scheduler);

        void Step()
        {
            mostInside = Math.Max(mostInside, Interlocked.Increment(ref inside));
            threads.Add(Environment.CurrentManagedThreadId);
            steps++;
            Interlocked.Decrement(ref inside);
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-83")]
    public void Wake_AThousandTimesFromAnotherThread_IsOneRequest()
    {
        CountingChoices choices = new();
        SteppedScheduler system = new(TraceKinds.Scheduling, options: new SchedulerOptions { Choices = choices });
        Actor asleep = system.Start("S", Bodies.Asleep);
        Actor awake = system.Start("A", Bodies.Endless);
        system.Settle();
        choices.Waiting.Clear();

        for (int cycle = 0; cycle < 2; cycle++)
        {
            OtherThread.Do(() =>
            {
                for (int i = 0; i < 1000; i++)
                {
                    asleep.Unpause();
                    awake.Unpause();
                }
            });
            system.Cycles(2);
        }

        Assert.Equal([2, 2], choices.Waiting);
        system.Trace.Expect(
            """
            step A
            wake S
            step A
            step S
            pause S
            step A
            wake S
            step A
            step S
            pause S
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-83")]
    public void Requests_OfDifferentKindsFromAnotherThread_AreOneEach()
    {
        CountingChoices choices = new();
        SteppedScheduler system = new(options: new SchedulerOptions { Choices = choices });
        Actor actor = system.Start("A", Bodies.Endless);
        system.Settle();
        choices.Waiting.Clear();

        OtherThread.Do(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                actor.Pause();
                actor.Unpause();
                actor.Stop();
            }
        });
        system.Cycle();

        Assert.Equal([3], choices.Waiting);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-84")]
    public void RunCycle_AnActionThatPostsItselfAgain_ComesToItsEnd()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Bodies.Endless);
        system.Settle();
        Again();

        system.Cycles(3);

        system.Trace.Expect(
            """
            step A
            action
            step A
            action
            step A
            action
            """);

        void Again() => system.Scheduler.Post(() =>
        {
            system.Trace.Note("action");
            Again();
        });
    }

    [Fact]
    [Trait("Spec", "AX-SCH-84")]
    public void RunThreads_AThreadThatKeepsWaking_DoesNotKeepTheOthersFromTheirSteps()
    {
        Scheduler scheduler = new();
        bool done = false;
        Actor[] woken = [.. Enumerable.Range(0, 8).Select(_ => new Actor(UntilDone).Activate(scheduler))];
        new Actor(Bodies.Script([.. Enumerable.Repeat<Action<Actor>>(_ => { }, 5000), _ => done = true])).Activate(scheduler);
        Thread waker = new(() =>
        {
            while (!woken.All(process => process.IsStopped))
            {
                Array.ForEach(woken, process => process.Unpause());
            }
        })
        { IsBackground = true };
        waker.Start();

        using SchedulerThread run = new(scheduler);

        // The waker never rests until all have ended, and they end only when the other one has had its 5000 steps.
        run.Join();
        Assert.True(waker.Join(Patience.Limit));
        Assert.True(done);

        IEnumerator<Yield> UntilDone(Actor self)
        {
            while (!done)
            {
                yield return self.Pause();
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-85")]
    public void RunThreads_WhileAnotherThreadRuns_Throws()
    {
        using CountingParker parker = new();
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker });
        Actor sleeper = new Actor(Bodies.Script(self => self.Pause())).Activate(scheduler);
        using SchedulerThread run = new(scheduler);
        parker.AwaitPark();

        bool running = scheduler.IsRunning;
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => scheduler.RunThreads());
        Assert.Throws<InvalidOperationException>(() => scheduler.RunCycle());
        sleeper.Unpause();
        run.Join();

        // The refused ones did no harm to the one that ran.
        Assert.True(running);
        Assert.Contains(scheduler.Name, error.Message, StringComparison.Ordinal);
        Assert.True(sleeper.IsStopped);
        Assert.False(scheduler.IsRunning);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-85")]
    public void RunThreads_InsideAStepOfTheSame_Throws()
    {
        SteppedScheduler system = new();
        List<Exception?> thrown = [];
        system.Start("A", Bodies.Script(self =>
        {
            thrown.Add(Record.Exception(() => system.Scheduler.RunThreads()));
            thrown.Add(Record.Exception(() => system.Scheduler.RunCycle()));
            thrown.Add(Record.Exception(self.Run));
        }));

        system.RunToEnd();

        Assert.Equal(3, thrown.Count);
        Assert.All(thrown, exception => Assert.IsType<InvalidOperationException>(exception));
    }

    [Fact]
    [Trait("Spec", "AX-SCH-86")]
    public void Activate_WithoutArgumentInsideAStep_UsesTheCurrentScheduler()
    {
        SteppedScheduler system = new();
        List<Scheduler?> current = [Scheduler.Current];
        Actor child = new(Bodies.Script(_ => current.Add(Scheduler.Current)));
        system.Start("A", Bodies.Script(_ =>
        {
            current.Add(Scheduler.Current);
            child.Activate();
        }));

        system.RunToEnd();
        current.Add(Scheduler.Current);

        Assert.Equal([null, system.Scheduler, system.Scheduler, null], current);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-86")]
    public void Current_InsideASchedulerInsideAnother_IsTheInnermost()
    {
        SteppedScheduler system = new();
        Scheduler inner = new();
        List<Scheduler?> current = [];
        new Actor(Bodies.Script(_ => current.Add(Scheduler.Current))).Activate(inner);
        system.Activate(inner);
        system.Start("A", Bodies.Script(_ => { }, _ => { }, _ => current.Add(Scheduler.Current)));

        system.RunToEnd();

        Assert.Equal([inner, system.Scheduler], current);
        Assert.Null(Scheduler.Current);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-86")]
    public void Current_AfterACrash_IsNoneAgain()
    {
        SteppedScheduler system = new();
        system.Start("A", Bodies.Throwing(new FormatException("no")));
        system.Cycle();

        Assert.Throws<FormatException>(() => system.Cycle());

        Assert.Null(Scheduler.Current);
        Assert.False(system.Scheduler.IsRunning);
    }

    private sealed class CountingChoices : SchedulerChoices
    {
        public List<int> Waiting { get; } = [];

        public override int TakeArrivals(int waiting)
        {
            Waiting.Add(waiting);
            return waiting;
        }
    }
}
