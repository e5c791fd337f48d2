// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers;

/// <summary>One way to do the work of a contest.</summary>
/// <param name="Name">The library and its setting.</param>
/// <param name="Role">What it is compared as.</param>
/// <param name="Prepare">
/// Makes and wires what takes part, for so many operations, and gives the run. What is made before is not timed. The run ends when all the work
/// is done, and throws unless as many messages arrived as were to.
/// </param>
internal sealed record Contestant(string Name, Role Role, Func<int, Run> Prepare)
{
    /// <summary>The library alone: all settings of one share a colour in the chart, and only the fastest is drawn.</summary>
    public string Library => Name.Split(',')[0];
}
