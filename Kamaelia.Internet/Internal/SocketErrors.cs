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
    /// <param name="socket">The socket.</param>
    /// <param name="sayEnd">
    /// Whether to shut down its sending side first, so that the peer sees the end of the stream even if bytes are unread here. Not needed where that
    /// has been done, or where the peer has come to its own end and all is read: closing says the same.
    /// </param>
    public static void CloseQuietly(Socket socket, bool sayEnd = true)
    {
        // Asked first, because a server and its adapter both see to it, and an exception costs more than the whole rest of a connection's end.
        if (socket.SafeHandle.IsClosed)
        {
            return;
        }

        try
        {
            if (sayEnd)
            {
                socket.Shutdown(SocketShutdownSend);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Reset already: there is nobody left to tell.
        }

        socket.Dispose();
    }

    /// <summary>Closes a socket so that the peer sees a reset, not the end of the stream: what it got is not all there was.</summary>
    /// <param name="socket">The socket, which may be closed already.</param>
    public static void CloseHard(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // As above.
        }

        socket.Dispose();
    }

    private const System.Net.Sockets.SocketShutdown SocketShutdownSend = System.Net.Sockets.SocketShutdown.Send;
}
