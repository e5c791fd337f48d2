// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Reactive.Linq;
using Akka.Actor;
using Axon.Benchmarks.Peers.Akka;
using Axon.Benchmarks.Peers.Proto;
using Proto;
using Proto.Timers;

namespace Axon.Benchmarks.Peers.Timers;

/// <summary>A hundred thousand timers at once, by the real clock: what each costs, and how late it is.</summary>
internal static class TimerContest
{
    private const int Count = 100_000;

    private static readonly (string Name, Action<TimerTally> Run)[] s_contestants =
    [
        ("Axon", RunAxon),
        ("Axon, async", RunAxonAsync),
        ("Task.Delay", RunTaskDelay),
        ("Akka", RunAkka),
        ("Proto.Actor", RunProto),
        ("Rx", RunRx),
    ];

    /// <summary>Runs all of them by turns.</summary>
    /// <returns>By name, the runs of each.</returns>
    public static IReadOnlyDictionary<string, List<TimerFigures>> Run(int rounds)
    {
        Dictionary<string, List<TimerFigures>> results = [];
        for (int round = 0; round < rounds; round++)
        {
            foreach ((string name, Action<TimerTally> run) in s_contestants)
            {
                TimerTally tally = new(Count);
                GC.Collect();
                TimeSpan before = Environment.CpuUsage.TotalTime;
                run(tally);
                TimerFigures figures = tally.Figures(Environment.CpuUsage.TotalTime - before);
                if (!results.TryGetValue(name, out List<TimerFigures>? runs))
                {
                    results.Add(name, runs = []);
                }

                runs.Add(figures);
            }
        }

        return results;
    }

    private static void RunAxon(TimerTally tally)
    {
        Scheduler scheduler = new();
        for (int i = 0; i < Count; i++)
        {
            new Sleeper(tally, TimerTally.Delay(i)).Activate(scheduler);
        }

        scheduler.RunThreads();
    }

    private static void RunAxonAsync(TimerTally tally)
    {
        Scheduler scheduler = new();
        for (int i = 0; i < Count; i++)
        {
            new AsyncSleeper(tally, TimerTally.Delay(i)).Activate(scheduler);
        }

        scheduler.RunThreads();
    }

    private static void RunTaskDelay(TimerTally tally)
    {
        for (int i = 0; i < Count; i++)
        {
            _ = Wait(TimerTally.Delay(i));
        }

        tally.Over.Wait();

        async Task Wait(TimeSpan delay)
        {
            long due = TimerTally.Due(delay);
            await Task.Delay(delay);
            tally.Note(due);
        }
    }

    private static void RunAkka(TimerTally tally)
    {
        AkkaHost host = AkkaHost.All[0];
        IActorRef actor = host.Start(() => new AkkaReceiver(tally));
        for (int i = 0; i < Count; i++)
        {
            TimeSpan delay = TimerTally.Delay(i);
            host.Scheduler.ScheduleTellOnce(delay, actor, TimerTally.Due(delay), ActorRefs.NoSender);
        }

        tally.Over.Wait();
        actor.Tell(global::Akka.Actor.PoisonPill.Instance, ActorRefs.NoSender);
    }

    private static void RunProto(TimerTally tally)
    {
        ProtoHost host = ProtoHost.All[0];
        PID actor = host.Start(() => new ProtoReceiver(tally));
        global::Proto.Timers.Scheduler scheduler = host.Root.Scheduler();
        for (int i = 0; i < Count; i++)
        {
            TimeSpan delay = TimerTally.Delay(i);
            scheduler.SendOnce(delay, actor, TimerTally.Due(delay));
        }

        tally.Over.Wait();
        host.Root.Stop(actor);
    }

    private static void RunRx(TimerTally tally)
    {
        for (int i = 0; i < Count; i++)
        {
            TimeSpan delay = TimerTally.Delay(i);
            long due = TimerTally.Due(delay);
            Observable.Timer(delay).Subscribe(_ => tally.Note(due));
        }

        tally.Over.Wait();
    }

    private sealed class Sleeper(TimerTally tally, TimeSpan delay) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            long due = TimerTally.Due(delay);
            yield return Sleep(delay);
            tally.Note(due);
        }
    }

    private sealed class AsyncSleeper(TimerTally tally, TimeSpan delay) : AsyncComponent
    {
        protected override async Task Main()
        {
            long due = TimerTally.Due(delay);
            await SleepAsync(delay);
            tally.Note(due);
        }
    }

    private sealed class AkkaReceiver(TimerTally tally) : UntypedActor
    {
        protected override void OnReceive(object message) => tally.Note((long)message);
    }

    private sealed class ProtoReceiver(TimerTally tally) : IActor
    {
        public Task ReceiveAsync(IContext context)
        {
            if (context.Message is long due)
            {
                tally.Note(due);
            }

            return Task.CompletedTask;
        }
    }
}
