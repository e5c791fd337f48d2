// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;

namespace Kamaelia.Internet;

/// <summary>One datagram and the other end of its way: its sender when it was received, its receiver when it is to be sent.</summary>
/// <param name="Data">The payload, whole, and possibly empty. Nobody changes it.</param>
/// <param name="Remote">The other end. Nobody changes it either: packets from one sender may share it.</param>
/// <remarks>
/// <para>What a <see cref="PostboxPeer"/> has received can be sent to it again: that is an answer.</para>
/// <para>Source: the tuples of Kamaelia/Internet/UDP.py, (data, (host, port)), and of Multicast_receiver.py, ((host, port), data).</para>
/// </remarks>
// PORT: differs. Python's UDP puts the data first, its multicast the address.
public sealed record UdpPacket(ReadOnlyMemory<byte> Data, IPEndPoint Remote);
