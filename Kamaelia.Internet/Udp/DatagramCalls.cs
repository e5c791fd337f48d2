// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>The two calls that a peer makes on its socket; tests put their own in place, for the kernel's loopback never lets a sender wait.</summary>
/// <remarks>
/// <para>Unlike those for streams, the calls for datagrams have no overload that says "not now" without an exception (2.5 µs). So the socket is
/// asked first (0.3 µs), except when the selector has just said that it is ready: then the call itself must be made, for only that tells,
/// and clears, an error that the network has reported. Asked whether it can be read, such a socket says no.</para>
/// <para>Threads: any thread.</para>
/// </remarks>
internal class DatagramCalls
{
    /// <summary>The system's.</summary>
    public static DatagramCalls OfSystem { get; } = new();

    /// <summary>Sends one datagram, whole or not at all.</summary>
    /// <param name="socket">The socket, which does not block.</param>
    /// <param name="data">The payload.</param>
    /// <param name="to">Where to.</param>
    /// <param name="isReady">Whether the selector has just said that it can be written.</param>
    public virtual SocketError Send(Socket socket, ReadOnlySpan<byte> data, SocketAddress to, bool isReady)
    {
        if (!isReady && !socket.Poll(TimeSpan.Zero, SelectMode.SelectWrite))
        {
            return SocketError.WouldBlock;
        }

        try
        {
            socket.SendTo(data, SocketFlags.None, to);
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }

    /// <summary>Receives one datagram.</summary>
    /// <param name="socket">The socket, which does not block.</param>
    /// <param name="buffer">Room for the largest that there can be.</param>
    /// <param name="from">Becomes its sender.</param>
    /// <param name="isReady">Whether the selector has just said that it can be read.</param>
    /// <param name="count">How many bytes it has.</param>
    public virtual SocketError Receive(Socket socket, Span<byte> buffer, SocketAddress from, bool isReady, out int count)
    {
        count = 0;
        if (!isReady && !socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            return SocketError.WouldBlock;
        }

        try
        {
            count = socket.ReceiveFrom(buffer, SocketFlags.None, from);
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }
}
