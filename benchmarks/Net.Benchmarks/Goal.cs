// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;

namespace Net.Benchmarks;

/// <summary>What is to be reached under a load.</summary>
/// <param name="Load">The load.</param>
/// <param name="What">What is compared with what.</param>
/// <param name="Wanted">The least, or the most.</param>
/// <param name="Of">How ours stands, best by best and median by median: both must hold.</param>
internal sealed record Goal(Load Load, string What, double Wanted, Func<Outcome, Toolbox, Ratio> Of)
{
    /// <summary>Whether less is better.</summary>
    public bool AtMost { get; init; }

    public static IReadOnlyList<string> Heads { get; } = ["load", "what", "wanted", "best by best", "median by median", "reached"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Goal> All { get; } =
    [
        BesideC(Catalogue.Echo1, 1.0),
        new(
            Catalogue.Echo1, "rate, spinning / that of C", 2,
            (outcome, tools) => outcome.Compare(tools.OursSpinning, tools.C, Figure.Requests)),
        BesideC(Catalogue.Echo50, 0.95),
        BesideKestrel(Catalogue.Echo50, 1.8),
        Cost(Catalogue.Echo50, 1.15),
        new(Catalogue.Echo50, "p99 / that of C", 1.5, (outcome, tools) => outcome.Compare(tools.Ours, tools.C, Figure.Percentile99)) { AtMost = true },
        BesideC(Catalogue.Echo1000, 0.88),
        BesideC(Catalogue.Pipelined, 0.92),
        BesideC(Catalogue.Stream, 0.8),
        BesideKestrel(Catalogue.Stream, 2),
        Cost(Catalogue.Churn, 1.3),
        new(Catalogue.HalfClose, "clients served, of 20", 20, (outcome, tools) => Own(outcome, tools, Catalogue.Served)),
        new(Catalogue.Slow, "rate / without the slow ones", 0.9, (outcome, tools) => Own(outcome, tools, Catalogue.Kept)),
        new(Catalogue.Slow, "memory a slow client, KiB", 64, (outcome, tools) => Memory(outcome, tools)) { AtMost = true },
        new(Catalogue.Idle, "rate / without the idle ones", 0.95, (outcome, tools) => Own(outcome, tools, Catalogue.KeptBesideIdle)),
        new(Catalogue.Idle, "memory an idle connection, bytes", 2048, (outcome, tools) => Memory(outcome, tools)) { AtMost = true },
        new(
            Catalogue.Tls, "rate / that of Kestrel", 1.0,
            (outcome, tools) => outcome.Compare(tools.OursTls, tools.KestrelTls, Figure.Requests)),
    ];

    /// <summary>How far it is reached.</summary>
    public IReadOnlyList<string> Row(Outcome outcome, Toolbox tools)
    {
        Ratio ratio = Of(outcome, tools);
        bool reached = AtMost ? Math.Max(ratio.Best, ratio.Median) <= Wanted : Math.Min(ratio.Best, ratio.Median) >= Wanted;
        return [Load.Title, What, $"{(AtMost ? "≤" : "≥")} {Number(Wanted)}", Number(ratio.Best), Number(ratio.Median), reached ? "yes" : "no"];
    }

    private static Goal BesideC(Load load, double wanted) => new(
        load, "rate / that of C", wanted, (outcome, tools) => outcome.Compare(tools.Ours, tools.C, load.Rate!));

    private static Goal BesideKestrel(Load load, double wanted) => new(
        load, "rate / that of Kestrel", wanted, (outcome, tools) => outcome.Compare(tools.Ours, tools.Kestrel, load.Rate!));

    private static Goal Cost(Load load, double wanted) => new(
        load, $"{load.Cost!.Head.Split(',')[0]} / that of C", wanted, (outcome, tools) => outcome.Compare(tools.Ours, tools.C, load.Cost))
    { AtMost = true };

    private static Ratio Own(Outcome outcome, Toolbox tools, Figure figure) => new(outcome.Best(tools.Ours, figure), outcome.Median(tools.Ours, figure));

    private static Ratio Memory(Outcome outcome, Toolbox tools) => new(outcome.Memory(tools.Ours), outcome.Memory(tools.Ours));

    private static string Number(double value) => value.ToString(Math.Abs(value) < 10 ? "F2" : "N0", CultureInfo.InvariantCulture);
}
