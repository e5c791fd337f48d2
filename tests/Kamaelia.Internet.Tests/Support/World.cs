// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Axon.TestKit;

namespace Kamaelia.Internet.Tests;

/// <summary>A scheduler with a selector, moved by hand on a clock that stands still; the test's own thread plays the peers.</summary>
/// <remarks>
/// A cycle lets the selector look at its sockets and never waits. The kernel is the one thing here that has a time of its own, so whatever
/// depends on it is run until it has happened, up to a limit that only a failing test reaches.
/// </remarks>
internal sealed class World : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly List<IDisposable> _owned = [];
    private readonly Client _anchor = new();

    /// <param name="kind">What the selector waits with.</param>
    /// <param name="options">Anything else for the selector.</param>
    /// <param name="poller">A poller to use instead of one of the system's.</param>
    /// <param name="anchored">Whether somebody uses the selector throughout, so that it does not end between two uses.</param>
    /// <param name="observed">Whether the recorder listens, for whom notifications are messages that others are spared.</param>
    public World(PollerKind kind = PollerKind.Best, SelectorOptions? options = null, IPoller? poller = null, bool anchored = true, bool observed = true)
    {
        Scheduler = new Scheduler(new SchedulerOptions { Clock = Clock, Listener = observed ? Recorder : null, Logger = Recorder });
        Selector = new Selector((options ?? new SelectorOptions()) with { Poller = kind }, poller);
        Selector.SetSelectorServices(Selector, Scheduler.Tracker);
        Selector.Activate(Scheduler);
        if (anchored)
        {
            _anchor.Link((_anchor, "ask"), (Selector, "notify"));
        }

        Cycles(3);
    }

    public Scheduler Scheduler { get; }

    public VirtualClock Clock { get; } = new();

    public Recorder Recorder { get; } = new();

    public Selector Selector { get; }

    public CoordinatingAssistantTracker Tracker => Scheduler.Tracker;

    public (Component Component, string Inbox) SelectorService => (Selector, "notify");

    public void Cycles(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Scheduler.RunCycle();
        }
    }

    /// <summary>Enough cycles for everything that is on its way to arrive, for tests in which nothing may arrive.</summary>
    public void Settle() => Cycles(100);

    /// <summary>Lets time pass, and then everybody do what they wanted to do by then.</summary>
    public void Advance(TimeSpan time)
    {
        Clock.Advance(time);
        Cycles(4);
    }

    /// <summary>Runs until a condition holds.</summary>
    public void RunUntil(Func<bool> condition, string? what = null)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            Scheduler.RunCycle();
            Assert.True(watch.Elapsed < s_patience, $"Not after {s_patience.TotalSeconds} seconds: {what ?? "what the test waits for"}.");
        }
    }

    public T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }

    /// <summary>Two sockets connected to each other; neither blocks.</summary>
    /// <param name="buffer">The size of their buffers, for tests that have to fill them. Default: the system's.</param>
    public (Far Far, Socket Near) Pair(int? buffer = null)
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Socket far = Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        if (buffer is { } size)
        {
            far.ReceiveBufferSize = size;
            far.SendBufferSize = size;
            listener.ReceiveBufferSize = size;
            listener.SendBufferSize = size;
        }

        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        far.Connect(listener.LocalEndPoint!);
        Socket near = Own(listener.Accept());
        near.Blocking = false;
        return (new Far(far), near);
    }

    /// <summary>An active adapter, with somebody at all of its boxes and a peer.</summary>
    public Connection Connect(CsaOptions? options = null, int? buffer = null, bool activate = true)
    {
        (Far far, Socket near) = Pair(buffer);
        ConnectedSocketAdapter csa = new(near, SelectorService, options);
        Connection connection = new(this, csa, far);
        if (activate)
        {
            csa.Activate(Scheduler);
        }

        return connection;
    }

    /// <summary>A peer that connects to a server of this world. The kernel accepts it at once; the server when it is run.</summary>
    public Far Dial(int port, int? buffer = null, IPAddress? address = null)
    {
        address ??= IPAddress.Loopback;
        Socket socket = Own(new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        if (buffer is { } size)
        {
            socket.ReceiveBufferSize = size;
            socket.SendBufferSize = size;
        }

        socket.Connect(address, port);
        return new Far(socket);
    }

    public void Dispose()
    {
        if (Scheduler.ListAll().Count > 0)
        {
            Scheduler.Stop();
            Scheduler.RunCycle();
        }

        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }
    }
}
