// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Bare;

namespace Axon.Benchmarks.Workloads;

/// <summary>Two components hand one ball to and fro; others may sleep beside them.</summary>
internal sealed class PingPong(int sleepers) : Workload
{
    private static readonly object s_ball = new();

    public override string Name => sleepers == 0 ? "PingPong" : $"PingPong beside {sleepers} sleepers";

    public override string Unit => "message";

    public override Action PrepareAxon(int operations)
    {
        LeapingClock clock = new();
        Scheduler scheduler = new(new SchedulerOptions { Clock = clock, Parker = clock });
        for (int i = 0; i < sleepers; i++)
        {
            new Sleeper().Activate(scheduler);
        }

        // Everybody takes a first step, falls asleep, and leaves the run queue.
        for (int i = 0; i < 3; i++)
        {
            scheduler.RunCycle();
        }

        Player one = new(operations / 2, serves: true);
        Player other = new(operations / 2, serves: false);
        Component table = new();
        table.Link((one, "outbox"), (other, "inbox"));
        table.Link((other, "outbox"), (one, "inbox"));
        one.Activate(scheduler);
        other.Activate(scheduler);
        return () =>
        {
            try
            {
                scheduler.RunThreads();
            }
            catch (NobodyAwakeException) when (sleepers > 0)
            {
                // The game is over and the others sleep on. To end them would take longer than to play.
            }

            Check(operations, one.Caught + other.Caught, "messages");
        };
    }

    public override Action PrepareBare(int operations)
    {
        BareScheduler scheduler = new();
        for (int i = 0; i < sleepers; i++)
        {
            new BareProcess(scheduler).Start(BareSleeper());
        }

        scheduler.Run();
        Tally tally = new();
        BareProcess one = new(scheduler);
        BareProcess other = new(scheduler);
        BareBox toOne = new(one);
        BareBox toOther = new(other);
        one.Start(BarePlayer(toOne, toOther, operations / 2, serves: true, tally));
        other.Start(BarePlayer(toOther, toOne, operations / 2, serves: false, tally));
        return () =>
        {
            scheduler.Run();
            Check(operations, tally.Total, "messages");
        };
    }

    private static IEnumerator<int> BarePlayer(BareBox from, BareBox to, int catches, bool serves, Tally tally)
    {
        if (serves)
        {
            to.Push(s_ball);
        }

        int caught = 0;
        while (true)
        {
            while (from.TryPop(out object? ball))
            {
                caught++;
                to.Push(ball);
            }

            if (caught == catches)
            {
                tally.Total += caught;
                yield break;
            }

            yield return 0;
        }
    }

    private static IEnumerator<int> BareSleeper()
    {
        while (true)
        {
            yield return 0;
        }
    }

    private sealed class Player(int catches, bool serves) : Component
    {
        public int Caught { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            if (serves)
            {
                Send(s_ball);
            }

            while (true)
            {
                while (TryRecv(out object? ball))
                {
                    Caught++;
                    Send(ball);
                }

                if (Caught == catches)
                {
                    yield break;
                }

                yield return Pause();
            }
        }
    }

    private sealed class Sleeper : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                yield return Pause();
            }
        }
    }
}
