// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Net.Benchmarks;

/// <summary>Something that is done to every server.</summary>
internal class Load
{
    /// <summary>The mode of echo over TLS.</summary>
    public const string TlsMode = "tls";

    /// <summary>What it is called on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>What it is called in tables.</summary>
    public required string Title { get; init; }

    /// <summary>The load generator's mode.</summary>
    public required string Mode { get; init; }

    /// <summary>The load generator's options.</summary>
    public string Options { get; init; } = "";

    /// <summary>What servers are compared by; null if nobody is faster than another.</summary>
    public Figure? Rate { get; init; }

    /// <summary>What one of those costs the server; the first of <see cref="Figures"/>, if anything.</summary>
    public Figure? Cost { get; init; }

    /// <summary>What else there is to say of a server.</summary>
    public required IReadOnlyList<Figure> Figures { get; init; }

    /// <summary>What a client costs in memory, measured once, with servers that have served nobody yet; null if there is nothing to tell.</summary>
    public Figure? Memory { get; init; }

    /// <summary>How many such clients one server has for that, and how many the other.</summary>
    public (int Few, int Many) MemoryClients { get; init; }

    /// <summary>By what name the generator tells of the server's memory when they are there.</summary>
    public string MemoryAfter { get; init; } = "rss_end_kb";

    /// <summary>Whether it is a matter of right or wrong, for which once is enough.</summary>
    public bool OnceIsEnough { get; init; }

    /// <summary>Over TLS.</summary>
    public bool OverTls => Mode == TlsMode;

    /// <summary>One turn.</summary>
    public virtual Sample Measure(Toolbox tools, ServerProcess server, double seconds) => LoadGenerator.Run(tools, server, Mode, Options, 0.2, seconds);

    /// <summary>What a client costs in memory: the difference of two servers.</summary>
    /// <param name="tools">The tools.</param>
    /// <param name="start">Starts a server.</param>
    /// <remarks>What a server takes for itself while its first clients arrive, compiled code for the most part, is in both.</remarks>
    public Sample MeasureMemory(Toolbox tools, Func<ServerProcess> start)
    {
        Sample few = RunOnFresh(MemoryClients.Few);
        Sample many = RunOnFresh(MemoryClients.Many);
        double kilobytes = Grown(many) - Grown(few);
        return many.With("bytes_each", kilobytes * 1024 / (MemoryClients.Many - MemoryClients.Few));

        Sample RunOnFresh(int clients)
        {
            using ServerProcess server = start();
            return LoadGenerator.Run(tools, server, Mode, $"-k {clients}", 0.5, 0.5);
        }

        double Grown(Sample sample) => sample[MemoryAfter] - sample["rss_before_kb"];
    }

    /// <summary>Load that is not measured.</summary>
    public virtual void Exercise(Toolbox tools, ServerProcess server, double seconds) => LoadGenerator.Run(tools, server, Mode, Options, 0, seconds);
}
