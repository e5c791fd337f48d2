// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/ConnectedSocketAdapter.py. Copyright BBC and Kamaelia Contributors.

using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <content>From <c>"inbox"</c> to the peer.</content>
public partial class ConnectedSocketAdapter
{
    // What is left of the message that is being written.
    private ReadOnlyMemory<byte> _unsent;

    // How many messages of the inbox are still to be written before the connection is closed: what arrives after the order is not sent.
    private int _toFlush;

    // Sending is to be finished when that is written, and has been.
    private bool _finishSending;
    private bool _sendingIsFinished;

    private bool IsFlushed => _unsent.IsEmpty && _toFlush == 0;

    /// <summary>Writes what is queued, until the socket would block.</summary>
    private void WriteQueued()
    {
        while (_mayWrite && _close != Close.Now)
        {
            if (_unsent.IsEmpty)
            {
                TakeEncrypted();
            }

            if (!_unsent.IsEmpty || TryTakeNext())
            {
                WriteUnsent();
            }
            else if (!TryBeginTls())
            {
                return;
            }
        }
    }

    // One attempt, whether the socket is known to be writable or not: a short farewell still gets through.
    private void TryWriteOnce()
    {
        _mayWrite = true;
        WriteQueued();
    }

    private void FinishSending()
    {
        if (_sendingIsFinished)
        {
            return;
        }

        _sendingIsFinished = true;
        if (_socket.FinishSending() is not SocketError.Success and var error)
        {
            SocketFailed(error);
        }
    }

    private bool TryTakeNext()
    {
        while (MayTakeNext())
        {
            if (!TryRecv(out object? message))
            {
                return false;
            }

            _toFlush = Math.Max(0, _toFlush - 1);
            _toSendInClear = Math.Max(0, _toSendInClear - 1);
            if (TryGetBytes(message, out ReadOnlyMemory<byte> bytes) && !bytes.IsEmpty)
            {
                _unsent = bytes;
                if (_tlsState == Tls.On)
                {
                    _tls!.Write(bytes);
                    _unsent = _tls.TakeOutgoing();
                }

                return true;
            }
        }

        return false;
    }

    private bool MayTakeNext() =>
        ((_close == Close.No && !_finishSending) || _toFlush > 0)
        && (_tlsState is Tls.Off or Tls.On || (_tlsState == Tls.Asked && _toSendInClear > 0));

    private bool TryGetBytes(object? message, out ReadOnlyMemory<byte> bytes)
    {
        if (Payload.TryGetBytes(message, out bytes))
        {
            return true;
        }

        ArgumentException exception = new(
            $"{Name} was sent {(message is null ? "null" : $"a {message.GetType().Name}")} on \"inbox\", and can only send bytes to the peer. " +
            "Encode text first, for instance with Encoding.UTF8.GetBytes.");
        if (_options.ThrowOnBadData)
        {
            throw exception;
        }

        ReportError(exception, message);
        return false;
    }

    private void WriteUnsent()
    {
        int count = _socket.Send(_unsent.Span, out SocketError error);
        if (error == SocketError.Success)
        {
            // What is left is the same memory, further on: nothing is copied however often this comes by. An idle connection keeps none.
            _unsent = count == _unsent.Length ? default : _unsent[count..];
            NoteActivity();
            InternetMeter.Sent(count, Tags);
        }
        else if (SocketErrors.WouldBlock(error))
        {
            _mayWrite = false;
            Send(_newWriter ??= new NewWriter(this, (this, "SendReady"), _socket), "_selectorSignal");
        }
        else
        {
            SocketFailed(error);
        }
    }
}
