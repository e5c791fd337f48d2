// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/IPC.py. Copyright BBC and Kamaelia Contributors.

using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>The base of what a server tells its owner about one connection.</summary>
/// <param name="caller">The server, or the adapter itself.</param>
/// <param name="csa">The connection's adapter, or the component around it.</param>
public abstract class ConnectionMessage(object? caller, Component csa) : Ipc
{
    /// <summary>The server, or the adapter itself.</summary>
    public object? Caller { get; } = caller;

    /// <summary>The connection's adapter, or the component around it: the same object in all messages about a connection.</summary>
    public Component Object { get; } = csa;
}

/// <summary>Announces a new connection. The receiver adopts the adapter, wires it, and activates it.</summary>
/// <param name="caller">The server.</param>
/// <param name="csa">The adapter.</param>
/// <param name="sock">The accepted socket, if the sender passes it on.</param>
/// <remarks>Source: Kamaelia/IPC.py, <c>newCSA</c>.</remarks>
public sealed class NewCsa(object? caller, Component csa, Socket? sock = null) : ConnectionMessage(caller, csa)
{
    /// <summary>The accepted, non-blocking socket; null if the sender did not pass it on.</summary>
    /// <remarks>Cost: see <see cref="ConnectedSocket.Socket"/>; an adapter's addresses come without it.</remarks>
    public Socket? Sock => Connection?.Socket;

    /// <summary>The connection, whose .NET object need not be there; null if the sender did not pass it on.</summary>
    internal ConnectedSocket? Connection { get; init; } = sock is null ? null : new ConnectedSocket(sock);

    /// <summary>Always true: the adapter writes, too.</summary>
    public bool HandlesWriting { get; } = true;
}

/// <summary>Announces that a connection is going.</summary>
/// <param name="caller">The server, or the adapter itself.</param>
/// <param name="csa">The adapter.</param>
/// <param name="reason">Why.</param>
/// <remarks>Source: Kamaelia/IPC.py, <c>shutdownCSA</c>.</remarks>
// PORT: differs. Python sends two shapes: the adapter alone, or with a socket that is None by then.
public sealed class ShutdownCsa(object? caller, Component csa, CloseReason? reason = null) : ConnectionMessage(caller, csa)
{
    /// <summary>Why, where that is known.</summary>
    public CloseReason? Reason { get; } = reason;

    /// <summary>Always true.</summary>
    public bool IsShutdown { get; } = true;
}

/// <summary>A legacy message that nothing in here sends.</summary>
/// <param name="caller">The server.</param>
/// <param name="csa">The adapter.</param>
/// <remarks>Source: Kamaelia/IPC.py, <c>newServer</c>.</remarks>
public sealed class NewServer(object? caller, Component csa) : ConnectionMessage(caller, csa)
{
    /// <summary>Always false.</summary>
    public bool HandlesWriting { get; }
}
