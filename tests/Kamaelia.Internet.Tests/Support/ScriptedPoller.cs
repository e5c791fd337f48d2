// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>A poller that reports what a test tells it to, and keeps what it was asked.</summary>
internal sealed class ScriptedPoller : IPoller
{
    private readonly Dictionary<Socket, Watched> _watched = [];
    private readonly List<(Socket Socket, Readiness Readiness)> _ready = [];

    public string Name => "scripted";

    /// <summary>How long each wait was to last.</summary>
    public List<TimeSpan> Waits { get; } = [];

    /// <summary>What it was told to report, call by call.</summary>
    public List<(Socket Socket, Readiness Interest)> Calls { get; } = [];

    public int Wakes { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Sockets that the system refuses to watch.</summary>
    public HashSet<Socket> Refused { get; } = [];

    /// <summary>What every later wait reports.</summary>
    public void SetReady(params ReadOnlySpan<(Socket Socket, Readiness Readiness)> ready)
    {
        _ready.Clear();
        _ready.AddRange(ready);
    }

    /// <summary>What it was told to report of a socket.</summary>
    public Readiness InterestIn(Socket socket) => _watched.TryGetValue(socket, out Watched? watched) ? watched.Armed : Readiness.None;

    public void Watch(Watched watched, Readiness interest)
    {
        Assert.False(IsDisposed, "Watched after the end.");
        if (interest != Readiness.None && Refused.Contains(watched.Socket))
        {
            throw new SocketException((int)SocketError.NotSocket);
        }

        Calls.Add((watched.Socket, interest));
        watched.Armed = interest;
        if (interest == Readiness.None)
        {
            _watched.Remove(watched.Socket);
        }
        else
        {
            _watched[watched.Socket] = watched;
        }
    }

    public bool Wait(TimeSpan timeout, Action<Watched, Readiness> report)
    {
        Waits.Add(timeout);
        foreach ((Socket socket, Readiness readiness) in _ready)
        {
            if (_watched.TryGetValue(socket, out Watched? watched) && (watched.Armed & readiness) != 0)
            {
                report(watched, watched.Armed & readiness);
            }
        }

        return false;
    }

    public void Wake() => Wakes++;

    public void Dispose() => IsDisposed = true;
}
