// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Kamaelia.Internet;

/// <summary>Where a datagram goes: an address, or a name that is looked up when the first one goes there.</summary>
/// <param name="endPoint">An <see cref="IPEndPoint"/> or a <see cref="DnsEndPoint"/>.</param>
internal sealed class Destination(EndPoint endPoint)
{
    /// <summary>As it was given.</summary>
    public EndPoint EndPoint { get; } = endPoint;

    /// <summary>As the kernel wants it for the peer's socket; null until it is known.</summary>
    public SocketAddress? Address { get; set; }

    /// <summary>The name being looked up; null while it is not.</summary>
    public Task<IPAddress[]>? LookUp { get; set; }

    /// <summary>A destination, or none.</summary>
    /// <exception cref="ArgumentException">Datagrams cannot be sent there.</exception>
    public static Destination? Of(EndPoint? receiver) => receiver switch
    {
        null or IPEndPoint { Port: 0 } or DnsEndPoint { Port: 0 } => null,
        IPEndPoint or DnsEndPoint => new Destination(receiver),
        _ => throw new ArgumentException(
            $"A peer cannot send to {receiver}, a {receiver.GetType().Name}. Give it an IPEndPoint or a DnsEndPoint.", nameof(receiver)),
    };

    /// <summary>What a peer is told to send to.</summary>
    /// <returns>Null for port 0: nowhere.</returns>
    /// <exception cref="ArgumentException">It is no name, or no port.</exception>
    public static EndPoint? EndPointOf(string host, int port)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        return port == 0 ? null
            : IPAddress.TryParse(host, out IPAddress? address) ? new IPEndPoint(address, port)
            : new DnsEndPoint(host, port);
    }

    /// <summary>What a message says: an end point, or host and port at the beginning of a tuple.</summary>
    public static bool TryRead(object? message, [NotNullWhen(true)] out EndPoint? endPoint)
    {
        endPoint = message switch
        {
            IPEndPoint { Port: > 0 } address => address,
            DnsEndPoint { Port: > 0 } name => name,
            ITuple { Length: >= 2 } pair when pair[0] is string { Length: > 0 } host && pair[1] is int and > 0 and <= IPEndPoint.MaxPort =>
                EndPointOf(host, (int)pair[1]!),
            ITuple { Length: >= 2 } pair when pair[0] is IPAddress address && pair[1] is int and > 0 and <= IPEndPoint.MaxPort =>
                new IPEndPoint(address, (int)pair[1]!),
            _ => null,
        };
        return endPoint is not null;
    }

    /// <summary>Notes an address, in the family of the socket that sends there.</summary>
    /// <returns>Whether the socket can send there.</returns>
    public bool TrySet(IPAddress address, Socket socket)
    {
        if (address.AddressFamily != socket.AddressFamily)
        {
            if (address.AddressFamily != AddressFamily.InterNetwork || !socket.DualMode)
            {
                return false;
            }

            address = address.MapToIPv6();
        }

        int port = EndPoint is DnsEndPoint name ? name.Port : ((IPEndPoint)EndPoint).Port;
        Address = new IPEndPoint(address, port).Serialize();
        return true;
    }

    public override string ToString() => EndPoint is DnsEndPoint name ? $"{name.Host}:{name.Port}" : $"{EndPoint}";
}
