// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/TCPServer.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;

namespace Kamaelia.Internet;

/// <summary>
/// Listens on a port or a Unix domain socket and announces each connection, wrapped in a <see cref="ConnectedSocketAdapter"/>.
/// </summary>
/// <remarks>
/// <para><em>Example usage</em>: wire <c>"protocolHandlerSignal"</c> to a component that, for each <see cref="NewCsa"/>, adopts the
/// adapter, links its boxes, and activates it. The chassis ConnectedServer is such a component.</para>
/// <para><em>How does it work?</em> The address is taken in the constructor; from then on clients can connect, and wait. Once active, it asks
/// the selector to be told when somebody does, accepts a bounded number, announces each, and asks again. It neither makes protocol
/// handlers nor activates adapters.</para>
/// <para><em>Boxes</em>: <c>"newconnection"</c> from the selector; <c>"_feedbackFromCSA"</c> from its adapters; <c>"control"</c> a
/// <see cref="ServerShutdown"/> ends it, and nothing else does. <c>"protocolHandlerSignal"</c> a <see cref="NewCsa"/> and later a
/// <see cref="ShutdownCsa"/> for each connection; <c>"_selectorSignal"</c> and <c>"_selectorShutdownSignal"</c> to the selector;
/// <c>"signal"</c> a <see cref="BindFailed"/>, and nothing else.</para>
/// <para>A meter named <c>Kamaelia.Internet</c> measures connections, bytes, failed accepts and TLS handshakes.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/TCPServer.py.</para>
/// </remarks>
[Inbox("_feedbackFromCSA", "SocketShutdown from adapters.")]
[Inbox("newconnection", "From the selector: somebody wants to connect.")]
[Inbox("control", "ServerShutdown: stop listening.")]
[Outbox("protocolHandlerSignal", "NewCsa and ShutdownCsa.")]
[Outbox("signal", "BindFailed.")]
[Outbox("_selectorSignal", "Registrations with the selector.")]
[Outbox("_selectorShutdownSignal", "Shutdown for the selector.")]
[DebuggerDisplay("{Name,nq} on {LocalEndPoint}: {ConnectionCount} connections")]
public partial class TcpServer : Component
{
    private readonly TcpServerOptions _options;
    private readonly EndPoint _endPoint;
    private readonly Exception? _bindFailure;
    private readonly UnixSocketFile? _file;
    private readonly KeyValuePair<string, object?>[] _tags = [];

    // What was announced for a connection, where that is not the adapter itself but a component around it.
    private readonly Dictionary<Selectable, Component> _wrapped = [];

    // What adapters have said and has not been dealt with yet.
    private readonly Queue<SocketShutdown> _closed = new();
    private (Component Component, string Inbox) _selectorService;
    private NewReader? _newReader;
    private bool _stopped;
    private bool _listenerIsClosed;
    private bool _listenerIsRegistered;

    /// <summary>Takes a port and listens on it.</summary>
    /// <param name="listenPort">The port; 0 lets the system choose, null tries random ones from 2000 to 50000.</param>
    /// <param name="socketOptions">Options set on the socket before it is bound.</param>
    /// <param name="options">How to listen.</param>
    /// <exception cref="SocketException">The port is not to be had, and <see cref="TcpServerOptions.ThrowOnBindFailure"/> is set.</exception>
    /// <exception cref="AuthenticationException">The certificate is of no use, and <see cref="TcpServerOptions.ThrowOnBindFailure"/> is set.</exception>
    [OverloadResolutionPriority(1)]
    public TcpServer(int? listenPort, IReadOnlyList<SocketOption>? socketOptions = null, TcpServerOptions? options = null)
        : this(listenPort, new IPEndPoint(options?.Address ?? IPAddress.IPv6Any, listenPort ?? 0), socketOptions, options)
    {
    }

    /// <summary>Takes an address and listens on it.</summary>
    /// <param name="endPoint">
    /// An address and port, <see cref="IPAddress.IPv6Any"/> for all addresses of both families; or a <see cref="UnixDomainSocketEndPoint"/>.
    /// </param>
    /// <param name="socketOptions">Options set on the socket before it is bound.</param>
    /// <param name="options">How to listen; its address is not used.</param>
    /// <exception cref="ArgumentException">It is neither.</exception>
    /// <exception cref="SocketException">The address is not to be had, and <see cref="TcpServerOptions.ThrowOnBindFailure"/> is set.</exception>
    /// <exception cref="AuthenticationException">The certificate is of no use, and <see cref="TcpServerOptions.ThrowOnBindFailure"/> is set.</exception>
    /// <remarks>
    /// The file of a Unix domain socket is removed when the server ends, if it is still the one that was made here. One that a killed server
    /// left behind, so that nobody accepts on it, is replaced; on systems other than Linux it must be removed by hand.
    /// </remarks>
    public TcpServer(EndPoint endPoint, IReadOnlyList<SocketOption>? socketOptions = null, TcpServerOptions? options = null)
        : this((endPoint as IPEndPoint)?.Port, endPoint, socketOptions, options)
    {
    }

    private TcpServer(int? port, EndPoint endPoint, IReadOnlyList<SocketOption>? socketOptions, TcpServerOptions? options)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (endPoint is not (IPEndPoint or UnixDomainSocketEndPoint))
        {
            throw new ArgumentException(
                $"A server cannot listen on {endPoint}, a {endPoint.GetType().Name}. Give it an IPEndPoint or a UnixDomainSocketEndPoint.", nameof(endPoint));
        }

        _endPoint = endPoint;
        _options = options ?? TcpServerOptions.Default;
        SocketOptions = socketOptions ?? [];
        try
        {
            ServerCertificate.Prepare(_options.Csa.TlsServer);
            if (endPoint is UnixDomainSocketEndPoint path)
            {
                Listener = Listen(path, _options.Backlog);
                _file = new UnixSocketFile(path);
            }
            else
            {
                (Listener, ListenPort) = MakeTcpServerPort(port, ((IPEndPoint)endPoint).Address, maxListen: _options.Backlog);
            }

            _tags = InternetMeter.TagsOf(Listener.LocalEndPoint);
        }
        catch (Exception exception) when (!_options.ThrowOnBindFailure && exception is SocketException or AuthenticationException)
        {
            ListenPort = port ?? 0;
            _bindFailure = exception;
        }
    }

    /// <summary>The listening socket; null if the address was not to be had.</summary>
    public Socket? Listener { get; }

    /// <summary>The port that it listens on; 0 for a Unix domain socket.</summary>
    public int ListenPort { get; }

    /// <summary>The address that it listens on; null if that was not to be had, and after the end.</summary>
    public EndPoint? LocalEndPoint => _listenerIsClosed ? null : Listener?.LocalEndPoint;

    /// <summary>How many connections are open.</summary>
    public int ConnectionCount { get; private set; }

    /// <summary>The address of the selector's registrations, once active.</summary>
    protected (Component Component, string Inbox) SelectorService => _selectorService;

    /// <summary>Options set on a socket before it is bound.</summary>
    protected IReadOnlyList<SocketOption> SocketOptions { get; }

    // Whoever waits is accepted when a connection ends, or when the owner has collected what it was told; either wakes the server.
    private bool IsFull => (_options.MaxConnections is { } most && ConnectionCount >= most) || OwnerIsFull;

    private bool NoDelay => _options.Csa.NoDelay && _endPoint is IPEndPoint;

    private bool OwnerIsFull => GetOutbox("protocolHandlerSignal").IsFull;

    /// <summary>Ends it. One that was never active gives its address back at once, for no scheduler will see to it.</summary>
    /// <remarks>Threads: any thread; for one that was never active, the thread that would have activated it.</remarks>
    public override void Stop()
    {
        bool neverActive = Scheduler is null && !IsStopped;
        base.Stop();
        if (neverActive)
        {
            CloseDown();
        }
    }

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        if (Listener is null)
        {
            BindFailed failure = new(_endPoint, _bindFailure!);
            Log.CannotListen(Scheduler!.Logger, failure.Exception, Name, failure);
            Send(failure, "signal");
            yield break;
        }

        var (service, shutdownService, created) = Selector.GetSelectorServices(Tracker);
        created?.Activate();
        _selectorService = service;
        Link((this, "_selectorSignal"), service);
        Link((this, "_selectorShutdownSignal"), shutdownService);
        _newReader = new NewReader(this, (this, "newconnection"), Listener);
        AwaitConnection();
        while (true)
        {
            bool again = GuardedPass();
            if (_stopped)
            {
                yield break;
            }

            yield return again ? 1 : PauseUntilRetry();
        }
    }

    /// <summary>Stops listening; connections that are open stay open.</summary>
    protected internal override Ipc? CloseDown()
    {
        _stopped = true;
        if (Listener is not null && !_listenerIsClosed)
        {
            _listenerIsClosed = true;
            Send(new RemoveReader(this, Listener), "_selectorSignal");
            Send(new Shutdown(), "_selectorShutdownSignal");
            CloseListener(Listener);
        }

        return base.CloseDown();
    }

    private bool GuardedPass()
    {
        try
        {
            AnyClosedSockets();
            bool again = HandleNewConnection();
            CheckControl();
            return again;
        }
        catch (Exception exception)
        {
            // Somebody closed the listener, for instance. This server ends, and nobody else.
            Log.ServerFailed(Scheduler!.Logger, exception, Name, _endPoint);
            TrySend(new ErrorInformation(this, exception), "signal");
            _stopped = true;
            return false;
        }
    }

    private void CheckControl()
    {
        while (TryRecv(out object? message, "control"))
        {
            _stopped |= message is ServerShutdown;
        }
    }
}
