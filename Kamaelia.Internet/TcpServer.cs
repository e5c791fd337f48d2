// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/TCPServer.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>Listens on a port and announces each connection, wrapped in a <see cref="ConnectedSocketAdapter"/>.</summary>
/// <remarks>
/// <para><em>Example usage</em>: wire <c>"protocolHandlerSignal"</c> to a component that, for each <see cref="NewCsa"/>, adopts the
/// adapter, links its boxes, and activates it. The chassis ConnectedServer is such a component.</para>
/// <para><em>How does it work?</em> The port is taken in the constructor; from then on clients can connect, and wait. Once active, it asks
/// the selector to be told when somebody does, accepts a bounded number, announces each, and asks again. It neither makes protocol
/// handlers nor activates adapters.</para>
/// <para><em>Boxes</em>: <c>"newconnection"</c> from the selector; <c>"_feedbackFromCSA"</c> from its adapters; <c>"control"</c> a
/// <see cref="ServerShutdown"/> ends it, and nothing else does. <c>"protocolHandlerSignal"</c> a <see cref="NewCsa"/> and later a
/// <see cref="ShutdownCsa"/> for each connection; <c>"_selectorSignal"</c> and <c>"_selectorShutdownSignal"</c> to the selector;
/// <c>"signal"</c> a <see cref="BindFailed"/>, and nothing else.</para>
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
    private readonly Exception? _bindFailure;

    // What was announced for a socket, where that is not the adapter itself but a component around it.
    private readonly Dictionary<Socket, Component> _wrapped = [];

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
    public TcpServer(int? listenPort, IReadOnlyList<SocketOption>? socketOptions = null, TcpServerOptions? options = null)
    {
        _options = options ?? TcpServerOptions.Default;
        SocketOptions = socketOptions ?? [];
        try
        {
            (Listener, ListenPort) = MakeTcpServerPort(listenPort, _options.Address, maxListen: _options.Backlog);
        }
        catch (SocketException exception) when (!_options.ThrowOnBindFailure)
        {
            ListenPort = listenPort ?? 0;
            _bindFailure = exception;
        }
    }

    /// <summary>The listening socket; null if the port was not to be had.</summary>
    public Socket? Listener { get; }

    /// <summary>The port that it listens on.</summary>
    public int ListenPort { get; }

    /// <summary>The address and port that it listens on; null if the port was not to be had.</summary>
    public IPEndPoint? LocalEndPoint => _listenerIsClosed ? null : Listener?.LocalEndPoint as IPEndPoint;

    /// <summary>How many connections are open.</summary>
    public int ConnectionCount { get; private set; }

    /// <summary>The address of the selector's registrations, once active.</summary>
    protected (Component Component, string Inbox) SelectorService => _selectorService;

    /// <summary>Options set on a socket before it is bound.</summary>
    protected IReadOnlyList<SocketOption> SocketOptions { get; }

    // Whoever waits is accepted when a connection ends, or when the owner has collected what it was told; either wakes the server.
    private bool IsFull => (_options.MaxConnections is { } most && ConnectionCount >= most) || OwnerIsFull;

    private bool OwnerIsFull => GetOutbox("protocolHandlerSignal").IsFull;

    /// <summary>Makes a listening socket.</summary>
    /// <param name="suppliedPort">The port; 0 lets the system choose, null tries random ones.</param>
    /// <param name="host">The address to listen on. Default: all.</param>
    /// <param name="minRange">The least random port.</param>
    /// <param name="maxRange">The greatest random port.</param>
    /// <param name="maxListen">How many connections may wait in the kernel.</param>
    /// <returns>The socket, non-blocking, and its port.</returns>
    /// <exception cref="SocketException">The port is not to be had.</exception>
    /// <remarks>Source: Kamaelia/Internet/TCPServer.py, <c>makeTCPServerPort</c>.</remarks>
    public (Socket Listener, int Port) MakeTcpServerPort(
        int? suppliedPort = null,
        IPAddress? host = null,
        int minRange = 2000,
        int maxRange = 50000,
        int maxListen = 512)
    {
        if (suppliedPort is { } port)
        {
            return Listen(new IPEndPoint(host ?? IPAddress.IPv6Any, port), maxListen);
        }

        // PORT: differs. Python tries one random port.
        const int Attempts = 32;
        Random random = Scheduler?.Random ?? Random.Shared;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return Listen(new IPEndPoint(host ?? IPAddress.IPv6Any, random.Next(minRange, maxRange + 1)), maxListen);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < Attempts)
            {
            }
        }
    }

    /// <summary>Ends it. One that was never active gives its port back at once, for no scheduler will see to it.</summary>
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
            Send(new BindFailed(new IPEndPoint(_options.Address ?? IPAddress.IPv6Any, ListenPort), _bindFailure!), "signal");
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
            Listener.Dispose();
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
            Log.ServerFailed(Scheduler!.Logger, exception, Name, ListenPort);
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
