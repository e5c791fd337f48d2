// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Internet;

/// <summary>Which call of the operating system a selector waits with.</summary>
public enum PollerKind
{
    /// <summary>The best that this system has.</summary>
    Best,

    /// <summary>Linux's epoll: a wait costs as much as there are events.</summary>
    Epoll,

    /// <summary>The select that every system has: a wait costs as much as there are sockets.</summary>
    Select,
}

/// <summary>What a selector is made with.</summary>
public sealed record SelectorOptions
{
    /// <summary>How to wait. Default: the best that this system has.</summary>
    public PollerKind Poller { get; init; }

    /// <summary>
    /// How long a selector that was told to shut down waits for new registrations after the last one is gone and nobody is linked to it
    /// any more. Default: zero.
    /// </summary>
    public TimeSpan ShutdownGrace { get; init; }

    /// <summary>How many steps the scheduler may make before it looks at the sockets, although components are busy. Default: 512.</summary>
    /// <remarks>A look costs a system call, some 0.3 microseconds; a step of a busy component some 0.1 to 1.</remarks>
    public int StepsBetweenLooks { get; init; } = 512;
}
