// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;

namespace Kamaelia.Internet;

/// <summary>Another name of <see cref="TargettedPeer"/>, for those who spell it so.</summary>
public sealed class TargetedPeer : TargettedPeer
{
    /// <inheritdoc cref="TargettedPeer(string, int, string, int, UdpOptions?)"/>
    public TargetedPeer(
        string localAddress = "0.0.0.0", int localPort = 0, string receiverAddress = "0.0.0.0", int receiverPort = 0, UdpOptions? options = null)
        : base(localAddress, localPort, receiverAddress, receiverPort, options)
    {
    }

    /// <inheritdoc cref="TargettedPeer(IPEndPoint, EndPoint?, UdpOptions?)"/>
    public TargetedPeer(IPEndPoint local, EndPoint? receiver = null, UdpOptions? options = null)
        : base(local, receiver, options)
    {
    }
}
