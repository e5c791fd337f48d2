// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Kamaelia.Internet.Tests;

/// <summary>A connection by itself: addresses, the .NET object, and who closes what.</summary>
public sealed class ConnectedSocketTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly List<IDisposable> _owned = [];

    public void Dispose() => _owned.ForEach(owned => owned.Dispose());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Spec", "INT-SRV-09")]
    public void Addresses_OfIpv4_AreThoseOfThePeersSocket(bool socketIsMade) => CheckAddresses(IPAddress.Loopback, socketIsMade);

    [Ipv6Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Addresses_OfIpv6_AreThoseOfThePeersSocket(bool socketIsMade) => CheckAddresses(IPAddress.IPv6Loopback, socketIsMade);

    [Ipv6Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Addresses_OfIpv4OverASocketOfBothFamilies_AreIpv4(bool socketIsMade)
    {
        Socket listener = Own(new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true });
        (Socket far, ConnectedSocket near) = Connect(listener, new IPEndPoint(IPAddress.IPv6Any, 0), IPAddress.Loopback);
        MakeIf(socketIsMade, near);

        Assert.Equal(far.LocalEndPoint, near.RemoteEndPoint);
        Assert.Equal(far.RemoteEndPoint, near.LocalEndPoint);
        Assert.Equal(AddressFamily.InterNetwork, near.RemoteEndPoint!.AddressFamily);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Addresses_OfAUnixDomainSocket_AreThoseOfDotNet(bool socketIsMade)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("unix");
        try
        {
            UnixDomainSocketEndPoint endPoint = new(Path.Combine(folder.FullName, "socket"));
            Socket listener = Own(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
            listener.Bind(endPoint);
            listener.Listen();
            Socket far = Own(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
            far.Connect(endPoint);
            ConnectedSocket near = Own(ConnectedSocket.Accept(listener, noDelay: false));
            MakeIf(socketIsMade, near);

            Assert.Equal(endPoint.ToString(), near.LocalEndPoint!.ToString());
            Assert.Equal(near.Socket.RemoteEndPoint?.ToString(), near.RemoteEndPoint?.ToString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Addresses_AfterTheEnd_AreNull(bool socketIsMade)
    {
        (_, ConnectedSocket near) = Connect();
        MakeIf(socketIsMade, near);

        near.Dispose();

        Assert.True(near.IsClosed);
        Assert.Null(near.RemoteEndPoint);
        Assert.Null(near.LocalEndPoint);
    }

    // On other systems the answer is .NET's, which remembers.
    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void RemoteEndPoint_AfterAReset_IsNull(bool socketIsMade)
    {
        (Socket far, ConnectedSocket near) = Connect();
        MakeIf(socketIsMade, near);

        Reset(far, near);

        Assert.Null(near.RemoteEndPoint);
        Assert.False(near.IsClosed);
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void FinishSending_AfterAReset_LeavesItToTheReaderToSaySo(bool socketIsMade)
    {
        (Socket far, ConnectedSocket near) = Connect();
        MakeIf(socketIsMade, near);
        Reset(far, near);

        Assert.Equal(SocketError.Success, near.FinishSending());

        Assert.Equal(0, near.Receive(new byte[1], out SocketError error));
        Assert.Equal(SocketError.ConnectionReset, error);
    }

    [Fact]
    public void Socket_AskedForTwice_IsTheSameAndDoesNotBlock()
    {
        (Socket far, ConnectedSocket near) = Connect();

        Socket socket = near.Socket;

        Assert.Same(socket, near.Socket);
        Assert.False(socket.Blocking);
        Assert.Equal(far.LocalEndPoint, socket.RemoteEndPoint);
        Assert.Equal(near.Descriptor, (nint)socket.Handle);
    }

    [Fact]
    public void Socket_Made_TheConnectionGoesOn()
    {
        (Socket far, ConnectedSocket near) = Connect();
        byte[] buffer = new byte[10];
        Assert.Equal(2, near.Send([1, 2], out _));
        _ = near.Socket;
        Assert.Equal(1, near.Send([3], out _));
        ReceiveAll(far, [1, 2, 3]);

        far.Send([4, 5]);
        Assert.True(near.Socket.Poll(s_patience, SelectMode.SelectRead));
        Assert.True(near.HasUnread());

        Assert.Equal(2, near.Receive(buffer, out SocketError error));
        Assert.Equal(SocketError.Success, error);
        Assert.Equal([4, 5], buffer[..2]);
        Assert.False(near.HasUnread());
        Assert.Equal(0, near.Receive(buffer, out error));
        Assert.Equal(SocketError.WouldBlock, error);
    }

    [Fact]
    public void Socket_AfterTheEnd_IsAClosedOne()
    {
        (_, ConnectedSocket near) = Connect();
        near.Dispose();

        Socket socket = near.Socket;

        Assert.Same(socket, near.Socket);
        Assert.True(socket.SafeHandle.IsClosed);
        Assert.Throws<ObjectDisposedException>(() => socket.Available);
        Assert.True(near.IsClosed);
    }

    [LinuxFact]
    public void Socket_AfterTheEnd_IsNoSignThatTwoConnectionsAreTheSame()
    {
        (_, ConnectedSocket one) = Connect();
        (_, ConnectedSocket other) = Connect();
        one.Dispose();
        other.Dispose();
        Assert.Same(one.Socket, other.Socket);

        Selectable selectable = one;

        Assert.False(selectable.Equals(other));
        Assert.True(selectable.Equals(one));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dispose_PeerSeesTheEnd_AndTheDescriptorIsClosedOnce(bool socketIsMade)
    {
        (Socket far, ConnectedSocket near) = Connect();
        MakeIf(socketIsMade, near);
        nint number = near.Descriptor;

        near.Dispose();

        AwaitEnd(far);
        Assert.Equal(number, near.Descriptor);
        (Socket heirsPeer, ConnectedSocket heir) = ConnectAs(number);
        near.Dispose();
        near.CloseQuietly();
        near.CloseHard();
        AssertAlive(heirsPeer, heir);
    }

    [Fact]
    public void Socket_ClosedByWhoAskedForIt_TheConnectionIsClosedAndTouchesNoOther()
    {
        (Socket far, ConnectedSocket near) = Connect();
        nint number = near.Descriptor;

        near.Socket.Dispose();

        AwaitEnd(far);
        Assert.True(near.IsClosed);
        (Socket heirsPeer, ConnectedSocket heir) = ConnectAs(number);
        Assert.Null(near.RemoteEndPoint);
        Assert.Throws<ObjectDisposedException>(() => near.Receive(new byte[1], out _));
        Assert.Throws<ObjectDisposedException>(() => near.Send([1], out _));
        Assert.Throws<ObjectDisposedException>(() => near.FinishSending());
        Assert.Throws<ObjectDisposedException>(() => near.HasUnread());
        near.CloseQuietly();
        near.CloseHard();
        near.Dispose();
        AssertAlive(heirsPeer, heir);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CloseHard_PeerSeesAReset(bool socketIsMade)
    {
        (Socket far, ConnectedSocket near) = Connect();
        MakeIf(socketIsMade, near);

        near.CloseHard();

        Assert.True(far.Poll(s_patience, SelectMode.SelectRead));
        Assert.Equal(0, far.Receive(new byte[1], SocketFlags.None, out SocketError error));
        Assert.Equal(SocketError.ConnectionReset, error);
        Assert.True(near.IsClosed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NobodyClosesItAndNobodyHoldsIt_TheFinalizerDoes(bool socketIsMade)
    {
        Socket far = ConnectAndForget(socketIsMade);

        RunFinalizers();

        // .NET's own finalizer breaks it off.
        Assert.True(far.Poll(s_patience, SelectMode.SelectRead), "It is not closed.");
        Assert.Equal(0, far.Receive(new byte[1], SocketFlags.None, out SocketError error));
        Assert.Equal(socketIsMade ? SocketError.ConnectionReset : SocketError.Success, error);
    }

    [Fact]
    public void Closed_ItsFinalizerTouchesNoOther()
    {
        (Socket heirsPeer, ConnectedSocket heir) = CloseAndForget();

        RunFinalizers();

        AssertAlive(heirsPeer, heir);
    }

    [Fact]
    public void TwoOverOneSocket_OneForgotten_TheOtherGoesOn()
    {
        (Socket far, ConnectedSocket near) = ForgetTheFirst();

        RunFinalizers();

        AssertAlive(far, near);
    }

    [LinuxFact]
    public void ConstructorThatThrows_ClosesNoDescriptorThatIsNotItsOwn()
    {
        string? input = new FileInfo("/proc/self/fd/0").LinkTarget;
        Assert.Throws<ArgumentNullException>("socket", () => new ConnectedSocket((Socket)null!));

        RunFinalizers();

        Assert.Equal(input, new FileInfo("/proc/self/fd/0").LinkTarget);
    }

    [Fact]
    public void Accept_NobodyWaits_SaysSo()
    {
        Socket listener = Listen(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Loopback, 0));
        listener.Blocking = false;

        SocketException exception = Assert.Throws<SocketException>(() => ConnectedSocket.Accept(listener, noDelay: true));

        Assert.Equal(SocketError.WouldBlock, exception.SocketErrorCode);
    }

    [Fact]
    public void Accept_ListenerIsClosed_SaysSo()
    {
        Socket listener = Listen(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Loopback, 0));
        listener.Dispose();

        Assert.Throws<ObjectDisposedException>(() => ConnectedSocket.Accept(listener, noDelay: true));
    }

    // None of these three may be inlined: what their variables hold would be held as long as the test runs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Socket ConnectAndForget(bool socketIsMade)
    {
        (Socket far, ConnectedSocket near) = Connect(owned: false);
        MakeIf(socketIsMade, near);
        return far;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (Socket Far, ConnectedSocket Near) CloseAndForget()
    {
        (_, ConnectedSocket near) = Connect(owned: false);
        near.Dispose();
        return ConnectAs(near.Descriptor);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (Socket Far, ConnectedSocket Near) ForgetTheFirst()
    {
        (Socket far, ConnectedSocket first) = Connect(owned: false);
        return (far, Own(new ConnectedSocket(first.Socket)));
    }

    private static void RunFinalizers()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static void MakeIf(bool wanted, ConnectedSocket connection)
    {
        if (wanted)
        {
            Assert.NotNull(connection.Socket);
        }
    }

    private void CheckAddresses(IPAddress address, bool socketIsMade)
    {
        Socket listener = Own(new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        (Socket far, ConnectedSocket near) = Connect(listener, new IPEndPoint(address, 0), address);
        MakeIf(socketIsMade, near);

        Assert.Equal(far.LocalEndPoint, near.RemoteEndPoint);
        Assert.Equal(far.RemoteEndPoint, near.LocalEndPoint);
    }

    // Once the reader would see it, and before it has.
    private static void Reset(Socket far, ConnectedSocket near)
    {
        far.LingerState = new LingerOption(true, 0);
        far.Dispose();
        Assert.True(SpinWait.SpinUntil(() => near.RemoteEndPoint is null, s_patience), "The reset does not arrive.");
    }

    private static void AwaitEnd(Socket far)
    {
        Assert.True(far.Poll(s_patience, SelectMode.SelectRead), "The peer sees no end.");
        Assert.Equal(0, far.Receive(new byte[1]));
    }

    private static void AssertAlive(Socket far, ConnectedSocket near)
    {
        Assert.False(near.IsClosed);
        Assert.Equal(3, near.Send([7, 8, 9], out SocketError error));
        Assert.Equal(SocketError.Success, error);
        ReceiveAll(far, [7, 8, 9]);
    }

    private static void ReceiveAll(Socket far, byte[] expected)
    {
        byte[] buffer = new byte[expected.Length];
        for (int count = 0; count < buffer.Length;)
        {
            Assert.True(far.Poll(s_patience, SelectMode.SelectRead), "It does not arrive.");
            int more = far.Receive(buffer.AsSpan(count));
            Assert.NotEqual(0, more);
            count += more;
        }

        Assert.Equal(expected, buffer);
    }

    private (Socket Far, ConnectedSocket Near) Connect(bool owned = true) =>
        Connect(Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)), new IPEndPoint(IPAddress.Loopback, 0), IPAddress.Loopback, owned);

    private (Socket Far, ConnectedSocket Near) Connect(Socket listener, IPEndPoint endPoint, IPAddress address, bool owned = true)
    {
        Listen(listener, endPoint);
        Socket far = Own(new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        far.Connect(address, ((IPEndPoint)listener.LocalEndPoint!).Port);
        ConnectedSocket near = ConnectedSocket.Accept(listener, noDelay: false);
        return (far, owned ? Own(near) : near);
    }

    private Socket Listen(Socket listener, IPEndPoint endPoint)
    {
        Own(listener).Bind(endPoint);
        listener.Listen();
        return listener;
    }

    /// <summary>A connection under a number that has just become free, as far as others of this process leave it.</summary>
    private (Socket Far, ConnectedSocket Near) ConnectAs(nint number)
    {
        (Socket Far, ConnectedSocket Near) connection;
        int attempts = 0;
        do
        {
            connection = Connect();
        }
        while (connection.Near.Descriptor != number && ++attempts < 20);

        return connection;
    }

    private T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }
}
