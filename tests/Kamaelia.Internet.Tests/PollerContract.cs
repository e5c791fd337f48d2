// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>What <see cref="IPoller"/> promises, whoever implements it.</summary>
public abstract class PollerContract : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly List<IDisposable> _owned = [];
    private readonly List<(Socket Socket, Readiness Readiness)> _reports = [];
    private readonly Lazy<IPoller> _poller;

    private protected PollerContract()
    {
        _poller = new Lazy<IPoller>(Make);
    }

    private protected IPoller Poller => _poller.Value;

    public void Dispose()
    {
        if (_poller.IsValueCreated)
        {
            _poller.Value.Dispose();
        }

        _owned.ForEach(owned => owned.Dispose());
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Wait_DataCameBeforeTheWatch_ReportsRead()
    {
        (Socket far, Socket near) = Pair();
        far.Send([1]);
        AwaitReadable(near);

        Poller.Watch(new Watched(near), Readiness.Read);

        WaitUntil(() => Reported(near) == Readiness.Read);
    }

    [Fact]
    public void Wait_ConditionThatHolds_IsReportedEveryTime()
    {
        (Socket far, Socket near) = Pair();
        Poller.Watch(new Watched(near), Readiness.Read);
        far.Send([1]);
        AwaitReadable(near);

        for (int i = 0; i < 3; i++)
        {
            _reports.Clear();
            Look();
            Assert.Equal([(near, Readiness.Read)], _reports);
        }
    }

    [Fact]
    public void Wait_ReadAndWrite_AreReportedEachOnlyIfWatched()
    {
        (Socket far, Socket near) = Pair();
        far.Send([1]);
        AwaitReadable(near);
        Watched watched = new(near);

        Poller.Watch(watched, Readiness.Write);
        Look();
        Assert.Equal(Readiness.Write, Reported(near));

        _reports.Clear();
        Poller.Watch(watched, Readiness.Read | Readiness.Write);
        Look();
        Assert.Equal(Readiness.Read | Readiness.Write, Reported(near));

        _reports.Clear();
        Poller.Watch(watched, Readiness.Read);
        Look();
        Assert.Equal(Readiness.Read, Reported(near));
    }

    [Fact]
    public void Wait_OutOfBandData_ReportsExceptional()
    {
        (Socket far, Socket near) = Pair();
        Poller.Watch(new Watched(near), Readiness.Exceptional);
        Look();
        Assert.Empty(_reports);

        far.Send([1], SocketFlags.OutOfBand);

        WaitUntil(() => Reported(near) == Readiness.Exceptional);
    }

    [Fact]
    public void Wait_NothingReady_ReportsNothing()
    {
        (_, Socket near) = Pair();
        Poller.Watch(new Watched(near), Readiness.Read);

        Look();
        Poller.Wait(TimeSpan.FromMilliseconds(1), Report);

        Assert.Empty(_reports);
    }

    [Fact]
    public void Watch_None_SilencesEvenErrorsAndTheEndOfTheStream()
    {
        (Socket far, Socket near) = Pair();
        (Socket other, Socket canary) = Pair();
        Watched watched = new(near);
        Poller.Watch(watched, Readiness.Read | Readiness.Write);
        Poller.Watch(watched, Readiness.None);
        Poller.Watch(new Watched(canary), Readiness.Read);

        Reset(far);
        AwaitReadable(near);
        other.Send([1]);
        WaitUntil(() => Reported(canary) != Readiness.None);

        Assert.Equal(Readiness.None, Reported(near));
        Assert.Equal(Readiness.None, watched.Armed);
    }

    [Fact]
    public void Watch_AgainAfterNone_Reports()
    {
        (Socket far, Socket near) = Pair();
        far.Send([1]);
        AwaitReadable(near);
        Watched watched = new(near);
        Poller.Watch(watched, Readiness.Read);
        Poller.Watch(watched, Readiness.None);
        Poller.Watch(watched, Readiness.None);

        Poller.Watch(watched, Readiness.Read);
        Look();

        Assert.Equal(Readiness.Read, Reported(near));
        Assert.Equal(Readiness.Read, watched.Armed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    public void Wait_Reset_ReportsEverythingTheSocketIsWatchedFor(int interest)
    {
        (Socket far, Socket near) = Pair();
        Poller.Watch(new Watched(near), (Readiness)interest);

        Reset(far);

        WaitUntil(() => Reported(near) == (Readiness)interest);
    }

    [Fact]
    public void Wait_EndOfStream_ReportsRead()
    {
        (Socket far, Socket near) = Pair();
        Poller.Watch(new Watched(near), Readiness.Read);

        far.Shutdown(System.Net.Sockets.SocketShutdown.Send);

        WaitUntil(() => Reported(near) == Readiness.Read);
    }

    [Fact]
    public void Wait_FailedConnect_IsReportedAsWritable()
    {
        // A port that nobody listens on: it was somebody's a moment ago.
        using Socket gone = Listen();
        IPEndPoint nobody = (IPEndPoint)gone.LocalEndPoint!;
        gone.Dispose();
        Socket socket = Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false });
        Assert.Throws<SocketException>(() => socket.Connect(nobody));

        Poller.Watch(new Watched(socket), Readiness.Write);

        WaitUntil(() => Reported(socket) == Readiness.Write);
    }

    [Fact]
    public void Wait_ListenerWithTwoWaiting_IsReportedUntilBothAreAccepted()
    {
        Socket listener = Own(Listen());
        Poller.Watch(new Watched(listener), Readiness.Read);
        foreach (int _ in (int[])[1, 2])
        {
            Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).Connect(listener.LocalEndPoint!);
        }

        for (int i = 0; i < 2; i++)
        {
            _reports.Clear();
            WaitUntil(() => Reported(listener) == Readiness.Read);
            Own(listener.Accept());
        }

        _reports.Clear();
        Look();
        Assert.Empty(_reports);
    }

    [Fact]
    public void Watch_ClosedSocket_ThrowsOrReportsIt()
    {
        (_, Socket near) = Pair();
        (Socket other, Socket canary) = Pair();
        Poller.Watch(new Watched(canary), Readiness.Read);
        near.Dispose();

        try
        {
            Poller.Watch(new Watched(near), Readiness.Read);
            WaitUntil(() => Reported(near) == Readiness.Read);
        }
        catch (SocketException)
        {
            // The other way the contract allows.
        }

        other.Send([1]);
        WaitUntil(() => Reported(canary) == Readiness.Read);
    }

    [Fact]
    public void Watch_OfASocketThatWasClosedAndItsNumberGivenAway_HarmsNobody()
    {
        (_, Socket near) = Pair();
        Watched old = new(near);
        Poller.Watch(old, Readiness.Read);
        int descriptor = (int)near.Handle;
        near.Dispose();

        // The lowest free number is given to whoever asks next, on systems that number them.
        (Socket far, Socket successor) = PairWith(descriptor);
        Watched heir = new(successor);
        Poller.Watch(heir, Readiness.Read);
        TryWatch(old, Readiness.Read | Readiness.Write);
        TryWatch(old, Readiness.None);
        far.Send([1]);

        WaitUntil(() => Reported(successor) != Readiness.None);
        Assert.Equal(Readiness.Read, Reported(successor));
    }

    [Fact]
    public void Wait_SocketClosedWhileWatched_HarmsNoOther()
    {
        (_, Socket closed) = Pair();
        (Socket far, Socket near) = Pair();
        Watched bad = new(closed);
        Poller.Watch(bad, Readiness.Read);
        Poller.Watch(new Watched(near), Readiness.Read);

        closed.Dispose();
        far.Send([1]);

        // Whoever hears of a bad socket takes it out, as a selector does.
        WaitUntil(() => Reported(near) == Readiness.Read, report: (watched, readiness) =>
        {
            Report(watched, readiness);
            if (watched == bad)
            {
                Poller.Watch(bad, Readiness.None);
            }
        });
    }

    [Fact]
    public void Report_MayTakeOutAndCloseSocketsOfTheSameBatch()
    {
        List<Watched> all = [];
        for (int i = 0; i < 10; i++)
        {
            (Socket far, Socket near) = Pair();
            far.Send([1]);
            AwaitReadable(near);
            Watched watched = new(near);
            all.Add(watched);
            Poller.Watch(watched, Readiness.Read);
        }

        int reported = 0;
        Poller.Wait(TimeSpan.Zero, (first, _) =>
        {
            reported++;
            foreach (Watched watched in all)
            {
                Poller.Watch(watched, Readiness.None);
                watched.Socket.Dispose();
            }
        });

        Assert.Equal(1, reported);
        Look();
        Assert.Empty(_reports);
    }

    [Fact]
    public void Report_MayWatchMore()
    {
        (Socket far, Socket near) = Pair();
        (Socket otherFar, Socket otherNear) = Pair();
        far.Send([1]);
        otherFar.Send([1]);
        AwaitReadable(near);
        AwaitReadable(otherNear);
        Poller.Watch(new Watched(near), Readiness.Read);
        Watched other = new(otherNear);

        Poller.Wait(TimeSpan.Zero, (_, _) =>
        {
            if (other.Armed == Readiness.None)
            {
                Poller.Watch(other, Readiness.Read);
            }
        });

        Look();
        Assert.Equal(Readiness.Read, Reported(otherNear));
    }

    [Fact]
    public void Wake_DuringAWait_EndsIt()
    {
        using ManualResetEventSlim about = new();
        using ManualResetEventSlim woken = new();
        Thread waker = new(() =>
        {
            about.Wait(s_patience);
            Poller.Wake();
            woken.Set();
        });
        waker.Start();
        about.Set();

        bool byWake = Poller.Wait(s_patience, Report);

        Assert.True(woken.Wait(s_patience));
        Assert.True(waker.Join(s_patience));
        Assert.True(byWake);
        Assert.Empty(_reports);
    }

    [Fact]
    public void Wake_BeforeAWait_EndsItAndOnlyIt()
    {
        Poller.Wake();
        Poller.Wake();
        Poller.Wake();

        Stopwatch watch = Stopwatch.StartNew();
        Assert.True(Poller.Wait(s_patience, Report));
        Assert.True(watch.Elapsed < s_patience);
        Assert.False(Poller.Wait(TimeSpan.FromMilliseconds(1), Report));
        Assert.False(Poller.Wait(TimeSpan.FromMilliseconds(1), Report));
    }

    [Fact]
    public void Wake_ManyTimesFromManyThreads_NeverLeavesAWaitThatReturnsForNothing()
    {
        // A wake that comes while a wait returns for another reason must be heard by the next wait, and then be over.
        const int WakesEach = 2000;
        Thread[] wakers = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < WakesEach; i++)
            {
                Poller.Wake();
            }
        }))];
        Array.ForEach(wakers, waker => waker.Start());
        while (wakers.Any(waker => waker.IsAlive))
        {
            Poller.Wait(TimeSpan.Zero, Report);
        }

        Array.ForEach(wakers, waker => waker.Join());
        Poller.Wait(TimeSpan.Zero, Report);
        Poller.Wait(TimeSpan.Zero, Report);

        Stopwatch watch = Stopwatch.StartNew();
        Assert.False(Poller.Wait(TimeSpan.FromMilliseconds(20), Report));
        Assert.True(watch.Elapsed >= TimeSpan.FromMilliseconds(10), $"The wait of 20 ms was over after {watch.Elapsed.TotalMilliseconds} ms.");
    }

    [Fact]
    public void Wake_ManyTimesWhileSomebodyWaits_TheLastOneIsHeard()
    {
        // Whenever the signal of a wake was read and its flag stays up, no later wake sends one any more.
        const int Wakes = 100_000;
        Thread waker = new(() =>
        {
            for (int i = 0; i < Wakes; i++)
            {
                Poller.Wake();
            }
        });
        waker.Start();
        while (waker.IsAlive)
        {
            Poller.Wait(TimeSpan.Zero, Report);
        }

        waker.Join();
        Poller.Wait(TimeSpan.Zero, Report);
        Poller.Wake();

        Assert.True(Poller.Wait(s_patience, Report));
    }

    [Fact]
    public void Wait_LongerThanTheSystemCanCount_Waits()
    {
        // Days of microseconds are more than 32 bits.
        Poller.Wake();

        Assert.True(Poller.Wait(TimeSpan.FromDays(100), Report));
    }

    [Fact]
    public void Wait_NothingWatched_EndsWhenTheTimeIsUp()
    {
        Stopwatch watch = Stopwatch.StartNew();

        Assert.False(Poller.Wait(TimeSpan.FromMilliseconds(2), Report));

        Assert.True(watch.Elapsed < s_patience);
    }

    [Fact]
    public void Wake_AfterTheEnd_DoesNothing()
    {
        Poller.Dispose();

        Assert.Null(Record.Exception(Poller.Wake));
    }

    [Fact]
    [Trait("Spec", "INT-SEL-22")]
    public void Wait_MoreThanOneBatchOfSockets_ReportsAll()
    {
        // Two thousand sockets that are ready at once, with numbers beyond 1023. Datagram sockets can talk to themselves.
        const int Count = 1500;
        Assert.True(Descriptors.Limit > Count + 200, "Too few descriptors on this machine.");
        HashSet<Socket> expected = [];
        for (int i = 0; i < Count; i++)
        {
            Socket socket = Own(new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            socket.SendTo([1], socket.LocalEndPoint!);
            expected.Add(socket);
            Poller.Watch(new Watched(socket), Readiness.Read);
        }

        HashSet<Socket> seen = [];
        WaitUntil(() => seen.Count == Count, report: (watched, _) => seen.Add(watched.Socket));

        Assert.Equal(expected, seen);
    }

    private protected abstract IPoller Make();

    private T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }

    private static Socket Listen()
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    private (Socket Far, Socket Near) Pair()
    {
        using Socket listener = Listen();
        Socket far = Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        far.Connect(listener.LocalEndPoint!);
        Socket near = Own(listener.Accept());
        near.Blocking = false;
        return (far, near);
    }

    private (Socket Far, Socket Near) PairWith(int descriptor)
    {
        for (int i = 0; i < 20; i++)
        {
            (Socket far, Socket near) = Pair();
            if ((int)near.Handle == descriptor || (int)far.Handle == descriptor)
            {
                return (int)near.Handle == descriptor ? (far, near) : (near, far);
            }
        }

        return Pair();
    }

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    // By another way than the poller's.
    private static void AwaitReadable(Socket socket) => Assert.True(socket.Poll(s_patience, SelectMode.SelectRead));

    private void TryWatch(Watched watched, Readiness interest)
    {
        try
        {
            Poller.Watch(watched, interest);
        }
        catch (SocketException)
        {
            // What the contract wants of a closed socket, if it is noticed.
        }
    }

    private void Look() => Poller.Wait(TimeSpan.Zero, Report);

    private void Report(Watched watched, Readiness readiness) => _reports.Add((watched.Socket, readiness));

    private Readiness Reported(Socket socket) =>
        _reports.Where(report => report.Socket == socket).Aggregate(Readiness.None, (all, report) => all | report.Readiness);

    private void WaitUntil(Func<bool> condition, Action<Watched, Readiness>? report = null)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < s_patience, "It was not reported.");
            Poller.Wait(TimeSpan.FromMilliseconds(5), report ?? Report);
        }
    }
}

public sealed class SelectPollerTests : PollerContract
{
    private protected override IPoller Make() => new SelectPoller();
}

public sealed class EpollPollerTests : PollerContract
{
    // On another system there is nothing to test; the tests run over what stands in for it there.
    private protected override IPoller Make() => OperatingSystem.IsLinux() ? new EpollPoller() : new SelectPoller();
}
