// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;

namespace Kamaelia.Internet.Tests;

public class UdpSenderTests
{
    private const string Here = "127.0.0.1";

    [Theory, EachPoller]
    [Trait("Spec", "INT-UNG-03")]
    [Trait("Spec", "INT-UDP-05")]
    public void Sender_SendsFromOnePort_AndNeverReads(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new UdpSender(Here, far.Port));

        near.Send(Bytes.Of("one"), Bytes.Of("two"));
        far.RunUntilHas(2);
        int steps = near.Steps;
        far.Send(Bytes.Of("is anybody there?"), near.Port);
        world.Settle();

        Assert.Equal([Bytes.Of("one"), Bytes.Of("two")], far.Payloads);
        Assert.All(far.Received, packet => Assert.Equal(near.Port, packet.Remote.Port));
        Assert.Equal(steps, near.Steps);
        Assert.Empty(near.Collect().Packets);
        Assert.DoesNotContain(world.Recorder.Sent(near.Peer, "_selectorSignal"), message => message is NewReader);
    }

    [Ipv6Theory, EachPoller]
    [Trait("Spec", "INT-UNG-03")]
    public void Sender_TakesTheFamilyOfItsReceiver(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer six = new(world, IPAddress.IPv6Loopback);
        FarPeer four = new(world);
        PeerRig toSix = new(world, new UdpSender("::1", six.Port));
        PeerRig toName = new(world, new UdpSender("far.test", four.Port) { LookUp = _ => Task.FromResult<IPAddress[]>([IPAddress.Loopback]) });

        toSix.Send(Bytes.Of("6"));
        toName.Send(Bytes.Of("4"));

        six.RunUntilHas(1);
        four.RunUntilHas(1);
        Assert.Equal([Bytes.Of("6")], six.Payloads);
        Assert.Equal([Bytes.Of("4")], four.Payloads);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UNG-05")]
    [Trait("Spec", "INT-GEN-07")]
    public void ProducerFinished_AllIsSent_ThenItSaysSoAndEnds(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        ScriptedCalls calls = new() { IsFull = true };
        PeerRig near = new(world, new UdpSender(new IPEndPoint(IPAddress.Loopback, far.Port), new UdpOptions { DatagramsPerPass = 2 }) { Calls = calls });
        ProducerFinished order = new();
        byte[][] sent = [.. Enumerable.Range(0, 10).Select(i => new[] { (byte)i })];
        near.Send([.. sent]);
        near.Order(order, new ProducerFinished());
        world.Settle();
        Assert.False(near.Peer.IsStopped);
        Assert.Empty(near.Collect().Signals);

        calls.IsFull = false;
        List<object?> signals = near.RunToEnd();
        far.RunUntilHas(10);

        Assert.Equal(sent, far.Payloads);
        ProducerFinished last = Assert.IsType<ProducerFinished>(Assert.Single(signals));
        Assert.NotSame(order, last);
        Assert.Same(near.Peer, last.Caller);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UNG-05")]
    public void ProducerFinished_BeforeItsFirstStep_AllIsSentAllTheSame(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new UdpSender(Here, far.Port), activate: false);
        near.Send(Bytes.Of("only"));
        near.Order(new ProducerFinished());
        near.Peer.Activate(world.Scheduler);

        Assert.IsType<ProducerFinished>(Assert.Single(near.RunToEnd()));
        Assert.Equal([Bytes.Of("only")], far.RunUntilHas(1).Select(packet => packet.Data.ToArray()));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UNG-06")]
    public void ShutdownMicroprocess_AtOnce_WhatIsUnsentIsDropped(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        ScriptedCalls calls = new() { IsFull = true };
        PeerRig near = new(world, new UdpSender(new IPEndPoint(IPAddress.Loopback, far.Port)) { Calls = calls });
        near.Send(Bytes.Of("held back"), Bytes.Of("waiting"));
        near.Order(new ProducerFinished());
        world.Settle();
        ShutdownMicroprocess order = new();
        near.Order(order);

        Assert.Same(order, Assert.Single(near.RunToEnd()));
        calls.IsFull = false;
        world.Settle();
        Assert.Empty(far.Look().Received);
        Assert.Equal(0, world.Selector.RegistrationCount);
    }
}
