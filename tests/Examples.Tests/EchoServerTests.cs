// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Examples.Tests;

/// <summary>EchoServer as its users see it: what it prints, whom it serves, and how it ends.</summary>
public sealed class EchoServerTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("echo");

    public static TheoryData<string> Pollers => OperatingSystem.IsLinux() ? ["epoll", "select"] : ["select"];

    public static TheoryData<string[], string[]> Refusals => new()
    {
        { ["--address", "192.0.2.1", "--port", "0"], ["192.0.2.1:0"] },
        { ["--unix", "{folder}/missing/socket"], ["{folder}/missing/socket", "no such folder"] },
        { ["--tls", "--cert", "{folder}/missing.pem", "--key", "{folder}/good.key"], ["{folder}/missing.pem"] },
        { ["--tls", "--cert", "{folder}/good.pem", "--key", "{folder}/missing.key"], ["{folder}/missing.key"] },
        { ["--tls", "--cert", "{folder}/junk", "--key", "{folder}/good.key"], ["{folder}/junk", "no certificate"] },
        { ["--tls", "--cert", "{folder}/good.pem", "--key", "{folder}/junk"], ["{folder}/junk", "key"] },
        { ["--tls", "--cert", "{folder}/good.pem", "--key", "{folder}/other.key"], ["{folder}/other.key", "match"] },
    };

    private string SocketPath => Path.Combine(_folder.FullName, "socket");

    public void Dispose() => _folder.Delete(recursive: true);

    [UnixTheory]
    [MemberData(nameof(Pollers))]
    public async Task Port_OneLine_Echo_AndStatusZeroAfterTheSignal(string poller)
    {
        using ServerProgram server = new("EchoServer", "--port", "0", "--address", "127.0.0.1", "--poller", poller);
        int port = await server.ListeningPort();
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port);
        Assert.Equal("hello", await Echo(client.GetStream(), "hello"));

        server.Terminate();

        Assert.Equal("", await ReadToEnd(client.GetStream()));
        Assert.Equal((0, "", ""), await server.End());
    }

    [UnixTheory]
    [MemberData(nameof(Pollers))]
    public async Task TwoHundredClientsAtOnce_EachGetsItsOwn(string poller)
    {
        const int Count = 200;
        using ServerProgram server = new("EchoServer", "--port", "0", "--poller", poller);
        int port = await server.ListeningPort();
        TcpClient[] clients = [.. Enumerable.Range(0, Count).Select(_ => new TcpClient())];
        await Task.WhenAll(clients.Select(client => client.ConnectAsync(IPAddress.Loopback, port)));

        string[] echoes = await Task.WhenAll(clients.Select(async (client, number) =>
        {
            using NetworkStream stream = client.GetStream();
            string echo = await Echo(stream, $"{number:D5}");
            client.Client.Shutdown(SocketShutdown.Send);
            return echo + await ReadToEnd(stream);
        }));

        Assert.Equal(Enumerable.Range(0, Count).Select(number => $"{number:D5}"), echoes);
        server.Terminate();
        Assert.Equal((0, "", ""), await server.End());
    }

    [UnixTheory]
    [MemberData(nameof(Pollers))]
    public async Task Tls_WithoutFiles_ShowsACertificateForLocalhost_AndOffersEcho(string poller)
    {
        using ServerProgram server = new("EchoServer", "--tls", "--port", "0", "--poller", poller);
        int port = await server.ListeningPort();
        using TcpClient tcp = new();
        await tcp.ConnectAsync(IPAddress.Loopback, port);
        using SslStream client = new(tcp.GetStream());

        await client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [SslApplicationProtocol.Http2, new("echo")],

            // The right name, and nobody who vouches for it.
            RemoteCertificateValidationCallback = static (_, _, _, problems) => problems == SslPolicyErrors.RemoteCertificateChainErrors,
        });

        Assert.Equal("echo", $"{client.NegotiatedApplicationProtocol}");
        Assert.Equal("hello", await Echo(client, "hello"));
        server.Terminate();
        Assert.Equal((0, "", ""), await server.End());
    }

    [UnixTheory]
    [MemberData(nameof(Pollers))]
    public async Task Tls_WithFiles_ShowsThatCertificate(string poller)
    {
        WriteFiles();
        using ServerProgram server = new(
            "EchoServer", "--tls", "--cert", InFolder("{folder}/good.pem"), "--key", InFolder("{folder}/good.key"), "--port", "0", "--poller", poller);
        int port = await server.ListeningPort();
        using TcpClient tcp = new();
        await tcp.ConnectAsync(IPAddress.Loopback, port);
        using SslStream client = new(tcp.GetStream());
        X509ChainPolicy trust = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(InFolder("{folder}/good.pem"));

        await client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "example.test", CertificateChainPolicy = trust });

        Assert.Equal("hello", await Echo(client, "hello"));
    }

    [UnixTheory]
    [MemberData(nameof(Pollers))]
    public async Task UnixDomainSocket_IsServed_ReplacedAfterAKill_AndRemovedAtTheEnd(string poller)
    {
        using (ServerProgram killed = new("EchoServer", "--unix", SocketPath, "--poller", poller))
        {
            Assert.Equal(SocketPath, await killed.Listening());
            killed.Kill();
        }

        Assert.True(File.Exists(SocketPath));
        using ServerProgram server = new("EchoServer", "--unix", SocketPath, "--poller", poller);
        Assert.Equal(SocketPath, await server.Listening());
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
        using NetworkStream stream = new(client);
        Assert.Equal("hello", await Echo(stream, "hello"));

        using ServerProgram second = new("EchoServer", "--unix", SocketPath);
        (int status, string output, string errors) = await second.End();
        Assert.Equal((1, ""), (status, output));
        Assert.Contains(SocketPath, errors, StringComparison.Ordinal);
        Assert.Equal("still", await Echo(stream, "still"));

        server.Terminate();
        Assert.Equal((0, "", ""), await server.End());
        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public async Task PortInUse_OneClearLineAndStatusOne()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        string address = $"{taken.LocalEndPoint}";

        await Refuses(1, [address, "in use"], "--address", "127.0.0.1", "--port", address[(address.IndexOf(':') + 1)..]);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task WhatCannotBeServed_OneClearLineAndStatusOne(string[] arguments, string[] words)
    {
        WriteFiles();

        await Refuses(1, [.. words.Select(InFolder)], [.. arguments.Select(InFolder)]);
    }

    [Theory]
    [InlineData("--port", "65536")]
    [InlineData("--address", "somewhere")]
    [InlineData("--unix")]
    [InlineData("--cert", "file.pem")]
    [InlineData("--tls", "--key", "file.pem")]
    [InlineData("--nonsense")]
    public async Task WrongOptions_UsageAndStatusTwo(params string[] arguments)
    {
        using ServerProgram server = new("EchoServer", arguments);

        (int status, string output, string errors) = await server.End();

        Assert.Equal((2, ""), (status, output));
        Assert.Contains(arguments.First(argument => argument != "--tls"), errors, StringComparison.Ordinal);
        Assert.Contains("Usage: ", errors, StringComparison.Ordinal);
    }

    private static async Task Refuses(int expected, string[] words, params string[] arguments)
    {
        using ServerProgram server = new("EchoServer", arguments);

        (int status, string output, string errors) = await server.End();

        Assert.Equal((expected, ""), (status, output));
        Assert.Single(errors.Split('\n'));
        Assert.All(words, word => Assert.Contains(word, errors, StringComparison.Ordinal));
    }

    private static async Task<string> Echo(Stream stream, string text)
    {
        using CancellationTokenSource timeout = new(s_patience);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        await stream.WriteAsync(bytes, timeout.Token);
        await stream.ReadExactlyAsync(bytes, timeout.Token);
        return Encoding.UTF8.GetString(bytes);
    }

    private static async Task<string> ReadToEnd(Stream stream)
    {
        using CancellationTokenSource timeout = new(s_patience);
        using StreamReader reader = new(stream, Encoding.UTF8, leaveOpen: true);
        return await reader.ReadToEndAsync(timeout.Token);
    }

    private string InFolder(string text) => text.Replace("{folder}", _folder.FullName, StringComparison.Ordinal);

    private void WriteFiles()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=example.test", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("example.test");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1000));
        File.WriteAllText(InFolder("{folder}/good.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(InFolder("{folder}/good.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(InFolder("{folder}/other.key"), other.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(InFolder("{folder}/junk"), "junk");
    }
}

/// <summary>A theory that needs signals.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "Needs signals, which this system does not have.";
        }
    }
}
