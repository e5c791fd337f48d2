// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/TCPServer.py. Copyright BBC and Kamaelia Contributors.

using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <content>Accepting, announcing and forgetting connections.</content>
public partial class TcpServer
{
    // When to try again after an accept failed; null while all is well.
    private TimeSpan? _retryAt;

    /// <summary>Accepts a connection that waits, and makes its adapter.</summary>
    /// <param name="listener">The listening socket.</param>
    /// <returns>The connection and the adapter, which is not active.</returns>
    /// <exception cref="SocketException">Nobody waits, or the system refuses.</exception>
    /// <exception cref="KeyNotFoundException">What <see cref="CreateCsa"/> returned has no outbox <c>"CreatorFeedback"</c>: nobody would hear of its end.</exception>
    /// <remarks>Source: Kamaelia/Internet/TCPServer.py, <c>createConnectedSocket</c>.</remarks>
    protected (ConnectedSocket Socket, Component Csa) CreateConnectedSocket(Socket listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ConnectedSocket socket = ConnectedSocket.Accept(listener, NoDelay);
        try
        {
            Component csa = CreateCsa(socket, _selectorService);
            return csa.HasOutbox("CreatorFeedback") ? (socket, csa) : throw csa.NoSuchOutbox("CreatorFeedback");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Makes the adapter for a connection; override it to put something around the adapter.</summary>
    /// <param name="socket">The connection, for the adapter to own: it, or its <see cref="ConnectedSocket.Socket"/>.</param>
    /// <param name="selectorService">The address for registrations.</param>
    /// <returns>The component that is announced: it has the boxes of a <see cref="ConnectedSocketAdapter"/>.</returns>
    protected virtual Component CreateCsa(ConnectedSocket socket, (Component Component, string Inbox) selectorService) =>
        new ConnectedSocketAdapter(socket, selectorService, _options.Csa) { Tags = _tags };

    /// <summary>Accepts who waits, as far as a turn goes, and announces each.</summary>
    /// <returns>Whether more are waiting that had no turn.</returns>
    protected bool HandleNewConnection()
    {
        bool told = this.Drain("newconnection");
        _listenerIsRegistered &= !told;
        if (_retryAt is { } time && Scheduler!.Time >= time)
        {
            _retryAt = null;
        }

        if (_stopped || IsFull || _listenerIsRegistered || _retryAt is not null)
        {
            return false;
        }

        // Where nobody is known to wait, looking is far cheaper than an accept that finds nobody.
        bool somebodyWaits = told;
        for (int accepted = 0; !IsFull; accepted++)
        {
            if (accepted == _options.AcceptsPerPass)
            {
                return true;
            }

            if (!(somebodyWaits || Listener!.Poll(TimeSpan.Zero, SelectMode.SelectRead)) || !AcceptOne())
            {
                AwaitConnection();
                return false;
            }

            somebodyWaits = false;
        }

        return false;
    }

    /// <summary>Deals with the connections whose adapters say that they are closed.</summary>
    /// <returns>Whether there were any.</returns>
    protected bool AnyClosedSockets()
    {
        bool any = _closed.Count > 0;
        while (!OwnerIsFull && _closed.TryDequeue(out SocketShutdown? shutdown))
        {
            CloseSocket(shutdown);
        }

        return any;
    }

    /// <summary>Closes the socket of a connection, announces its end, and forgets it.</summary>
    /// <param name="shutdownMessage">What its adapter said; one of a connection that is forgotten already is ignored.</param>
    /// <remarks>Cost: the same with ten connections open and with ten thousand.</remarks>
    protected void CloseSocket(SocketShutdown shutdownMessage)
    {
        ArgumentNullException.ThrowIfNull(shutdownMessage);
        if (shutdownMessage.Caller is not ConnectedSocketAdapter adapter || Forget(adapter) is not { } csa)
        {
            return;
        }

        ConnectionCount--;
        adapter.Connection.CloseQuietly();
        Send(new RemoveReader(csa, adapter.Connection), "_selectorSignal");
        Send(new RemoveWriter(csa, adapter.Connection), "_selectorSignal");
        Send(new ShutdownCsa(this, csa, shutdownMessage.Reason), "protocolHandlerSignal");
        RemoveChild(csa);
    }

    // What was announced for an adapter; null if it is forgotten already.
    private Component? Forget(ConnectedSocketAdapter adapter) =>
        HasChild(adapter) ? adapter : _wrapped.Remove(adapter.Connection, out Component? around) ? around : null;

    // Collecting from a box that ten thousand adapters feed would wake all of them.
    internal override RealSink MakeInbox(string name) =>
        name == "_feedbackFromCSA" ? new AttendedSink(this, name, OnFeedback) : base.MakeInbox(name);

    private void OnFeedback(object? message)
    {
        if (message is SocketShutdown shutdown)
        {
            _closed.Enqueue(shutdown);
            RequestWake();
        }
    }

    private bool AcceptOne()
    {
        ConnectedSocket socket;
        Component csa;
        try
        {
            (socket, csa) = CreateConnectedSocket(Listener!);
        }
        catch (SocketException exception) when (SocketErrors.WouldBlock(exception.SocketErrorCode))
        {
            // The client has gone again.
            return false;
        }
        catch (SocketException exception) when (SocketErrors.PeerIsGone(exception.SocketErrorCode))
        {
            return true;
        }
        catch (SocketException exception)
        {
            NoteAcceptFailed(exception);
            _retryAt = Scheduler!.Time + _options.RetryAfterFailure;
            return false;
        }
        catch (Exception exception) when (exception is not ObjectDisposedException)
        {
            // Whoever makes adapters failed, and the connection was closed. The next one may fare better.
            NoteAcceptFailed(exception);
            return true;
        }

        if (GetOutbox("protocolHandlerSignal").Linkage is null)
        {
            Log.NobodyHandlesConnections(Scheduler!.Logger, Name, LocalEndPoint);
            socket.CloseQuietly();
            return true;
        }

        Announce(socket, csa);
        return true;
    }

    private void NoteAcceptFailed(Exception exception)
    {
        InternetMeter.AcceptFailed(exception, _tags);
        Log.AcceptFailed(Scheduler!.Logger, exception, Name, LocalEndPoint);
    }

    private void Announce(ConnectedSocket socket, Component csa)
    {
        ConnectionCount++;
        if (csa is not ConnectedSocketAdapter)
        {
            _wrapped.Add(socket, csa);
        }

        Send(new NewCsa(this, csa) { Connection = socket }, "protocolHandlerSignal");
        Send((csa as ConnectedSocketAdapter)?.NewReader ?? new NewReader(csa, (csa, "ReadReady"), socket), "_selectorSignal");
        Send(new NewWriter(csa, (csa, "SendReady"), socket), "_selectorSignal");
        AddChildren(csa);
        if (csa.HasMadeOutbox("CreatorFeedback"))
        {
            LinkFeedback(csa);
        }
    }

    // PORT: differs. Python links it with the connection. It is of use once, at the end: so when the adapter first asks for it.
    internal override void OutboxMade(Component child, string outbox)
    {
        if (outbox == "CreatorFeedback" && !_stopped)
        {
            LinkFeedback(child);
        }
    }

    private void LinkFeedback(Component csa) => Link((csa, "CreatorFeedback"), (this, "_feedbackFromCSA"));

    private void AwaitConnection()
    {
        if (!_stopped && !_listenerIsRegistered && _retryAt is null)
        {
            _listenerIsRegistered = true;
            Send(_newReader, "_selectorSignal");
        }
    }

    private Yield PauseUntilRetry() => _retryAt is { } time ? Pause(time > Scheduler!.Time ? time - Scheduler.Time : TimeSpan.Zero) : Pause();
}
