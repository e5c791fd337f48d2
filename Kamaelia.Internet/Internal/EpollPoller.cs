// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;
using System.Runtime.InteropServices;
using static Kamaelia.Internet.LinuxCalls;

namespace Kamaelia.Internet;

/// <summary>Waits with Linux's epoll: a wait costs as much as there are events.</summary>
/// <remarks>
/// <para>Level-triggered: with an edge, a second connection that waits to be accepted, or an end of stream that arrived together with the last
/// data, is never reported.</para>
/// <para>The kernel is told something only when that changes. A selector that is asked for one notification at a time leaves the socket
/// armed, and only takes it out when an event comes that nobody wants; in request and reply that never happens.</para>
/// <para>Taken out, not set to nothing: the kernel reports errors and hang-ups even of a socket that is watched for nothing.</para>
/// </remarks>
internal sealed unsafe class EpollPoller : IPoller
{
    private const int BatchSize = 256;

    private readonly SafeFileHandleOfLinux _epoll;
    private readonly SafeFileHandleOfLinux _wake;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(BatchSize * EventSize, pinned: true);
    private readonly byte* _events;

    private readonly DescriptorTable<Watched> _watched = new();

    // An event carries the number of the socket and that of the entry, so one of a socket that was taken out earlier in the batch is not
    // mistaken for one of the socket that has its number now.
    private int _lastEntry;
    private int _woken;

    public EpollPoller()
    {
        _epoll = new SafeFileHandleOfLinux(Check(epoll_create1(CloseOnExec)));
        _wake = new SafeFileHandleOfLinux(Check(eventfd(0, CloseOnExec | NonBlocking)));
        _events = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_buffer, 0);
        Control(Add, _wake.Descriptor, In, ulong.MaxValue);
    }

    public string Name => "epoll";

    public void Watch(Watched watched, Readiness interest)
    {
        if (interest == Readiness.None)
        {
            TakeOut(watched);
        }
        else if (watched.PollerKey >= 0)
        {
            // The number of one that was closed may be somebody else's by now, whose registration this would change.
            watched.Selectable.ThrowIfClosed();
            Control(Modify, watched.Descriptor, ToEvents(interest), Data(watched));
        }
        else
        {
            PutIn(watched, interest);
        }

        watched.Armed = interest;
    }

    public bool Wait(TimeSpan timeout, Action<Watched, Readiness> report)
    {
        int milliseconds = timeout == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Min(Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue);
        int count = epoll_wait(_epoll.Descriptor, _events, BatchSize, milliseconds);
        if (count < 0)
        {
            // A signal ended the wait: whoever waits looks again.
            Check(Marshal.GetLastPInvokeError() == Interrupted ? 0 : -1);
            return false;
        }

        bool woken = false;
        for (int i = 0; i < count; i++)
        {
            byte* entry = _events + (i * EventSize);
            uint events = *(uint*)entry;
            ulong data = *(ulong*)(entry + DataOffset);
            if (data == ulong.MaxValue)
            {
                DrainWake();
                woken = true;
                continue;
            }

            if (_watched.Find((int)(uint)data) is { } watched && watched.PollerKey == (int)(data >> 32))
            {
                report(watched, ToReadiness(events, watched.Armed));
            }
        }

        return woken;
    }

    public void Wake()
    {
        if (Interlocked.Exchange(ref _woken, 1) != 0)
        {
            return;
        }

        bool held = false;
        try
        {
            // Held, so that the number cannot belong to somebody else by the time it is written to.
            _wake.DangerousAddRef(ref held);
            ulong one = 1;
            write(_wake.Descriptor, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits here any more.
        }
        finally
        {
            if (held)
            {
                _wake.DangerousRelease();
            }
        }
    }

    public void Dispose()
    {
        _epoll.Dispose();
        _wake.Dispose();
    }

    private static uint ToEvents(Readiness interest) =>
        ((interest & Readiness.Read) != 0 ? In : 0)
        | ((interest & Readiness.Write) != 0 ? Out : 0)
        | ((interest & Readiness.Exceptional) != 0 ? Priority : 0);

    private static Readiness ToReadiness(uint events, Readiness armed)
    {
        if ((events & (Error | HangUp)) != 0)
        {
            return armed;
        }

        return ((events & In) != 0 ? Readiness.Read : 0)
            | ((events & Out) != 0 ? Readiness.Write : 0)
            | ((events & Priority) != 0 ? Readiness.Exceptional : 0);
    }

    private void PutIn(Watched watched, Readiness interest)
    {
        watched.Selectable.ThrowIfClosed();
        _lastEntry = (_lastEntry + 1) & int.MaxValue;
        watched.PollerKey = _lastEntry;
        try
        {
            Control(Add, watched.Descriptor, ToEvents(interest), Data(watched));
        }
        catch (SocketException)
        {
            watched.PollerKey = -1;
            throw;
        }

        _watched.Set(watched.Descriptor, watched);
    }

    // A closed descriptor has left the set by itself, and its number may be in use again for a socket that is in the set in its own right.
    private void TakeOut(Watched watched)
    {
        if (watched.PollerKey < 0)
        {
            return;
        }

        if (!watched.Selectable.IsClosed)
        {
            byte* unused = stackalloc byte[16];
            epoll_ctl(_epoll.Descriptor, Delete, watched.Descriptor, unused);
        }

        _watched.Remove(watched.Descriptor, watched);
        watched.PollerKey = -1;
    }

    private static ulong Data(Watched watched) => ((ulong)watched.PollerKey << 32) | (uint)watched.Descriptor;

    private void Control(int operation, int descriptor, uint events, ulong data)
    {
        byte* entry = stackalloc byte[16];
        *(uint*)entry = events;
        *(ulong*)(entry + DataOffset) = data;
        Check(epoll_ctl(_epoll.Descriptor, operation, descriptor, entry));
    }

    // First the signal is read, then the flag goes down: a signal sent in between the other way round would be read as well, and its flag stay
    // up for ever. Whoever finds it up meanwhile is seen after the fence.
    private void DrainWake()
    {
        ulong count;
        read(_wake.Descriptor, &count, sizeof(ulong));
        Interlocked.Exchange(ref _woken, 0);
    }
}
