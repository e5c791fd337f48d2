// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Buffers;

namespace Kamaelia.Internet.Tests;

/// <summary>An adapter, its peer, and somebody who is linked to its boxes and never steps: what happens is the adapter's own doing.</summary>
internal sealed class Connection
{
    private readonly World _world;
    private readonly Neighbour _neighbour = new();
    private readonly ArrayBufferWriter<byte> _data = new();

    public Connection(World world, ConnectedSocketAdapter csa, Far far, bool feedback = true)
    {
        _world = world;
        Csa = csa;
        Far = far;
        _neighbour.Attach(csa, feedback);
    }

    public ConnectedSocketAdapter Csa { get; }

    public Far Far { get; }

    public int Steps => _world.Recorder.StepsOf(Csa);

    /// <summary>How many messages wait to be collected.</summary>
    public int Waiting => _neighbour.Waiting("data");

    /// <summary>Everything collected by <see cref="Collect"/>.</summary>
    public byte[] Data => _data.WrittenSpan.ToArray();

    public long DataCount => _data.WrittenCount;

    /// <summary>How many messages of received bytes may wait before the adapter is refused.</summary>
    public int? Room
    {
        set => _neighbour.SetInboxSize("data", value);
    }

    public int? SignalRoom
    {
        set => _neighbour.SetInboxSize("signal", value);
    }

    public int? PeerFinishedRoom
    {
        set => _neighbour.SetInboxSize("peerFinished", value);
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

    /// <summary>Tells the adapter to switch to TLS.</summary>
    public void MakeSsl(object? how) => _neighbour.Send(how, "makessl");

    public void Stray(string box) => _neighbour.Send(Csa.Socket, box);

    /// <summary>Takes messages of received bytes.</summary>
    public IReadOnlyList<byte[]> Collect(int most = int.MaxValue)
    {
        List<byte[]> messages = [];
        while (messages.Count < most && _neighbour.TryRecv(out object? message, "data"))
        {
            byte[] bytes = Assert.IsType<byte[]>(message);
            messages.Add(bytes);
            _data.Write(bytes);
        }

        return messages;
    }

    public IReadOnlyList<object?> Take(string box) => [.. _neighbour.Inbox(box)];

    /// <summary>Runs until the adapter has ended, collecting what it receives.</summary>
    public CloseReason RunToEnd()
    {
        _world.RunUntil(
            () =>
            {
                Collect();
                return Csa.Scheduler is null;
            },
            "the end of the adapter");
        Collect();
        return Csa.CloseReason!;
    }

    /// <summary>Runs until the peer has read that much, or the stream is over.</summary>
    public byte[] RunUntilFarHas(long count)
    {
        _world.RunUntil(() => Far.Look().Count >= count || Far.IsOver, $"the peer to have {count} bytes");
        return Far.Received;
    }

    /// <summary>Runs until that much has been received and collected.</summary>
    public byte[] RunUntilNearHas(long count)
    {
        _world.RunUntil(
            () =>
            {
                Collect();
                return DataCount >= count;
            },
            $"{count} received bytes");
        return Data;
    }

    [Inbox("data")]
    [Inbox("feedback")]
    [Inbox("signal")]
    [Inbox("peerFinished")]
    [Inbox("sslready")]
    [Outbox("data")]
    [Outbox("order")]
    [Outbox("makessl")]
    [Outbox("ReadReady")]
    [Outbox("SendReady")]
    private sealed class Neighbour : Component
    {
        public void Attach(ConnectedSocketAdapter csa, bool feedback)
        {
            Link((csa, "outbox"), (this, "data"));
            if (feedback)
            {
                Link((csa, "CreatorFeedback"), (this, "feedback"));
            }

            Link((csa, "signal"), (this, "signal"));
            Link((csa, "peerFinished"), (this, "peerFinished"));
            Link((csa, "sslready"), (this, "sslready"));
            Link((this, "data"), (csa, "inbox"));
            Link((this, "order"), (csa, "control"));
            Link((this, "makessl"), (csa, "makessl"));
            Link((this, "ReadReady"), (csa, "ReadReady"));
            Link((this, "SendReady"), (csa, "SendReady"));
        }
    }
}
