// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Runtime.CompilerServices;

namespace Net.Benchmarks;

/// <summary>Ten busy connections, first alone and then beside very many that are open and idle.</summary>
internal sealed class IdleLoad : Load
{
    /// <summary>How many are idle.</summary>
    public const int Many = 10_000;

    // In a heap that has served others, the memory of new connections does not show.
    private readonly ConditionalWeakTable<ServerProcess, Sample> _first = [];

    public override void Meet(Toolbox tools, ServerProcess server) => _first.Add(server, LoadGenerator.Run(tools, server, Mode, $"-k {Many}", 0, 0.1));

    public override Sample Measure(Toolbox tools, ServerProcess server, double seconds)
    {
        Sample alone = LoadGenerator.Run(tools, server, Mode, "-k 0", 0.2, seconds);
        Sample beside = LoadGenerator.Run(tools, server, Mode, $"-k {Many}", 0.2, seconds);
        return beside.With("rps_alone", alone["rps"]).With("bytes_per_idle", _first.TryGetValue(server, out Sample? first) ? first["bytes_per_idle"] : double.NaN);
    }

    public override void Exercise(Toolbox tools, ServerProcess server, double seconds) => LoadGenerator.Run(tools, server, Mode, "-k 0", 0, seconds);
}
