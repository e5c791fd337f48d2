// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers;

/// <summary>What a contestant is compared as.</summary>
internal enum Role
{
    /// <summary>A hand-written loop that does this one thing: the limit.</summary>
    Limit,

    /// <summary>Ours.</summary>
    Axon,

    /// <summary>A library that a user would pick instead.</summary>
    Peer,
}
