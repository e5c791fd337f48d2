// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kamaelia.Internet.Tests;

/// <summary>An authority that nobody trusts who is not told to, and what it has signed. Nothing of it is ever in a file.</summary>
internal static class Certificates
{
    /// <summary>The name that <see cref="Server"/> bears; it also bears the address 127.0.0.1.</summary>
    public const string Name = "server.test";

    private static readonly DateTimeOffset s_from = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly X509Certificate2 s_authority = MakeAuthority();

    /// <summary>A server's certificate, good for the whole century.</summary>
    public static X509Certificate2 Server { get; } = Sign(s_until);

    /// <summary>The same, out of date.</summary>
    public static X509Certificate2 OutOfDate { get; } = Sign(s_from.AddYears(1));

    /// <summary>The server's side of a handshake.</summary>
    public static SslServerAuthenticationOptions AsServer(X509Certificate2? certificate = null, SslProtocols protocols = SslProtocols.None, params string[] alpn) => new()
    {
        ServerCertificate = certificate ?? Server,
        EnabledSslProtocols = protocols,
        ApplicationProtocols = Protocols(alpn),
    };

    /// <summary>The side of a client that trusts the authority, and checks everything else.</summary>
    public static SslClientAuthenticationOptions AsClient(string host = Name, params string[] alpn) => new()
    {
        TargetHost = host,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { s_authority },
            RevocationMode = X509RevocationMode.NoCheck,
        },
        ApplicationProtocols = Protocols(alpn),
    };

    private static List<SslApplicationProtocol>? Protocols(string[] names) =>
        names.Length == 0 ? null : [.. names.Select(name => new SslApplicationProtocol(name))];

    private static X509Certificate2 MakeAuthority()
    {
        CertificateRequest request = new("CN=authority.test", ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(s_from, s_until);
    }

    private static X509Certificate2 Sign(DateTimeOffset until)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={Name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(Name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = request.Create(s_authority, s_from, until, RandomNumberGenerator.GetBytes(16));
        using X509Certificate2 withKey = signed.CopyWithPrivateKey(key);

        // Once through an export: Windows takes no key that lives in memory only.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
