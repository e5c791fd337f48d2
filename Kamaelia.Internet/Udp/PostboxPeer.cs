// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/UDP_ng.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.CompilerServices;

namespace Kamaelia.Internet;

/// <summary>Sends each message to the receiver that it names, and hands on what anybody sends to it.</summary>
/// <remarks>
/// <para><em>Example usage</em>: a server that echoes, for what comes out of it can be sent to it.</para>
/// <code>new Pipeline(new PostboxPeer("0.0.0.0", 7)) { Circular = true }.Run();</code>
/// <para><em>Boxes</em>: <c>"inbox"</c> a <see cref="UdpPacket"/>, or a triple of host, port and bytes; the others as with every
/// <see cref="BasicPeer"/>. A host that is a name is looked up, unless the one before went there too; what waits behind it is sent after
/// it. A <see cref="ProducerFinished"/> does not end it.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/UDP_ng.py and UDP.py, <c>PostboxPeer</c>.</para>
/// </remarks>
public sealed class PostboxPeer : BasicPeer
{
    /// <summary>Takes an address.</summary>
    /// <param name="localAddress">An address of this machine; "0.0.0.0" is all of IPv4, "::" all of both families.</param>
    /// <param name="localPort">The port; 0 lets the system choose.</param>
    /// <param name="options">How to treat the socket.</param>
    /// <exception cref="ArgumentException">It is no address, or no port.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The address is not to be had, and <see cref="UdpOptions.ThrowOnBindFailure"/> is set.</exception>
    public PostboxPeer(string localAddress = "0.0.0.0", int localPort = 0, UdpOptions? options = null)
        : this(DatagramSockets.Local(localAddress, localPort), options)
    {
    }

    /// <summary>Takes an address.</summary>
    /// <param name="local">An address of this machine.</param>
    /// <param name="options">How to treat the socket.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address is not to be had, and <see cref="UdpOptions.ThrowOnBindFailure"/> is set.</exception>
    public PostboxPeer(IPEndPoint local, UdpOptions? options = null)
        : base(local, null, options)
    {
    }

    private protected override bool TryRead(
        object? message, out ReadOnlyMemory<byte> data, [NotNullWhen(true)] out Destination? to, [NotNullWhen(false)] out Exception? error)
    {
        to = null;
        if (message is not UdpPacket { Remote.Port: > 0 } packet)
        {
            data = default;
            error = null;
            if (message is ITuple { Length: 3 } triple && Payload.TryGetBytes(triple[2], out data) && Destination.TryRead(message, out EndPoint? endPoint))
            {
                to = To(endPoint);
                return true;
            }

            error = Unusable(message, "a UdpPacket, or a triple of host, port from 1 to 65535 and bytes");
            return false;
        }

        data = packet.Data;
        to = To(packet.Remote);
        error = null;
        return true;
    }

    // Who goes where the one before went needs no other look at the address.
    private Destination To(EndPoint endPoint) =>
        Receiver is not null && Receiver.EndPoint.Equals(endPoint) ? Receiver : Receiver = new Destination(endPoint);
}
