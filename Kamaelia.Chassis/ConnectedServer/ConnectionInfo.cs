// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Chassis/ConnectedServer.py. Copyright BBC and Kamaelia Contributors.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>Makes the component that talks to one client.</summary>
/// <param name="info">Who connected, and to which address.</param>
/// <returns>A new component with the standard boxes, not active. See <see cref="ServerCore"/> for what is expected of it.</returns>
/// <remarks>Threads: called in a step of the server.</remarks>
public delegate Component ProtocolFactory(ConnectionInfo info);

/// <summary>The two ends of a connection, IPv4 addresses in their own notation.</summary>
/// <param name="Peer">The client's address; <c>0.0.0.0</c> if it is not to be had; empty on a Unix domain socket, whose clients have none.</param>
/// <param name="PeerPort">The client's port; 0 if it is not to be had.</param>
/// <param name="LocalIp">
/// The address that the client connected to, the path of a Unix domain socket; <c>127.0.0.1</c> if it is not to be had.
/// </param>
/// <param name="LocalPort">The port that the client connected to; 0 on a Unix domain socket.</param>
/// <remarks>Source: Kamaelia/Chassis/ConnectedServer.py, the arguments of <c>protocol</c>.</remarks>
public sealed record ConnectionInfo(string Peer, int PeerPort, string LocalIp, int LocalPort);
