// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/ConnectedSocketAdapter.py. Copyright BBC and Kamaelia Contributors.

namespace Kamaelia.Internet;

/// <content>The switch to TLS, and both directions after it.</content>
public partial class ConnectedSocketAdapter
{
    private TlsSession? _tls;
    private Tls _tlsState;

    // What "makessl" was sent, and how many messages were in the inbox then: they still go in the clear.
    private AuthenticationOptions? _tlsAsked;
    private int _toSendInClear;
    private bool _tlsEndIsWritten;

    private enum Tls : byte
    {
        /// <summary>Bytes travel as they are.</summary>
        Off,

        /// <summary>It was asked for; what was queued before is written first.</summary>
        Asked,

        /// <summary>Nothing but the handshake travels.</summary>
        Handshake,

        /// <summary>Bytes travel encrypted.</summary>
        On,
    }

    private void OnMakeSsl(object? message)
    {
        if (_tlsState != Tls.Off || _close != Close.No)
        {
            ReportError(new InvalidOperationException($"{Name} was told to switch to TLS once more. The message was ignored."), message);
            return;
        }

        _tlsState = Tls.Asked;
        _tlsAsked = AuthenticationOptions.From(message, _options.TargetHost);
        _toSendInClear = Waiting();
        RequestWake();
    }

    /// <summary>Begins the handshake as soon as all that goes in the clear is written, and sees to its end.</summary>
    private void AdvanceTls()
    {
        if (_unsent.IsEmpty)
        {
            TryBeginTls();
        }

        if (_tlsState == Tls.Handshake && _tls!.HandshakeIsOver)
        {
            InternetMeter.HandshakeOver(Now() - _tls.Began, _tls.HandshakeFailure, Tags);
            if (_tls.HandshakeFailure is { } failure)
            {
                TlsFailed(failure);
            }
            else
            {
                _tlsState = Tls.On;
                Send(_tls.Info, "sslready");
            }
        }

        TakeEncrypted();
    }

    /// <summary>Begins the handshake if it is asked for and nothing is left to send in the clear.</summary>
    /// <returns>Whether it has begun just now.</returns>
    private bool TryBeginTls()
    {
        if (_tlsState != Tls.Asked || _toSendInClear > 0)
        {
            return false;
        }

        _tlsState = Tls.Handshake;
        _tls = new TlsSession(_tlsAsked!, _options.ReadChunkSize, Now());
        if (_close == Close.No)
        {
            _deadline = After(_tls.Began, _options.HandshakeTimeout);
        }

        return true;
    }

    private void TlsFailed(Exception exception)
    {
        TakeEncrypted();
        TryWriteRest();
        CloseNow(CloseKind.TlsFailed, exception);
    }

    /// <summary>Takes what TLS wants written, if what it wanted before is written.</summary>
    private void TakeEncrypted()
    {
        if (_tls is not null && _unsent.IsEmpty)
        {
            _unsent = _tls.TakeOutgoing();
        }
    }

    // An alert, most likely, that tells the peer what was wrong.
    private void TryWriteRest()
    {
        if (!_unsent.IsEmpty)
        {
            _socket.Send(_unsent.Span, out _);
        }
    }

    private void FeedTls(ReadOnlySpan<byte> received)
    {
        if (received.IsEmpty)
        {
            _tls!.FeedEnd();
        }
        else
        {
            _tls!.Feed(received);
        }

        AdvanceTls();
    }

    /// <summary>Hands over what has been decrypted.</summary>
    /// <returns>Whether the consumer took it all.</returns>
    private bool HandOverDecrypted()
    {
        while (_tlsState == Tls.On && _close == Close.No && !_peerIsDone && _refused is null)
        {
            try
            {
                if (!_tls!.TryRead(out byte[]? block))
                {
                    return true;
                }

                if (block is null)
                {
                    EndOfStream();
                }
                else if (!TrySend(block))
                {
                    _refused = block;
                }
            }
            catch (IOException exception)
            {
                CloseNow(CloseKind.TlsFailed, exception);
            }
        }

        return _refused is null;
    }

    /// <returns>Whether the peer has been told that nothing more will come, as TLS wants it told.</returns>
    private bool TlsEndIsWritten()
    {
        if (_tlsState == Tls.On && !_tlsEndIsWritten)
        {
            _tlsEndIsWritten = true;
            _tls!.WriteEnd();
            TakeEncrypted();
            WriteQueued();
        }

        return _unsent.IsEmpty;
    }
}
