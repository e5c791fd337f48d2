// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/SingleServer.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;

namespace Kamaelia.Internet;

/// <summary>A server for one client at a time: a stage of a pipeline.</summary>
/// <remarks>
/// <para><em>How does it work?</em> What arrives in <c>"inbox"</c> goes to the client, and waits for one if there is none; what the client
/// sends comes out of <c>"outbox"</c>. Whoever connects while a client is served is turned away. When the client leaves, the next may come.</para>
/// <para><em>Boxes</em>: as said; <c>"control"</c> a <see cref="ProducerFinished"/> closes the present client when all is written, a
/// <see cref="ShutdownMicroprocess"/> ends everything and is passed on. <c>"signal"</c> a <see cref="ProducerFinished"/> each time a client
/// leaves; a <see cref="BindFailed"/> if the port is not to be had.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/SingleServer.py.</para>
/// </remarks>
[Inbox("inbox", "Bytes for the client.")]
[Inbox("control", "Shutdown.")]
[Inbox("_oobinfo", "From the server: NewCsa and ShutdownCsa.")]
[Inbox("_serverSignal", "From the server: BindFailed.")]
[Outbox("outbox", "Bytes from the client.")]
[Outbox("signal", "ProducerFinished when the client leaves.")]
[Outbox("_CSA_signal", "To the client's adapter.")]
[Outbox("_serverControl", "To the server.")]
[Outbox("_turnAway", "To the adapter of a client that is turned away.")]
[DebuggerDisplay("{Name,nq} on {_server.LocalEndPoint}")]
public class SingleServer : Component
{
    private readonly TcpServer _server;
    private Component? _client;
    private bool _passedOn;

    /// <summary>Takes a port.</summary>
    /// <param name="port">The port; 0 lets the system choose.</param>
    /// <param name="socketOptions">Options set on the socket before it is bound.</param>
    /// <param name="serverFactory">Makes the server, if it is to be another than a <see cref="TcpServer"/>.</param>
    public SingleServer(
        int port = 1601,
        IReadOnlyList<SocketOption>? socketOptions = null,
        Func<int, IReadOnlyList<SocketOption>?, TcpServer>? serverFactory = null)
    {
        _server = serverFactory?.Invoke(port, socketOptions) ?? new TcpServer(port, socketOptions);
    }

    /// <summary>The server, for its address.</summary>
    public TcpServer Server => _server;

    /// <summary>Ends it. One that was never active gives its port back at once, for no scheduler will see to it.</summary>
    /// <remarks>Threads: any thread; for one that was never active, the thread that would have activated it.</remarks>
    public override void Stop()
    {
        if (Scheduler is null && !IsStopped)
        {
            _server.Stop();
        }

        base.Stop();
    }

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        Link((_server, "protocolHandlerSignal"), (this, "_oobinfo"));
        Link((_server, "signal"), (this, "_serverSignal"));
        Link((this, "_serverControl"), (_server, "control"));
        AddChildren(_server);
        _server.Activate(Scheduler);
        while (true)
        {
            while (TryRecv(out object? message, "_oobinfo"))
            {
                HandleConnection(message);
            }

            if (TryRecv(out object? failure, "_serverSignal"))
            {
                Send(failure, "signal");
                yield break;
            }

            while (TryRecv(out object? order, "control"))
            {
                if (order is ShutdownMicroprocess)
                {
                    Send(order, "signal");
                    _passedOn = true;
                    yield break;
                }

                if (order is ProducerFinished && _client is not null)
                {
                    Send(order, "_CSA_signal");
                }
            }

            yield return Pause();
        }
    }

    /// <summary>Closes the client and the server.</summary>
    protected internal override Ipc? CloseDown()
    {
        if (!_passedOn && _server.Listener is not null)
        {
            // Whoever has no room goes without: there is no later turn.
            TrySend(new ProducerFinished(this), "signal");
        }

        Send(new ProducerFinished(this), "_CSA_signal");
        Send(new ServerShutdown(), "_serverControl");
        return base.CloseDown();
    }

    private void HandleConnection(object? message)
    {
        switch (message)
        {
            case NewCsa connection when _client is null:
                Serve(connection.Object);
                break;
            case NewCsa connection:
                TurnAway(connection.Object);
                break;
            case ShutdownCsa closed when closed.Object == _client:
                _client = null;
                RemoveChild(closed.Object);
                Send(new ProducerFinished(this, closed.Reason), "signal");
                break;
        }
    }

    private void Serve(Component csa)
    {
        _client = csa;
        Link((csa, "outbox"), (this, "outbox"), Passthrough.Outbox);
        Link((this, "inbox"), (csa, "inbox"), Passthrough.Inbox);
        Link((this, "_CSA_signal"), (csa, "control"));

        // A client that has finished sending leaves when what is queued for it is written: the next one waits.
        Link((csa, "peerFinished"), (csa, "control"));
        AddChildren(csa);
        csa.Activate(Scheduler);
    }

    // It has sent nothing and reads nothing: the client sees the end of the stream.
    private void TurnAway(Component csa)
    {
        csa.Activate(Scheduler);
        Linkage order = Link((this, "_turnAway"), (csa, "control"));
        Send(new ShutdownMicroprocess(), "_turnAway");
        Unlink(order);
    }
}
