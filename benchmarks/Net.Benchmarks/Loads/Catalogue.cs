// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Net.Benchmarks;

/// <summary>All loads, in the order in which they are run.</summary>
internal static class Catalogue
{
    private static readonly Figure[] s_request = Figure.Processor("request", "srv_cpu_us_per_req");
    private static readonly Figure[] s_connection = Figure.Processor("connection", "srv_cpu_us_per_conn");
    private static readonly Figure[] s_megabyte = Figure.Processor("MB", "srv_cpu_us_per_mb");

    /// <summary>How many of the twenty got all that they had sent, and the end.</summary>
    public static Figure Served { get; } = new("served, of 20", sample => sample["ok_reading"] + sample["ok_late"]);

    /// <summary>What the good clients keep of their rate.</summary>
    public static Figure Kept { get; } = new("of the rate without them", sample => sample["rps"] / sample["base_rps"], "F2");

    /// <summary>What a client that never reads costs.</summary>
    public static Figure SlowMemory { get; } = new("memory a slow client, KiB", sample => sample["bytes_each"] / 1024, "N1") { LessIsBetter = true };

    public static Figure KeptBesideIdle { get; } = new("of that", sample => sample["rps"] / sample["rps_alone"], "F2");

    /// <summary>What an idle client costs.</summary>
    public static Figure IdleMemory { get; } = new("memory an idle connection, bytes", sample => sample["bytes_each"]) { LessIsBetter = true };

    public static Load Echo1 { get; } = Echo("echo1", "Echo, 1 connection", "-c 1");

    public static Load Echo50 { get; } = Echo("echo50", "Echo, 50 connections", "-c 50");

    public static Load Echo1000 { get; } = Echo("echo1000", "Echo, 1,000 connections", "-c 1000");

    public static Load Pipelined { get; } = Echo("pipelined", "Echo, 50 connections, 16 messages under way in each", "-c 50 -d 16");

    public static Load Stream { get; } = new()
    {
        Name = "stream",
        Title = "Blocks of 64 KiB there and back, 4 connections",
        Mode = "stream",
        Options = "-c 4",
        Rate = new Figure("MB/s each way", sample => sample["mbps_in"]),
        Cost = s_megabyte[0],
        Figures = [.. s_megabyte, Figure.Busy, new Figure("memory, MiB", sample => sample["rss_end_kb"] / 1024, "N1") { LessIsBetter = true }],
    };

    public static Load HalfClose { get; } = new()
    {
        Name = "halfclose",
        Title = "Clients that finish sending and then read to the end, 20 of them with 1 MiB each",
        Mode = "halfclose",
        OnceIsEnough = true,
        Figures = [Served],
    };

    public static Load Slow { get; } = new()
    {
        Name = "slow",
        Title = "10 busy connections beside 50 that send and never read",
        Mode = "slow",
        Options = "-k 50",
        Memory = SlowMemory,
        MemoryClients = (50, 150),
        Rate = Figure.Requests,
        Figures = [Kept, Figure.Percentile99, new Figure("p99 without them", sample => sample["base_p99_us"]), s_request[0]],
    };

    public static Load Idle { get; } = new IdleLoad
    {
        Name = "idle",
        Title = $"10 busy connections beside {IdleLoad.Many:N0} idle ones",
        Mode = "idle",
        Options = $"-k {IdleLoad.Many}",
        Memory = IdleMemory,
        MemoryClients = (IdleLoad.Many / 2, IdleLoad.Many * 3 / 2),
        MemoryAfter = "rss_idle_kb",
        Rate = Figure.Requests,
        Figures = [new Figure("without them", sample => sample["rps_alone"]), KeptBesideIdle, Figure.Percentile99],
    };

    public static Load Tls { get; } = new()
    {
        Name = "tls",
        Title = "Echo over TLS, 50 connections",
        Mode = Load.TlsMode,
        Options = "-c 50",
        Rate = Figure.Requests,
        Cost = s_request[0],
        Figures = [.. s_request, Figure.Busy, Figure.Median, Figure.Percentile99],
    };

    public static Load Churn { get; } = new()
    {
        Name = "churn",
        Title = "Connect, one echo, close: 10 at a time",
        Mode = "churn",
        Options = "-c 10",
        Rate = new Figure("connections/s", sample => sample["cps"]),
        Cost = s_connection[0],
        Figures = [.. s_connection, Figure.Busy, Figure.Median, Figure.Percentile99],
    };

    /// <summary>All.</summary>
    /// <remarks>Churn is the last: for a minute it leaves few ports that the clients of others could have.</remarks>
    public static IReadOnlyList<Load> All { get; } = [Echo1, Echo50, Echo1000, Pipelined, Stream, HalfClose, Slow, Idle, Tls, Churn];

    private static Load Echo(string name, string title, string options) => new()
    {
        Name = name,
        Title = title,
        Mode = "echo",
        Options = options,
        Rate = Figure.Requests,
        Cost = s_request[0],
        Figures = [.. s_request, Figure.Busy, Figure.Median, Figure.Percentile99],
    };
}
