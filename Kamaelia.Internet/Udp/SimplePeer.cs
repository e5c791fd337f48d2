// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/UDP_ng.py. Copyright BBC and Kamaelia Contributors.

using System.Net;

namespace Kamaelia.Internet;

/// <summary>Sends every message as one datagram to one receiver, and hands on what anybody sends to it.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>new Pipeline(new ConsoleReader(), new SimplePeer("127.0.0.1", 1501, "myserver.com", 1500), new ConsoleEchoer()).Run();</code>
/// <para><em>Boxes</em>: <c>"inbox"</c> bytes, a datagram each; the others as with every <see cref="BasicPeer"/>. A
/// <see cref="ProducerFinished"/> does not end it.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/UDP_ng.py and UDP.py, <c>SimplePeer</c>.</para>
/// </remarks>
public sealed class SimplePeer : BasicPeer
{
    /// <summary>Takes an address.</summary>
    /// <param name="localAddress">An address of this machine; "0.0.0.0" is all of IPv4, "::" all of both families.</param>
    /// <param name="localPort">The port; 0 lets the system choose.</param>
    /// <param name="receiverAddress">Where to send: an address, or a name that is looked up once, when there is something to send.</param>
    /// <param name="receiverPort">The port there; 0 if nothing is ever sent.</param>
    /// <param name="options">How to treat the socket.</param>
    /// <exception cref="ArgumentException">One of them is no address, or no port.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The address is not to be had, and <see cref="UdpOptions.ThrowOnBindFailure"/> is set.</exception>
    public SimplePeer(
        string localAddress = "0.0.0.0", int localPort = 0, string receiverAddress = "0.0.0.0", int receiverPort = 0, UdpOptions? options = null)
        : this(DatagramSockets.Local(localAddress, localPort), Destination.EndPointOf(receiverAddress, receiverPort), options)
    {
    }

    /// <summary>Takes an address.</summary>
    /// <param name="local">An address of this machine.</param>
    /// <param name="receiver">Where to send: an <see cref="IPEndPoint"/> or a <see cref="DnsEndPoint"/>; null if nothing is ever sent.</param>
    /// <param name="options">How to treat the socket.</param>
    /// <exception cref="ArgumentException">The receiver is neither.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The address is not to be had, and <see cref="UdpOptions.ThrowOnBindFailure"/> is set.</exception>
    public SimplePeer(IPEndPoint local, EndPoint? receiver, UdpOptions? options = null)
        : base(local, receiver, options)
    {
    }
}
