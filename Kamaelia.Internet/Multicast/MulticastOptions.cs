// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;

namespace Kamaelia.Internet;

/// <summary>How a multicast component treats its socket. Everything has a default.</summary>
public sealed record MulticastOptions : UdpOptions
{
    internal static new MulticastOptions Default { get; } = new();

    /// <summary>
    /// An address of the network interface on which to join the group and to send, of the group's family; 127.0.0.1 for the machine itself.
    /// Default: null, the one that the system takes.
    /// </summary>
    public IPAddress? Interface { get; init; }

    /// <summary>Whether members of the group on this machine get what is sent. Default: yes.</summary>
    /// <remarks>Linux does not ask on the loopback interface. On Windows it is the members' choice, elsewhere the sender's.</remarks>
    public bool Loopback { get; init; } = true;
}
