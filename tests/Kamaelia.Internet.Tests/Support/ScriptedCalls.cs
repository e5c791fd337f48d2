// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>The system's calls, with a kernel that has no room, or reports an error, when the test says so: on loopback it never does.</summary>
internal sealed class ScriptedCalls : DatagramCalls
{
    /// <summary>Whether there is no room now.</summary>
    public bool IsFull { get; set; }

    /// <summary>What the next attempt to receive meets.</summary>
    public SocketError? ReceiveError { get; set; }

    /// <summary>The payloads that were to be sent, also in vain.</summary>
    public List<byte[]> Tried { get; } = [];

    public override SocketError Send(Socket socket, ReadOnlySpan<byte> data, SocketAddress to, bool isReady)
    {
        Tried.Add(data.ToArray());
        return IsFull ? SocketError.WouldBlock : base.Send(socket, data, to, isReady);
    }

    public override SocketError Receive(Socket socket, Span<byte> buffer, SocketAddress from, bool isReady, out int count)
    {
        if (ReceiveError is { } error)
        {
            ReceiveError = null;
            count = 0;
            return error;
        }

        return base.Receive(socket, buffer, from, isReady, out count);
    }
}
