// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/UDP_ng.py. Copyright BBC and Kamaelia Contributors.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <content>From the socket to <c>"outbox"</c>.</content>
public abstract partial class BasicPeer
{
    // No datagram is longer: its length is a number of 16 bits.
    private const int LongestDatagram = 64 * 1024;

    // What is received lands here first, so that a small datagram costs a small array, the longest arrives whole and an idle peer has none.
    // One a thread: receiving and copying are not interrupted.
    [ThreadStatic]
    private static byte[]? t_buffer;

    // The request to the selector is made once and sent again and again.
    private NewReader? _newReader;

    // Whether a call is worth trying; and whether nothing has been tried since the selector said so: see DatagramCalls.
    private bool _mayReceive;
    private bool _isReadable;

    // The one packet that the consumer had no room for.
    private UdpPacket? _refused;

    // Who sent the last one, as the kernel and as packets name it: most peers hear the same one again and again.
    private SocketAddress? _from;
    private SocketAddress? _lastFrom;
    private IPEndPoint? _remote;

    /// <summary>Receives and hands over until there is no more, the consumer is full, or others should have their turn.</summary>
    /// <returns>Whether there is more to do in the next cycle.</returns>
    private bool RecvLoop()
    {
        if (_refused is not null)
        {
            if (!TrySend(_refused))
            {
                return false;
            }

            _refused = null;
        }

        for (int received = 0; _mayReceive; received++)
        {
            if (received == _options.DatagramsPerPass)
            {
                return true;
            }

            if (SafeRecv() is { } packet && !TrySend(packet))
            {
                _refused = packet;
                return false;
            }
        }

        return false;
    }

    /// <returns>Null if there was none, or an error: then the selector has been asked to say when it is worth another try.</returns>
    private UdpPacket? SafeRecv()
    {
        byte[] buffer = t_buffer ??= new byte[LongestDatagram];
        _from ??= new SocketAddress(_socket!.AddressFamily);
        SocketError error = Calls.Receive(_socket!, buffer, _from, _isReadable, out int count);
        _isReadable = false;
        if (error == SocketError.Success)
        {
            return new UdpPacket(buffer.AsMemory(0, count).ToArray(), Sender());
        }

        AwaitReadable();
        if (!SocketErrors.WouldBlock(error))
        {
            Report(new SocketException((int)error));
        }

        return null;
    }

    private IPEndPoint Sender()
    {
        if (_remote is null || !_from!.Equals(_lastFrom))
        {
            IPEndPoint any = new(_from!.Family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
            _remote = (IPEndPoint)any.Create(_from);
            if (_remote.Address.IsIPv4MappedToIPv6)
            {
                _remote.Address = _remote.Address.MapToIPv4();
            }

            (_from, _lastFrom) = (_lastFrom, _from);
        }

        return _remote;
    }

    private void AwaitReadable()
    {
        _mayReceive = false;
        Send(_newReader ??= new NewReader(this, (this, "readReady"), _socket!), "_selectorSignal");
    }
}
