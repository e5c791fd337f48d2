// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>Waits with <c>select</c>, which every system has. Each wait costs as much as there are sockets.</summary>
internal sealed class SelectPoller : IPoller
{
    private readonly List<Watched> _all = [];
    private readonly Dictionary<Socket, Watched> _bySocket = [];

    // Rebuilt for every wait: the call takes out whatever is not ready.
    private readonly List<Socket> _read = [];
    private readonly List<Socket> _write = [];
    private readonly List<Socket> _error = [];

    private readonly Socket _wakeSender;
    private readonly Socket _wakeReceiver;
    private int _woken;

    public SelectPoller()
    {
        // A pair of UDP sockets on loopback that talk only to each other: the one kind of pair that every system gives.
        _wakeReceiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _wakeSender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _wakeReceiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _wakeSender.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _wakeSender.Connect(_wakeReceiver.LocalEndPoint!);
        _wakeReceiver.Connect(_wakeSender.LocalEndPoint!);
        _wakeReceiver.Blocking = false;
    }

    public string Name => "select";

    public void Watch(Watched watched, Readiness interest)
    {
        if (interest != Readiness.None)
        {
            watched.Selectable.ThrowIfClosed();
        }

        if (watched.PollerKey < 0 && interest != Readiness.None)
        {
            watched.PollerKey = _all.Count;
            _all.Add(watched);
            _bySocket[watched.Socket] = watched;
        }
        else if (watched.PollerKey >= 0 && interest == Readiness.None)
        {
            Remove(watched);
        }

        watched.Armed = interest;
    }

    public bool Wait(TimeSpan timeout, Action<Watched, Readiness> report)
    {
        ListSockets();
        try
        {
            Socket.Select(_read, _write, _error, ToSelect(timeout));
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // The call does not say which one is bad.
            ReportClosed(report);
            return false;
        }

        // The signal itself says so, not the flag: the flag is set a moment before the signal is sent, and a signal that is left unread would
        // end every later wait at once.
        bool woken = _read.Count > 0 && _read[0] == _wakeReceiver;
        if (woken)
        {
            Span<byte> signals = stackalloc byte[16];
            while (_wakeReceiver.Receive(signals, SocketFlags.None, out SocketError error) > 0 && error == SocketError.Success)
            {
            }

            // In this order: see EpollPoller.
            Interlocked.Exchange(ref _woken, 0);
        }

        Report(_read, Readiness.Read, report);
        Report(_write, Readiness.Write, report);
        Report(_error, Readiness.Exceptional, report);
        return woken;
    }

    public void Wake()
    {
        if (Interlocked.Exchange(ref _woken, 1) == 0)
        {
            try
            {
                _wakeSender.Send([1]);
            }
            catch (ObjectDisposedException)
            {
                // Nobody waits here any more.
            }
        }
    }

    public void Dispose()
    {
        _wakeSender.Dispose();
        _wakeReceiver.Dispose();
    }

    // In whole milliseconds, as the system below counts, rounded up; and no more of them than the call takes, some 35 minutes.
    private static TimeSpan ToSelect(TimeSpan timeout) => timeout == Timeout.InfiniteTimeSpan
        ? timeout
        : TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue / 1000));

    private void ListSockets()
    {
        _read.Clear();
        _write.Clear();
        _error.Clear();
        _read.Add(_wakeReceiver);
        foreach (Watched watched in _all)
        {
            AddIf(_read, watched, Readiness.Read);
            AddIf(_write, watched, Readiness.Write);
            AddIf(_error, watched, Readiness.Exceptional);
        }
    }

    private static void AddIf(List<Socket> list, Watched watched, Readiness readiness)
    {
        if ((watched.Armed & readiness) != 0)
        {
            list.Add(watched.Socket);
        }
    }

    private void Report(List<Socket> ready, Readiness readiness, Action<Watched, Readiness> report)
    {
        foreach (Socket socket in ready)
        {
            if (_bySocket.TryGetValue(socket, out Watched? watched) && (watched.Armed & readiness) != 0)
            {
                report(watched, readiness);
            }
        }
    }

    private void ReportClosed(Action<Watched, Readiness> report)
    {
        foreach (Watched watched in _all.ToArray())
        {
            if (watched.Selectable.IsClosed)
            {
                report(watched, watched.Armed);
            }
        }
    }

    private void Remove(Watched watched)
    {
        Watched last = _all[^1];
        _all[watched.PollerKey] = last;
        last.PollerKey = watched.PollerKey;
        _all.RemoveAt(_all.Count - 1);
        watched.PollerKey = -1;
        _bySocket.Remove(watched.Socket);
    }
}
