// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Buffers;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>The peer of a connection: a plain socket in the test's hands, that never blocks.</summary>
internal sealed class Far
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly ArrayBufferWriter<byte> _received = new();

    public Far(Socket socket)
    {
        Socket = socket;
        socket.Blocking = false;
    }

    public Socket Socket { get; }

    /// <summary>What has been read so far.</summary>
    public byte[] Received => _received.WrittenSpan.ToArray();

    public long Count => _received.WrittenCount;

    /// <summary>Whether the stream has come to its end in good order.</summary>
    public bool Ended { get; private set; }

    /// <summary>What reading or writing met, if it failed.</summary>
    public SocketError? Failure { get; private set; }

    /// <summary>Whether there is nothing more to come, in good order or not.</summary>
    public bool IsOver => Ended || Failure is not null;

    /// <summary>Reads what is there.</summary>
    /// <param name="most">How much at most.</param>
    /// <returns>Itself.</returns>
    public Far Look(int most = int.MaxValue)
    {
        while (most > 0 && !IsOver)
        {
            int count = Socket.Receive(_buffer.AsSpan(0, Math.Min(most, _buffer.Length)), SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                break;
            }

            if (error != SocketError.Success)
            {
                Failure = error;
            }
            else if (count == 0)
            {
                Ended = true;
            }

            _received.Write(_buffer.AsSpan(0, count));
            most -= count;
        }

        return this;
    }

    /// <summary>Writes what the kernel takes.</summary>
    /// <returns>How much that was.</returns>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        int written = 0;
        while (written < bytes.Length)
        {
            int count = Socket.Send(bytes[written..], SocketFlags.None, out SocketError error);
            if (error != SocketError.Success)
            {
                Failure = error == SocketError.WouldBlock ? Failure : error;
                break;
            }

            written += count;
        }

        return written;
    }

    /// <summary>Writes all of it, which must fit into the kernel's buffers.</summary>
    public void Send(byte[] bytes) => Assert.Equal(bytes.Length, Write(bytes));

    /// <summary>Says that it will send nothing more; it still reads.</summary>
    public void Finish() => Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);

    /// <summary>Breaks the connection off.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    public void Close() => Socket.Dispose();
}
