// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Peers.Akka;
using Axon.Benchmarks.Peers.Channels;
using Axon.Benchmarks.Peers.Dataflow;
using Axon.Benchmarks.Peers.Proto;
using Axon.Benchmarks.Workloads;

namespace Axon.Benchmarks.Peers;

/// <summary>All contests: who does what.</summary>
internal static class Contests
{
    private const int RingMembers = 503;

    public static IReadOnlyList<Contest> All { get; } =
    [
        new(
            "Ping-pong",
            "message",
            2,
            [
                .. Ours(new PingPong(sleepers: 0), new PingPong(sleepers: 0, isAsync: true)),
                .. OnAkka(AkkaPingPong.Prepare),
                .. OnProto(ProtoPingPong.Prepare),
                .. OnChannels(ChannelPingPong.Prepare),
                .. OnDataflow(DataflowPingPong.Prepare),
            ]),
        Pipeline("Pipeline of 10, one message a step", 1),
        Pipeline("Pipeline of 10, batched", Pipelines.Batch),
        new(
            "Pipeline of 10, bounded to 100",
            "hop",
            Pipelines.Stages * Pipelines.Batch,
            [
                .. Ours(new BoundedHop(Pipelines.Limit)),
                .. OnAkka(static (host, operations) => AkkaPipeline.Prepare(host, Pipelines.Batch, Pipelines.Limit, operations)),
                .. OnProto(static (host, operations) => ProtoPipeline.Prepare(host, Pipelines.Batch, Pipelines.Limit, operations)),
                .. OnChannels(static (place, operations) => ChannelPipeline.Prepare(place, Pipelines.Batch, Pipelines.Limit, operations)),
                .. OnDataflow(static (place, operations) => DataflowPipeline.Prepare(place, Pipelines.Batch, Pipelines.Limit, operations)),
            ]),
        new(
            "Ring of 503",
            "message",
            1,
            [
                .. Ours(new Ring(RingMembers)),
                .. OnAkka(static (host, operations) => AkkaRing.Prepare(host, RingMembers, operations)),
                .. OnProto(static (host, operations) => ProtoRing.Prepare(host, RingMembers, operations)),
                .. OnChannels(static (place, operations) => ChannelRing.Prepare(place, RingMembers, operations)),
                .. OnDataflow(static (place, operations) => DataflowRing.Prepare(place, RingMembers, operations)),
            ]),
        FanIn("Fan-in of 100", 100),
        FanIn("Fan-in of 1", 1),
    ];

    private static Contest Pipeline(string name, int batch) => new(
        name,
        "hop",
        Pipelines.Stages * Pipelines.Batch,
        [
            .. Ours(new Hop(batch), new Hop(batch, isAsync: true)),
            .. OnAkka((host, operations) => AkkaPipeline.Prepare(host, batch, null, operations)),
            .. OnProto((host, operations) => ProtoPipeline.Prepare(host, batch, null, operations)),
            .. OnChannels((place, operations) => ChannelPipeline.Prepare(place, batch, null, operations)),
            .. OnDataflow((place, operations) => DataflowPipeline.Prepare(place, batch, null, operations)),
        ]);

    private static Contest FanIn(string name, int producers) => new(
        name,
        "message",
        producers * FanIns.Turn,
        [
            .. Ours(new FanIn(producers)),
            .. OnAkka((host, operations) => AkkaFanIn.Prepare(host, producers, operations)),
            .. OnProto((host, operations) => ProtoFanIn.Prepare(host, producers, operations)),
            .. OnChannels((place, operations) => ChannelFanIn.Prepare(place, producers, operations)),
            .. OnDataflow((place, operations) => DataflowFanIn.Prepare(place, producers, operations)),
        ]);

    // The bare loop, enumerators, and async components where there is such a workload.
    private static IEnumerable<Contestant> Ours(Workload workload, Workload? async = null)
    {
        yield return new("Bare loop", Role.Limit, workload.PrepareBare);
        yield return new("Axon", Role.Axon, workload.PrepareAxon);
        if (async is not null)
        {
            yield return new("Axon, async", Role.Axon, async.PrepareAxon);
        }
    }

    private static IEnumerable<Contestant> OnAkka(Func<AkkaHost, int, Action> prepare) =>
        AkkaHost.All.Select(host => new Contestant(host.Setting, Role.Peer, operations => prepare(host, operations)));

    private static IEnumerable<Contestant> OnProto(Func<ProtoHost, int, Action> prepare) =>
        ProtoHost.All.Select(host => new Contestant(host.Setting, Role.Peer, operations => prepare(host, operations)));

    private static IEnumerable<Contestant> OnChannels(Func<ChannelPlace, int, Action> prepare) =>
        ChannelPlace.All.Select(place => new Contestant(place.Setting, Role.Peer, operations => prepare(place, operations)));

    private static IEnumerable<Contestant> OnDataflow(Func<DataflowPlace, int, Action> prepare) =>
        DataflowPlace.All.Select(place => new Contestant(place.Setting, Role.Peer, operations => prepare(place, operations)));
}
