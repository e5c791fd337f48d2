// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Chassis/ConnectedServer.py. Copyright BBC and Kamaelia Contributors.

using System.Net;
using Axon;

namespace Kamaelia.Chassis;

/// <summary>A <see cref="ServerCore"/> whose protocol handlers need not know who the client is.</summary>
/// <remarks>
/// <para><em>Example usage</em>: an echo server.</para>
/// <code>new SimpleServer(() => new Echo(), 1601).Run();</code>
/// <para><em>Shutdown</em>: as <see cref="ServerCore"/>. A <see cref="ShutdownMicroprocess"/> stops everything, and leaves by <c>"signal"</c> when
/// the server ends; a <see cref="ProducerFinished"/> is ignored.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Chassis/ConnectedServer.py, <c>SimpleServer</c>.</para>
/// </remarks>
public class SimpleServer : ServerCore
{
    /// <summary>Makes a server; it takes its port when it is active.</summary>
    /// <param name="protocol">Makes the component that talks to one client.</param>
    /// <param name="port">The port; 0 lets the system choose.</param>
    /// <param name="options">How to serve.</param>
    /// <exception cref="ArgumentNullException"><paramref name="protocol"/> is null.</exception>
    public SimpleServer(Func<Component> protocol, int port = DefaultPort, ServerOptions? options = null)
        : base(IgnoringAddresses(protocol), port, options)
    {
    }

    /// <summary>Makes a server; it takes its address when it is active.</summary>
    /// <param name="protocol">Makes the component that talks to one client.</param>
    /// <param name="endPoint">An address and port, or a <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>.</param>
    /// <param name="options">How to serve.</param>
    /// <exception cref="ArgumentNullException"><paramref name="protocol"/> or <paramref name="endPoint"/> is null.</exception>
    public SimpleServer(Func<Component> protocol, EndPoint endPoint, ServerOptions? options = null)
        : base(IgnoringAddresses(protocol), endPoint, options)
    {
    }

    private static ProtocolFactory IgnoringAddresses(Func<Component> protocol)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        return _ => protocol();
    }
}
