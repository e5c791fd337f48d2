// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Kamaelia.Chassis;
using Kamaelia.Internet;

namespace Examples;

/// <summary>What a server program can be told on its command line.</summary>
internal sealed class ServingOptions
{
    private int _port = ServerCore.DefaultPort;
    private IPAddress _address = IPAddress.IPv6Any;
    private UnixDomainSocketEndPoint? _unix;
    private PollerKind _poller = PollerKind.Best;
    private string? _certificate;
    private string? _key;

    public EndPoint EndPoint => _unix ?? (EndPoint)new IPEndPoint(_address, _port);

    public PollerKind Poller => _poller;

    /// <summary>How long the server keeps looking for work before it sleeps.</summary>
    public TimeSpan Spin { get; private set; }

    public bool Tls { get; private set; }

    public static string Usage(string program) =>
        $"Usage: {program} [--port N] [--address IP | --unix PATH] [--tls [--cert FILE.pem --key FILE.pem]] [--poller epoll|select] [--spin MICROSECONDS]";

    public static bool TryParse(string[] args, out ServingOptions options, out string? error)
    {
        options = new ServingOptions();
        error = null;
        for (int i = 0; i < args.Length && error is null; i++)
        {
            if (args[i] == "--tls")
            {
                options.Tls = true;
            }
            else
            {
                error = options.Set(args[i], i + 1 < args.Length ? args[++i] : null);
            }
        }

        if ((options._certificate is null) != (options._key is null) || (options._certificate is not null && !options.Tls))
        {
            error ??= "--cert and --key go together, and with --tls";
        }

        return error is null;
    }

    /// <summary>Puts the certificate to what a program has said about TLS itself.</summary>
    /// <exception cref="InvalidDataException">There is something wrong with the files; the message names the one and the cause.</exception>
    public SslServerAuthenticationOptions MakeTls(SslServerAuthenticationOptions? options)
    {
        options ??= new SslServerAuthenticationOptions();
        options.ServerCertificateContext = _certificate is null ? Certificates.MakeForLocalhost() : Certificates.Load(_certificate, _key!);
        return options;
    }

    /// <returns>What is wrong; null if all is well.</returns>
    private string? Set(string option, string? value)
    {
        bool understood;
        switch (option)
        {
            case "--port":
                understood = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _port) && _port <= IPEndPoint.MaxPort;
                break;
            case "--address":
                understood = IPAddress.TryParse(value, out IPAddress? address);
                _address = address ?? _address;
                break;
            case "--unix":
                return SetUnix(value);
            case "--poller":
                understood = value is "epoll" or "select" && Enum.TryParse(value, ignoreCase: true, out _poller);
                break;
            case "--spin":
                understood = ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort microseconds);
                Spin = TimeSpan.FromMicroseconds(microseconds);
                break;
            case "--cert":
                understood = !string.IsNullOrEmpty(_certificate = value);
                break;
            case "--key":
                understood = !string.IsNullOrEmpty(_key = value);
                break;
            default:
                return $"there is no option {option}";
        }

        return understood ? null : $"{option} cannot be {value ?? "left empty"}";
    }

    private string? SetUnix(string? path)
    {
        try
        {
            _unix = new UnixDomainSocketEndPoint(path ?? "");
            return null;
        }
        catch (ArgumentException exception)
        {
            return $"--unix: {exception.Message}";
        }
    }
}
