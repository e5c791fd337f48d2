// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;

namespace Kamaelia.Internet;

/// <summary>How a <see cref="TcpServer"/> listens. Everything has a default.</summary>
public sealed record TcpServerOptions
{
    internal static TcpServerOptions Default { get; } = new();

    /// <summary>Where to listen when only a port is given. Default: all addresses, IPv6 and IPv4.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>How many connections may wait in the kernel. Default: 512.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>How many connections to accept before others get their turn. Default: 64.</summary>
    public int AcceptsPerPass { get; init; } = 64;

    /// <summary>How many connections may be open; more wait in the kernel. Default: null, no limit.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>How long to wait before accepting again after an accept failed, for want of descriptors for instance. Default: 100 ms.</summary>
    public TimeSpan RetryAfterFailure { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Whether the constructor throws when the address is not to be had or the certificate of no use, instead of saying so on <c>"signal"</c>.
    /// Default: no.
    /// </summary>
    public bool ThrowOnBindFailure { get; init; }

    /// <summary>How adapters treat their connections.</summary>
    public CsaOptions Csa { get; init; } = CsaOptions.Default;
}

/// <summary>An option that is set on a socket before it is bound.</summary>
/// <param name="Level">The level.</param>
/// <param name="Name">The option.</param>
/// <param name="Value">Its value.</param>
public readonly record struct SocketOption(
    System.Net.Sockets.SocketOptionLevel Level,
    System.Net.Sockets.SocketOptionName Name,
    int Value);
