// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Peers.Akka;
using Axon.Benchmarks.Peers.Channels;
using Axon.Benchmarks.Peers.Dataflow;
using Axon.Benchmarks.Peers.Proto;
using Axon.Benchmarks.Peers.Rx;
using Axon.Benchmarks.Workloads;

namespace Axon.Benchmarks.Peers;

/// <summary>All contests that are timed: who does what.</summary>
internal static class Contests
{
    public const string PingPongName = "Ping-pong";
    public const string SleepersName = "Ping-pong beside 100,000 sleepers";

    private const int Members = 503;
    private const int Sleepers = 100_000;
    private const int Many = 100;
    private const int PipelineMultiple = 2 * Pipelines.Stages * Pipelines.Batch;

    public static IReadOnlyList<Contest> All { get; } =
    [
        PingPongs(),
        BesideSleepers(),
        Pipeline("Pipeline of 10, one message a step", 1),
        Pipeline("Pipeline of 10, batched", Pipelines.Batch),
        Bounded(),
        Rings(),
        FanIn("Fan-in of 100", Many),
        FanIn("Fan-in of 1", 1),
        FanOuts(),
        Yield("Yield, 100 of them", Many),
        Yield("Yield, alone", 1),
        SpawnsWithMessage(),
        SpawnsAlone(),
        TwoPipelines(),
        Crossing(),
    ];

    private static Contest PingPongs() => new(
        PingPongName,
        "message",
        2,
        [
            .. Ours(new PingPong(sleepers: 0), new PingPong(sleepers: 0, isAsync: true)),
            new("Axon, threaded", Role.Axon, static operations => Threaded.PreparePingPong(operations)),
            .. OnAkka(AkkaPingPong.Prepare),
            .. OnProto(ProtoPingPong.Prepare),
            .. OnChannels(ChannelPingPong.Prepare),
            .. OnDataflow(DataflowPingPong.Prepare),
            .. OnRx(RxPingPong.Prepare),
        ]);

    // The fastest settings of the game without sleepers. Those of all cores are left out: it takes them long to end so many actors.
    private static Contest BesideSleepers() => new(
        SleepersName,
        "message",
        2,
        [
            .. Ours(new PingPong(Sleepers), new PingPong(Sleepers, isAsync: true)),
            .. OnAkka(AkkaPingPong.Prepare, AkkaIdle.Make).Skip(1).Take(1),
            .. OnProto(ProtoPingPong.Prepare, ProtoIdle.Make).Skip(2),
            .. OnChannels(ChannelPingPong.Prepare, ChannelIdle.Make).Skip(1),
            .. OnDataflow(DataflowPingPong.Prepare, DataflowIdle.Make).Skip(1),
        ]);

    private static Contest Pipeline(string name, int batch) => new(
        name,
        "hop",
        PipelineMultiple,
        [
            .. Ours(new Hop(batch), new Hop(batch, isAsync: true)),
            .. ThreadedPipeline(batch),
            .. OnAkka((host, operations) => AkkaPipeline.Prepare(host, Pipelines.Stages, batch, null, operations)),
            .. OnProto((host, operations) => ProtoPipeline.Prepare(host, Pipelines.Stages, batch, null, operations)),
            .. OnChannels((place, operations) => ChannelPipeline.Prepare(place, Pipelines.Stages, batch, null, operations)),
            .. OnDataflow((place, operations) => DataflowPipeline.Prepare(place, Pipelines.Stages, batch, null, operations)),
            .. OnRx((place, operations) => RxPipeline.Prepare(place, Pipelines.Stages, batch, operations)),
        ]);

    private static Contest Bounded() => new(
        "Pipeline of 10, bounded to 100",
        "hop",
        PipelineMultiple,
        [
            .. Ours(new BoundedHop(Pipelines.Limit)),
            .. OnAkka((host, operations) => AkkaPipeline.Prepare(host, Pipelines.Stages, Pipelines.Batch, Pipelines.Limit, operations)),
            .. OnProto((host, operations) => ProtoPipeline.Prepare(host, Pipelines.Stages, Pipelines.Batch, Pipelines.Limit, operations)),
            .. OnChannels((place, operations) => ChannelPipeline.Prepare(place, Pipelines.Stages, Pipelines.Batch, Pipelines.Limit, operations)),
            .. OnDataflow((place, operations) => DataflowPipeline.Prepare(place, Pipelines.Stages, Pipelines.Batch, Pipelines.Limit, operations)),
        ]);

    private static Contest Rings() => new(
        "Ring of 503",
        "message",
        1,
        [
            .. Ours(new Ring(Members)),
            .. OnAkka((host, operations) => AkkaRing.Prepare(host, Members, operations)),
            .. OnProto((host, operations) => ProtoRing.Prepare(host, Members, operations)),
            .. OnChannels((place, operations) => ChannelRing.Prepare(place, Members, operations)),
            .. OnDataflow((place, operations) => DataflowRing.Prepare(place, Members, operations)),
        ]);

    private static Contest FanIn(string name, int producers) => new(
        name,
        "message",
        producers * FanIns.Turn,
        [
            .. Ours(new FanIn(producers)),
            .. Ours(new FanIn(producers, FanIns.Turn)).Select(static ours => ours with { Name = $"{ours.Name}, {FanIns.Turn} a step" }),
            .. OnAkka((host, operations) => AkkaFanIn.Prepare(host, producers, operations)),
            .. OnProto((host, operations) => ProtoFanIn.Prepare(host, producers, operations)),
            .. OnChannels((place, operations) => ChannelFanIn.Prepare(place, producers, operations)),
            .. OnDataflow((place, operations) => DataflowFanIn.Prepare(place, producers, operations)),
            .. OnRx((place, operations) => RxFanIn.Prepare(place, producers, operations)),
        ]);

    private static Contest FanOuts() => new(
        "Fan-out to 100",
        "delivery",
        Many,
        [
            .. Ours(new FanOut(Many)),
            .. OnAkka(static (host, operations) => AkkaFanOut.Prepare(host, Many, operations)),
            .. OnProto(static (host, operations) => ProtoFanOut.Prepare(host, Many, operations)),
            .. OnChannels(static (place, operations) => ChannelFanOut.Prepare(place, Many, operations)),
            .. OnDataflow(static (place, operations) => DataflowFanOut.Prepare(place, Many, operations)),
            .. OnRx(static (place, operations) => RxFanOut.Prepare(place, Many, operations)),
        ]);

    // What yields on the caller's thread never lets go of it: no turn for the inline setting.
    private static Contest Yield(string name, int count) => new(
        name,
        "step",
        count,
        [
            .. Ours(new Yielding(count)),
            .. OnAkka((host, operations) => AkkaYield.Prepare(host, count, operations)),
            .. OnProto((host, operations) => ProtoYield.Prepare(host, count, operations)),
            .. OnChannels((place, operations) => TaskYield.Prepare(place, count, operations)).Where(static one => !one.Name.Contains("inline", StringComparison.Ordinal)).Select(AsTask),
            .. OnDataflow((place, operations) => DataflowYield.Prepare(place, count, operations)),
        ]);

    private static Contest SpawnsWithMessage() => new(
        "Spawn, receive one message, end",
        "actor",
        Spawns.Brood,
        [
            .. Ours(new SpawnUseAndEnd()),
            .. OnAkka(static (host, operations) => AkkaSpawn.Prepare(host, sends: true, operations)),
            .. OnProto(static (host, operations) => ProtoSpawn.Prepare(host, sends: true, operations)),
            .. OnChannels(static (place, operations) => ChannelSpawn.Prepare(place, sends: true, operations)),
            .. OnDataflow(DataflowSpawn.Prepare),
        ]);

    private static Contest SpawnsAlone() => new(
        "Spawn and end, no message",
        "actor",
        Spawns.Brood,
        [
            .. Ours(new SpawnAndEnd()),
            .. OnAkka(static (host, operations) => AkkaSpawn.Prepare(host, sends: false, operations)),
            .. OnProto(static (host, operations) => ProtoSpawn.Prepare(host, sends: false, operations)),
            .. OnChannels(static (place, operations) => ChannelSpawn.Prepare(place, sends: false, operations)).Where(static one => !one.Name.Contains("inline", StringComparison.Ordinal)).Select(AsTask),
        ]);

    private static Contest TwoPipelines() => new(
        "Two cores: a pipeline on each",
        "hop",
        PipelineMultiple,
        [
            new("Bare loop", Role.Limit, static operations => TwoCores.PrepareBarePipelines(Pipelines.Batch, operations)),
            new("Axon", Role.Axon, static operations => TwoCores.PrepareAxonPipelines(Pipelines.Batch, operations)),
            .. OnPool(OnAkka(static (host, operations) => AkkaPipeline.Prepare(host, Pipelines.Stages, Pipelines.Batch, null, operations))).Select(Twice),
            .. OnPool(OnProto(static (host, operations) => ProtoPipeline.Prepare(host, Pipelines.Stages, Pipelines.Batch, null, operations))).Select(Twice),
            .. OnPool(OnChannels(static (place, operations) => ChannelPipeline.Prepare(place, Pipelines.Stages, Pipelines.Batch, null, operations))).Select(Twice),
            .. OnPool(OnDataflow(static (place, operations) => DataflowPipeline.Prepare(place, Pipelines.Stages, Pipelines.Batch, null, operations))).Select(Twice),
        ]);

    private static Contest Crossing() => new(
        "Two cores: from one to the other, bounded to 1,000",
        "message",
        Pipelines.Batch,
        [
            new("Axon", Role.Axon, static operations => TwoCores.PrepareCrossing(Pipelines.CrossingLimit, operations)),
            new("Axon, threaded", Role.Axon, static operations => Threaded.PreparePipeline(1, operations)),
            .. OnPool(OnAkka(static (host, operations) => AkkaPipeline.Prepare(host, 1, Pipelines.Batch, Pipelines.CrossingLimit, operations))),
            .. OnPool(OnProto(static (host, operations) => ProtoPipeline.Prepare(host, 1, Pipelines.Batch, Pipelines.CrossingLimit, operations))),
            .. OnPool(OnChannels(static (place, operations) => ChannelPipeline.Prepare(place, 1, Pipelines.Batch, Pipelines.CrossingLimit, operations))),
            .. OnPool(OnDataflow(static (place, operations) => DataflowPipeline.Prepare(place, 1, Pipelines.Batch, Pipelines.CrossingLimit, operations))),
        ]);

    // The bare loop, enumerators, and async components where there is such a workload.
    private static IEnumerable<Contestant> Ours(Workload workload, Workload? async = null)
    {
        yield return new("Bare loop", Role.Limit, operations => workload.PrepareBare(operations));
        yield return new("Axon", Role.Axon, operations => workload.PrepareAxon(operations));
        if (async is not null)
        {
            yield return new("Axon, async", Role.Axon, operations => async.PrepareAxon(operations));
        }
    }

    // Threads have no steps; they are in the contest of batches.
    private static IEnumerable<Contestant> ThreadedPipeline(int batch)
    {
        if (batch > 1)
        {
            yield return new("Axon, threaded", Role.Axon, static operations => Threaded.PreparePipeline(Pipelines.Stages, operations));
        }
    }

    private static IEnumerable<Contestant> OnAkka(Func<AkkaHost, int, Action> prepare, Func<AkkaHost, int, Idle>? makeIdle = null) =>
        AkkaHost.All.Select(host => new Contestant(host.Setting, Role.Peer, operations => Beside(makeIdle, host, prepare(host, operations))));

    private static IEnumerable<Contestant> OnProto(Func<ProtoHost, int, Action> prepare, Func<ProtoHost, int, Idle>? makeIdle = null) =>
        ProtoHost.All.Select(host => new Contestant(host.Setting, Role.Peer, operations => Beside(makeIdle, host, prepare(host, operations))));

    private static IEnumerable<Contestant> OnChannels(Func<ChannelPlace, int, Action> prepare, Func<ChannelPlace, int, Idle>? makeIdle = null) =>
        ChannelPlace.All.Select(place => new Contestant(place.Setting, Role.Peer, operations => Beside(makeIdle, place, prepare(place, operations))));

    private static IEnumerable<Contestant> OnDataflow(Func<DataflowPlace, int, Action> prepare, Func<DataflowPlace, int, Idle>? makeIdle = null) =>
        DataflowPlace.All.Select(place => new Contestant(place.Setting, Role.Peer, operations => Beside(makeIdle, place, prepare(place, operations))));

    private static IEnumerable<Contestant> OnRx(Func<RxPlace, int, Action> prepare) =>
        RxPlace.All.Select(place => new Contestant(place.Setting, Role.Peer, operations => prepare(place, operations)));

    private static Run Beside<T>(Func<T, int, Idle>? makeIdle, T place, Action go) => makeIdle is null ? go : makeIdle(place, Sleepers).Beside(go);

    // The first setting of each library is the one that uses all cores.
    private static IEnumerable<Contestant> OnPool(IEnumerable<Contestant> settings) => settings.Take(1);

    private static Contestant AsTask(Contestant contestant) =>
        contestant with { Name = contestant.Name.Replace("Channels", "Task", StringComparison.Ordinal) };

    // Half of the work each, side by side.
    private static Contestant Twice(Contestant contestant) => contestant with
    {
        Prepare = operations =>
        {
            Action one = contestant.Prepare(operations / 2).Go;
            Action other = contestant.Prepare(operations / 2).Go;
            return new Run(() =>
            {
                Thread second = new(() => other()) { IsBackground = true };
                second.Start();
                one();
                second.Join();
            });
        },
    };
}
