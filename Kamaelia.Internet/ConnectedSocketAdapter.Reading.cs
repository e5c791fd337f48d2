// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/ConnectedSocketAdapter.py. Copyright BBC and Kamaelia Contributors.

using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <content>From the peer to <c>"outbox"</c>.</content>
public partial class ConnectedSocketAdapter
{
    // What is read lands here first, so that a small message costs a small array and an idle connection none. One a thread: a read and the
    // copy of its bytes are not interrupted. A read that fills it takes it along as its message. Benchmark: Net.Benchmarks, stream.
    [ThreadStatic]
    private static byte[]? t_buffer;

    // The one block that the consumer had no room for.
    private byte[]? _refused;

    // The peer has finished sending; and that has yet to be said, in the pass after the one that handed over its last data.
    private bool _peerIsDone;
    private bool _announcePeerIsDone;
    private bool _letOthersReadFirst;

    // All is written, and what the peer still sends is read only to be dropped.
    private bool _isDropping;

    // Until it is to be closed; and after that for as long as what is left to write waits for the peer's part in a handshake.
    private bool IsReading => _close == Close.No || (_close == Close.AfterFlush && (_tlsState == Tls.Handshake || _isDropping));

    /// <summary>Reads and hands over until there is no more, the consumer is full, or others should have their turn.</summary>
    /// <returns>Whether there is more to do in the next cycle.</returns>
    private bool ReadSome()
    {
        if (_letOthersReadFirst)
        {
            // Whoever was woken by the last data may come after this adapter in this cycle. It is to have its pass for the data before it
            // finds the end in its control inbox, where many look first.
            _letOthersReadFirst = false;
            return true;
        }

        if (_announcePeerIsDone)
        {
            _announcePeerIsDone = !AfterPeerIsDone();
            return false;
        }

        if (_refused is not null)
        {
            if (!TrySend(_refused))
            {
                return false;
            }

            _refused = null;
        }

        if (_tls is not null && !HandOverDecrypted())
        {
            return false;
        }

        for (int reads = 0; _mayRead && !_peerIsDone && (_mayWrite || _options.ReadWhileBlocked); reads++)
        {
            if (reads == _options.ReadsPerPass)
            {
                return true;
            }

            if (!ReadOnce())
            {
                return _announcePeerIsDone;
            }
        }

        return false;
    }

    /// <returns>Whether to read on.</returns>
    private bool ReadOnce()
    {
        int size = _options.ReadChunkSize;
        byte[] buffer = t_buffer is { } present && present.Length >= size ? present : t_buffer = GC.AllocateUninitializedArray<byte>(size);
        int count = _socket.Receive(buffer.AsSpan(0, size), out SocketError error);
        if (error != SocketError.Success)
        {
            ReadFailed(error);
            return false;
        }

        NoteActivity();
        InternetMeter.Received(count, Tags);
        bool taken = _isDropping ? Drop(count)
            : _tls is null ? HandOver(buffer, count)
            : HandOverEncrypted(buffer.AsSpan(0, count));
        if (_peerIsDone || !IsReading)
        {
            return false;
        }

        if (count < size)
        {
            // A short read took all there was; asking once more would only be told so.
            AwaitReadable();
            return false;
        }

        return taken;
    }

    private bool HandOver(byte[] buffer, int count)
    {
        if (count == 0)
        {
            EndOfStream();
            return true;
        }

        byte[] message = buffer;
        if (count < buffer.Length)
        {
            message = GC.AllocateUninitializedArray<byte>(count);
            buffer.AsSpan(0, count).CopyTo(message);
        }
        else
        {
            t_buffer = null;
        }

        if (TrySend(message))
        {
            return true;
        }

        _refused = message;
        return false;
    }

    private bool HandOverEncrypted(ReadOnlySpan<byte> received)
    {
        FeedTls(received);
        bool taken = HandOverDecrypted();
        if (received.IsEmpty && _refused is null)
        {
            EndOfStream();
        }

        return taken;
    }

    private bool Drop(int count)
    {
        _peerIsDone = count == 0;
        return true;
    }

    /// <summary>Whether to wait for the peer's end although all is written.</summary>
    /// <remarks>
    /// A socket that is closed with bytes unread is reset, and the kernel forgets what it has not sent yet: the peer would miss the end of what
    /// it was sent. So if there are any, it is told that this is the end, and what it sends is dropped until it has come to its own, or the
    /// time for flushing is up. To one that is silent now and sends later this still happens: nobody can wait for everybody.
    /// </remarks>
    private bool PeerMaySendMore()
    {
        if (!_isDropping && !_peerIsDone && _socket.HasUnread())
        {
            _isDropping = true;
            _mayRead = true;
            FinishSending();
        }

        return _isDropping && !_peerIsDone;
    }

    private void EndOfStream()
    {
        _letOthersReadFirst = true;
        _peerIsDone = true;
        _announcePeerIsDone = true;
        _mayRead = false;

        // The time limits of a half-open connection count from here.
        NoteActivity();
    }

    private void ReadFailed(SocketError error)
    {
        if (SocketErrors.WouldBlock(error))
        {
            AwaitReadable();
        }
        else
        {
            SocketFailed(error);
        }
    }

    private void AwaitReadable()
    {
        _mayRead = false;
        if (_refused is null)
        {
            Send(NewReader, "_selectorSignal");
        }
        else
        {
            // While a block is held nothing is read, not even the end of the stream: the next read finds out.
            _mayRead = true;
        }
    }

    /// <returns>Whether it is done: if not, nobody had room to hear of it, and it is said when somebody collects.</returns>
    private bool AfterPeerIsDone()
    {
        if (_options.AllowHalfOpen && !_finishSending)
        {
            return TrySend(new PeerFinishedSending(this), "peerFinished");
        }

        CloseAfterFlush(CloseKind.PeerClosed);
        return true;
    }
}
