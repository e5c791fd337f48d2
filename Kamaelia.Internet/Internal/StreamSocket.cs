// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Kamaelia.Internet;

/// <summary>Reads and writes a connected, non-blocking socket.</summary>
/// <remarks>
/// On Linux straight through the C library: <see cref="Socket"/> itself counts who uses the handle, asks whether it is traced, and passes two
/// more layers, which costs some hundredths of an echo. Elsewhere it is used as it is. Benchmark: Net.Benchmarks, echo50.
/// </remarks>
/// <param name="socket">The socket, closed by nobody but the thread that reads and writes it.</param>
internal readonly unsafe struct StreamSocket(Socket socket)
{
    // Asked before each call whether it is closed: its number may be somebody else's by then.
    private readonly SafeSocketHandle _handle = socket.SafeHandle;

    public Socket Socket { get; } = socket;

    /// <returns>How many bytes were received; 0 with an error, or at the end of the stream.</returns>
    /// <exception cref="ObjectDisposedException">Somebody has closed the socket.</exception>
    public int Receive(Span<byte> buffer, out SocketError error)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Socket.Receive(buffer, SocketFlags.None, out error);
        }

        int descriptor = Descriptor();
        nint count;
        fixed (byte* start = buffer)
        {
            do
            {
                count = LinuxCalls.recv(descriptor, start, (nuint)buffer.Length, 0);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == LinuxCalls.Interrupted);
        }

        return Result(count, out error);
    }

    /// <returns>How many bytes were sent; 0 with an error.</returns>
    /// <exception cref="ObjectDisposedException">Somebody has closed the socket.</exception>
    public int Send(ReadOnlySpan<byte> buffer, out SocketError error)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Socket.Send(buffer, SocketFlags.None, out error);
        }

        int descriptor = Descriptor();
        nint count;
        fixed (byte* start = buffer)
        {
            do
            {
                count = LinuxCalls.send(descriptor, start, (nuint)buffer.Length, LinuxCalls.NoSignal);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == LinuxCalls.Interrupted);
        }

        return Result(count, out error);
    }

    private static int Result(nint count, out SocketError error)
    {
        error = count >= 0 ? SocketError.Success : LinuxCalls.ToSocketError(Marshal.GetLastPInvokeError());
        return count >= 0 ? (int)count : 0;
    }

    private int Descriptor()
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, Socket);
        return (int)_handle.DangerousGetHandle();
    }
}
