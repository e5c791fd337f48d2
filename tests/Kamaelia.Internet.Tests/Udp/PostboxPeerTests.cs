// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;

namespace Kamaelia.Internet.Tests;

public class PostboxPeerTests
{
    private const string Here = "127.0.0.1";

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-07")]
    public void EachMessage_GoesToItsOwnDestination(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer one = new(world);
        FarPeer other = new(world);
        PeerRig near = new(world, new PostboxPeer(Here));

        near.Send((Here, one.Port, Bytes.Of("a")), (Here, other.Port, Bytes.Of("b")), new UdpPacket(Bytes.Of("c"), one.EndPoint));
        near.Send(Tuple.Create(IPAddress.Loopback, other.Port, new ReadOnlyMemory<byte>(Bytes.Of("d"))), (Here, one.Port, Array.Empty<byte>()));
        one.RunUntilHas(3);
        other.RunUntilHas(2);

        Assert.Equal([Bytes.Of("a"), Bytes.Of("c"), []], one.Payloads);
        Assert.Equal([Bytes.Of("b"), Bytes.Of("d")], other.Payloads);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-02")]
    [Trait("Spec", "INT-UDP-07")]
    public void WhatItReceives_SentToItAgain_IsAnAnswer(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer one = new(world);
        FarPeer other = new(world);
        PostboxPeer peer = new(Here);
        peer.Link((peer, "outbox"), (peer, "inbox"));
        peer.Activate(world.Scheduler);

        one.Send(Bytes.Of("echo"), peer.LocalEndPoint!.Port);
        other.Send(Bytes.Of("ohce"), peer.LocalEndPoint!.Port);
        one.RunUntilHas(1);
        other.RunUntilHas(1);

        Assert.Equal([Bytes.Of("echo")], one.Payloads);
        Assert.Equal([Bytes.Of("ohce")], other.Payloads);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-07")]
    public void Nonsense_IsReported_AndTheNextIsSent(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new PostboxPeer(Here));

        near.Send(Bytes.Of("no destination"), (Here, far.Port), (Here, 0, Bytes.Of("x")), (Here, far.Port, "text"), null);
        near.Send(new UdpPacket(Bytes.Of("x"), new IPEndPoint(IPAddress.Loopback, 0)), (Here, far.Port, Bytes.Of("next")));
        far.RunUntilHas(1);

        Assert.Equal([Bytes.Of("next")], far.Payloads);
        Exception[] errors = near.Collect().Errors;
        Assert.Equal(6, errors.Length);
        Assert.All(errors, error => Assert.Contains("a UdpPacket, or a triple of host, port from 1 to 65535 and bytes", error.Message, StringComparison.Ordinal));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-07")]
    [Trait("Spec", "INT-GEN-02")]
    public void Names_AreLookedUp_OnceForAllInARow(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        List<string> asked = [];
        PostboxPeer peer = new(Here)
        {
            LookUp = name =>
            {
                asked.Add(name.Host);
                return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
            },
        };
        PeerRig near = new(world, peer);

        near.Send(("one.test", far.Port, new byte[] { 1 }), ("one.test", far.Port, new byte[] { 2 }), ("two.test", far.Port, new byte[] { 3 }));
        far.RunUntilHas(3);

        Assert.Equal([[1], [2], [3]], far.Payloads);
        Assert.Equal(["one.test", "two.test"], asked);
    }
}
