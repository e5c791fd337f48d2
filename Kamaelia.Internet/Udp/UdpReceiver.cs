// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/UDP_ng.py. Copyright BBC and Kamaelia Contributors.

using System.Net;

namespace Kamaelia.Internet;

/// <summary>Hands on what anybody sends to it, and sends nothing.</summary>
/// <remarks>
/// <para><em>Boxes</em>: as with every <see cref="BasicPeer"/>; what is sent to <c>"inbox"</c> is dropped. A <see cref="ProducerFinished"/> does
/// not end it.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/UDP_ng.py, <c>UDPReceiver</c>.</para>
/// </remarks>
public sealed class UdpReceiver : BasicPeer
{
    /// <summary>Takes an address.</summary>
    /// <param name="localAddress">An address of this machine; "0.0.0.0" is all of IPv4, "::" all of both families.</param>
    /// <param name="localPort">The port; 0 lets the system choose.</param>
    /// <param name="options">How to treat the socket.</param>
    /// <exception cref="ArgumentException">It is no address, or no port.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The address is not to be had, and <see cref="UdpOptions.ThrowOnBindFailure"/> is set.</exception>
    public UdpReceiver(string localAddress = "0.0.0.0", int localPort = 0, UdpOptions? options = null)
        : this(DatagramSockets.Local(localAddress, localPort), options)
    {
    }

    /// <summary>Takes an address.</summary>
    /// <param name="local">An address of this machine.</param>
    /// <param name="options">How to treat the socket.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address is not to be had, and <see cref="UdpOptions.ThrowOnBindFailure"/> is set.</exception>
    public UdpReceiver(IPEndPoint local, UdpOptions? options = null)
        : base(local, null, options)
    {
    }

    private protected override bool Sends => false;
}
