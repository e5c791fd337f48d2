// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/ConnectedSocketAdapter.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>One connection as a component: what the peer sends comes out of <c>"outbox"</c>, what is sent to <c>"inbox"</c> goes to the peer.</summary>
/// <remarks>
/// <para><em>How does it work?</em> It reads and writes until the socket would block, then asks the selector for one notification and
/// sleeps. If its consumer is full it keeps the one block that was refused and reads no more, so the peer is held up in the end; it goes
/// on when the consumer collects.</para>
/// <para>Bytes travel as <c>byte[]</c> that nobody changes afterwards; <c>"inbox"</c> also takes <see cref="ReadOnlyMemory{T}"/>. Message
/// boundaries mean nothing.</para>
/// <para><em>Boxes</em>: <c>"inbox"</c> bytes to send; <c>"control"</c> a <see cref="ProducerFinished"/> writes what is queued, then
/// closes, a <see cref="ShutdownMicroprocess"/> closes after one attempt to write; <c>"ReadReady"</c> and <c>"SendReady"</c> from the
/// selector; <c>"makessl"</c> a <see cref="System.Net.Security.SslServerAuthenticationOptions"/>, a
/// <see cref="System.Net.Security.SslClientAuthenticationOptions"/> or anything else (as the client) switches to TLS. What was sent to
/// <c>"inbox"</c> before goes in the clear, what is sent after it encrypted. <c>"sslready"</c> then says so with a <see cref="TlsInfo"/>.
/// <c>"outbox"</c> bytes received; <c>"peerFinished"</c> a <see cref="PeerFinishedSending"/> in the pass after the last data;
/// <c>"CreatorFeedback"</c> a <see cref="SocketShutdown"/> at the end; <c>"signal"</c> a <see cref="ShutdownCsa"/> at the end, and errors.</para>
/// <para>Made by <see cref="TcpServer"/> and <see cref="TcpClient"/>, rarely by hand.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/ConnectedSocketAdapter.py.</para>
/// </remarks>
[Inbox("inbox", "Bytes to send to the peer.")]
[Inbox("control", "ProducerFinished or ShutdownMicroprocess: close the connection.")]
[Inbox("ReadReady", "From the selector: the socket can be read.")]
[Inbox("SendReady", "From the selector: the socket can be written.")]
[Inbox("makessl", "Switch to TLS.")]
[Outbox("outbox", "Bytes received from the peer.")]
[Outbox("CreatorFeedback", "SocketShutdown to whoever made it.")]
[Outbox("signal", "ShutdownCsa, and errors.")]
[Outbox("_selectorSignal", "Registrations with the selector.")]
[Outbox("sslready", "TLS is up.")]
[Outbox("peerFinished", "The peer will send nothing more.")]
[DebuggerDisplay("{Name,nq}: {CloseReason}")]
#pragma warning disable CA1001 // the TLS session is disposed in CloseDown, which the scheduler calls whatever the end
public partial class ConnectedSocketAdapter : Component, IHearsReadiness
#pragma warning restore CA1001
{
    private readonly ConnectedSocket _socket;
    private readonly (Component Component, string Inbox) _selectorService;
    private readonly CsaOptions _options;

    // The requests to the selector are made once and sent again and again; few connections ever have to wait until they can write.
    private NewWriter? _newWriter;

    // Whether a call is worth trying: true until one would have blocked, and again when the selector says so.
    private bool _mayRead = true;
    private bool _mayWrite = true;

    private Close _close;
    private CloseKind _kindAfterFlush;
    private TimeSpan _deadline = TimeSpan.MaxValue;
    private TimeSpan _lastActivity;
    private int _waitingBefore;

    // Whether it counts as an active connection, for the meter; null before it was opened.
    private bool? _isCounted;

    /// <summary>Makes an adapter; it does nothing before it is activated.</summary>
    /// <param name="socket">A connected, non-blocking socket, which the adapter owns from now on.</param>
    /// <param name="selectorService">The address for registrations: see <see cref="Selector.GetSelectorServices"/>.</param>
    /// <param name="options">How to treat the connection.</param>
    public ConnectedSocketAdapter(Socket socket, (Component Component, string Inbox) selectorService, CsaOptions? options = null)
        : this(new ConnectedSocket(socket), selectorService, options)
    {
    }

    /// <summary>Makes an adapter; it does nothing before it is activated.</summary>
    /// <param name="socket">The connection, which the adapter owns from now on.</param>
    /// <param name="selectorService">The address for registrations: see <see cref="Selector.GetSelectorServices"/>.</param>
    /// <param name="options">How to treat the connection.</param>
    public ConnectedSocketAdapter(ConnectedSocket socket, (Component Component, string Inbox) selectorService, CsaOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _socket = socket;
        _selectorService = selectorService;
        _options = options ?? CsaOptions.Default;
        NewReader = new NewReader(this, (this, "ReadReady"), socket);
        if (_options.SendQueueLimit is { } limit)
        {
            SetInboxSize("inbox", limit);
        }

        if (_options.TlsServer is not null || _options.TlsClient is not null)
        {
            OnMakeSsl((object?)_options.TlsServer ?? _options.TlsClient);
        }
    }

    private enum Close : byte
    {
        /// <summary>The connection is open.</summary>
        No,

        /// <summary>What was queued is written, then it is closed.</summary>
        AfterFlush,

        /// <summary>It is closed in this pass.</summary>
        Now,
    }

    /// <summary>Why the connection was closed; null while it is open.</summary>
    public CloseReason? CloseReason { get; private set; }

    /// <inheritdoc cref="ConnectedSocket.Socket"/>
    public Socket Socket => _socket.Socket;

    /// <inheritdoc cref="ConnectedSocket.RemoteEndPoint"/>
    public EndPoint? RemoteEndPoint => _socket.RemoteEndPoint;

    /// <inheritdoc cref="ConnectedSocket.LocalEndPoint"/>
    public EndPoint? LocalEndPoint => _socket.LocalEndPoint;

    /// <summary>The connection, whose .NET object need not be made.</summary>
    internal ConnectedSocket Connection => _socket;

    /// <summary>Its request for a notification that the socket can be read.</summary>
    internal NewReader NewReader { get; }

    /// <summary>What the connection's measurements bear.</summary>
    internal KeyValuePair<string, object?>[] Tags { get; init; } = [];

    /// <summary>Ends it. One that was never active closes its socket at once, for no scheduler will.</summary>
    /// <remarks>Threads: any thread; for one that was never active, the thread that would have activated it.</remarks>
    public override void Stop()
    {
        bool neverActive = Scheduler is null && !IsStopped;
        base.Stop();
        if (neverActive)
        {
            CloseDown();
        }
    }

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        _isCounted = InternetMeter.Opened(Tags);
        Link((this, "_selectorSignal"), _selectorService);
        if (_options.IdleTimeout is not null)
        {
            _lastActivity = Scheduler!.Time;
        }

        while (true)
        {
            bool again = GuardedPass();
            if (_close == Close.Now)
            {
                yield break;
            }

            yield return again ? 1 : PauseUntilDeadline();
        }
    }

    /// <summary>Says that the connection is gone, takes back what it asked of the selector, and closes the socket.</summary>
    /// <remarks>Here and not in <see cref="Microprocess.Stop"/>, which other threads may call.</remarks>
    protected internal override Ipc? CloseDown()
    {
        CloseReason ??= new CloseReason(CloseKind.Stopped);
        if (_isCounted is { } counted)
        {
            InternetMeter.Closed(CloseReason.Kind, counted, Tags);
        }

        // Whoever has no room goes without: there is no later turn, and the socket must be closed whatever others do.
        TrySend(new SocketShutdown(this, CloseReason), "CreatorFeedback");
        TrySend(new ShutdownCsa(this, this, CloseReason), "signal");
        TrySend(new RemoveReader(this, _socket), "_selectorSignal");
        TrySend(new RemoveWriter(this, _socket), "_selectorSignal");
        if (CloseReason.Kind == CloseKind.FlushTimedOut)
        {
            // A stream that was cut must not look to the peer like one that came to its end.
            _socket.CloseHard();
        }
        else
        {
            // The end of a TLS stream may come before that of the socket's, and bytes behind it.
            bool allIsRead = _peerIsDone && _tls is null;
            _socket.CloseQuietly(sayEnd: !allIsRead && !_sendingIsFinished);
        }

        _tls?.Dispose();
        return base.CloseDown();
    }

    // All three only make a note: in the sender's step, so that what it sends to another inbox afterwards is known to come after it.
    internal override RealSink MakeInbox(string name) => name switch
    {
        "ReadReady" => new AttendedSink(this, name, _ => Hear(Readiness.Read)),
        "SendReady" => new AttendedSink(this, name, _ => Hear(Readiness.Write)),
        "makessl" => new AttendedSink(this, name, OnMakeSsl),
        _ => base.MakeInbox(name),
    };

    bool IHearsReadiness.Hears(Readiness readiness, string inbox) => inbox == (readiness == Readiness.Read ? "ReadReady" : "SendReady");

    void IHearsReadiness.Hear(Readiness readiness) => Hear(readiness);

    /// <summary>Ends the connection in this pass.</summary>
    private void CloseNow(CloseKind kind, Exception? exception = null)
    {
        CloseReason ??= new CloseReason(kind, exception);
        _close = Close.Now;
    }

    private void SocketFailed(SocketError error) =>
        CloseNow(_tlsState == Tls.Handshake ? CloseKind.TlsFailed : CloseKind.Failed, new SocketException((int)error));

    // One connection's trouble is never another's: whatever goes wrong in here closes this socket and no more.
    private bool GuardedPass()
    {
        try
        {
            return Pass();
        }
        catch (Exception exception)
        {
            ReportError(exception, null);
            CloseNow(CloseKind.ComponentFailed, exception);
            return false;
        }
    }

    /// <summary>Does what can be done now.</summary>
    /// <returns>Whether there is more to do in the next cycle, rather than when something happens.</returns>
    private bool Pass()
    {
        ReadControl();
        if (_tlsState != Tls.Off)
        {
            AdvanceTls();
        }

        NoteQueued();
        WriteQueued();
        bool again = IsReading && ReadSome();
        if (_tlsState != Tls.Off)
        {
            // An answer to what was read, perhaps: TLS has its own to say.
            WriteQueued();
        }

        if (_finishSending && IsFlushed && _close != Close.Now && _tlsState is Tls.Off or Tls.On && TlsEndIsWritten())
        {
            FinishSending();
        }

        if (_close == Close.AfterFlush && IsFlushed && TlsEndIsWritten())
        {
            if (PeerMaySendMore())
            {
                again |= _mayRead;
            }
            else
            {
                CloseNow(_kindAfterFlush);
            }
        }

        if (_close != Close.Now)
        {
            CheckDeadline();
        }

        if (_peerIsDone)
        {
            _waitingBefore = Waiting();
        }

        return again;
    }

    private void ReadControl()
    {
        while (TryRecv(out object? message, "control"))
        {
            switch (message)
            {
                case ShutdownMicroprocess:
                    TryWriteOnce();
                    CloseReason ??= new CloseReason(CloseKind.Shutdown);
                    _close = Close.Now;
                    return;
                case ProducerFinished when _close == Close.No && !_finishSending:
                    _finishSending = _options.FinishSendingOnly && !_peerIsDone;
                    if (_finishSending)
                    {
                        _toFlush = Waiting();
                    }
                    else
                    {
                        CloseAfterFlush(CloseKind.ProducerFinished);
                    }

                    break;
            }
        }
    }

    // What was received and refused is dropped: nobody will read it.
    private void CloseAfterFlush(CloseKind kind)
    {
        _close = Close.AfterFlush;
        _kindAfterFlush = kind;
        _refused = null;
        _toFlush = _finishSending ? _toFlush : Waiting();
        _deadline = After(Now(), _options.FlushTimeout);
    }

    private void Hear(Readiness readiness)
    {
        _mayRead |= readiness == Readiness.Read;
        _mayWrite |= readiness == Readiness.Write;
        RequestWake();
    }

    private TimeSpan Now() => Scheduler!.Time;

    // No limit, or one beyond the end of time: never.
    private static TimeSpan After(TimeSpan start, TimeSpan? limit) =>
        limit is { } time && time < TimeSpan.MaxValue - start ? start + time : TimeSpan.MaxValue;

    private Yield PauseUntilDeadline() =>
        _deadline == TimeSpan.MaxValue ? Pause() : Pause(_deadline > Now() ? _deadline - Now() : TimeSpan.Zero);

    private void CheckDeadline()
    {
        if (_close == Close.No && _tlsState != Tls.Handshake)
        {
            _deadline = After(_lastActivity, (_peerIsDone ? _options.HalfOpenTimeout : null) ?? _options.IdleTimeout);
        }

        if (_deadline == TimeSpan.MaxValue || Now() < _deadline)
        {
            return;
        }

        if (_close == Close.No && _tlsState == Tls.Handshake)
        {
            TlsFailed(new TimeoutException($"The peer did not finish the TLS handshake within {_options.HandshakeTimeout}."));
        }
        else
        {
            CloseNow(
                _isDropping ? _kindAfterFlush
                : _close == Close.AfterFlush ? CloseKind.FlushTimedOut
                : _peerIsDone ? CloseKind.HalfOpenTimedOut
                : CloseKind.IdleTimedOut);
        }
    }

    private void NoteActivity()
    {
        if (_peerIsDone || _options.IdleTimeout is not null)
        {
            _lastActivity = Now();
        }
    }

    // To a peer that has finished sending: what is queued for it counts, whether it can be written or not.
    private void NoteQueued()
    {
        if (_peerIsDone && Waiting() > _waitingBefore)
        {
            NoteActivity();
        }
    }

    private void ReportError(Exception exception, object? message)
    {
        if (_options.ReportErrors)
        {
            TrySend(new ErrorInformation(this, exception, message), "signal");
            if (GetOutbox("signal").Linkage is null)
            {
                // A server does not listen there, and whoever sent text instead of bytes would look for the reason in vain.
                Log.ConnectionFailed(Scheduler!.Logger, exception, Name);
            }
        }
    }
}
