// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Workloads;

/// <summary>A sum that bare bodies share, for the check at the end.</summary>
internal sealed class Tally
{
    public long Total { get; set; }
}
