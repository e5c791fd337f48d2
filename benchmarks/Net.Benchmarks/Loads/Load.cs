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

    /// <summary>What a client costs in memory, measured once, with a server that has served nobody yet; null if there is nothing to tell.</summary>
    public Figure? Memory { get; init; }

    /// <summary>Whether it is a matter of right or wrong, for which once is enough.</summary>
    public bool OnceIsEnough { get; init; }

    /// <summary>Over TLS.</summary>
    public bool OverTls => Mode == TlsMode;

    /// <summary>One turn.</summary>
    public virtual Sample Measure(Toolbox tools, ServerProcess server, double seconds) => LoadGenerator.Run(tools, server, Mode, Options, 0.2, seconds);

    /// <summary>What clients cost in memory.</summary>
    /// <param name="tools">The tools.</param>
    /// <param name="start">Starts a server.</param>
    public virtual Sample MeasureMemory(Toolbox tools, Func<ServerProcess> start) => RunOnFresh(tools, start, Options);

    /// <summary>A short run on a server that has served nobody yet.</summary>
    protected Sample RunOnFresh(Toolbox tools, Func<ServerProcess> start, string options)
    {
        using ServerProcess server = start();
        return LoadGenerator.Run(tools, server, Mode, options, 0.5, 0.5);
    }

    /// <summary>Load that is not measured.</summary>
    public virtual void Exercise(Toolbox tools, ServerProcess server, double seconds) => LoadGenerator.Run(tools, server, Mode, Options, 0, seconds);
}
