// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Chassis/ConnectedServer.py. Copyright BBC and Kamaelia Contributors.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>A <see cref="ServerCore"/> that can be started again at once, although connections of its last run linger in the system.</summary>
/// <remarks>
/// <para>Every server here can, so this one differs from <see cref="ServerCore"/> in nothing but its name.</para>
/// <para><em>Shutdown</em>: as <see cref="ServerCore"/>. A <see cref="ShutdownMicroprocess"/> stops everything, and leaves by <c>"signal"</c> when
/// the server ends; a <see cref="ProducerFinished"/> is ignored.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Chassis/ConnectedServer.py, <c>FastRestartServer</c>.</para>
/// </remarks>
/// <param name="protocol">Makes the component that talks to one client.</param>
/// <param name="port">The port; 0 lets the system choose.</param>
/// <param name="options">How to serve.</param>
/// <exception cref="ArgumentNullException"><paramref name="protocol"/> is null.</exception>
// PORT: differs. Python sets SO_REUSEADDR. .NET binds with it anyway where it means that; asking for ReuseAddress would also let two
// servers share the port, and nobody would be told that it is taken.
public class FastRestartServer(ProtocolFactory protocol, int port = ServerCore.DefaultPort, ServerOptions? options = null)
    : ServerCore(protocol, port, options);
