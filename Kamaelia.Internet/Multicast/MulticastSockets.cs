// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>Makes the sockets of multicast components, of either family.</summary>
internal static class MulticastSockets
{
    // Linux: not what other programs of this machine have joined on the same port.
    private const int IpMulticastAll = 49;
    private const int Ipv6MulticastAll = 29;

    /// <summary>The address of a group.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static IPAddress Group(string group) => IPAddress.TryParse(group, out IPAddress? address)
        ? address
        : throw new ArgumentException($"\"{group}\" is no address of a multicast group. Give one from 224.0.0.0 to 239.255.255.255, or of ff00::/8.", nameof(group));

    /// <summary>A group and a port, if they are.</summary>
    /// <exception cref="ArgumentException">It is no group.</exception>
    public static IPEndPoint Group(IPAddress group, int port)
    {
        ArgumentNullException.ThrowIfNull(group);
        bool isGroup = group.AddressFamily == AddressFamily.InterNetwork ? (group.GetAddressBytes()[0] & 0xf0) == 0xe0 : group.IsIPv6Multicast;
        return isGroup
            ? new IPEndPoint(group, port)
            : throw new ArgumentException($"{group} is no multicast group. Give one from 224.0.0.0 to 239.255.255.255, or of ff00::/8.", nameof(group));
    }

    /// <summary>A group and a port, if a socket with that address can send there.</summary>
    /// <exception cref="ArgumentException">It is no group, or of the other family.</exception>
    public static IPEndPoint Checked(IPEndPoint group, IPEndPoint local)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(local);
        return group.AddressFamily == local.AddressFamily
            ? Group(group.Address, group.Port)
            : throw new ArgumentException(
                $"{local.Address} and {group.Address} are of different families: bind to \"0.0.0.0\" for a group of IPv4, to \"::\" for one of IPv6.", nameof(group));
    }

    /// <summary>The address to bind to for receiving from a group: the group's own, so that nothing else is received, where that can be.</summary>
    public static IPAddress BindAddress(IPAddress group, MulticastOptions options, bool isWindows) =>
        isWindows ? (group.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any)
        : group.AddressFamily == AddressFamily.InterNetwork ? group
        : new IPAddress(group.GetAddressBytes(), IndexOf(group, options));

    /// <summary>Makes a socket, takes an address, and joins the group.</summary>
    /// <param name="local">The address to take.</param>
    /// <param name="group">The group, and the port to send to; 0 if nothing is ever sent.</param>
    /// <param name="options">How to treat the socket.</param>
    /// <param name="timeToLive">How many routers to pass, unless the options say.</param>
    /// <param name="joins">Whether to join the group.</param>
    /// <param name="sharesPort">Whether others on this machine may have the port too.</param>
    /// <exception cref="SocketException">The address is not to be had, the group not to be joined, or there is no way to it.</exception>
    public static Socket Open(IPEndPoint local, IPEndPoint group, MulticastOptions options, int timeToLive, bool joins, bool sharesPort)
    {
        int index = IndexOf(group.Address, options);
        Socket socket = DatagramSockets.Open(local, options, (socket, local, options) =>
        {
            if (sharesPort)
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            }

            socket.Bind(local);
            SetUpSending(socket, index, options, timeToLive);
            if (joins)
            {
                Join(socket, group.Address, index);
            }
        });
        try
        {
            if (group.Port != 0)
            {
                ThrowIfNoRoute(group, index, options);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void SetUpSending(Socket socket, int index, MulticastOptions options, int timeToLive)
    {
        bool isIpv4 = socket.AddressFamily == AddressFamily.InterNetwork;
        SocketOptionLevel level = isIpv4 ? SocketOptionLevel.IP : SocketOptionLevel.IPv6;
        if (isIpv4 && options.Interface is { } address)
        {
            // By its address, which becomes the sender's: by its number Linux takes an address of another interface for that of loopback.
            socket.SetSocketOption(level, SocketOptionName.MulticastInterface, address.GetAddressBytes());
        }
        else if (index != 0)
        {
            socket.SetSocketOption(level, SocketOptionName.MulticastInterface, index);
        }

        socket.SetSocketOption(level, SocketOptionName.MulticastTimeToLive, options.TimeToLive ?? timeToLive);
        socket.SetSocketOption(level, SocketOptionName.MulticastLoopback, options.Loopback);
    }

    private static void Join(Socket socket, IPAddress group, int index)
    {
        bool isIpv4 = group.AddressFamily == AddressFamily.InterNetwork;
        if (isIpv4)
        {
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(group, index));
        }
        else
        {
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(group, index));
        }

        if (OperatingSystem.IsLinux())
        {
            SocketOptionLevel level = isIpv4 ? SocketOptionLevel.IP : SocketOptionLevel.IPv6;
            socket.SetRawSocketOption((int)level, isIpv4 ? IpMulticastAll : Ipv6MulticastAll, BitConverter.GetBytes(0));
        }
    }

    // Connecting a datagram socket sends nothing, and looks for the way. What cannot be reached at all is better known now than lost later.
    private static void ThrowIfNoRoute(IPEndPoint group, int index, MulticastOptions options)
    {
        using Socket probe = new(group.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        SetUpSending(probe, index, options, timeToLive: 1);
        probe.Connect(group);
    }

    /// <summary>The number of the interface to use; 0 for the system's choice.</summary>
    /// <exception cref="SocketException">None has the address.</exception>
    /// <exception cref="ArgumentException">It is of the other family.</exception>
    private static int IndexOf(IPAddress group, MulticastOptions options)
    {
        bool isIpv4 = group.AddressFamily == AddressFamily.InterNetwork;
        if (options.Interface is not { } address)
        {
            return isIpv4 ? 0 : (int)group.ScopeId;
        }

        if (address.AddressFamily != group.AddressFamily)
        {
            throw new ArgumentException($"{address} cannot stand for the interface on which to join {group}: give an address of the group's family.");
        }

        foreach (NetworkInterface candidate in NetworkInterface.GetAllNetworkInterfaces())
        {
            IPInterfaceProperties properties = candidate.GetIPProperties();
            if (properties.UnicastAddresses.Any(unicast => unicast.Address.Equals(address)))
            {
                return isIpv4 ? properties.GetIPv4Properties().Index : properties.GetIPv6Properties().Index;
            }
        }

        throw new SocketException((int)SocketError.AddressNotAvailable, $"No network interface of this machine has the address {address}.");
    }
}
