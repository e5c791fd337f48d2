// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/Multicast_transceiver.py. Copyright BBC and Kamaelia Contributors.

using System.Net;

namespace Kamaelia.Internet;

/// <summary>A member of a multicast group: sends every message as one datagram to the group, and hands on what is sent to the group.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// new Pipeline(
///     new ConsoleReader(),
///     new MulticastTransceiver("0.0.0.0", 1600, "224.168.2.9", 1600),
///     new ConsoleEchoer()).Run();
/// </code>
/// <para><em>How does it work?</em> One socket for both, which shares its port with whoever on the machine shares it too. It hears what it sends
/// itself, if the ports are the same.</para>
/// <para><em>Boxes</em>: <c>"inbox"</c> bytes, a datagram each; <c>"control"</c> a <see cref="ProducerFinished"/> ends it when all is sent,
/// and is passed on; the others as with every <see cref="BasicPeer"/>. A group that cannot be joined, or to which there is no way, is a
/// <see cref="BindFailed"/>.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/Multicast_transceiver.py.</para>
/// </remarks>
public sealed class MulticastTransceiver : BasicPeer
{
    /// <summary>Takes an address and joins the group.</summary>
    /// <param name="localAddress">An address of this machine; "0.0.0.0" or "::" for any.</param>
    /// <param name="localPort">The port to receive at; 0 for one that only sends.</param>
    /// <param name="group">The group's address, IPv4 or IPv6 as the local one.</param>
    /// <param name="port">The port to send to; 0 for one that only receives.</param>
    /// <param name="options">How to treat the socket. Datagrams pass 255 routers unless it says otherwise.</param>
    /// <exception cref="ArgumentException">One of them is no address, no group, or no port.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">It cannot be joined, and <see cref="UdpOptions.ThrowOnBindFailure"/> is set.</exception>
    public MulticastTransceiver(string localAddress, int localPort, string group, int port, MulticastOptions? options = null)
        : this(DatagramSockets.Local(localAddress, localPort), MulticastSockets.Group(MulticastSockets.Group(group), port), options)
    {
    }

    /// <summary>Takes an address and joins the group.</summary>
    /// <param name="local">An address of this machine; port 0 for one that only sends.</param>
    /// <param name="group">The group and the port to send to; port 0 for one that only receives.</param>
    /// <param name="options">How to treat the socket. Datagrams pass 255 routers unless it says otherwise.</param>
    /// <exception cref="ArgumentException">It is no group.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">It cannot be joined, and <see cref="UdpOptions.ThrowOnBindFailure"/> is set.</exception>
    public MulticastTransceiver(IPEndPoint local, IPEndPoint group, MulticastOptions? options = null)
        : base(local, MulticastSockets.Checked(group, local), options ??= MulticastOptions.Default, () =>
            MulticastSockets.Open(local, group, options, timeToLive: 255, joins: true, sharesPort: true))
    {
    }

    private protected override Ipc? LastWord(ProducerFinished order) => order;
}
