// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Chassis/ConnectedServer.py. Copyright BBC and Kamaelia Contributors.

using System.Net;
using System.Net.Security;
using Kamaelia.Internet;

namespace Kamaelia.Chassis;

/// <summary>Makes the component that listens, in place of a plain <see cref="TcpServer"/>.</summary>
/// <param name="endPoint">Where to listen.</param>
/// <param name="socketOptions">Options to set on the socket before it is bound; null for none.</param>
/// <param name="options">How to listen; null for the defaults.</param>
/// <returns>A new server, not active.</returns>
public delegate TcpServer TcpServerFactory(EndPoint endPoint, IReadOnlyList<SocketOption>? socketOptions, TcpServerOptions? options);

/// <summary>How a <see cref="ServerCore"/> serves. Everything has a default.</summary>
public sealed record ServerOptions
{
    internal static ServerOptions Default { get; } = new();

    /// <summary>Options set on the listening socket before it is bound. Default: null, none.</summary>
    public IReadOnlyList<SocketOption>? SocketOptions { get; init; }

    /// <summary>
    /// Serves with TLS from the first byte: which certificate to show, which protocols to offer by ALPN. Default: null, without TLS.
    /// </summary>
    /// <remarks>
    /// It takes a certificate with its private key, for instance from <c>X509Certificate2.CreateFromPemFile</c>; what is wrong with that is a
    /// <see cref="BindFailed"/>. The same as <see cref="CsaOptions.TlsServer"/> of <see cref="Tcp"/>, which says more, and stronger than that.
    /// </remarks>
    public SslServerAuthenticationOptions? Tls { get; init; }

    /// <summary>How to listen, and how to treat connections. Default: null, as <see cref="TcpServer"/> does by itself.</summary>
    public TcpServerOptions? Tcp { get; init; }

    /// <summary>Makes the component that listens. Default: null, a <see cref="TcpServer"/>.</summary>
    public TcpServerFactory? ServerFactory { get; init; }
}
