// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Axon;
using Axon.TestKit;
using Kamaelia.Internet;
using Microsoft.Extensions.Logging;
using SocketShutdown = System.Net.Sockets.SocketShutdown;

namespace Kamaelia.Chassis.Tests.ConnectedServer;

/// <summary>A scheduler with a selector, driven by hand, and clients in the test's own thread. Time stands still unless the test moves it.</summary>
internal sealed class ServerFixture : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private readonly List<Socket> _sockets = [];

    public ServerFixture(PollerKind poller, bool immortal = false)
    {
        Scheduler = new Scheduler(new SchedulerOptions { Clock = Clock, Immortal = immortal, Listener = Watch, Logger = Log });
        Selector selector = new(new SelectorOptions { Poller = poller });
        Selector.SetSelectorServices(selector, Scheduler.Tracker);
        selector.Activate(Scheduler);
        Scheduler.RunCycle();
    }

    /// <summary>Every poller that this system has.</summary>
    public static PollerKind[] PollerKinds =>
        OperatingSystem.IsLinux() ? [PollerKind.Epoll, PollerKind.Select] : [PollerKind.Select];

    public static TheoryData<PollerKind> Pollers => [.. PollerKinds];

    public VirtualClock Clock { get; } = new();

    public Watcher Watch { get; } = new();

    public ListLogger Log { get; } = new();

    public Scheduler Scheduler { get; }

    /// <summary>Activates a server and runs until it listens.</summary>
    public T Start<T>(T server)
        where T : ServerCore
    {
        server.Activate(Scheduler);
        RunUntil(() => server.LocalEndPoint is not null);
        return server;
    }

    /// <summary>Connects a client. The kernel completes the connection; the server has not seen it yet.</summary>
    public Socket Connect(ServerCore server) => Connect(server.ListenPort);

    public Socket Connect(int port)
    {
        Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000, NoDelay = true };
        _sockets.Add(client);
        client.Connect(IPAddress.Loopback, port);
        return client;
    }

    /// <summary>Connects a client and runs until it has a handler.</summary>
    public Socket ConnectAndWait(ServerCore server)
    {
        int before = server.ConnectionCount;
        Socket client = Connect(server);
        RunUntil(() => server.ConnectionCount > before);
        return client;
    }

    public bool IsRefused(int port)
    {
        try
        {
            Connect(port);
            return false;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return true;
        }
    }

    /// <summary>Both ends of a connection that no server knows of.</summary>
    public (Socket Here, Socket There) MakePair()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Socket there = Connect(((IPEndPoint)listener.LocalEndPoint!).Port);
        Socket here = listener.Accept();
        here.Blocking = false;
        _sockets.Add(here);
        return (here, there);
    }

    /// <summary>Runs cycles until a condition holds.</summary>
    public void RunUntil(Func<bool> condition)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            Scheduler.RunCycle();
            Assert.True(watch.Elapsed < s_limit, $"It did not happen. Left are: {string.Join(", ", Scheduler.ListAll())}. {Log}");
        }
    }

    /// <summary>Runs until nobody has anything to do; what clients have sent has arrived by then.</summary>
    public void RunUntilIdle()
    {
        for (int idle = 0; idle < 10; idle = Scheduler.IsIdle ? idle + 1 : 0)
        {
            Scheduler.RunCycle();
        }
    }

    /// <summary>Runs until the client has received that many bytes.</summary>
    public string Read(Socket client, int count)
    {
        RunUntil(() => client.Available >= count);
        byte[] buffer = new byte[count];
        Assert.Equal(count, client.Receive(buffer));
        return Encoding.UTF8.GetString(buffer);
    }

    /// <summary>Runs until the client has received the end of the stream.</summary>
    /// <returns>How many bytes came before it, and the text they make if they are few.</returns>
    public (long Count, string Text) ReadToEnd(Socket client)
    {
        long count = 0;
        StringBuilder text = new();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            RunUntil(() => client.Poll(TimeSpan.Zero, SelectMode.SelectRead));
            int read = client.Receive(buffer);
            if (read == 0)
            {
                return (count, text.ToString());
            }

            count += read;
            if (count < buffer.Length)
            {
                text.Append(Encoding.UTF8.GetString(buffer.AsSpan(0, read)));
            }
        }
    }

    public void Dispose()
    {
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }

        Scheduler.Stop();
        Scheduler.RunCycle();
    }

    /// <summary>Counts steps, and writes down what was sent.</summary>
    internal sealed class Watcher : SchedulerListener
    {
        public long Steps { get; private set; }

        public List<Microprocess> Stepping { get; } = [];

        public List<(Postbox From, Postbox? To, object? Message)> Sendings { get; } = [];

        public override void Stepped(Microprocess process)
        {
            Steps++;
            Stepping.Add(process);
        }

        public override void Sent(Postbox from, Postbox? destination, object? message) => Sendings.Add((from, destination, message));

        public int StepsOf(Microprocess process) => Stepping.Count(step => step == process);
    }

    internal sealed class ListLogger : ILogger
    {
        public List<(LogLevel Level, string Text, Exception? Exception)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add((logLevel, formatter(state, exception), exception));

        public override string ToString() => string.Join('\n', Lines);
    }
}

/// <summary>A protocol handler that writes down what it is told, and in which of its passes. It looks at control first, as many do.</summary>
internal class Recorder : Component
{
    private bool _ends;

    public List<(int Pass, byte[] Bytes)> Data { get; } = [];

    public List<(int Pass, object? Message)> Control { get; } = [];

    public int Passes { get; private set; }

    /// <summary>What to do in the first pass.</summary>
    public Action<Recorder>? AtFirst { get; init; }

    /// <summary>What to do with a message from the client.</summary>
    public Action<Recorder, string>? OnText { get; init; }

    /// <summary>What to do with a message on control. Default: end on SocketShutdown.</summary>
    public Action<Recorder, object?> OnControl { get; init; } = static (me, message) =>
    {
        if (message is Internet.SocketShutdown)
        {
            me.End();
        }
    };

    public string Text => string.Concat(Data.Select(data => Encoding.UTF8.GetString(data.Bytes)));

    public IEnumerable<Internet.SocketShutdown> Goodbyes => Control.Select(control => control.Message).OfType<Internet.SocketShutdown>();

    public void Say(string text) => Send(Encoding.UTF8.GetBytes(text));

    public void Tell(object message, string box = "signal") => Send(message, box);

    public void End() => _ends = true;

    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            Passes++;
            foreach (object? message in Inbox("control"))
            {
                Control.Add((Passes, message));
                OnControl(this, message);
            }

            foreach (object? message in Inbox())
            {
                Data.Add((Passes, (byte[])message!));
                OnText?.Invoke(this, Encoding.UTF8.GetString((byte[])message!));
            }

            if (Passes == 1)
            {
                AtFirst?.Invoke(this);
            }

            if (_ends)
            {
                yield break;
            }

            yield return Pause();
        }
    }
}

/// <summary>One that can talk to the server itself.</summary>
[Outbox("outbox")]
[Outbox("signal")]
[Outbox("serversignal")]
internal sealed class RecorderWithServerSignal : Recorder;

/// <summary>Sending and closing in one line each.</summary>
internal static class SocketExtensions
{
    public static void Say(this Socket client, string text) => client.Send(Encoding.UTF8.GetBytes(text));

    public static void FinishSending(this Socket client) => client.Shutdown(SocketShutdown.Send);

    /// <summary>Closes so that the other side sees a reset.</summary>
    public static void Reset(this Socket client)
    {
        client.LingerState = new LingerOption(true, 0);
        client.Close();
    }
}
