// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;
using Axon.Benchmarks.Peers.Timers;

namespace Axon.Benchmarks.Peers;

/// <summary>What is to be reached.</summary>
/// <param name="What">What is compared with what.</param>
/// <param name="Wanted">The least, or the most.</param>
/// <param name="Of">How ours stands: by medians and by the least times, of which both must hold; null if it was not measured.</param>
internal sealed record Goal(string What, double Wanted, Func<Results, Standing?> Of)
{
    private const string Batched = "Pipeline of 10, batched";

    /// <summary>Whether less is better.</summary>
    public bool AtMost { get; init; }

    public static IReadOnlyList<string> Heads { get; } = ["what", "wanted", "medians", "least", "by processor time", "reached"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Goal> All { get; } =
    [
        BesidePeers(Contests.PingPongName, 2),
        new("Pipeline of 10, one message a step: speed / that of the fastest peer in batches", 1, static results => Beside(results, "Pipeline of 10, one message a step", Batched, Role.Peer)),
        BesidePeers(Batched, 3),
        BesidePeers("Ring of 503", 3),
        BesidePeers("Fan-in of 100", 3),
        new("Yield, 100 of them: time / that of the bare loop", 1.3, static results => Beside(results, "Yield, 100 of them", "Yield, 100 of them", Role.Limit)?.Inverse) { AtMost = true },
        BesidePeers("Spawn, receive one message, end", 3),
        new("Idle component: bytes", 400, static results => Single(results.IdleBytes.Where(idle => idle.Name == "Axon").Select(idle => idle.Bytes))) { AtMost = true },
        new("Ping-pong beside 100,000 sleepers: time / without them", 1.05, static results => BesideSleepers(results)) { AtMost = true },
        OfTimers("100,000 timers: processor, us each", 2, static run => run.Processor),
        OfTimers("100,000 timers: late, p99, ms", 2, static run => run.Late99),
        OfTimers("100,000 timers: early ones", 0, static run => run.Early),
    ];

    /// <summary>How far it is reached; null if it was not measured.</summary>
    public IReadOnlyList<string>? Row(Results results)
    {
        if (Of(results) is not { } standing)
        {
            return null;
        }

        bool reached = AtMost
            ? Math.Max(standing.Medians, standing.Least) <= Wanted
            : Math.Min(standing.Medians, standing.Least) >= Wanted;
        return
        [
            What, $"{(AtMost ? "≤" : "≥")} {Number(Wanted)}", Number(standing.Medians), Number(standing.Least),
            standing.Processor is { } processor ? Number(processor) : "", reached ? "yes" : "no",
        ];
    }

    private static Goal BesidePeers(string contest, double wanted) =>
        new($"{contest}: speed / that of the fastest peer", wanted, results => Beside(results, contest, contest, Role.Peer));

    private static Goal OfTimers(string what, double wanted, Func<TimerFigures, double> figure) => new(
        what, wanted, results => Single(results.Timers.Where(timers => timers.Key == "Axon").Select(timers => Figure.Of([.. timers.Value.Select(figure)]).Median)))
    { AtMost = true };

    private static Standing? Beside(Results results, string ours, string theirs, Role role) =>
        results.Of(ours) is { } us && results.Of(theirs) is { } them && (role == Role.Peer ? them.Peer : them.Limit) is { } other
            ? new Standing(
                other.Time.Median / us.Axon.Time.Median, them.LeastOf(role) / us.LeastOf(Role.Axon), them.ProcessorOf(role) / us.ProcessorOf(Role.Axon))
            : null;

    private static Standing? BesideSleepers(Results results) =>
        results.Of(Contests.PingPongName)?.Axon is { } alone && results.Of(Contests.SleepersName)?.Axon is { } beside
            ? new Standing(beside.Time.Median / alone.Time.Median, beside.Time.Least / alone.Time.Least, beside.Processor.Median / alone.Processor.Median)
            : null;

    private static Standing? Single(IEnumerable<double> values) => values.Select(static value => new Standing(value, value, null)).FirstOrDefault();

    private static string Number(double value) => value.ToString(Math.Abs(value) < 10 ? "F2" : "N0", CultureInfo.InvariantCulture);
}

/// <summary>How ours stands to others.</summary>
internal sealed record Standing(double Medians, double Least, double? Processor)
{
    /// <summary>How others stand to ours.</summary>
    public Standing Inverse => new(1 / Medians, 1 / Least, 1 / Processor);
}
