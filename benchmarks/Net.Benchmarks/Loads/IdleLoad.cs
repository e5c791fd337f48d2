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

    public override void Exercise(Toolbox tools, ServerProcess server, double seconds) => LoadGenerator.Run(tools, server, Mode, "-k 0", 0, seconds);
}
