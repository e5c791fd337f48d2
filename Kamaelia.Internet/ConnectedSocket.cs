// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Kamaelia.Internet;

/// <summary>A connected, non-blocking stream socket that an adapter reads and writes. Its .NET object is made when somebody asks for it.</summary>
/// <remarks>
/// <para><em>How does it work?</em> On Linux a <see cref="TcpServer"/> accepts, and an adapter reads and writes, straight through the C library. A
/// <see cref="System.Net.Sockets.Socket"/> with its handle, its context for asynchronous calls and its addresses takes some 600 bytes, all the rest of an idle
/// connection some 1,900, and its reads and writes pass two more layers. Whoever wants one gets it, and from then on it owns the descriptor. Elsewhere it is
/// there from the beginning. Benchmarks: Net.Benchmarks, idle, churn and echo50.</para>
/// <para>Threads: that of the adapter's scheduler only.</para>
/// </remarks>
[DebuggerDisplay("{RemoteEndPoint}, descriptor {Descriptor}")]
// PORT: differs. Python's accept makes a socket object at once.
public sealed unsafe class ConnectedSocket : IDisposable
{
    // What whoever asks for the Socket of a closed connection gets. Made before the first connection: later there may be no descriptor left for it.
    private static Socket? s_closed;

    private Socket? _socket;

    // The C library's calls want it; it is ours to close as long as there is no Socket. Inverted when we have closed it, and from the beginning,
    // for a constructor that throws leaves a finalizer behind.
    private int _descriptor = ~0;

    /// <summary>Takes over a socket.</summary>
    /// <param name="socket">A connected, non-blocking socket.</param>
    public ConnectedSocket(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _socket = socket;
        _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        GC.SuppressFinalize(this);
    }

    private ConnectedSocket(int descriptor) => _descriptor = descriptor;

    /// <summary>Closes one that nobody closed and nobody holds any more.</summary>
    ~ConnectedSocket() => CloseDescriptor();

    /// <summary>The .NET object, for addresses and options; after the end a closed one. It must not be read, written or closed.</summary>
    /// <remarks>Cost: about 6 microseconds and 600 bytes, once.</remarks>
    /// <exception cref="SocketException">The system refuses.</exception>
    public Socket Socket => _socket ?? (IsClosed ? s_closed! : _socket = Make());

    /// <summary>Whether it has been closed.</summary>
    public bool IsClosed => _socket is null ? _descriptor < 0 : _socket.SafeHandle.IsClosed;

    /// <summary>The peer's address, an IPv4 one as such also on a socket of both families; null after the end, and if the peer has reset the connection.</summary>
    /// <remarks>Cost: a system call.</remarks>
    public EndPoint? RemoteEndPoint => EndPointOf(&LinuxCalls.getpeername, static socket => socket.RemoteEndPoint);

    /// <summary>This side's address; as <see cref="RemoteEndPoint"/>, but a reset does not matter.</summary>
    public EndPoint? LocalEndPoint => EndPointOf(&LinuxCalls.getsockname, static socket => socket.LocalEndPoint);

    /// <summary>The .NET object, if somebody has asked for it.</summary>
    internal Socket? SocketIfMade => _socket;

    /// <summary>The number by which the system knows it; after the end somebody else's.</summary>
    internal nint Descriptor => _descriptor < 0 ? ~_descriptor : _descriptor;

    /// <summary>Accepts a connection that waits.</summary>
    /// <param name="listener">A listening socket.</param>
    /// <param name="noDelay">What the connection's <see cref="Socket.NoDelay"/> is to be; on Linux the listener's counts.</param>
    /// <exception cref="SocketException">Nobody waits, or the system refuses.</exception>
    internal static ConnectedSocket Accept(Socket listener, bool noDelay)
    {
        ObjectDisposedException.ThrowIf(listener.SafeHandle.IsClosed, listener);
        if (OperatingSystem.IsLinux())
        {
            s_closed ??= MakeClosed();
            int listening = (int)listener.SafeHandle.DangerousGetHandle();
            int descriptor;
            do
            {
                descriptor = LinuxCalls.accept4(listening, null, null, LinuxCalls.NonBlocking | LinuxCalls.CloseOnExec);
            }
            while (descriptor < 0 && Marshal.GetLastPInvokeError() == LinuxCalls.Interrupted);
            return new ConnectedSocket(LinuxCalls.Check(descriptor));
        }

        Socket socket = listener.Accept();
        try
        {
            socket.Blocking = false;
            if (noDelay)
            {
                socket.NoDelay = true;
            }

            return new ConnectedSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Closes it, if that has not been done.</summary>
    public void Dispose()
    {
        if (_socket is null)
        {
            CloseDescriptor();
        }
        else
        {
            _socket.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <returns>How many bytes were received; 0 with an error, or at the end of the stream.</returns>
    /// <exception cref="ObjectDisposedException">Somebody has closed the socket.</exception>
    internal int Receive(Span<byte> buffer, out SocketError error)
    {
        ObjectDisposedException.ThrowIf(IsClosed, typeof(Socket));
        if (!OperatingSystem.IsLinux())
        {
            return Socket.Receive(buffer, SocketFlags.None, out error);
        }

        nint count;
        fixed (byte* start = buffer)
        {
            do
            {
                count = LinuxCalls.recv(_descriptor, start, (nuint)buffer.Length, 0);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == LinuxCalls.Interrupted);
        }

        return Result(count, out error);
    }

    /// <returns>How many bytes were sent; 0 with an error.</returns>
    /// <exception cref="ObjectDisposedException">Somebody has closed the socket.</exception>
    internal int Send(ReadOnlySpan<byte> buffer, out SocketError error)
    {
        ObjectDisposedException.ThrowIf(IsClosed, typeof(Socket));
        if (!OperatingSystem.IsLinux())
        {
            return Socket.Send(buffer, SocketFlags.None, out error);
        }

        nint count;
        fixed (byte* start = buffer)
        {
            do
            {
                count = LinuxCalls.send(_descriptor, start, (nuint)buffer.Length, LinuxCalls.NoSignal);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == LinuxCalls.Interrupted);
        }

        return Result(count, out error);
    }

    /// <summary>Tells the peer that nothing more will come.</summary>
    /// <returns>What went wrong, if anything did. That the peer has reset the connection is no error here: reading says so, and better.</returns>
    /// <exception cref="ObjectDisposedException">Somebody has closed the socket.</exception>
    internal SocketError FinishSending()
    {
        ObjectDisposedException.ThrowIf(IsClosed, typeof(Socket));
        if (OperatingSystem.IsLinux())
        {
            Result(LinuxCalls.shutdown(_descriptor, LinuxCalls.ShutdownSend), out SocketError error);
            return error == SocketError.NotConnected ? SocketError.Success : error;
        }

        try
        {
            Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }

    /// <summary>Whether bytes are there to be read.</summary>
    /// <exception cref="ObjectDisposedException">Somebody has closed the socket.</exception>
    internal bool HasUnread()
    {
        ObjectDisposedException.ThrowIf(IsClosed, typeof(Socket));
        if (!OperatingSystem.IsLinux())
        {
            return Socket.Available > 0;
        }

        byte one;
        return Result(LinuxCalls.recv(_descriptor, &one, 1, LinuxCalls.Peek), out _) > 0;
    }

    /// <summary>Closes it, if that has not been done; whether the peer is still there or not.</summary>
    /// <param name="sayEnd">
    /// Whether to shut down the sending side first, so that the peer sees the end of the stream even if bytes are unread here. Not needed where that
    /// has been done, or where the peer has come to its own end and all is read: closing says the same.
    /// </param>
    internal void CloseQuietly(bool sayEnd = true)
    {
        if (!IsClosed)
        {
            if (sayEnd)
            {
                FinishSending();
            }

            Dispose();
        }
    }

    /// <summary>Closes it so that the peer sees a reset, not the end of the stream: what it got is not all there was.</summary>
    internal void CloseHard()
    {
        if (!IsClosed)
        {
            SocketErrors.CloseHard(Socket);
        }
    }

    // Reached after each call: nobody finalizes it, and gives the number away, while the call is under way.
    private int Result(nint count, out SocketError error)
    {
        error = count >= 0 ? SocketError.Success : LinuxCalls.ToSocketError(Marshal.GetLastPInvokeError());
        GC.KeepAlive(this);
        return count >= 0 ? (int)count : 0;
    }

    private EndPoint? EndPointOf(delegate*<int, byte*, int*, int> call, Func<Socket, EndPoint?> property)
    {
        if (IsClosed)
        {
            return null;
        }

        if (OperatingSystem.IsLinux())
        {
            byte* address = stackalloc byte[LinuxCalls.AddressSize];
            int length = LinuxCalls.AddressSize;
            Result(call(_descriptor, address, &length), out SocketError error);
            if (error != SocketError.Success)
            {
                return null;
            }

            if (LinuxCalls.ToEndPoint(new ReadOnlySpan<byte>(address, LinuxCalls.AddressSize)) is { } found)
            {
                return found;
            }
        }

        try
        {
            return property(Socket) is { } endPoint ? Plain(endPoint) : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static EndPoint Plain(EndPoint endPoint) =>
        endPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port) : endPoint;

    private Socket Make()
    {
        SafeSocketHandle handle = new(_descriptor, ownsHandle: true);
        try
        {
            return new Socket(handle) { Blocking = false };
        }
        catch
        {
            // It stays ours.
            handle.SetHandleAsInvalid();
            throw;
        }
    }

    // As .NET's own after their end, it can be looked at.
    private static Socket MakeClosed()
    {
        Socket closed = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Dispose();
        return closed;
    }

    private void CloseDescriptor()
    {
        if (_descriptor >= 0 && _socket is null)
        {
            int descriptor = _descriptor;
            _descriptor = ~descriptor;
            LinuxCalls.close(descriptor);
        }
    }
}
