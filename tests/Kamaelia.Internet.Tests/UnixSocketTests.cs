// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>Servers on Unix domain sockets, and the files by which they are found.</summary>
public sealed class UnixSocketTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unix");

    public string SocketPath => Path.Combine(_folder.FullName, "socket");

    private UnixDomainSocketEndPoint EndPoint => new(SocketPath);

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory, EachPoller]
    public void Server_EchoesToItsClients_AndRemovesItsFileAtTheEnd(PollerKind kind)
    {
        using World world = new(kind);
        Owner owner = new(Handler.Echo);
        ServerRig rig = Start(world, owner);
        Far first = Dial(world, EndPoint);
        Far second = Dial(world, EndPoint);
        byte[] bytes = Bytes.Pattern(50_000);

        first.Send(bytes);
        second.Send([1, 2, 3]);
        world.RunUntil(() => first.Look().Count == bytes.Length && second.Look().Count == 3, "both echoes");

        Bytes.AssertSame(bytes, first.Received);
        Assert.Equal(EndPoint.ToString(), rig.Server.LocalEndPoint!.ToString());
        Assert.Equal(0, rig.Port);
        Assert.True(File.Exists(SocketPath));

        rig.Order(new ServerShutdown());
        world.RunUntil(() => rig.Server.IsStopped, "the end of the server");
        Assert.False(File.Exists(SocketPath));
        Assert.Null(rig.Server.LocalEndPoint);
        Assert.Throws<SocketException>(() => Dial(world, EndPoint));

        // Whoever is connected stays so.
        first.Send([4]);
        world.RunUntil(() => first.Look().Count == bytes.Length + 1, "one more echo");
    }

    [Theory, EachPoller]
    public void Peer_ClosesOrFinishesSending_AsWithTcp(PollerKind kind)
    {
        using World world = new(kind);
        Owner owner = new(() => new Handler(
            static (handler, bytes) => handler.Send(bytes),
            static (handler, message) => handler.Send(message, "signal")));
        Start(world, owner);
        Far far = Dial(world, EndPoint);

        far.Send(Bytes.Of("hello"));
        far.Finish();
        world.RunUntil(() => far.Look().IsOver, "the end of the stream");

        Assert.Equal(Bytes.Of("hello"), far.Received);
        Assert.True(far.Ended);
        world.RunUntil(() => owner.Count == 0, "the end of the connection");
    }

    [Theory, EachPoller]
    public void Client_OverTheSameKindOfSocket_IsServed(PollerKind kind)
    {
        using World world = new(kind);
        Start(world, new Owner(Handler.Echo));
        TcpClient client = new(EndPoint);
        Collector collector = new();
        collector.Link((collector, "outbox"), (client, "inbox"));
        collector.Link((client, "outbox"), (collector, "inbox"));
        client.Activate(world.Scheduler);

        collector.Send(Bytes.Of("there and back"));

        world.RunUntil(() => collector.DataReady(), "the echo");
        Assert.Equal(Bytes.Of("there and back"), collector.Recv());
    }

    [Fact]
    public void NeverActive_Stop_RemovesTheFile()
    {
        TcpServer server = new(EndPoint);
        Assert.True(File.Exists(SocketPath));

        server.Stop();

        Assert.False(File.Exists(SocketPath));
    }

    [LinuxTheory, EachPoller]
    public void FileOfADeadServer_IsReplaced(PollerKind kind)
    {
        LeaveFileBehind();
        using World world = new(kind);
        Start(world, new Owner(Handler.Echo));
        Far far = Dial(world, EndPoint);

        far.Send([1]);

        world.RunUntil(() => far.Look().Count == 1, "the echo");
    }

    [Theory, EachPoller]
    public void SomebodyListensThere_BindFailed_AndTheFileStays(PollerKind kind)
    {
        using World world = new(kind);
        Start(world, new Owner(Handler.Echo));
        ServerRig second = new(world, new TcpServer(EndPoint));

        second.Activate();

        BindFailed failure = Assert.IsType<BindFailed>(Assert.Single(second.Signals()));
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.IsType<SocketException>(failure.Exception).SocketErrorCode);
        Assert.Contains(SocketPath, failure.ToString(), StringComparison.Ordinal);
        Assert.Contains(world.Recorder.Logged, line => line.Text.Contains($"{failure}", StringComparison.Ordinal));
        Far far = Dial(world, EndPoint);
        far.Send([1]);
        world.RunUntil(() => far.Look().Count == 1, "the echo of the first server");
    }

    [LinuxTheory, EachPoller]
    public void SomebodyListensThere_TheQueueIsFull_BindFailed(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig first = new(world, new TcpServer(EndPoint, null, new TcpServerOptions { Backlog = 0 }));
        Dial(world, EndPoint);

        ServerRig second = new(world, new TcpServer(EndPoint));
        second.Activate();

        Assert.IsType<BindFailed>(Assert.Single(second.Signals()));
        Assert.NotNull(first.Server.LocalEndPoint);
        Assert.True(File.Exists(SocketPath));
    }

    [LinuxTheory, EachPoller]
    public void FileThatIsNoSocket_BindFailedSaysSo_AndTheFileStays(PollerKind kind)
    {
        File.WriteAllText(SocketPath, "precious");
        using World world = new(kind);
        ServerRig rig = new(world, new TcpServer(EndPoint));

        rig.Activate();

        BindFailed failure = Assert.IsType<BindFailed>(Assert.Single(rig.Signals()));
        Assert.Contains("not a socket", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(SocketPath));
    }

    [Theory, EachPoller]
    public void FolderThatDoesNotExist_BindFailedSaysSo(PollerKind kind)
    {
        UnixDomainSocketEndPoint nowhere = new(Path.Combine(SocketPath, "socket"));
        using World world = new(kind);
        ServerRig rig = new(world, new TcpServer(nowhere));

        rig.Activate();

        BindFailed failure = Assert.IsType<BindFailed>(Assert.Single(rig.Signals()));
        Assert.Equal(nowhere, failure.EndPoint);
        Assert.Contains("no such folder", failure.ToString(), StringComparison.Ordinal);
        Assert.Throws<SocketException>(() => new TcpServer(nowhere, null, new TcpServerOptions { ThrowOnBindFailure = true }));
    }

    [LinuxTheory, EachPoller]
    public void FileOfAnotherServer_StaysAtTheEnd(PollerKind kind)
    {
        using World world = new(kind);
        ServerRig first = Start(world, new Owner(Handler.Echo));
        File.Delete(SocketPath);
        Start(world, new Owner(Handler.Echo));

        first.Order(new ServerShutdown());
        world.RunUntil(() => first.Server.IsStopped, "the end of the first server");

        Assert.True(first.Server.Listener!.SafeHandle.IsClosed);
        Far far = Dial(world, EndPoint);
        far.Send([1]);
        world.RunUntil(() => far.Look().Count == 1, "the echo of the second server");
    }

    [LinuxTheory, EachPoller]
    public void AbstractName_NeedsNoFile(PollerKind kind)
    {
        UnixDomainSocketEndPoint name = new($"\0kamaelia-{Guid.NewGuid()}");
        using World world = new(kind);
        ServerRig rig = new(world, new TcpServer(name));
        rig.Activate();
        Far far = Dial(world, name);
        Connection connection = rig.Adopt(Assert.IsType<ConnectedSocketAdapter>(rig.RunUntilAnnounced(1)[0].Object), far);

        far.Send([7]);

        Assert.Equal([7], connection.RunUntilNearHas(1));
        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public void OtherKindsOfEndPoints_AreRefusedAtOnce()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new TcpServer(new DnsEndPoint("localhost", 80)));

        Assert.Contains("UnixDomainSocketEndPoint", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => new TcpServer((EndPoint)null!));
    }

    [Fact]
    public void AddressAndPort_ListensThereWhateverTheOptionsSay()
    {
        TcpServer server = new(new IPEndPoint(IPAddress.Loopback, 0), null, new TcpServerOptions { Address = IPAddress.Any });
        using Socket listener = server.Listener!;

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, server.ListenPort), server.LocalEndPoint);
    }

    private static Far Dial(World world, EndPoint endPoint)
    {
        Socket socket = world.Own(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
        socket.Connect(endPoint);
        return new Far(socket);
    }

    private ServerRig Start(World world, Owner owner)
    {
        ServerRig rig = new(world, new TcpServer(EndPoint), linked: false);
        owner.Attach(rig.Server);
        owner.Activate(world.Scheduler);
        rig.Activate();
        return rig;
    }

    // As a killed server does: nobody is there any more to remove it.
    private void LeaveFileBehind()
    {
        using Socket killed = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        killed.Bind(EndPoint);
        killed.Listen();
        File.Move(SocketPath, $"{SocketPath}.moved");
        killed.Dispose();
        File.Move($"{SocketPath}.moved", SocketPath);
    }

    private sealed class Collector : Component;
}
