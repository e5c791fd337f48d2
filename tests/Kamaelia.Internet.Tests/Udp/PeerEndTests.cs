// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>How peers begin and end.</summary>
public class PeerEndTests
{
    private const string Here = "127.0.0.1";

    private static readonly IPEndPoint s_nobody = new(IPAddress.Loopback, 9);

    public static TheoryData<PollerKind, string> EachPeer
    {
        get
        {
            TheoryData<PollerKind, string> all = [];
            foreach (PollerKind kind in EachPollerAttribute.Kinds)
            {
                foreach (string peer in new[] { nameof(SimplePeer), nameof(TargettedPeer), nameof(PostboxPeer), nameof(UdpReceiver), nameof(UdpSender) })
                {
                    all.Add(kind, peer);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(EachPeer))]
    [Trait("Spec", "INT-UNG-02")]
    [Trait("Spec", "INT-UDP-10")]
    [Trait("Spec", "INT-GEN-04")]
    [Trait("Spec", "INT-GEN-07")]
    public void ShutdownMicroprocess_IsPassedOn_AndNothingIsLeft(PollerKind kind, string name)
    {
        using World world = new(kind);
        PeerRig near = new(world, Make(name));
        int port = near.Port;
        ShutdownMicroprocess order = new();

        near.Order(order, new ShutdownMicroprocess());
        List<object?> signals = near.RunToEnd();

        Assert.Same(order, Assert.Single(signals));
        Assert.Equal(0, world.Selector.RegistrationCount);
        Assert.Equal(
            [typeof(RemoveReader), typeof(RemoveWriter)],
            world.Recorder.Sent(near.Peer, "_selectorSignal").TakeLast(2).Select(message => message!.GetType()));
        Assert.Equal(port, new FarPeer(world, port: port).Port);
    }

    [Theory]
    [MemberData(nameof(EachPeer))]
    [Trait("Spec", "INT-UNG-07")]
    [Trait("Spec", "INT-UNG-08")]
    [Trait("Spec", "INT-UDP-10")]
    public void ProducerFinished_EndsTheSenderOnly_AndWhatComesBehindItIsSeen(PollerKind kind, string name)
    {
        using World world = new(kind);
        PeerRig near = new(world, Make(name));

        near.Order(new ProducerFinished());
        world.Settle();
        Assert.Equal(name == nameof(UdpSender), near.Peer.IsStopped);
        Assert.Equal(name == nameof(UdpSender) ? 1 : 0, near.Collect().Signals.Count);

        near = new PeerRig(world, Make(name));
        ShutdownMicroprocess order = new();
        near.Order(new ProducerFinished(), "something else", null, order);

        Assert.Same(order, Assert.Single(near.RunToEnd()));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UNG-04")]
    [Trait("Spec", "INT-UDP-09")]
    public void AddressTaken_SaysSoAndEnds_AndTheSelectorHearsNothing(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer first = new(world);
        BasicPeer[] peers = [new SimplePeer(Here, first.Port), new TargettedPeer(Here, first.Port), new PostboxPeer(Here, first.Port), new UdpReceiver(Here, first.Port)];
        foreach (BasicPeer peer in peers)
        {
            PeerRig near = new(world, peer);

            BindFailed failure = Assert.IsType<BindFailed>(Assert.Single(near.RunToEnd()));

            Assert.IsAssignableFrom<ShutdownMicroprocess>(failure);
            Assert.Equal(first.EndPoint, failure.EndPoint);
            Assert.Equal(SocketError.AddressAlreadyInUse, Assert.IsType<SocketException>(failure.Exception).SocketErrorCode);
            Assert.Empty(world.Recorder.Sent(peer, "_selectorSignal"));
        }

        Assert.Equal(4, world.Recorder.Logged.Count);
    }

    [Fact]
    [Trait("Spec", "INT-UDP-09")]
    public void AddressTaken_ThrownWhereThatIsWanted()
    {
        using World world = new();
        FarPeer first = new(world);

        SocketException exception = Assert.Throws<SocketException>(
            () => new SimplePeer(Here, first.Port, options: new UdpOptions { ThrowOnBindFailure = true }));

        Assert.Equal(SocketError.AddressAlreadyInUse, exception.SocketErrorCode);
    }

    [Theory]
    [MemberData(nameof(EachPeer))]
    [Trait("Spec", "INT-GEN-04")]
    public void Stop_Active_LeavesNothing(PollerKind kind, string name)
    {
        using World world = new(kind);
        PeerRig near = new(world, Make(name));

        near.Peer.Stop();

        Assert.Empty(near.RunToEnd());
        Assert.Equal(0, world.Selector.RegistrationCount);
    }

    [Fact]
    [Trait("Spec", "INT-GEN-04")]
    public void Stop_NeverActive_GivesTheAddressBack()
    {
        using World world = new();
        SimplePeer peer = new(Here);
        int port = peer.LocalEndPoint!.Port;

        peer.Stop();

        Assert.Null(peer.LocalEndPoint);
        Assert.Equal(port, new FarPeer(world, port: port).Port);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-GEN-01")]
    public void SocketClosedBySomebody_EndsThisOneOnly(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig other = new(world, new SimplePeer(Here, 0, Here, far.Port));
        PeerRig near = new(world, new SimplePeer(Here, 0, Here, far.Port));

        near.Peer.Socket!.Dispose();
        near.Send(Bytes.Of("too late"));
        List<object?> signals = near.RunToEnd();
        other.Send(Bytes.Of("still here"));
        far.RunUntilHas(1);

        Assert.IsType<ObjectDisposedException>(Assert.IsType<ErrorInformation>(signals[0]).Exception);
        Assert.IsType<ProducerFinished>(signals[1]);
        Assert.Equal(2, signals.Count);
        Assert.Single(world.Recorder.Logged);
    }

    private static BasicPeer Make(string name) => name switch
    {
        nameof(SimplePeer) => new SimplePeer(Here, 0, Here, s_nobody.Port),
        nameof(TargettedPeer) => new TargettedPeer(Here, 0, Here, s_nobody.Port),
        nameof(PostboxPeer) => new PostboxPeer(Here),
        nameof(UdpReceiver) => new UdpReceiver(Here),
        _ => new UdpSender(s_nobody),
    };
}
