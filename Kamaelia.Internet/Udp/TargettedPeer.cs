// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/UDP_ng.py. Copyright BBC and Kamaelia Contributors.

using System.Net;

namespace Kamaelia.Internet;

/// <summary>A <see cref="SimplePeer"/> whose receiver can be changed.</summary>
/// <remarks>
/// <para><em>Boxes</em>: <c>"inbox"</c> bytes, a datagram each; <c>"target"</c> where to send those that are taken out of the inbox from then
/// on: an <see cref="IPEndPoint"/>, a <see cref="DnsEndPoint"/>, or a pair of host and port. Of several the last one counts. The others as
/// with every <see cref="BasicPeer"/>. A <see cref="ProducerFinished"/> does not end it.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/UDP_ng.py and UDP.py, <c>TargettedPeer</c>.</para>
/// </remarks>
[Inbox("inbox", "Bytes to send.")]
[Inbox("target", "Where to send from now on.")]
[Inbox("control", "ShutdownMicroprocess: end.")]
[Inbox("readReady", "From the selector: the socket can be read.")]
[Inbox("writeReady", "From the selector: the socket can be written.")]
public class TargettedPeer : BasicPeer
{
#pragma warning disable RS0022 // it can be inherited from for the sake of its other spelling; others gain nothing by it
    /// <summary>Takes an address.</summary>
    /// <param name="localAddress">An address of this machine; "0.0.0.0" is all of IPv4, "::" all of both families.</param>
    /// <param name="localPort">The port; 0 lets the system choose.</param>
    /// <param name="receiverAddress">Where to send at first: an address, or a name that is looked up once, when there is something to send.</param>
    /// <param name="receiverPort">The port there; 0 if nothing is sent before <c>"target"</c> says where.</param>
    /// <param name="options">How to treat the socket.</param>
    /// <exception cref="ArgumentException">One of them is no address, or no port.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The address is not to be had, and <see cref="UdpOptions.ThrowOnBindFailure"/> is set.</exception>
    public TargettedPeer(
        string localAddress = "0.0.0.0", int localPort = 0, string receiverAddress = "0.0.0.0", int receiverPort = 0, UdpOptions? options = null)
        : this(DatagramSockets.Local(localAddress, localPort), Destination.EndPointOf(receiverAddress, receiverPort), options)
    {
    }

    /// <summary>Takes an address.</summary>
    /// <param name="local">An address of this machine.</param>
    /// <param name="receiver">Where to send at first: an <see cref="IPEndPoint"/> or a <see cref="DnsEndPoint"/>; null for nowhere.</param>
    /// <param name="options">How to treat the socket.</param>
    /// <exception cref="ArgumentException">The receiver is neither.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The address is not to be had, and <see cref="UdpOptions.ThrowOnBindFailure"/> is set.</exception>
    public TargettedPeer(IPEndPoint local, EndPoint? receiver = null, UdpOptions? options = null)
        : base(local, receiver, options)
    {
    }
#pragma warning restore RS0022

    private protected override void BeforeSending()
    {
        while (TryRecv(out object? message, "target"))
        {
            if (Destination.TryRead(message, out EndPoint? endPoint))
            {
                Receiver = new Destination(endPoint);
            }
            else
            {
                ReportUnusable(message, "an IPEndPoint, a DnsEndPoint, or a pair of host and port from 1 to 65535", "target");
            }
        }
    }
}
