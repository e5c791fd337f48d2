// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Chassis/ConnectedServer.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;
using System.Net;
using Axon;
using Kamaelia.Internet;

namespace Kamaelia.Chassis;

/// <summary>A complete server for TCP, TLS or Unix domain sockets: listens, and makes one protocol handler for each connection, wired to its client.</summary>
/// <remarks>
/// <para><em>Example usage</em>: say hello to every client by its address.</para>
/// <code>
/// public sealed class Hello(ConnectionInfo client) : Component
/// {
///     protected override IEnumerator&lt;Yield&gt; Main()
///     {
///         Send(Encoding.UTF8.GetBytes($"Hello, {client.Peer}!\n"));
///         Send(new ProducerFinished(this), "signal");
///         yield break;
///     }
/// }
///
/// new ServerCore(client => new Hello(client), 1601).Run();
/// </code>
/// <para><em>The protocol handler</em> is any component with the standard boxes, a pipeline for instance. Bytes from the client arrive in
/// its <c>"inbox"</c>; bytes that it sends through <c>"outbox"</c> go to the client. A <see cref="ProducerFinished"/> on its
/// <c>"signal"</c> closes the connection when all is written, a <see cref="ShutdownMicroprocess"/> at once. If it ends without a word, what
/// it sent is written and the connection closed. In its <c>"control"</c> it finds a <see cref="PeerFinishedSending"/> when the client will
/// send nothing more, and at the end of the connection one <see cref="SocketShutdown"/>, whoever wanted the end: it must end by itself on
/// that. If it has an outbox <c>"serversignal"</c>, that one leads to the server's <c>"control"</c>; if it has an inbox <c>"sslready"</c>, a
/// <see cref="TlsInfo"/> arrives there when TLS is up, before the first byte: it tells what ALPN chose.</para>
/// <para><em>How does it work?</em> A <see cref="TcpServer"/> announces connections and their ends. For each the server links the
/// adapter's boxes to those of a new handler, adopts and activates both, and lets both go when the connection is closed. It sleeps
/// meanwhile: what is said between client and handler does not pass through it.</para>
/// <para>A factory that fails costs that connection only: it is closed, and the failure goes to the log and out of <c>"signal"</c>.</para>
/// <para><em>Boxes</em>: <c>"control"</c> shutdown messages. <c>"_socketactivity"</c> from the <see cref="TcpServer"/>; <c>"inbox"</c> is not
/// used. <c>"signal"</c> one message at the end: the order that was obeyed, or a <see cref="BindFailed"/> if the address was not to be had;
/// before that, <see cref="ErrorInformation"/>. <c>"_serversignal"</c> to the <see cref="TcpServer"/>; <c>"outbox"</c> is not used. Two private
/// outboxes for each connection.</para>
/// <para><em>Shutdown</em>: a <see cref="ShutdownMicroprocess"/> or <see cref="ServerShutdown"/> on <c>"control"</c> stops everything: no more
/// connections, each handler is told, the clients see the end. A <see cref="ServerShutdown"/> with a <see cref="ServerShutdown.Drain"/> time
/// stops listening, asks the handlers to finish with a <see cref="ProducerFinished"/>, and stops when all have, or when the time is up. A
/// <see cref="ProducerFinished"/> on <c>"control"</c> is ignored. It ends when all have been told, after sending the same message on
/// <c>"signal"</c>.</para>
/// <para>Cost: opening and closing a connection costs the same with ten open and with ten thousand.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Chassis/ConnectedServer.py, <c>ServerCore</c>.</para>
/// </remarks>
[Inbox("_socketactivity", "NewCsa and ShutdownCsa from the TcpServer.")]
[Inbox("control", "ServerShutdown or ShutdownMicroprocess: stop.")]
[Inbox("inbox", "Not used.")]
[Outbox("_serversignal", "ServerShutdown to the TcpServer.")]
[Outbox("outbox", "Not used.")]
[Outbox("signal", "The order to stop, passed on at the end; errors.")]
[DebuggerDisplay("{Name,nq} on {LocalEndPoint}: {ConnectionCount} connections")]
public partial class ServerCore : AdaptiveCommsComponent
{
    /// <summary>The port that a server listens on if it is not told otherwise.</summary>
    public const int DefaultPort = 1601;

    private readonly ProtocolFactory? _protocol;
    private readonly ServerOptions _options;
    private TcpServer? _server;

    // Counts the passes: see SayGoodbye.
    private long _pass;

    /// <summary>Makes a server; it takes its port when it is active.</summary>
    /// <param name="protocol">Makes the component that talks to one client.</param>
    /// <param name="port">The port; 0 lets the system choose.</param>
    /// <param name="options">How to serve.</param>
    /// <exception cref="ArgumentNullException"><paramref name="protocol"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public ServerCore(ProtocolFactory protocol, int port = DefaultPort, ServerOptions? options = null)
        : this(port, options)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        _protocol = protocol;
    }

    /// <summary>Makes a server; it takes its address when it is active.</summary>
    /// <param name="protocol">Makes the component that talks to one client.</param>
    /// <param name="endPoint">
    /// An address and port, or a <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>, whose file is treated as <see cref="TcpServer"/> says.
    /// </param>
    /// <param name="options">How to serve.</param>
    /// <exception cref="ArgumentNullException"><paramref name="protocol"/> or <paramref name="endPoint"/> is null.</exception>
    public ServerCore(ProtocolFactory protocol, EndPoint endPoint, ServerOptions? options = null)
        : this(endPoint, options)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        _protocol = protocol;
    }

    /// <summary>For a class that overrides <see cref="MakeProtocolHandler"/> and needs no factory.</summary>
    /// <param name="port">The port; 0 lets the system choose.</param>
    /// <param name="options">How to serve.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    protected ServerCore(int port = DefaultPort, ServerOptions? options = null)
        : this(new IPEndPoint(options?.Tcp?.Address ?? IPAddress.IPv6Any, port), options)
    {
    }

    /// <summary>For a class that overrides <see cref="MakeProtocolHandler"/> and needs no factory.</summary>
    /// <param name="endPoint">An address and port, or a <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>.</param>
    /// <param name="options">How to serve.</param>
    /// <exception cref="ArgumentNullException"><paramref name="endPoint"/> is null.</exception>
    protected ServerCore(EndPoint endPoint, ServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        EndPoint = endPoint;
        _options = options ?? ServerOptions.Default;
    }

    /// <summary>Raised once, when clients can connect, with the address.</summary>
    /// <remarks>Threads: raised in the first step of the server.</remarks>
    public event Action<EndPoint>? Listening;

    /// <summary>The address asked for. If its port is 0, <see cref="LocalEndPoint"/> has the real one.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>The port asked for; 0 for a Unix domain socket.</summary>
    public int Port => (EndPoint as IPEndPoint)?.Port ?? 0;

    /// <summary>The port that it listens on; 0 while it does not, and for a Unix domain socket.</summary>
    public int ListenPort => (LocalEndPoint as IPEndPoint)?.Port ?? 0;

    /// <summary>The address that it listens on; null while it does not.</summary>
    public EndPoint? LocalEndPoint => _server?.LocalEndPoint;

    /// <summary>How many messages it found that it has no use for, and dropped: in <c>"inbox"</c>, or of an unknown kind.</summary>
    public long DroppedMessages { get; private set; }

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        InitialiseServerSocket();
        while (true)
        {
            _pass++;
            HandleSocketActivity();
            ReadControl();
            LookAfterEnded();
            DropUnused();
            SayGoodbye();
            if (IsToEnd())
            {
                // The rest of a stop is CloseDown's business, which comes by however the end was brought about.
                yield break;
            }

            yield return Rest();
        }
    }

    /// <summary>Makes the component that listens, wires, adopts and activates it.</summary>
    /// <remarks>Source: Kamaelia/Chassis/ConnectedServer.py, <c>initialiseServerSocket</c>.</remarks>
    protected virtual void InitialiseServerSocket()
    {
        _server = CreateServer();
        Link((_server, "protocolHandlerSignal"), (this, "_socketactivity"));
        Link((this, "_serversignal"), (_server, "control"));

        // PORT: differs. In Python a server that found its port taken stays for ever, deaf and silent. A BindFailed is an order to shut down
        // like any other: it stops this server, and is passed on.
        Link((_server, "signal"), (this, "control"));
        AddChildren(_server);
        _server.Activate(Scheduler);
        if (LocalEndPoint is { } endPoint)
        {
            Listening?.Invoke(endPoint);
        }
    }

    /// <summary>Makes the component that listens; it is not active.</summary>
    /// <remarks>Here: what the options say. Source: Kamaelia/Chassis/ConnectedServer.py, the attribute <c>TCPS</c>.</remarks>
    protected virtual TcpServer CreateServer()
    {
        TcpServerOptions? tcp = _options.Tcp;
        if (_options.Tls is { } tls)
        {
            tcp ??= new TcpServerOptions();
            tcp = tcp with { Csa = tcp.Csa with { TlsServer = tls } };
        }

        return _options.ServerFactory?.Invoke(EndPoint, _options.SocketOptions, tcp) ?? new TcpServer(EndPoint, _options.SocketOptions, tcp);
    }

    /// <summary>Makes the component that talks to one client.</summary>
    /// <param name="info">Who connected, and to which address.</param>
    /// <returns>A new component, not active.</returns>
    /// <remarks>What it throws costs that connection only. Source: Kamaelia/Chassis/ConnectedServer.py, <c>mkProtocolHandler</c>.</remarks>
    protected virtual Component MakeProtocolHandler(ConnectionInfo info) => _protocol is null
        ? throw new InvalidOperationException(
            $"{Name} has no protocol. Give the constructor a factory, or override {nameof(MakeProtocolHandler)} without calling the base.")
        : _protocol(info);

    private void HandleSocketActivity()
    {
        while (TryRecv(out object? message, "_socketactivity"))
        {
            switch (message)
            {
                case NewCsa newCsa when _lastPass is not null:
                    Refuse(newCsa.Object);
                    break;
                case NewCsa newCsa:
                    HandleNewConnection(newCsa);
                    break;
                case ShutdownCsa shutdownCsa:
                    NoteClosed(shutdownCsa);
                    break;
                default:
                    DroppedMessages++;
                    break;
            }
        }
    }

    // Left in the box, it would be taken for a reason to stay awake by whoever looks with AnyReady.
    private void DropUnused()
    {
        while (TryRecv(out _))
        {
            DroppedMessages++;
        }
    }
}
