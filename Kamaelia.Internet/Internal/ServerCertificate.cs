// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kamaelia.Internet;

/// <summary>Looks at what a server will show its clients before there are any.</summary>
internal static class ServerCertificate
{
    /// <summary>
    /// Sees to it that there is a certificate, that its key is at hand, and that its chain is made up once and not for every client, which
    /// would ask the network.
    /// </summary>
    /// <param name="options">The options; null for a server without TLS.</param>
    /// <exception cref="AuthenticationException">No client could be served with it.</exception>
    public static void Prepare(SslServerAuthenticationOptions? options)
    {
        // A context has been looked at by whoever made it, and what a callback chooses nobody knows yet.
        if (options is null or { ServerCertificateContext: not null } or { ServerCertificateSelectionCallback: not null })
        {
            return;
        }

        if (options.ServerCertificate is null)
        {
            throw new AuthenticationException(
                $"There is no server certificate. Set {nameof(options.ServerCertificate)}, {nameof(options.ServerCertificateContext)} or " +
                $"{nameof(options.ServerCertificateSelectionCallback)}.");
        }

        try
        {
            X509Certificate2 certificate = options.ServerCertificate as X509Certificate2 ?? new X509Certificate2(options.ServerCertificate);
            if (!certificate.HasPrivateKey)
            {
                throw new AuthenticationException(
                    $"The certificate of {certificate.Subject} has no private key. Load it together with its key, for instance with " +
                    $"{nameof(X509Certificate2)}.{nameof(X509Certificate2.CreateFromPemFile)}.");
            }

            options.ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        }
        catch (CryptographicException exception)
        {
            throw new AuthenticationException($"The server certificate is of no use: {exception.Message}", exception);
        }
    }
}
