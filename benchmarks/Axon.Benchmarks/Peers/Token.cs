// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers;

/// <summary>What goes round a ring.</summary>
internal sealed class Token
{
    /// <summary>How many times it is still to be passed on.</summary>
    public int Left { get; set; }
}
