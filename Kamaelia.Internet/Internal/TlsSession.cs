// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Buffers;
using System.Net.Security;
using System.Threading.Tasks.Sources;

namespace Kamaelia.Internet;

/// <summary>TLS without a socket: bytes of the wire go in and come out, and so do the bytes of the application.</summary>
/// <remarks>
/// <para><see cref="SslStream"/> runs on a stream in memory that the adapter fills and drains. When it waits for bytes, feeding them continues
/// it on the spot, in the adapter's own step; nothing here blocks and no other thread has a part.</para>
/// <para>Threads: the adapter's.</para>
/// </remarks>
internal sealed class TlsSession : IDisposable
{
    private readonly Wire _wire = new();
    private readonly SslStream _stream;
    private readonly int _chunkSize;
    private Task? _handshake;

    // A read waits without a buffer until there is something to read; so an idle connection has none, here and in the SslStream.
    private byte[]? _plain;
    private ValueTask<int>? _reading;

    /// <summary>Begins a handshake.</summary>
    /// <param name="options">
    /// <see cref="SslServerAuthenticationOptions"/> makes this the server; <see cref="SslClientAuthenticationOptions"/> the client.
    /// </param>
    /// <param name="chunkSize">The largest block that <see cref="TryRead"/> gives.</param>
    /// <param name="began">The time.</param>
    public TlsSession(AuthenticationOptions options, int chunkSize, TimeSpan began)
    {
        Began = began;
        _stream = new SslStream(_wire, leaveInnerStreamOpen: true);
        _chunkSize = chunkSize;
        _handshake = options.Server is { } server
            ? _stream.AuthenticateAsServerAsync(server)
            : _stream.AuthenticateAsClientAsync(options.Client!);
    }

    /// <summary>When the handshake began.</summary>
    public TimeSpan Began { get; }

    /// <summary>Whether the handshake is over, well or badly.</summary>
    public bool HandshakeIsOver => _handshake!.IsCompleted;

    /// <summary>What made the handshake fail.</summary>
    public Exception? HandshakeFailure => _handshake!.Exception?.InnerException;

    /// <summary>What was agreed.</summary>
    public TlsInfo Info => new(_stream.SslProtocol, _stream.NegotiatedApplicationProtocol, _stream.RemoteCertificate);

    /// <summary>Bytes that came over the wire.</summary>
    public void Feed(ReadOnlySpan<byte> received) => _wire.Feed(received);

    /// <summary>No more bytes will come over the wire.</summary>
    public void FeedEnd() => _wire.FeedEnd();

    /// <summary>The bytes of the application that came out of those fed, as far as there are any.</summary>
    /// <param name="received">A block, which is the caller's; null when the peer has finished sending.</param>
    /// <returns>False if more must be fed first.</returns>
    /// <exception cref="IOException">What came over the wire is not TLS.</exception>
    public bool TryRead(out byte[]? received)
    {
        received = null;
        if (_plain is null)
        {
            if (!IsOver(_reading ?? _stream.ReadAsync(Memory<byte>.Empty), out _))
            {
                return false;
            }

            _plain = ArrayPool<byte>.Shared.Rent(_chunkSize);
        }

        if (!IsOver(_reading ?? _stream.ReadAsync(_plain.AsMemory(0, _chunkSize)), out int count))
        {
            return false;
        }

        received = count == 0 ? null : _plain.AsSpan(0, count).ToArray();
        ArrayPool<byte>.Shared.Return(_plain);
        _plain = null;
        return true;
    }

    /// <summary>Bytes of the application, to go over the wire.</summary>
    public void Write(ReadOnlyMemory<byte> bytes) => Finish(_stream.WriteAsync(bytes));

    /// <summary>Tells the peer that nothing more will be sent.</summary>
    public void WriteEnd() => Finish(new ValueTask(_stream.ShutdownAsync()));

    /// <summary>What is to go over the wire.</summary>
    public ReadOnlyMemory<byte> TakeOutgoing() => _wire.TakeOutgoing();

    public void Dispose() => _stream.Dispose();

    private bool IsOver(ValueTask<int> reading, out int count)
    {
        bool isOver = reading.IsCompleted;
        _reading = isOver ? null : reading;
        count = isOver ? Result(reading) : 0;
        return isOver;
    }

#pragma warning disable VSTHRD002 // both are complete: the wire never makes a writer wait
    private static int Result(ValueTask<int> completed) => completed.GetAwaiter().GetResult();

    private static void Finish(ValueTask completed) => completed.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002

    /// <summary>The stream in memory. Writes are taken at once; a read waits until it is fed.</summary>
    private sealed class Wire : Stream, IValueTaskSource<int>
    {
        private readonly ArrayBufferWriter<byte> _incoming = new();
        private readonly Action _continue;
        private ArrayBufferWriter<byte> _outgoing = new();
        private int _consumed;
        private bool _ended;
        private Memory<byte> _waiting;
        private bool _isWaiting;
        private ManualResetValueTaskSourceCore<int> _core;

        public Wire()
        {
            _continue = () => _core.SetResult(CopyTo(_waiting));
        }

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Feed(ReadOnlySpan<byte> bytes)
        {
            _incoming.Write(bytes);
            Continue();
        }

        public void FeedEnd()
        {
            _ended = true;
            Continue();
        }

        public ReadOnlyMemory<byte> TakeOutgoing()
        {
            if (_outgoing.WrittenCount == 0)
            {
                return default;
            }

            // The memory goes with it: it may be a while until all of it is written.
            ReadOnlyMemory<byte> taken = _outgoing.WrittenMemory;
            _outgoing = new ArrayBufferWriter<byte>();
            return taken;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_incoming.WrittenCount > _consumed || _ended)
            {
                return new ValueTask<int>(CopyTo(buffer));
            }

            _core.Reset();
            _waiting = buffer;
            _isWaiting = true;
            return new ValueTask<int>(this, _core.Version);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _outgoing.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => _outgoing.Write(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public int GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        private void Continue()
        {
            if (_isWaiting)
            {
                _isWaiting = false;
                OnTheSpot(_continue);
            }
        }

        // What waits for a task goes on in another thread if this one belongs to somebody who wants a say: to a window, for instance.
        private static void OnTheSpot(Action action)
        {
            SynchronizationContext? context = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            try
            {
                if (TaskScheduler.Current == TaskScheduler.Default)
                {
                    action();
                }
                else
                {
                    new Task(action).RunSynchronously(TaskScheduler.Default);
                }
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(context);
            }
        }

        private int CopyTo(Memory<byte> buffer)
        {
            int count = Math.Min(buffer.Length, _incoming.WrittenCount - _consumed);
            _incoming.WrittenSpan.Slice(_consumed, count).CopyTo(buffer.Span);
            _consumed += count;
            if (_consumed == _incoming.WrittenCount)
            {
                _incoming.ResetWrittenCount();
                _consumed = 0;
            }

            return count;
        }
    }
}

/// <summary>The options of one side of a handshake.</summary>
internal sealed record AuthenticationOptions(SslServerAuthenticationOptions? Server, SslClientAuthenticationOptions? Client)
{
    /// <summary>What a message to <c>"makessl"</c> asks for: anything that is no set of options means the client's side.</summary>
    public static AuthenticationOptions From(object? message, string? targetHost) => message switch
    {
        SslServerAuthenticationOptions server => new(server, null),
        SslClientAuthenticationOptions client => new(null, client),
        _ => new(null, new SslClientAuthenticationOptions { TargetHost = targetHost ?? "" }),
    };
}
