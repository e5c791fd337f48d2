// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>The one place where errors of sockets are sorted.</summary>
internal static class SocketErrors
{
    /// <summary>Not now: ask the selector to say when.</summary>
    public static bool WouldBlock(SocketError error) => error is SocketError.WouldBlock or SocketError.IOPending or SocketError.TryAgain or SocketError.InProgress;

    /// <summary>The peer is gone: an ordinary end of a conversation.</summary>
    public static bool PeerIsGone(SocketError error) => error is SocketError.ConnectionReset
        or SocketError.ConnectionAborted
        or SocketError.Shutdown
        or SocketError.NetworkReset
        or SocketError.TimedOut
        or SocketError.NotConnected;

    /// <summary>Closes a socket that may be closed, or not connected, already.</summary>
    /// <param name="socket">The socket; its sending side is shut down first, so that the peer sees the end of the stream.</param>
    public static void CloseQuietly(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdownSend);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed or reset already: there is nobody left to tell.
        }

        socket.Dispose();
    }

    private const System.Net.Sockets.SocketShutdown SocketShutdownSend = System.Net.Sockets.SocketShutdown.Send;
}
