// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Chassis/ConnectedServer.py. Copyright BBC and Kamaelia Contributors.

using System.Net;
using Axon;
using Kamaelia.Internet;

namespace Kamaelia.Chassis;

/// <content>One connection: its adapter, its handler, and the wires between them.</content>
public partial class ServerCore
{
    // Connections that are closed, and the pass in which their handlers are told.
    private readonly Queue<(long Pass, ShutdownCsa Message)> _closed = new();

    // PORT: differs. Python links all outboxes with the connection. These carry one message in its life, if any, and each is linked when somebody
    // first asks for it.
    private static readonly string[] s_seldomUsed = ["signal", "serversignal", "peerFinished", "sslready"];

    // Children that have ended since the last pass.
    private readonly Queue<Component> _ended = new();

    /// <summary>How many connections are open, or closed and their handlers not told yet.</summary>
    public int ConnectionCount { get; private set; }

    internal override void ChildEnded(Component child) => _ended.Enqueue(child);

    /// <summary>Makes a handler for a new connection, wires it to the adapter, adopts and activates both, the adapter first.</summary>
    /// <param name="newCsa">The announcement.</param>
    /// <remarks>Source: Kamaelia/Chassis/ConnectedServer.py, <c>handleNewConnection</c>.</remarks>
    // PORT: differs. In Python a factory that fails ends the scheduler.
    protected virtual void HandleNewConnection(NewCsa newCsa)
    {
        ArgumentNullException.ThrowIfNull(newCsa);
        ConnectionInfo info = Describe(newCsa.Connection);
        Connection connection;
        try
        {
            connection = Wire(newCsa.Object, CheckHandler(MakeProtocolHandler(info)));
        }
        catch (Exception exception)
        {
            Refuse(newCsa.Object);
            ServerLog.NoHandler(Scheduler!.Logger, exception, Name, info);
            TrySend(new ErrorInformation(this, exception, info), "signal");
            return;
        }

        ConnectionCount++;
        AddChild(connection.Csa, connection);
        AddChild(connection.Handler, connection);
        connection.Csa.Activate(Scheduler);
        connection.Handler.Activate(Scheduler);
        if (_draining)
        {
            AskToFinish(connection);
        }
    }

    /// <summary>Tells the handler of a closed connection, takes all wires away, and lets handler and adapter go.</summary>
    /// <param name="shutdownCsa">What the <see cref="TcpServer"/> said; one of a connection that is forgotten already is ignored.</param>
    /// <remarks>Source: Kamaelia/Chassis/ConnectedServer.py, <c>handleClosedCSA</c>.</remarks>
    protected virtual void HandleClosedCsa(ShutdownCsa shutdownCsa)
    {
        ArgumentNullException.ThrowIfNull(shutdownCsa);
        if (ConnectionOf(shutdownCsa.Object) is not { } connection)
        {
            return;
        }

        ConnectionCount--;

        // One that has ended reads no messages any more, and need not be wired for one.
        if (!connection.Handler.IsStopped && !TrySend(new SocketShutdown(this, shutdownCsa.Reason), WireToHandler(connection)))
        {
            ServerLog.ControlIsFull(Scheduler!.Logger, Name, connection.Handler.Name);
        }

        if (!connection.Csa.IsStopped)
        {
            TrySend(new ShutdownMicroprocess(), WireToCsa(connection));
        }

        RemoveChild(connection.Csa);
        RemoveChild(connection.Handler);
        Delete(connection.ToHandler);
        Delete(connection.ToCsa);
    }

    // A handler that begins with its control inbox must have had a pass for the last data before it finds the end there. The adapter may
    // have handed data over in this very cycle; the handler, woken by that, may come after this server in the next one; in the cycle after
    // that it has had its pass wherever it stands in the queue.
    private void NoteClosed(ShutdownCsa shutdownCsa)
    {
        if (ConnectionOf(shutdownCsa.Object) is { IsClosed: false } connection)
        {
            connection.IsClosed = true;
            _closed.Enqueue((_pass + PassesBeforeGoodbye, shutdownCsa));
        }
    }

    private void SayGoodbye()
    {
        while (_closed.TryPeek(out var next) && next.Pass <= _pass)
        {
            HandleClosedCsa(_closed.Dequeue().Message);
        }
    }

    private void LookAfterEnded()
    {
        while (_ended.TryDequeue(out Component? child))
        {
            if (child == _server)
            {
                OnListenerEnded();
            }
            else if (ConnectionOf(child) is { } connection)
            {
                OnEnded(child, connection);
            }
        }
    }

    private void OnEnded(Component child, Connection connection)
    {
        if (child == connection.Handler)
        {
            // PORT: differs. In Python a handler that ends without a word leaves the connection open, and the client talking to nobody. If
            // it did say how it is to end, that came first and counts.
            TrySend(new ProducerFinished(this), WireToCsa(connection));
        }
        else if (_server!.IsStopped)
        {
            // As long as it listens, the TcpServer announces this.
            NoteClosed(new ShutdownCsa(this, child, (child as ConnectedSocketAdapter)?.CloseReason));
        }
    }

    // Noted on both of its components.
    private Connection? ConnectionOf(Component component) => NoteOn(component) as Connection;

    private Component CheckHandler(Component? handler)
    {
        if (handler is null)
        {
            throw new InvalidOperationException($"The protocol factory of {Name} returned null. It must return a new component.");
        }

        if (handler.IsStopped || ConnectionOf(handler) is not null)
        {
            throw new InvalidOperationException(
                $"The protocol factory of {Name} returned {handler.Name}, which {(handler.IsStopped ? "has ended" : "serves another connection")} " +
                "already. It must return a new component for each connection.");
        }

        return handler;
    }

    private Connection Wire(Component csa, Component handler)
    {
        Connection connection = new(csa, handler);
        ThrowIfBoxIsMissing(connection);
        try
        {
            connection.Data = Link((csa, "outbox"), (handler, "inbox"));
            Link((handler, "outbox"), (csa, "inbox"));
            foreach (string outbox in s_seldomUsed)
            {
                LinkIfUsed(connection, csa, outbox);
                LinkIfUsed(connection, handler, outbox);
            }

            return connection;
        }
        catch
        {
            // Not the handler's: if it is somebody else's, they are not ours to take away.
            Postoffice.Unlink(csa);
            throw;
        }
    }

    // A handler that is active already may belong to another scheduler: its thread can link nothing here, and is to meet with nothing unfinished.
    private void LinkIfUsed(Connection connection, Component component, string outbox)
    {
        bool now = connection.Handler.Scheduler is not null ? component.HasOutbox(outbox) : component.HasMadeOutbox(outbox);
        if (now)
        {
            LinkSeldomUsed(connection, component, outbox);
        }
    }

    internal override void OutboxMade(Component child, string outbox)
    {
        if (ConnectionOf(child) is { } connection)
        {
            LinkSeldomUsed(connection, child, outbox);
        }
    }

    private void LinkSeldomUsed(Connection connection, Component component, string outbox)
    {
        (Component csa, Component handler) = (connection.Csa, connection.Handler);
        (Component Component, string Box)? sink = outbox switch
        {
            "signal" when component == handler => (csa, "control"),
            "serversignal" when component == handler => (this, "control"),
            "peerFinished" when component == csa => (handler, "control"),
            "sslready" when component == csa && handler.HasInbox("sslready") => (handler, "sslready"),
            _ => null,
        };
        if (sink is { } there)
        {
            Link((component, outbox), there);
        }
    }

    // What is linked later is missed now.
    private static void ThrowIfBoxIsMissing(Connection connection)
    {
        if (!connection.Csa.HasInbox("control"))
        {
            throw connection.Csa.NoSuchInbox("control");
        }

        if (!connection.Handler.HasInbox("control"))
        {
            throw connection.Handler.NoSuchInbox("control");
        }

        if (!connection.Handler.HasOutbox("signal"))
        {
            throw connection.Handler.NoSuchOutbox("signal");
        }
    }

    // PORT: differs. Python makes both private outboxes with the connection. Here they are made when the server has something to say, which
    // spares an idle connection a quarter of its memory.
    private string WireToHandler(Connection connection) =>
        connection.ToHandler ??= WireTo(connection.Handler, "protocolHandlerShutdownSignal", "To the handler's control.");

    private string WireToCsa(Connection connection) =>
        connection.ToCsa ??= WireTo(connection.Csa, "connectedSocketShutdownSignal", "To the adapter's control.");

    private string WireTo(Component component, string name, string description)
    {
        string box = AddOutbox(name, description);
        Link((this, box), (component, "control"));
        return box;
    }

    private void Delete(string? wire)
    {
        if (wire is not null)
        {
            DeleteOutbox(wire);
        }
    }

    // The adapter owns the socket, and closes it when it runs.
    private void Refuse(Component csa)
    {
        string toCsa = WireTo(csa, "connectedSocketShutdownSignal", "To the control of an adapter that is turned away.");
        Send(new ShutdownMicroprocess(), toCsa);
        DeleteOutbox(toCsa);
        if (!csa.IsStopped)
        {
            csa.Activate(Scheduler);
        }
    }

    private ConnectionInfo Describe(ConnectedSocket? socket)
    {
        if (EndPoint is not IPEndPoint)
        {
            return new ConnectionInfo("", 0, EndPoint.ToString()!, 0);
        }

        if (socket?.RemoteEndPoint is IPEndPoint peer && LocalEndOf(socket) is IPEndPoint local)
        {
            return new ConnectionInfo(peer.Address.ToString(), peer.Port, local.Address.ToString(), local.Port);
        }

        // The client is gone again. Its handler is made all the same, and told so.
        return new ConnectionInfo("0.0.0.0", 0, "127.0.0.1", _server?.ListenPort ?? Port);
    }

    // A server that listens on one address need not ask the system, unless it listens on that one in IPv6 notation.
    private EndPoint? LocalEndOf(ConnectedSocket socket) =>
        LocalEndPoint is IPEndPoint { Address: { IsIPv4MappedToIPv6: false } address } local && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            ? local
            : socket.LocalEndPoint;

    /// <summary>A connection and what belongs to it.</summary>
    private sealed class Connection(Component csa, Component handler)
    {
        public Component Csa { get; } = csa;

        public Component Handler { get; } = handler;

        /// <summary>The private outbox that leads to the handler's control; null before there is something to say.</summary>
        public string? ToHandler { get; set; }

        /// <summary>The private outbox that leads to the adapter's control; null before there is something to say.</summary>
        public string? ToCsa { get; set; }

        /// <summary>What carries the client's bytes to the handler.</summary>
        public Linkage? Data { get; set; }

        /// <summary>Whether the adapter has ended and the handler is about to be told.</summary>
        public bool IsClosed { get; set; }
    }
}
