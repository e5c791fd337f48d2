// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Net.Benchmarks;

/// <summary>Ten busy connections, first alone and then beside very many that are open and idle.</summary>
internal sealed class IdleLoad : Load
{
    /// <summary>How many are idle.</summary>
    public const int Many = 10_000;

    public override Sample Measure(Toolbox tools, ServerProcess server, double seconds)
    {
        Sample alone = LoadGenerator.Run(tools, server, Mode, "-k 0", 0.2, seconds);
        Sample beside = LoadGenerator.Run(tools, server, Mode, Options, 0.2, seconds);
        return beside.With("rps_alone", alone["rps"]);
    }

    /// <remarks>
    /// The difference of two servers, one with half as many and one with half as many again: what a server takes for itself while connections
    /// arrive, compiled code for the most part, is in both.
    /// </remarks>
    public override Sample MeasureMemory(Toolbox tools, Func<ServerProcess> start)
    {
        Sample few = RunOnFresh(tools, start, $"-k {Many / 2}");
        Sample many = RunOnFresh(tools, start, $"-k {Many * 3 / 2}");
        double kilobytes = many["rss_idle_kb"] - many["rss_before_kb"] - (few["rss_idle_kb"] - few["rss_before_kb"]);
        return many.With("bytes_per_idle", kilobytes * 1024 / Many);
    }

    public override void Exercise(Toolbox tools, ServerProcess server, double seconds) => LoadGenerator.Run(tools, server, Mode, "-k 0", 0, seconds);
}
