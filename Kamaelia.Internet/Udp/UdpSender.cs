// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/UDP_ng.py. Copyright BBC and Kamaelia Contributors.

using System.Net;

namespace Kamaelia.Internet;

/// <summary>Sends every message as one datagram to one receiver, and receives nothing.</summary>
/// <remarks>
/// <para><em>Boxes</em>: <c>"inbox"</c> bytes, a datagram each; <c>"control"</c> a <see cref="ProducerFinished"/> ends it when all is sent,
/// and it says so with one of its own; the others as with every <see cref="BasicPeer"/>.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/UDP_ng.py, <c>UDPSender</c>.</para>
/// </remarks>
public sealed class UdpSender : BasicPeer
{
    /// <summary>Takes a port that the system chooses.</summary>
    /// <param name="receiverAddress">Where to send: an address, or a name that is looked up once, when there is something to send.</param>
    /// <param name="receiverPort">The port there.</param>
    /// <param name="options">How to treat the socket.</param>
    /// <exception cref="ArgumentException">It is no address, or no port.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The system has no port left, and <see cref="UdpOptions.ThrowOnBindFailure"/> is set.</exception>
    public UdpSender(string receiverAddress = "0.0.0.0", int receiverPort = 0, UdpOptions? options = null)
        : this(Destination.EndPointOf(receiverAddress, receiverPort), options)
    {
    }

    /// <summary>Takes a port that the system chooses.</summary>
    /// <param name="receiver">Where to send: an <see cref="IPEndPoint"/> or a <see cref="DnsEndPoint"/>; null for nowhere.</param>
    /// <param name="options">How to treat the socket.</param>
    /// <exception cref="ArgumentException">It is neither.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The system has no port left, and <see cref="UdpOptions.ThrowOnBindFailure"/> is set.</exception>
    public UdpSender(EndPoint? receiver, UdpOptions? options = null)
        : base(DatagramSockets.LocalFor(receiver), receiver, options)
    {
    }

    private protected override bool Receives => false;

    private protected override Ipc? LastWord(ProducerFinished order) => new ProducerFinished(this);
}
