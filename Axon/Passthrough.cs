// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Linkage.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Which kinds of boxes a linkage joins.</summary>
public enum Passthrough
{
    /// <summary>An outbox to an inbox: the everyday linkage.</summary>
    None = 0,

    /// <summary>An inbox to an inbox: a container hands on to a child what it is sent.</summary>
    Inbox = 1,

    /// <summary>An outbox to an outbox: a container sends what its child sends.</summary>
    Outbox = 2,
}
