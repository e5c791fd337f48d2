// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>The other end of datagrams: a plain socket in the test's hands, that never blocks.</summary>
internal sealed class FarPeer
{
    private readonly World _world;
    private readonly byte[] _buffer = new byte[64 * 1024];

    public FarPeer(World world, IPAddress? address = null, int port = 0)
    {
        _world = world;
        address ??= IPAddress.Loopback;
        Socket = world.Own(new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false });
        Socket.Bind(new IPEndPoint(address, port));
        EndPoint = (IPEndPoint)Socket.LocalEndPoint!;
    }

    public Socket Socket { get; }

    public IPEndPoint EndPoint { get; }

    public int Port => EndPoint.Port;

    /// <summary>What has been received so far, and from whom.</summary>
    public List<UdpPacket> Received { get; } = [];

    /// <summary>The payloads of these.</summary>
    public byte[][] Payloads => [.. Received.Select(packet => packet.Data.ToArray())];

    /// <summary>Sends one datagram to a peer of this machine.</summary>
    public void Send(byte[] data, int port) => Assert.Equal(data.Length, Socket.SendTo(data, new IPEndPoint(EndPoint.Address, port)));

    public FarPeer Look()
    {
        EndPoint from = EndPoint;
        while (Socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            int count = Socket.ReceiveFrom(_buffer, ref from);
            Received.Add(new UdpPacket(_buffer.AsSpan(0, count).ToArray(), (IPEndPoint)from));
        }

        return this;
    }

    public List<UdpPacket> RunUntilHas(int count)
    {
        _world.RunUntil(() => Look().Received.Count >= count, $"{count} datagrams");
        return Received;
    }
}
