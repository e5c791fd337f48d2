// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Internet.Tests;

/// <summary>A real poller, with somebody who counts how often it waits.</summary>
internal sealed class CountingPoller(PollerKind kind) : IPoller
{
    private readonly IPoller _inner = Make(kind);
    private int _waits;
    private volatile bool _waitsForEver;

    public string Name => _inner.Name;

    public int Waits => Volatile.Read(ref _waits);

    public static IPoller Make(PollerKind kind) => kind == PollerKind.Epoll ? new EpollPoller() : new SelectPoller();

    /// <summary>Has another thread wait until this one waits without a limit.</summary>
    public void AwaitIdle(TimeSpan patience) => Assert.True(SpinWait.SpinUntil(() => _waitsForEver, patience), "It never waits without a limit.");

    /// <summary>Has another thread look whether there is a time in which no wait begins, and one without a limit is under way.</summary>
    public bool IsQuietFor(TimeSpan time)
    {
        int waits = Waits;
        return _waitsForEver && !SpinWait.SpinUntil(() => Waits != waits, time) && _waitsForEver;
    }

    public void Watch(Watched watched, Readiness interest) => _inner.Watch(watched, interest);

    public bool Wait(TimeSpan timeout, Action<Watched, Readiness> report)
    {
        Interlocked.Increment(ref _waits);
        _waitsForEver = timeout == Timeout.InfiniteTimeSpan;
        bool woken = _inner.Wait(timeout, report);
        _waitsForEver = false;
        return woken;
    }

    public void Wake() => _inner.Wake();

    public void Dispose() => _inner.Dispose();
}
