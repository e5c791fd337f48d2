// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;

namespace Net.Benchmarks;

/// <summary>One column of a table: something that each run of a load tells.</summary>
/// <param name="Head">The column's heading, with the unit.</param>
/// <param name="Of">The figure of a run.</param>
/// <param name="Format">How it is written.</param>
internal sealed record Figure(string Head, Func<Sample, double> Of, string Format = "N0")
{
    /// <summary>Whether the best is the smallest.</summary>
    public bool LessIsBetter { get; init; }

    public static Figure Requests { get; } = new("requests/s", sample => sample["rps"]);

    public static Figure Median { get; } = new("p50, µs", sample => sample["p50_us"]) { LessIsBetter = true };

    public static Figure Percentile99 { get; } = new("p99, µs", sample => sample["p99_us"]) { LessIsBetter = true };

    /// <summary>How much of the measured time the server worked: if not nearly all, what limits it is the load generator, or others on its core.</summary>
    public static Figure Busy { get; } = new("server busy", sample => sample["srv_cpu_s"] / sample["seconds"], "P0");

    /// <summary>The server's processor time: all, and that in its own code and in the kernel.</summary>
    /// <param name="unit">Of what one costs so much.</param>
    /// <param name="key">The generator's name for it.</param>
    public static Figure[] Processor(string unit, string key) =>
    [
        new($"CPU a {unit}, µs", sample => sample[key], "N2") { LessIsBetter = true },
        new("user", sample => sample[key] * sample.UserShare, "N2") { LessIsBetter = true },
        new("system", sample => sample[key] * (1 - sample.UserShare), "N2") { LessIsBetter = true },
    ];

    public string Text(double value) => double.IsNaN(value) ? "" : value.ToString(Format, CultureInfo.InvariantCulture);
}
