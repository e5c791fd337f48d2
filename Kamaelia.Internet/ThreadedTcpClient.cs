// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/ThreadedTCPClient.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>What a <see cref="ThreadedTcpClient"/> has come to, in this order; it travels in a <see cref="Status"/>.</summary>
public enum ThreadedTcpClientProgress
{
    /// <summary>The thread runs.</summary>
    ThreadRunning,

    /// <summary>It has a socket.</summary>
    SocketCreated,

    /// <summary>The socket is connected.</summary>
    SocketConnected,
}

/// <summary>Makes one connection to a server and serves it in a thread of its own.</summary>
/// <remarks>
/// <para>To learn from: it shows how a threaded component talks to the world outside. <see cref="TcpClient"/> does the same without a thread,
/// does TLS too, and is what to use.</para>
/// <para><em>How does it work?</em> Main, on the thread, is one loop. It starts what can be started, a read and a write of the socket; waits
/// until one of them is done or something has arrived in a box; and deals with that. Queues of a few messages join it to its boxes, so a
/// consumer that does not read is felt by the server in the end.</para>
/// <para><em>Boxes</em>: <c>"inbox"</c> bytes for the server, kept until the connection is there; <c>"control"</c> a
/// <see cref="ProducerFinished"/> closes the connection when all is written, a <see cref="ShutdownMicroprocess"/> at once, and either gives up
/// connecting. <c>"outbox"</c> bytes from the server. <c>"signal"</c> first a <see cref="Status"/> for each
/// <see cref="ThreadedTcpClientProgress"/>; an <see cref="ErrorInformation"/> for a message that is not bytes; at the end, after the last data,
/// the exception if there was one, and a <see cref="SocketShutdown"/> that says why.</para>
/// <para>Threads: the component's own thread only, which is the one that runs main.</para>
/// <para>Source: Kamaelia/Internet/ThreadedTCPClient.py.</para>
/// </remarks>
// PORT: differs. Python never sends what is in its inbox, looks at "control" only when the server has sent something, and ends the process when a
// connection is refused.
[Inbox("inbox", "Bytes for the server.")]
[Inbox("control", "Shutdown.")]
[Outbox("outbox", "Bytes from the server.")]
[Outbox("signal", "Progress, errors, and SocketShutdown at the end.")]
[DebuggerDisplay("{Name,nq} to {_host,nq}:{_port}")]
public sealed class ThreadedTcpClient : ThreadedComponent
{
    // Messages between each box and the thread.
    private const int QueueLength = 16;

    private readonly string _host;
    private readonly int _port;
    private readonly byte[] _buffer = new byte[32 * 1024];

    // What is left of the message that is being written; and how many more of the inbox are to be written, once that is known.
    private ReadOnlyMemory<byte> _unsent;
    private int? _toFlush;

    // The one block that there was no room for.
    private byte[]? _refused;

    private bool _peerIsDone;

    // All is written, and what the server still sends is only read to be dropped.
    private bool _isDropping;

    // Read by the scheduler's thread when the component is closed down.
    private volatile CloseReason? _reason;

    // What is under way; null if nothing is.
    private Task? _connecting;
    private Task<int>? _reading;
    private Task<int>? _writing;
    private Task<bool>? _boxes;
    private Task? _timeUp;

    /// <summary>Makes a client; it connects when it is active.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">The port.</param>
    /// <param name="initialSendMessage">What to send as soon as it is connected. Default: nothing.</param>
    /// <exception cref="ArgumentException">The host is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 1 and 65535.</exception>
    public ThreadedTcpClient(string host, int port, ReadOnlyMemory<byte>? initialSendMessage = null)
        : base(QueueLength)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentOutOfRangeException.ThrowIfLessThan(port, IPEndPoint.MinPort + 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        _host = host;
        _port = port;
        _unsent = initialSendMessage ?? default;
    }

    /// <summary>Whether it says on <c>"signal"</c> how far it is; for a receiver that takes everything there for an end, switch it off. Default: yes.</summary>
    public bool ReportProgress { get; init; } = true;

    /// <summary>How long connecting may take, looking up included. Default: 60 seconds; null for no limit.</summary>
    public TimeSpan? ConnectTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long the server may take for what is queued when the connection is closed, and for its own end if it is still sending then. Default:
    /// 30 seconds; null for no limit.
    /// </summary>
    public TimeSpan? FlushTimeout { get; init; } = TimeSpan.FromSeconds(30);

    // To be closed when all is written.
    private bool IsFinishing => _toFlush is not null;

    private bool IsFlushed => _unsent.IsEmpty && _toFlush == 0;

    /// <inheritdoc/>
    protected override async Task? ThreadMainAsync()
    {
        Report(ThreadedTcpClientProgress.ThreadRunning);
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);

        // Whoever stops this component is not to wait for the thread: the connection is closed in that moment.
        using CancellationTokenRegistration closing = Stopping.UnsafeRegister(static socket => SocketErrors.CloseQuietly((Socket)socket!), socket);
        try
        {
            Report(ThreadedTcpClientProgress.SocketCreated);
            if (await ConnectAsync(socket))
            {
                Report(ThreadedTcpClientProgress.SocketConnected);
                await ServeAsync(socket);
            }
        }
        catch (Exception exception)
        {
            // Nobody else suffers from it; and what fails because it was stopped is no news.
            _reason = IsStopped
                ? _reason ?? new CloseReason(CloseKind.Stopped)
                : new CloseReason(exception is SocketException ? CloseKind.Failed : CloseKind.ComponentFailed, exception);
        }

        await CloseAsync(socket);
        if (_reason?.Kind == CloseKind.Shutdown)
        {
            // At once: what there is no room for is not waited for.
            Sync();
            Stop();
        }
    }

    /// <summary>Says how it ended: here, on the scheduler's thread, everything sent before has been delivered.</summary>
    protected internal override Ipc? CloseDown()
    {
        CloseReason reason = _reason ?? new CloseReason(CloseKind.Stopped);

        // The calls of the component itself, not those of its thread. Whoever has no room goes without: there is no later turn.
        Component self = this;
        if (reason.Exception is { } exception)
        {
            self.TrySend(exception, "signal");
        }

        self.TrySend(new SocketShutdown(this, reason), "signal");
        return base.CloseDown();
    }

    /// <returns>False if it was told to end first, or the time was up.</returns>
    private async Task<bool> ConnectAsync(Socket socket)
    {
        using CancellationTokenSource givingUp = new();
        Task connecting = _connecting = socket.ConnectAsync(_host, _port, givingUp.Token).AsTask();
        _timeUp = StartTime(ConnectTimeout);
        while (_reason is null && !connecting.IsCompleted)
        {
            await WaitForAnyAsync();
            ReadControl();
            if (_timeUp is { IsCompleted: true } && !connecting.IsCompleted)
            {
                _reason ??= new CloseReason(CloseKind.ConnectTimedOut);
            }
        }

        if (_reason is not null)
        {
            await givingUp.CancelAsync();
            await connecting.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            return false;
        }

        await connecting;
        socket.NoDelay = true;
        (_connecting, _timeUp) = (null, null);
        return true;
    }

    /// <summary>Reads and writes until the connection is to be closed.</summary>
    private async Task ServeAsync(Socket socket)
    {
        while (true)
        {
            ReadControl();
            if (_reason?.Kind == CloseKind.Shutdown)
            {
                WriteOnce(socket);
                return;
            }

            StartWriting(socket);
            HandOverRefused();
            StartReading(socket);
            if (IsFinishing && ((IsFlushed && !ServerMaySendMore(socket)) || IsTooLate()))
            {
                return;
            }

            await WaitForAnyAsync();
            await FinishReadingAsync();
            await FinishWritingAsync();
        }
    }

    /// <summary>Waits until something that is under way is done, or something has happened at the boxes.</summary>
    private async Task WaitForAnyAsync()
    {
        // A wait for the boxes that was not needed is good for the next time.
        _boxes ??= PauseAsync();
        Task boxes = _boxes;
        await Task.WhenAny(boxes, _connecting ?? boxes, _reading ?? boxes, _writing ?? boxes, _timeUp ?? boxes);
        _boxes = _boxes.IsCompleted ? null : _boxes;
        if (IsStopped)
        {
            throw new OperationCanceledException(Stopping);
        }
    }

    private void ReadControl()
    {
        while (TryRecv(out object? message, "control"))
        {
            switch (message)
            {
                case ShutdownMicroprocess:
                    _reason = new CloseReason(CloseKind.Shutdown);
                    break;
                case ProducerFinished when !IsFinishing:
                    FinishFor(CloseKind.ProducerFinished);
                    break;
            }
        }
    }

    // What is in the inbox now is written, and nothing that arrives later.
    private void FinishFor(CloseKind kind)
    {
        _reason = new CloseReason(kind);
        _refused = null;
        _toFlush = OnSchedulerThread(() => GetInbox().LocalCount + Waiting());
        _timeUp = StartTime(FlushTimeout);
    }

    private void StartWriting(Socket socket)
    {
        while (_unsent.IsEmpty && _toFlush != 0 && TryRecv(out object? message))
        {
            _toFlush--;
            _unsent = ToBytes(message);
        }

        if (_writing is null && !_unsent.IsEmpty)
        {
            _writing = socket.SendAsync(_unsent).AsTask();
        }
    }

    private async Task FinishWritingAsync()
    {
        if (_writing is { IsCompleted: true })
        {
            _unsent = _unsent[await _writing..];
            _writing = null;
        }
    }

    private void StartReading(Socket socket)
    {
        if (_reading is null && _refused is null && !_peerIsDone)
        {
            _reading = socket.ReceiveAsync(_buffer.AsMemory()).AsTask();
        }
    }

    private async Task FinishReadingAsync()
    {
        if (_reading is not { IsCompleted: true })
        {
            return;
        }

        int count = await _reading;
        _reading = null;
        _peerIsDone = count == 0;
        if (_peerIsDone && !IsFinishing)
        {
            FinishFor(CloseKind.PeerClosed);
        }
        else if (!IsFinishing)
        {
            _refused = _buffer.AsSpan(0, count).ToArray();
            HandOverRefused();
        }
    }

    private void HandOverRefused()
    {
        if (_refused is not null && TrySend(_refused))
        {
            _refused = null;
        }
    }

    // As in ConnectedSocketAdapter: a socket that is closed with bytes unread is reset, and the server would miss the end of what it was sent.
    private bool ServerMaySendMore(Socket socket)
    {
        if (!_isDropping && !_peerIsDone && socket.Available > 0)
        {
            _isDropping = true;
            socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        }

        return _isDropping && !_peerIsDone;
    }

    private bool IsTooLate()
    {
        bool isTooLate = _timeUp is { IsCompleted: true };
        if (isTooLate && !IsFlushed)
        {
            _reason = new CloseReason(CloseKind.FlushTimedOut);
        }

        return isTooLate;
    }

    // The last chance of what is queued. What has waited for the server until now would wait in vain.
    private void WriteOnce(Socket socket)
    {
        socket.Blocking = false;
        while (_writing is null)
        {
            if (_unsent.IsEmpty && TryRecv(out object? message))
            {
                _unsent = ToBytes(message);
                continue;
            }

            int count = _unsent.IsEmpty ? 0 : socket.Send(_unsent.Span, SocketFlags.None, out _);
            _unsent = _unsent[count..];
            if (count == 0)
            {
                return;
            }
        }
    }

    private ReadOnlyMemory<byte> ToBytes(object? message)
    {
        switch (message)
        {
            case byte[] bytes:
                return bytes;
            case ReadOnlyMemory<byte> bytes:
                return bytes;
            default:
                ArgumentException error = new(
                    $"{Name} was sent {(message is null ? "null" : $"a {message.GetType().Name}")} on \"inbox\", and can only send bytes to the server. " +
                    "Encode text first, for instance with Encoding.UTF8.GetBytes.");
                TrySend(new ErrorInformation(this, error, message), "signal");
                return default;
        }
    }

    private async Task CloseAsync(Socket socket)
    {
        if (_reason?.Kind == CloseKind.FlushTimedOut)
        {
            SocketErrors.CloseHard(socket);
        }
        else
        {
            SocketErrors.CloseQuietly(socket);
        }

        // They fail now, and nobody else will ask them how it was.
        Task underWay = Task.WhenAll(_reading ?? Task.CompletedTask, _writing ?? Task.CompletedTask);
        await underWay.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    private Task? StartTime(TimeSpan? time) => time is { } limit ? Task.Delay(limit, Scheduler!.Clock) : null;

    private void Report(ThreadedTcpClientProgress progress)
    {
        if (ReportProgress)
        {
            TrySend(new Status(progress), "signal");
        }
    }
}
