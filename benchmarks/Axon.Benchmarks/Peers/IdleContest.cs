// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Peers.Akka;
using Axon.Benchmarks.Peers.Channels;
using Axon.Benchmarks.Peers.Dataflow;
using Axon.Benchmarks.Peers.Proto;

namespace Axon.Benchmarks.Peers;

/// <summary>How many bytes an actor takes that was started and waits for its first message. Counted, not timed: noise does not touch it.</summary>
internal static class IdleContest
{
    private const int Count = 100_000;

    private static readonly (string Name, Func<int, Idle> Make)[] s_contestants =
    [
        ("Axon", MakeAxon),
        ("Axon, async", MakeAxonAsync),
        ("Akka", static count => AkkaIdle.Make(AkkaHost.All[1], count)),
        ("Proto.Actor", static count => ProtoIdle.Make(ProtoHost.All[1], count)),
        ("Channels", static count => ChannelIdle.Make(ChannelPlace.All[1], count)),
        ("Dataflow", static count => DataflowIdle.Make(DataflowPlace.All[0], count)),
    ];

    public static IReadOnlyList<(string Name, double Bytes)> Run() => [.. s_contestants.Select(contestant => (contestant.Name, Measure(contestant.Make)))];

    private static double Measure(Func<int, Idle> make)
    {
        // The first measurement pays for what is made once in a process, and the least of two more is free of what others left to be collected.
        MeasureOnce(make, 1000);
        return Math.Min(MeasureOnce(make, Count), MeasureOnce(make, Count));
    }

    private static double MeasureOnce(Func<int, Idle> make, int count)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Idle idle = make(count);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        idle.End?.Invoke();
        GC.KeepAlive(idle);
        return (after - before) / (double)count;
    }

    private static Idle MakeAxon(int count) => MakeAxon(count, static () => new Sleeper());

    private static Idle MakeAxonAsync(int count) => MakeAxon(count, static () => new AsyncSleeper());

    private static Idle MakeAxon(int count, Func<Component> make)
    {
        Scheduler scheduler = new();
        for (int i = 0; i < count; i++)
        {
            make().Activate(scheduler);
        }

        // To take them in, to step them, to let them leave the run queue.
        for (int i = 0; i < 4; i++)
        {
            scheduler.RunCycle();
        }

        if (!scheduler.IsIdle || scheduler.ListAll().Count != count)
        {
            throw new InvalidOperationException("Not all of them are there and asleep.");
        }

        return new Idle(scheduler);
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

    private sealed class AsyncSleeper : AsyncComponent
    {
        protected override async Task Main()
        {
            while (true)
            {
                await Inbox().ReadAsync();
            }
        }
    }
}
