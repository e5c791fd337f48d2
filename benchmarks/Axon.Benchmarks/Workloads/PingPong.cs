// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Bare;

namespace Axon.Benchmarks.Workloads;

/// <summary>Two components hand one ball to and fro; others may sleep beside them.</summary>
/// <param name="sleepers">How many sleep.</param>
/// <param name="isAsync">Whether the two are async components; their bare loop is the same.</param>
internal sealed class PingPong(int sleepers, bool isAsync = false) : Workload
{
    private static readonly object s_ball = new();

    public override string Name => (isAsync ? "PingPong, async" : "PingPong") + (sleepers == 0 ? "" : $" beside {sleepers} sleepers");

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

        int caught = 0;
        Component one = MakePlayer(serves: true);
        Component other = MakePlayer(serves: false);
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

            Check(operations, caught, "messages");
        };

        Component MakePlayer(bool serves) =>
            isAsync ? new AsyncPlayer(operations / 2, serves, Count) : new Player(operations / 2, serves, Count);

        void Count(int balls) => caught += balls;
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

    private sealed class Player(int catches, bool serves, Action<int> count) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            if (serves)
            {
                Send(s_ball);
            }

            int caught = 0;
            while (true)
            {
                while (TryRecv(out object? ball))
                {
                    caught++;
                    Send(ball);
                }

                if (caught == catches)
                {
                    count(caught);
                    yield break;
                }

                yield return Pause();
            }
        }
    }

    private sealed class AsyncPlayer(int catches, bool serves, Action<int> count) : AsyncComponent
    {
        protected override async Task Main()
        {
            if (serves)
            {
                Send(s_ball);
            }

            int caught = 0;
            while (caught < catches)
            {
                object? ball = await Inbox().ReadAsync();
                caught++;
                Send(ball);
            }

            count(caught);
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
