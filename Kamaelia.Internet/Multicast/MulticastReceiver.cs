// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/Multicast_receiver.py. Copyright BBC and Kamaelia Contributors.

using System.Net;

namespace Kamaelia.Internet;

/// <summary>Joins a multicast group and hands on what is sent to it.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>new Pipeline(new MulticastReceiver("224.168.2.9", 1600), new ConsoleEchoer()).Run();</code>
/// <para><em>Boxes</em>: as with every <see cref="BasicPeer"/>; what is sent to <c>"inbox"</c> is dropped. A <see cref="ProducerFinished"/>
/// ends it as a <see cref="ShutdownMicroprocess"/> does. A group that cannot be joined is a <see cref="BindFailed"/>.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/Multicast_receiver.py.</para>
/// </remarks>
public sealed class MulticastReceiver : BasicPeer
{
    /// <summary>Takes the port and joins the group.</summary>
    /// <param name="group">The group's address, IPv4 or IPv6.</param>
    /// <param name="port">The port; 0 lets the system choose.</param>
    /// <param name="options">How to treat the socket.</param>
    /// <exception cref="ArgumentException">It is no group, or no port.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">It cannot be joined, and <see cref="UdpOptions.ThrowOnBindFailure"/> is set.</exception>
    public MulticastReceiver(string group, int port, MulticastOptions? options = null)
        : this(MulticastSockets.Group(group), port, options)
    {
    }

    /// <summary>Takes the port and joins the group.</summary>
    /// <param name="group">The group's address, IPv4 or IPv6.</param>
    /// <param name="port">The port; 0 lets the system choose.</param>
    /// <param name="options">How to treat the socket.</param>
    /// <exception cref="ArgumentException">It is no group, or no port.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">It cannot be joined, and <see cref="UdpOptions.ThrowOnBindFailure"/> is set.</exception>
    public MulticastReceiver(IPAddress group, int port, MulticastOptions? options = null)
        : base(MulticastSockets.Group(group, port), null, options ??= MulticastOptions.Default, () => MulticastSockets.Open(
            new IPEndPoint(MulticastSockets.BindAddress(group, options, OperatingSystem.IsWindows()), port),
            new IPEndPoint(group, 0),
            options,
            timeToLive: 255,
            joins: true,
            sharesPort: false))
    {
    }

    private protected override bool Sends => false;

    private protected override Ipc? LastWord(ProducerFinished order) => order;
}
