// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Examples;

/// <summary>The certificate that a server shows: from files, or made up for the occasion.</summary>
internal static class Certificates
{
    /// <summary>Reads a certificate, with the intermediate ones that follow it, and its key.</summary>
    /// <exception cref="InvalidDataException">It cannot be done; the message names the file and the cause.</exception>
    public static SslStreamCertificateContext Load(string certificateFile, string keyFile)
    {
        string certificateText = Read(certificateFile);
        string keyText = Read(keyFile);
        X509Certificate2Collection chain = [];
        try
        {
            chain.ImportFromPem(certificateText);
        }
        catch (CryptographicException exception)
        {
            throw new InvalidDataException($"{certificateFile}: {exception.Message}", exception);
        }

        if (chain.Count == 0)
        {
            throw new InvalidDataException($"{certificateFile}: there is no certificate in it");
        }

        try
        {
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(certificateText, keyText);
            chain.RemoveAt(0);
            return SslStreamCertificateContext.Create(Portable(certificate), chain, offline: true);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"{keyFile}: {exception.Message}", exception);
        }
    }

    /// <summary>Makes a certificate for localhost that nobody has signed: clients must be told to trust it.</summary>
    public static SslStreamCertificateContext MakeForLocalhost()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        return SslStreamCertificateContext.Create(Portable(certificate), additionalCertificates: null, offline: true);
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{file}: {exception.Message}", exception);
        }
    }

    // The TLS of Windows does not take a key that is nowhere but in memory.
    private static X509Certificate2 Portable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
}
