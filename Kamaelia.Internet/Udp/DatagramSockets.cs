// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>Makes the sockets of peers.</summary>
internal static class DatagramSockets
{
    /// <summary>The address that a peer is given to bind to.</summary>
    /// <exception cref="ArgumentException">It is a name, or nothing at all.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such port.</exception>
    // PORT: differs. Python looks local names up, and everybody waits for that.
    public static IPEndPoint Local(string address, int port) => IPAddress.TryParse(address, out IPAddress? parsed)
        ? new IPEndPoint(parsed, port)
        : throw new ArgumentException(
            $"A peer cannot bind to \"{address}\": that is no address. Give it one of this machine, \"0.0.0.0\" for all of IPv4 or \"::\" for all of both families.",
            nameof(address));

    /// <summary>The address that a peer binds to which only sends: any that can reach the receiver.</summary>
    public static IPEndPoint LocalFor(EndPoint? receiver) =>
        new(receiver is { AddressFamily: AddressFamily.InterNetwork } || !Socket.OSSupportsIPv6 ? IPAddress.Any : IPAddress.IPv6Any, 0);

    /// <summary>Makes a socket and takes an address.</summary>
    /// <exception cref="SocketException">The address is not to be had.</exception>
    public static Socket Open(IPEndPoint local, UdpOptions options) => Open(local, options, static (socket, local, options) =>
    {
        socket.Bind(local);
        if (options.TimeToLive is { } hops)
        {
            socket.Ttl = (short)hops;
        }
    });

    /// <summary>Makes a socket, set up as all are, and leaves the rest to the caller.</summary>
    public static Socket Open<T>(IPEndPoint local, T options, Action<Socket, IPEndPoint, T> bind)
        where T : UdpOptions
    {
        Socket socket = new(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Blocking = false;
            if (local.Address.Equals(IPAddress.IPv6Any))
            {
                // Both families on one socket, unless an address says which.
                socket.DualMode = true;
            }

            if (options.Broadcast)
            {
                socket.EnableBroadcast = true;
            }

            if (options.ReceiveBufferSize is { } received)
            {
                socket.ReceiveBufferSize = received;
            }

            if (options.SendBufferSize is { } sent)
            {
                socket.SendBufferSize = sent;
            }

            bind(socket, local, options);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
