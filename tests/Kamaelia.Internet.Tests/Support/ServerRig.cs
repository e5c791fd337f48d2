// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;

namespace Kamaelia.Internet.Tests;

/// <summary>A server and somebody at its boxes who only keeps what comes out.</summary>
internal sealed class ServerRig
{
    private readonly World _world;
    private readonly Listener _listener = new();

    public ServerRig(World world, TcpServer server, bool linked = true)
    {
        _world = world;
        Server = server;
        if (server.Listener is { } listener)
        {
            world.Own(listener);
        }

        if (linked)
        {
            _listener.Link((server, "protocolHandlerSignal"), (_listener, "connections"));
        }

        _listener.Link((server, "signal"), (_listener, "signal"));
        _listener.Link((_listener, "order"), (server, "control"));
        _listener.Link((_listener, "newconnection"), (server, "newconnection"));
        _listener.Link((_listener, "feedback"), (server, "_feedbackFromCSA"));
    }

    /// <summary>Makes a server on a free port of loopback, and activates it.</summary>
    public static ServerRig Start(World world, TcpServerOptions? options = null)
    {
        ServerRig rig = new(world, new TcpServer(0, null, (options ?? new TcpServerOptions()) with { Address = IPAddress.Loopback }));
        rig.Activate();
        return rig;
    }

    public TcpServer Server { get; }

    public int Port => Server.ListenPort;

    /// <summary>Everything announced so far.</summary>
    public List<ConnectionMessage> Announced { get; } = [];

    public int? Room
    {
        set => _listener.SetInboxSize("connections", value);
    }

    public void Activate()
    {
        Server.Activate(_world.Scheduler);
        _world.Cycles(4);
    }

    public IReadOnlyList<ConnectionMessage> Collect(int most = int.MaxValue)
    {
        List<ConnectionMessage> collected = [];
        while (collected.Count < most && _listener.TryRecv(out object? message, "connections"))
        {
            collected.Add(Assert.IsAssignableFrom<ConnectionMessage>(message));
        }

        Announced.AddRange(collected);
        return collected;
    }

    public IReadOnlyList<object?> Signals() => [.. _listener.Inbox("signal")];

    public void Order(object? message) => _listener.Send(message, "order");

    public void Stray(string box, object? message) => _listener.Send(message, box);

    public IReadOnlyList<NewCsa> RunUntilAnnounced(int count)
    {
        List<NewCsa> found = [];
        _world.RunUntil(
            () =>
            {
                found.AddRange(Collect().OfType<NewCsa>());
                return found.Count >= count;
            },
            $"{count} announced connections");
        return found;
    }

    public IReadOnlyList<ShutdownCsa> RunUntilGone(int count)
    {
        List<ShutdownCsa> found = [];
        _world.RunUntil(
            () =>
            {
                found.AddRange(Collect().OfType<ShutdownCsa>());
                return found.Count >= count;
            },
            $"{count} ended connections");
        return found;
    }

    /// <summary>Connects, and does with the announced adapter what an owner does.</summary>
    public Connection Dial(int? buffer = null)
    {
        Far far = _world.Dial(Port, buffer);
        ConnectedSocketAdapter csa = Assert.IsType<ConnectedSocketAdapter>(RunUntilAnnounced(1)[0].Object);
        return Adopt(csa, far);
    }

    public Connection Adopt(ConnectedSocketAdapter csa, Far far)
    {
        Connection connection = new(_world, csa, far, feedback: false);
        csa.Activate(_world.Scheduler);
        return connection;
    }

    [Inbox("connections")]
    [Inbox("signal")]
    [Outbox("order")]
    [Outbox("newconnection")]
    [Outbox("feedback")]
    private sealed class Listener : Component;
}
