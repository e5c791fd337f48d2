// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Security;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>A peer that speaks TLS: the framework's own stream on a socket. The world is run while it does what it is told.</summary>
internal sealed class TlsFar
{
    private readonly World _world;
    private readonly List<byte> _wire = [];

    public TlsFar(World world, Far far, int largestWrite = 1024 * 1024)
    {
        _world = world;
        far.Socket.Blocking = true;
        Stream = world.Own(new SslStream(new Tap(new NetworkStream(far.Socket, ownsSocket: false), largestWrite, _wire)));
    }

    public SslStream Stream { get; }

    /// <summary>The kinds of the records that have come over the wire, as the wire shows them: 21 an alert, 22 a handshake, 23 anything else.</summary>
    public IReadOnlyList<byte> RecordKinds()
    {
        List<byte> kinds = [];
        for (int i = 0; i + 5 <= _wire.Count; i += 5 + (_wire[i + 3] << 8) + _wire[i + 4])
        {
            kinds.Add(_wire[i]);
        }

        return kinds;
    }

    /// <summary>Runs until the handshake is over, with this as the client.</summary>
    public TlsFar BeClient(SslClientAuthenticationOptions? options = null)
    {
        Run(Stream.AuthenticateAsClientAsync(options ?? Certificates.AsClient()));
        return this;
    }

    /// <summary>Runs until the handshake is over, with this as the server.</summary>
    public TlsFar BeServer(SslServerAuthenticationOptions? options = null)
    {
        Run(Stream.AuthenticateAsServerAsync(options ?? Certificates.AsServer()));
        return this;
    }

    public void Write(byte[] bytes) => Run(Stream.WriteAsync(bytes).AsTask());

    /// <summary>Says that it will send nothing more, as TLS has it said; it still reads.</summary>
    public void Finish() => Run(Stream.ShutdownAsync());

    public byte[] Read(int count)
    {
        byte[] bytes = new byte[count];
        Run(Stream.ReadExactlyAsync(bytes).AsTask());
        return bytes;
    }

    public byte[] ReadToEnd()
    {
        using MemoryStream bytes = new();
        Run(Stream.CopyToAsync(bytes));
        return bytes.ToArray();
    }

    /// <summary>Runs the world until the task is over; what it throws goes out.</summary>
    public void Run(Task task)
    {
        _world.RunUntil(() => task.IsCompleted, "the peer");
#pragma warning disable VSTHRD002 // it is complete
        task.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    /// <summary>Between the TLS of the peer and its socket.</summary>
    /// <param name="inner">The socket.</param>
    /// <param name="largestWrite">How much goes to the socket in one go.</param>
    /// <param name="received">Where to keep what came from there.</param>
    private sealed class Tap(NetworkStream inner, int largestWrite, List<byte> received) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            received.AddRange(buffer.Span[..count]);
            return count;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (int from = 0; from < buffer.Length; from += largestWrite)
            {
                await inner.WriteAsync(buffer.Slice(from, Math.Min(largestWrite, buffer.Length - from)), cancellationToken).ConfigureAwait(false);
            }
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
