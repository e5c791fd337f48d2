// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>When peers take their turns, and how long these are.</summary>
public class PeerTurnsTests
{
    private const string Here = "127.0.0.1";

    [Theory, EachPoller]
    [Trait("Spec", "INT-UNG-01")]
    [Trait("Spec", "INT-UNG-13")]
    public void Readiness_ComesFromTheSelectorOfItsScheduler(PollerKind kind)
    {
        using World world = new(kind);
        using World elsewhere = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new SimplePeer(Here, 0, Here, far.Port));

        Assert.Equal(
            [(typeof(NewWriter), "writeReady"), (typeof(NewReader), "readReady")],
            world.Recorder.Sent(near.Peer, "_selectorSignal").Cast<Registration>().Select(message => (message.GetType(), message.Target.Inbox)));
        Assert.Same(world.Selector, near.Peer.GetOutbox("_selectorSignal").Linkage!.Sink.Owner);
        Assert.Equal(1, world.Selector.RegistrationCount);

        far.Send([1], near.Port);
        near.RunUntilHas(1);

        // All was read, and it asks again.
        world.Settle();
        Assert.Equal(3, world.Recorder.Sent(near.Peer, "_selectorSignal").Count);
        Assert.Equal(1, world.Selector.RegistrationCount);
        Assert.Same(elsewhere.Selector, new PeerRig(elsewhere, new SimplePeer(Here)).Peer.GetOutbox("_selectorSignal").Linkage!.Sink.Owner);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-11")]
    [Trait("Spec", "INT-GEN-03")]
    public void Idle_NoSteps(PollerKind kind)
    {
        using World world = new(kind);
        PeerRig[] peers = [new(world, new SimplePeer(Here, 0, Here, 9)), new(world, new TargettedPeer(Here)), new(world, new PostboxPeer(Here)), new(world, new UdpReceiver(Here)), new(world, new UdpSender(Here, 9))];
        world.Settle();
        int[] steps = [.. peers.Select(peer => peer.Steps)];

        world.Advance(TimeSpan.FromSeconds(1));
        world.Settle();

        Assert.Equal(steps, peers.Select(peer => peer.Steps));
        Assert.All(steps, count => Assert.InRange(count, 1, 3));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-12")]
    public void Flood_IsReceivedInBatches_AndOthersHaveTheirTurns(PollerKind kind)
    {
        using World world = new(kind);
        const int Flood = 95;
        FarPeer far = new(world);
        PeerRig near = new(world, new SimplePeer(Here, options: new UdpOptions { DatagramsPerPass = 10, ReceiveBufferSize = 1_000_000 }));
        world.Settle();
        for (byte i = 0; i < Flood; i++)
        {
            far.Send([i], near.Port);
        }

        List<int> batches = [];
        world.RunUntil(() =>
        {
            int before = near.Packets.Count;
            if (near.Collect().Packets.Count > before)
            {
                batches.Add(near.Packets.Count - before);
            }

            return near.Packets.Count == Flood;
        });

        Assert.Equal([10, 10, 10, 10, 10, 10, 10, 10, 10, 5], batches);
        Assert.Equal(Enumerable.Range(0, Flood).Select(i => (byte)i), near.Payloads.Select(payload => payload[0]));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-12")]
    [Trait("Spec", "INT-UNG-09")]
    public void ManyToSend_AreSentInBatches(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new SimplePeer(Here, 0, Here, far.Port, new UdpOptions { DatagramsPerPass = 10 }));
        world.Settle();
        int steps = near.Steps;

        near.Send([.. Enumerable.Range(0, 35).Select(i => new[] { (byte)i })]);
        far.RunUntilHas(35);
        world.Settle();

        Assert.Equal(4, near.Steps - steps);
        Assert.Equal(Enumerable.Range(0, 35).Select(i => (byte)i), far.Payloads.Select(payload => payload[0]));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UNG-09")]
    public void EmptyDatagram_DoesNotHoldUpWhatComesBehindIt(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new UdpSender(Here, far.Port));

        near.Send(Array.Empty<byte>(), Bytes.Of("one"), Array.Empty<byte>(), Bytes.Of("two"));
        far.RunUntilHas(4);

        Assert.Equal([[], Bytes.Of("one"), [], Bytes.Of("two")], far.Payloads);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UNG-01")]
    [Trait("Spec", "INT-UNG-10")]
    public void WouldBlock_TheDatagramIsKept_AndSentFirstAndWhole(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        ScriptedCalls calls = new();
        PeerRig near = new(world, new SimplePeer(new IPEndPoint(IPAddress.Loopback, 0), far.EndPoint) { Calls = calls });
        byte[][] sent = [Bytes.Pattern(5000), Bytes.Pattern(10, start: 1), Bytes.Pattern(20, start: 2)];
        int registrations = world.Recorder.Sent(near.Peer, "_selectorSignal").OfType<NewWriter>().Count();

        calls.IsFull = true;
        near.Send([.. sent]);
        world.RunUntil(() => calls.Tried.Count == 3, "three attempts");
        Assert.Equal(registrations + 3, world.Recorder.Sent(near.Peer, "_selectorSignal").OfType<NewWriter>().Count());
        calls.IsFull = false;
        far.RunUntilHas(3);

        Assert.Equal([sent[0], sent[0], sent[0], .. sent], calls.Tried);
        Assert.Equal(sent, far.Payloads);
        Assert.Equal(registrations + 3, world.Recorder.Sent(near.Peer, "_selectorSignal").OfType<NewWriter>().Count());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UNG-11")]
    public void ReceivingFails_IsReported_AndItListensAgain(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        ScriptedCalls calls = new() { ReceiveError = SocketError.ConnectionReset };
        PeerRig near = new(world, new SimplePeer(new IPEndPoint(IPAddress.Loopback, 0), null) { Calls = calls });

        far.Send(Bytes.Of("behind the error"), near.Port);
        near.RunUntilHas(1);
        world.Settle();

        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(Assert.Single(near.Collect().Errors)).SocketErrorCode);
        Assert.Equal([Bytes.Of("behind the error")], near.Payloads);
        Assert.Equal(1, world.Selector.RegistrationCount);
    }

    // As the kernel does it. Only a connected socket is told that nobody is there, and only epoll tells whoever waits to read.
    [LinuxTheory]
    [InlineData(PollerKind.Epoll)]
    [Trait("Spec", "INT-UNG-11")]
    public void NetworkReportsAnError_IsHandedOn_AndItListensAgain(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer gone = new(world);
        gone.Socket.Dispose();
        PeerRig near = new(world, new SimplePeer(Here));

        near.Peer.Socket!.Connect(gone.EndPoint);
        near.Peer.Socket.Send([1]);
        near.RunUntilSignals(1);
        FarPeer back = new(world, port: gone.Port);
        back.Send(Bytes.Of("here again"), near.Port);
        near.RunUntilHas(1);
        world.Settle();

        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(Assert.Single(near.Collect().Errors)).SocketErrorCode);
        Assert.Equal([Bytes.Of("here again")], near.Payloads);
        Assert.Equal(1, world.Selector.RegistrationCount);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-18")]
    public void StaleNotification_IsNothing(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new SimplePeer(Here, 0, Here, far.Port));

        near.Stray("readReady");
        near.Stray("writeReady");
        world.Settle();
        near.Send(Bytes.Of("there"));
        far.RunUntilHas(1);
        far.Send(Bytes.Of("and back"), near.Port);
        near.RunUntilHas(1);

        Assert.Empty(near.Signals);
    }

    [Theory, EachPoller]
    public void ConsumerIsFull_KeepsOnePacket_SleepsAndGoesOnWhenItCollects(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new SimplePeer(Here)) { Room = 2 };
        for (byte i = 0; i < 6; i++)
        {
            far.Send([i], near.Port);
        }

        world.Settle();
        int steps = near.Steps;
        world.Settle();

        Assert.Equal(steps, near.Steps);
        Assert.Equal(2, near.Waiting);
        near.RunUntilHas(6);
        Assert.Equal([[0], [1], [2], [3], [4], [5]], near.Payloads);
    }
}
