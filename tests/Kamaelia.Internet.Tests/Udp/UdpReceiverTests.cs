// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Internet.Tests;

public class UdpReceiverTests
{
    private const string Here = "127.0.0.1";

    [Theory, EachPoller]
    [Trait("Spec", "INT-UNG-03")]
    public void Receiver_HandsOn_AndIgnoresItsInbox(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new UdpReceiver(Here));

        near.Send(Bytes.Of("ignored"), "text", new UdpPacket(Bytes.Of("ignored"), far.EndPoint));
        far.Send(Bytes.Of("hello"), near.Port);
        UdpPacket packet = Assert.Single(near.RunUntilHas(1));
        world.Settle();

        Assert.Equal(Bytes.Of("hello"), packet.Data.ToArray());
        Assert.Equal(far.EndPoint, packet.Remote);
        Assert.Empty(far.Look().Received);
        Assert.Empty(near.Collect().Signals);
        Assert.Equal(0, near.Peer.Waiting());
        Assert.DoesNotContain(world.Recorder.Sent(near.Peer, "_selectorSignal"), message => message is NewWriter);
    }
}
