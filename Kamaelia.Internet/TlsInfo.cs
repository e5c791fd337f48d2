// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Kamaelia.Internet;

/// <summary>What was agreed when a connection switched to TLS; comes out of <c>"sslready"</c>.</summary>
/// <param name="Protocol">The version of the protocol.</param>
/// <param name="ApplicationProtocol">What ALPN chose; default if nothing was offered.</param>
/// <param name="PeerCertificate">The peer's certificate, or null.</param>
public sealed record TlsInfo(SslProtocols Protocol, SslApplicationProtocol ApplicationProtocol, X509Certificate? PeerCertificate);
