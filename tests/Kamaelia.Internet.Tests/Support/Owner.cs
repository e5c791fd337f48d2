// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Internet.Tests;

/// <summary>The smallest owner of connections: what a server chassis does with the messages of a server, and no more.</summary>
/// <param name="makeHandler">Makes the protocol component of a connection.</param>
/// <param name="handlerRoom">A limit for its inbox.</param>
internal sealed class Owner(Func<Handler> makeHandler, int? handlerRoom = null) : Component
{
    private readonly Dictionary<Component, Handler> _handlers = [];

    /// <summary>The handlers made so far.</summary>
    public List<Handler> Made { get; } = [];

    /// <summary>What the server announced, in order.</summary>
    public List<ConnectionMessage> Announced { get; } = [];

    /// <summary>How many connections it has.</summary>
    public int Count => _handlers.Count;

    /// <summary>Puts a server in front of it and activates both.</summary>
    public TcpServer Start(World world, TcpServerOptions? options = null)
    {
        TcpServer server = new(0, null, (options ?? new TcpServerOptions()) with { Address = System.Net.IPAddress.Loopback });
        world.Own(server.Listener!);
        Attach(server);
        server.Activate(world.Scheduler);
        this.Activate(world.Scheduler);
        world.Cycles(4);
        return server;
    }

    public void Attach(TcpServer server)
    {
        AddChildren(server);
        Link((server, "protocolHandlerSignal"), (this, "inbox"));
    }

    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            foreach (object? message in Inbox())
            {
                Announced.Add((ConnectionMessage)message!);
                switch (message)
                {
                    case NewCsa arrival:
                        Welcome(arrival.Object);
                        break;
                    case ShutdownCsa departure:
                        Forget(departure);
                        break;
                }
            }

            if (DataReady("control"))
            {
                yield break;
            }

            yield return Pause();
        }
    }

    private void Welcome(Component csa)
    {
        Handler handler = makeHandler();
        handler.SetInboxSize("inbox", handlerRoom);
        Made.Add(handler);
        _handlers.Add(csa, handler);
        AddChildren(csa, handler);
        Link((csa, "outbox"), (handler, "inbox"));
        Link((csa, "peerFinished"), (handler, "control"));
        Link((handler, "outbox"), (csa, "inbox"));
        Link((handler, "signal"), (csa, "control"));
        csa.Activate();
        handler.Activate();
    }

    private void Forget(ShutdownCsa departure)
    {
        if (_handlers.Remove(departure.Object, out Handler? handler))
        {
            handler.GetInbox("control").Append(new SocketShutdown(this, departure.Reason));
            departure.Object.GetInbox("control").Append(new ShutdownMicroprocess());
            RemoveChild(departure.Object);
            RemoveChild(handler);
        }
    }
}

/// <summary>A protocol component whose conduct a test decides; keeps what it got, and in which of its passes.</summary>
/// <param name="onData">What it does with received bytes.</param>
/// <param name="onControl">What it does with messages on <c>"control"</c>; a <see cref="SocketShutdown"/> always ends it.</param>
internal sealed class Handler(Action<Handler, byte[]>? onData = null, Action<Handler, object?>? onControl = null) : Component
{
    private int _pass;

    public List<(int Pass, byte[] Bytes)> Received { get; } = [];

    public List<(int Pass, object? Message)> Controlled { get; } = [];

    /// <summary>Whether it leaves its inbox alone.</summary>
    public bool IsSlow { get; set; }

    public byte[] Bytes => [.. Received.SelectMany(received => received.Bytes)];

    /// <summary>Sends back what it gets.</summary>
    public static Handler Echo() => new(static (handler, bytes) => handler.Send(bytes));

    /// <summary>Wakes it, after something was changed from outside.</summary>
    public void Nudge() => Unpause();

    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            _pass++;
            while (!IsSlow && TryRecv(out byte[]? bytes))
            {
                Received.Add((_pass, bytes!));
                onData?.Invoke(this, bytes!);
            }

            while (TryRecv(out object? message, "control"))
            {
                Controlled.Add((_pass, message));
                onControl?.Invoke(this, message);
                if (message is SocketShutdown)
                {
                    yield break;
                }
            }

            yield return Pause();
        }
    }
}
