// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/Multicast_sender.py. Copyright BBC and Kamaelia Contributors.

using System.Net;

namespace Kamaelia.Internet;

/// <summary>Sends every message as one datagram to a multicast group, and receives nothing.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>new Pipeline(new ConsoleReader(), new MulticastSender("0.0.0.0", 0, "224.168.2.9", 1600)).Run();</code>
/// <para><em>Boxes</em>: <c>"inbox"</c> bytes, a datagram each; <c>"control"</c> a <see cref="ProducerFinished"/> ends it when all is sent,
/// and is passed on; the others as with every <see cref="BasicPeer"/>. A group to which there is no way is a <see cref="BindFailed"/>.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/Multicast_sender.py.</para>
/// </remarks>
public sealed class MulticastSender : BasicPeer
{
    /// <summary>Takes an address.</summary>
    /// <param name="localAddress">An address of this machine; "0.0.0.0" or "::" for any.</param>
    /// <param name="localPort">The port to send from; 0 lets the system choose.</param>
    /// <param name="group">The group's address, IPv4 or IPv6 as the local one.</param>
    /// <param name="port">The port to send to.</param>
    /// <param name="options">How to treat the socket. Datagrams pass 10 routers unless it says otherwise.</param>
    /// <exception cref="ArgumentException">One of them is no address, no group, or no port.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The address is not to be had, and <see cref="UdpOptions.ThrowOnBindFailure"/> is set.</exception>
    public MulticastSender(string localAddress, int localPort, string group, int port, MulticastOptions? options = null)
        : this(DatagramSockets.Local(localAddress, localPort), MulticastSockets.Group(MulticastSockets.Group(group), port), options)
    {
    }

    /// <summary>Takes an address.</summary>
    /// <param name="local">An address of this machine.</param>
    /// <param name="group">The group and the port to send to.</param>
    /// <param name="options">How to treat the socket. Datagrams pass 10 routers unless it says otherwise.</param>
    /// <exception cref="ArgumentException">It is no group.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The address is not to be had, and <see cref="UdpOptions.ThrowOnBindFailure"/> is set.</exception>
    public MulticastSender(IPEndPoint local, IPEndPoint group, MulticastOptions? options = null)
        : base(local, MulticastSockets.Checked(group, local), options ??= MulticastOptions.Default, () =>
            MulticastSockets.Open(local, group, options, timeToLive: 10, joins: false, sharesPort: false))
    {
    }

    private protected override bool Receives => false;

    private protected override Ipc? LastWord(ProducerFinished order) => order;
}
