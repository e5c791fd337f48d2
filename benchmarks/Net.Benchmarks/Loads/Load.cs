// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Net.Benchmarks;

/// <summary>Something that is done to every server.</summary>
internal class Load
{
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

    /// <summary>Whether the servers of the load before will do: not if memory is measured.</summary>
    public bool WantsFreshServers { get; init; }

    /// <summary>Whether it is a matter of right or wrong, for which once is enough.</summary>
    public bool OnceIsEnough { get; init; }

    /// <summary>Over TLS.</summary>
    public bool OverTls => Mode == TlsLoad.Mode;

    /// <summary>One turn.</summary>
    public virtual Sample Measure(Toolbox tools, ServerProcess server, double seconds) => LoadGenerator.Run(tools, server, Mode, Options, 0.2, seconds);

    /// <summary>Load that is not measured.</summary>
    public virtual void Exercise(Toolbox tools, ServerProcess server, double seconds) => LoadGenerator.Run(tools, server, Mode, Options, 0, seconds);

    /// <summary>What must be known of a server before it has served anybody.</summary>
    public virtual void Meet(Toolbox tools, ServerProcess server)
    {
    }
}
