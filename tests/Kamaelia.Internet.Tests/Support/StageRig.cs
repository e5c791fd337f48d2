// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Internet.Tests;

/// <summary>A stage that talks to one peer, a client or a server for one, and somebody at all of its boxes who never steps.</summary>
internal sealed class StageRig
{
    private readonly World _world;
    private readonly Neighbour _neighbour = new();
    private readonly List<byte> _data = [];

    public StageRig(World world, Component stage)
    {
        _world = world;
        Stage = stage;
        _neighbour.Attach(stage);
    }

    public Component Stage { get; }

    public int Steps => _world.Recorder.StepsOf(Stage);

    /// <summary>How many messages wait to be collected.</summary>
    public int Waiting => _neighbour.Waiting("data");

    /// <summary>What came out of its <c>"outbox"</c> and was collected.</summary>
    public byte[] Data => [.. _data];

    /// <summary>How much of it there is.</summary>
    public int Count => _data.Count;

    /// <summary>What came out of its <c>"signal"</c>.</summary>
    public List<object?> Signals { get; } = [];

    /// <summary>How many messages of bytes may wait before it is refused.</summary>
    public int? Room
    {
        set => _neighbour.SetInboxSize("data", value);
    }

    public StageRig Activate()
    {
        Stage.Activate(_world.Scheduler);
        return this;
    }

    public void Send(params ReadOnlySpan<object?> messages)
    {
        foreach (object? message in messages)
        {
            _neighbour.Send(message, "data");
        }
    }

    public void Order(object? message) => _neighbour.Send(message, "order");

    public void MakeSsl(object? how) => _neighbour.Send(how, "makessl");

    public IReadOnlyList<object?> Take(string box) => [.. _neighbour.Inbox(box)];

    public StageRig Collect()
    {
        while (_neighbour.TryRecv(out byte[]? bytes, "data"))
        {
            _data.AddRange(bytes!);
        }

        Signals.AddRange(Take("signal"));
        return this;
    }

    public byte[] RunUntilHas(int count)
    {
        _world.RunUntil(() => Collect()._data.Count >= count, $"{count} bytes");
        return Data;
    }

    public StageRig RunUntilSignals(int count)
    {
        _world.RunUntil(() => Collect().Signals.Count >= count, $"{count} messages on signal");
        return this;
    }

    /// <summary>Runs until it has ended.</summary>
    /// <returns>The reason that its one message on <c>"signal"</c> bears.</returns>
    public CloseReason RunToEnd()
    {
        _world.RunUntil(() => Collect().Stage.Scheduler is null, "the end of the stage");
        Collect();
        ProducerFinished message = Assert.IsType<ProducerFinished>(Assert.Single(Signals));
        Assert.Same(Stage, message.Caller);
        return Assert.IsType<CloseReason>(message.Message);
    }

    [Inbox("data")]
    [Inbox("signal")]
    [Inbox("sslready")]
    [Outbox("data")]
    [Outbox("order")]
    [Outbox("makessl")]
    private sealed class Neighbour : Component
    {
        public void Attach(Component stage)
        {
            Link((stage, "outbox"), (this, "data"));
            Link((stage, "signal"), (this, "signal"));
            Link((this, "data"), (stage, "inbox"));
            Link((this, "order"), (stage, "control"));
            if (stage is TcpClient)
            {
                Link((stage, "sslready"), (this, "sslready"));
                Link((this, "makessl"), (stage, "makessl"));
            }
        }
    }
}
