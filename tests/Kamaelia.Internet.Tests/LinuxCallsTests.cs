// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;

namespace Kamaelia.Internet.Tests;

/// <summary>Addresses as the kernel writes them: the family in the machine's order of bytes, the port in the network's.</summary>
public class LinuxCallsTests
{
    [Fact]
    public void ToEndPoint_Ipv4()
    {
        byte[] address = Address(2, 0x1F90);
        new byte[] { 192, 0, 2, 7 }.CopyTo(address, 4);

        Assert.Equal(new IPEndPoint(IPAddress.Parse("192.0.2.7"), 8080), LinuxCalls.ToEndPoint(address));
    }

    [Fact]
    public void ToEndPoint_Ipv6_WithItsScope()
    {
        IPAddress linkLocal = IPAddress.Parse("fe80::1234:5678");
        byte[] address = Address(10, 0xFFFF);
        linkLocal.GetAddressBytes().CopyTo(address, 8);
        BitConverter.TryWriteBytes(address.AsSpan(24), 7u);

        IPEndPoint endPoint = LinuxCalls.ToEndPoint(address)!;

        Assert.Equal(new IPEndPoint(new IPAddress(linkLocal.GetAddressBytes(), 7), 65535), endPoint);
        Assert.Equal(7, endPoint.Address.ScopeId);
    }

    [Fact]
    public void ToEndPoint_Ipv4OverIpv6_IsIpv4()
    {
        byte[] address = Address(10, 1);
        IPAddress.Parse("::ffff:198.51.100.1").GetAddressBytes().CopyTo(address, 8);

        Assert.Equal(new IPEndPoint(IPAddress.Parse("198.51.100.1"), 1), LinuxCalls.ToEndPoint(address));
    }

    [Fact]
    public void ToEndPoint_Ipv6ThatOnlyBeginsLikeThat_StaysIpv6()
    {
        byte[] address = Address(10, 1);
        IPAddress.Parse("::fffe:198.51.100.1").GetAddressBytes().CopyTo(address, 8);

        Assert.Equal(new IPEndPoint(IPAddress.Parse("::fffe:198.51.100.1"), 1), LinuxCalls.ToEndPoint(address));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ToEndPoint_OfAnotherFamily_IsNull(int family) => Assert.Null(LinuxCalls.ToEndPoint(Address((ushort)family, 0x2F74)));

    private static byte[] Address(ushort family, ushort port)
    {
        byte[] address = new byte[LinuxCalls.AddressSize];
        BitConverter.TryWriteBytes(address, family);
        address[2] = (byte)(port >> 8);
        address[3] = (byte)port;
        return address;
    }
}
