// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>A theory that needs the loopback address of IPv6.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class Ipv6TheoryAttribute : TheoryAttribute
{
    private static readonly string? s_whyNot = FindOut();

    public Ipv6TheoryAttribute() => Skip = s_whyNot;

    private static string? FindOut()
    {
        try
        {
            using Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return null;
        }
        catch (SocketException exception)
        {
            return $"This machine has no ::1: {exception.Message}";
        }
    }
}
