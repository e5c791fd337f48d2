// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Internet.Tests;

/// <summary>A component that sends or receives datagrams, and somebody at all of its boxes who never steps.</summary>
internal sealed class PeerRig
{
    private readonly World _world;
    private readonly Neighbour _neighbour = new();

    public PeerRig(World world, BasicPeer peer, bool activate = true)
    {
        _world = world;
        Peer = peer;
        _neighbour.Attach(peer);
        if (activate)
        {
            peer.Activate(world.Scheduler);

            // Until the selector has said that it can send.
            world.Cycles(6);
        }
    }

    public BasicPeer Peer { get; }

    public int Port => Peer.LocalEndPoint!.Port;

    public int Steps => _world.Recorder.StepsOf(Peer);

    /// <summary>What came out of its <c>"outbox"</c> and was collected.</summary>
    public List<UdpPacket> Packets { get; } = [];

    /// <summary>The payloads of these.</summary>
    public byte[][] Payloads => [.. Packets.Select(packet => packet.Data.ToArray())];

    /// <summary>What came out of its <c>"signal"</c> and was collected.</summary>
    public List<object?> Signals { get; } = [];

    /// <summary>The exceptions that it has reported.</summary>
    public Exception[] Errors => [.. Signals.OfType<ErrorInformation>().Select(error => error.Exception!)];

    /// <summary>How many packets wait to be collected.</summary>
    public int Waiting => _neighbour.Waiting("data");

    /// <summary>How many packets may wait before it is refused.</summary>
    public int? Room
    {
        set => _neighbour.SetInboxSize("data", value);
    }

    public void Send(params ReadOnlySpan<object?> messages)
    {
        foreach (object? message in messages)
        {
            _neighbour.Send(message, "data");
        }
    }

    public void Order(params ReadOnlySpan<object?> messages)
    {
        foreach (object? message in messages)
        {
            _neighbour.Send(message, "order");
        }
    }

    public void Target(object? message) => _neighbour.Send(message, "target");

    /// <summary>Says to a box of the selector's that the socket is ready, which it need not be.</summary>
    public void Stray(string box) => _neighbour.Send(Peer.Socket, box);

    public PeerRig Collect()
    {
        Packets.AddRange(_neighbour.Inbox("data").Select(Assert.IsType<UdpPacket>));
        Signals.AddRange(_neighbour.Inbox("signal"));
        return this;
    }

    public List<UdpPacket> RunUntilHas(int count)
    {
        _world.RunUntil(() => Collect().Packets.Count >= count, $"{count} packets");
        return Packets;
    }

    public PeerRig RunUntilSignals(int count)
    {
        _world.RunUntil(() => Collect().Signals.Count >= count, $"{count} messages on signal");
        return this;
    }

    /// <summary>Runs until it has ended, and checks that it has left nothing behind.</summary>
    /// <returns>What it said on <c>"signal"</c>.</returns>
    public List<object?> RunToEnd()
    {
        _world.RunUntil(() => Peer.Scheduler is null, "the end of the peer");
        Assert.All(_world.Recorder.Ends, end => Assert.Null(end.Exception));
        Assert.Null(Peer.LocalEndPoint);
        Assert.Null(Peer.GetOutbox("_selectorSignal").Linkage);
        Assert.True(Peer.Socket is null || Peer.Socket.SafeHandle.IsClosed);
        return Collect().Signals;
    }

    [Inbox("data")]
    [Inbox("signal")]
    [Outbox("data")]
    [Outbox("order")]
    [Outbox("target")]
    [Outbox("readReady")]
    [Outbox("writeReady")]
    private sealed class Neighbour : Component
    {
        public void Attach(BasicPeer peer)
        {
            Link((peer, "outbox"), (this, "data"));
            Link((peer, "signal"), (this, "signal"));
            Link((this, "data"), (peer, "inbox"));
            Link((this, "order"), (peer, "control"));
            Link((this, "readReady"), (peer, "readReady"));
            Link((this, "writeReady"), (peer, "writeReady"));
            if (peer is TargettedPeer)
            {
                Link((this, "target"), (peer, "target"));
            }
        }
    }
}
