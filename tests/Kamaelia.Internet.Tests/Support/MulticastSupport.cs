// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>Whether multicast works on this machine, found out by joining a group, sending to it and receiving, with plain sockets.</summary>
/// <remarks>
/// On the loopback interface where that can be. Of IPv6 few machines have a route there, so other interfaces are tried then, always with a hop
/// limit of 0: nothing leaves the machine.
/// </remarks>
internal static class MulticastSupport
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>That of IPv4, on the loopback interface.</summary>
    public static MulticastWay Ipv4 { get; } = Try(IPAddress.Loopback, "239.255.77.1");

    /// <summary>That of IPv6, on the first interface on which it works.</summary>
    public static MulticastWay Ipv6 { get; } = TryAll();

    private static MulticastWay TryAll()
    {
        IPAddress[] others = [.. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(candidate => candidate.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => address.AddressFamily == AddressFamily.InterNetworkV6 && !IPAddress.IsLoopback(address))];
        MulticastWay[] tried = [.. others.Prepend(IPAddress.IPv6Loopback).Select(address => Try(address, "ff15::4d01"))];
        return Array.Find(tried, way => way.WhyNot is null) ?? tried[0];
    }

    private static MulticastWay Try(IPAddress address, string group)
    {
        try
        {
            return new MulticastWay(address, TryOnce(address, IPAddress.Parse(group)) ? null : $"What is sent to a group on the interface of {address} does not arrive.");
        }
        catch (Exception exception) when (exception is SocketException or PlatformNotSupportedException or NetworkInformationException)
        {
            return new MulticastWay(address, $"No multicast on the interface of {address}: {exception.Message}");
        }
    }

    private static bool TryOnce(IPAddress address, IPAddress group)
    {
        bool isIpv4 = address.AddressFamily == AddressFamily.InterNetwork;
        SocketOptionLevel level = isIpv4 ? SocketOptionLevel.IP : SocketOptionLevel.IPv6;
        int index = IndexOf(address);
        using Socket receiver = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(isIpv4 ? IPAddress.Any : IPAddress.IPv6Any, 0));
        receiver.SetSocketOption(level, SocketOptionName.AddMembership, isIpv4 ? new MulticastOption(group, index) : new IPv6MulticastOption(group, index));
        using Socket sender = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        if (isIpv4)
        {
            sender.SetSocketOption(level, SocketOptionName.MulticastInterface, address.GetAddressBytes());
        }
        else
        {
            sender.SetSocketOption(level, SocketOptionName.MulticastInterface, index);
        }

        sender.SetSocketOption(level, SocketOptionName.MulticastTimeToLive, 0);
        sender.SendTo([1], new IPEndPoint(group, ((IPEndPoint)receiver.LocalEndPoint!).Port));
        return receiver.Poll(s_patience, SelectMode.SelectRead);
    }

    private static int IndexOf(IPAddress address)
    {
        IPInterfaceProperties properties = NetworkInterface.GetAllNetworkInterfaces()
            .Select(candidate => candidate.GetIPProperties())
            .FirstOrDefault(properties => properties.UnicastAddresses.Any(unicast => unicast.Address.Equals(address)))
            ?? throw new SocketException((int)SocketError.AddressNotAvailable);
        return address.AddressFamily == AddressFamily.InterNetwork ? properties.GetIPv4Properties().Index : properties.GetIPv6Properties().Index;
    }
}

/// <summary>A way for multicast to take.</summary>
/// <param name="Interface">An address of the interface.</param>
/// <param name="WhyNot">Why it does not work; null if it does.</param>
internal sealed record MulticastWay(IPAddress Interface, string? WhyNot);

/// <summary>A theory that needs multicast; says why it is skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MulticastTheoryAttribute : TheoryAttribute
{
    /// <param name="ipv6">Whether of IPv6.</param>
    public MulticastTheoryAttribute(bool ipv6 = false) => Skip = (ipv6 ? MulticastSupport.Ipv6 : MulticastSupport.Ipv4).WhyNot;
}

/// <summary>A test that needs multicast; says why it is skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MulticastFactAttribute : FactAttribute
{
    public MulticastFactAttribute() => Skip = MulticastSupport.Ipv4.WhyNot;
}

/// <summary>A theory that needs multicast as Linux does it, or shows it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxMulticastTheoryAttribute : TheoryAttribute
{
    public LinuxMulticastTheoryAttribute() =>
        Skip = OperatingSystem.IsLinux() ? MulticastSupport.Ipv4.WhyNot : "Needs what only Linux does, or shows, of multicast.";
}
