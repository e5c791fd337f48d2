// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Bare;

namespace Axon.Benchmarks.Workloads;

/// <summary>Components that sleep by the clock over and over, so that many timers run at once. Time leaps; nobody waits.</summary>
internal sealed class Timers(int running) : Workload
{
    public override string Name => $"Timers, {running} running";

    public override string Unit => "timer";

    public override Action PrepareAxon(int operations)
    {
        LeapingClock clock = new();
        Scheduler scheduler = new(new SchedulerOptions { Clock = clock, Parker = clock });
        Sleeper[] sleepers = new Sleeper[Math.Min(running, operations)];
        for (int i = 0; i < sleepers.Length; i++)
        {
            sleepers[i] = new Sleeper(operations / sleepers.Length, i).Activate(scheduler);
        }

        return () =>
        {
            scheduler.RunThreads();
            Check(operations, sleepers.Sum(sleeper => (long)sleeper.Woken), "timers");
            Check(0, sleepers.Count(sleeper => sleeper.EndedEarly), "ended early");
        };
    }

    public override Action PrepareBare(int operations)
    {
        BareScheduler scheduler = new();
        Tally tally = new();
        int sleepers = Math.Min(running, operations);
        for (int i = 0; i < sleepers; i++)
        {
            BareProcess process = new(scheduler);
            process.Start(BareSleeper(process, operations / sleepers, i, tally));
        }

        return () =>
        {
            scheduler.Run();
            Check(operations, tally.Total, "timers");
        };
    }

    private static IEnumerator<int> BareSleeper(BareProcess self, int times, int seed, Tally tally)
    {
        Delays delays = new(seed);
        for (int i = 0; i < times; i++)
        {
            self.WakeAfter(delays.Next().Ticks);
            yield return 0;
            tally.Total++;
        }
    }

    private sealed class Sleeper(int times, int seed) : Component
    {
        private readonly Delays _delays = new(seed);

        public int Woken { get; private set; }

        public bool EndedEarly { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            TimeSpan due = Scheduler!.Time;
            while (Woken < times)
            {
                TimeSpan delay = _delays.Next();
                due += delay;
                yield return Pause(delay);
                Woken++;
            }

            EndedEarly = Scheduler!.Time < due;
        }
    }

    /// <summary>Whole milliseconds up to a second, in no order, the same in every run.</summary>
    private sealed class Delays(int seed)
    {
        private uint _state = ((uint)seed * 2654435761u) + 12345u;

        public TimeSpan Next()
        {
            _state = (_state * 1664525u) + 1013904223u;
            return TimeSpan.FromMilliseconds(1 + ((_state >> 8) % 1000));
        }
    }
}
