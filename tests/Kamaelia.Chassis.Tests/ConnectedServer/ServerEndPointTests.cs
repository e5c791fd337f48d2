// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;
using Axon;
using Axon.TestKit;
using Kamaelia.Internet;
using Microsoft.Extensions.Logging;

namespace Kamaelia.Chassis.Tests.ConnectedServer;

/// <summary>Servers that listen elsewhere than on a port of all addresses.</summary>
public class ServerEndPointTests
{
    public static TheoryData<PollerKind> Pollers => ServerFixture.Pollers;

    [Theory]
    [MemberData(nameof(Pollers))]
    public void UnixDomainSocket_ServesAndTellsTheHandlerItsPath(PollerKind poller)
    {
        using Folder folder = new();
        using ServerFixture fixture = new(poller);
        ConnectionInfo? info = null;
        EndPoint? announced = null;
        ServerCore server = new(
            client =>
            {
                info = client;
                return new Recorder { OnText = static (me, text) => me.Say($"{text}!") };
            },
            folder.EndPoint);
        server.Listening += endPoint => announced = endPoint;
        fixture.Start(server);
        using Socket client = folder.Connect();

        client.Say("hello");

        Assert.Equal("hello!", fixture.Read(client, 6));
        Assert.Equal(new ConnectionInfo("", 0, folder.SocketPath, 0), info);
        Assert.Equal(folder.SocketPath, announced?.ToString());
        Assert.Equal((0, 0), (server.Port, server.ListenPort));

        new Probe(server).FeedTo("control", new ShutdownMicroprocess());
        fixture.RunUntil(() => server.IsStopped && server.LocalEndPoint is null);
        Assert.False(File.Exists(folder.SocketPath));
        Assert.Equal((0, ""), fixture.ReadToEnd(client));
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void UnixDomainSocket_Taken_TheServerEndsWithBindFailedAndOneLineInTheLog(PollerKind poller)
    {
        using Folder folder = new();
        using ServerFixture fixture = new(poller);
        fixture.Start(new SimpleServer(() => new Echo(), folder.EndPoint));
        SimpleServer second = new(() => new Echo(), folder.EndPoint);
        AdaptiveCommsComponent neighbour = new();
        neighbour.Link((second, "signal"), (neighbour, "inbox"));

        second.Activate(fixture.Scheduler);
        fixture.RunUntil(() => second.IsStopped);

        Assert.IsType<BindFailed>(Assert.Single(neighbour.Inbox()));
        var line = Assert.Single(fixture.Log.Lines);
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains(folder.SocketPath, line.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void AddressAndPort_ListensThereOnly(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new ServerCore(_ => new Recorder(), new IPEndPoint(IPAddress.Loopback, 0)));

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, server.ListenPort), server.LocalEndPoint);
        Assert.Equal(0, server.Port);
    }

    [Fact]
    public void NoEndPoint_Throws()
    {
        Assert.Throws<ArgumentNullException>("endPoint", () => new ServerCore(_ => new Recorder(), (EndPoint)null!));
        Assert.Throws<ArgumentNullException>("protocol", () => new ServerCore(null!, new IPEndPoint(IPAddress.Loopback, 0)));
    }

    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unix");

        public string SocketPath => Path.Combine(_folder.FullName, "socket");

        public UnixDomainSocketEndPoint EndPoint => new(SocketPath);

        public Socket Connect()
        {
            Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            client.Connect(EndPoint);
            return client;
        }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
