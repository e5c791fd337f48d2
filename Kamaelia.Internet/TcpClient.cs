// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/TCPClient.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>Makes one connection to a server and then is that connection: a stage of a pipeline.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>new Pipeline(new ConsoleReader(), new TcpClient("127.0.0.1", 1601), new ConsoleEchoer()).Run();</code>
/// <para><em>How does it work?</em> It looks the host up and connects without holding anybody up, trying one address after the other. Once
/// connected, its boxes pass straight through to a <see cref="ConnectedSocketAdapter"/>. It ends with the connection.</para>
/// <para><em>Boxes</em>: <c>"inbox"</c> bytes for the server, kept until the connection is there; <c>"control"</c> a
/// <see cref="ProducerFinished"/> closes the connection when all is written, a <see cref="ShutdownMicroprocess"/> at once. <c>"outbox"</c>
/// bytes from the server; <c>"signal"</c> one <see cref="ProducerFinished"/> at the end, whose message is the
/// <see cref="CloseReason"/>.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/TCPClient.py.</para>
/// </remarks>
[Inbox("inbox", "Bytes for the server.")]
[Inbox("control", "Shutdown.")]
[Inbox("makessl", "Passed to the adapter: switch to TLS.")]
[Inbox("_socketFeedback", "SocketShutdown from the adapter.")]
[Inbox("_connecting", "From the selector: the attempt to connect is over.")]
[Outbox("outbox", "Bytes from the server.")]
[Outbox("signal", "ProducerFinished at the end.")]
[Outbox("sslready", "From the adapter: TLS is up.")]
[Outbox("_selectorSignal", "Registrations with the selector.")]
[DebuggerDisplay("{Name,nq} to {_server}")]
#pragma warning disable CA1001 // the socket is closed in CloseDown, which the scheduler calls whatever the end
public class TcpClient : Component
#pragma warning restore CA1001
{
    private static readonly TimeSpan s_defaultConnectTimeout = TimeSpan.FromSeconds(60);

    private readonly EndPoint _server;
    private readonly TimeSpan _delay;
    private readonly TimeSpan _connectTimeout;
    private readonly bool _waitForServerClose;
    private readonly CsaOptions _csaOptions;

    private (Component Component, string Inbox) _selectorService;
    private Socket? _connecting;
    private ConnectedSocketAdapter? _csa;
    private CloseReason? _reason;

    // What ended the attempt from outside; it is passed on, and then nothing else is said.
    private bool _passedOn;

    /// <summary>Makes a client; it connects when it is active.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">The port.</param>
    /// <param name="delay">How long to wait before the first attempt.</param>
    /// <param name="connectTimeout">How long connecting may take, looking up included. Default: 60 seconds.</param>
    /// <param name="waitForServerClose">
    /// Whether a <see cref="ProducerFinished"/> only finishes sending, and the server's end of the stream ends the connection.
    /// </param>
    /// <param name="csa">How to treat the connection. Default: as the server does, but not half-open.</param>
    public TcpClient(
        string host,
        int port,
        TimeSpan delay = default,
        TimeSpan? connectTimeout = null,
        bool waitForServerClose = false,
        CsaOptions? csa = null)
        : this(ToEndPoint(host, port), delay, connectTimeout, waitForServerClose, csa)
    {
    }

    /// <summary>Makes a client; it connects when it is active.</summary>
    /// <param name="server">An address and port, a name and port, or a Unix domain socket.</param>
    /// <param name="delay">How long to wait before the first attempt.</param>
    /// <param name="connectTimeout">How long connecting may take, looking up included. Default: 60 seconds.</param>
    /// <param name="waitForServerClose">
    /// Whether a <see cref="ProducerFinished"/> only finishes sending, and the server's end of the stream ends the connection.
    /// </param>
    /// <param name="csa">How to treat the connection. Default: as the server does, but not half-open.</param>
    public TcpClient(
        EndPoint server,
        TimeSpan delay = default,
        TimeSpan? connectTimeout = null,
        bool waitForServerClose = false,
        CsaOptions? csa = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        _server = server;
        _delay = delay;
        _connectTimeout = connectTimeout ?? s_defaultConnectTimeout;
        _waitForServerClose = waitForServerClose;
        csa ??= CsaOptions.Default with { AllowHalfOpen = false };
        _csaOptions = csa with { FinishSendingOnly = waitForServerClose, TargetHost = csa.TargetHost ?? HostOf(server) };
    }

    /// <summary>Looks a name up. Default: as the system does.</summary>
    internal Func<DnsEndPoint, Task<IPAddress[]>> LookUp { get; init; } = static name => Dns.GetHostAddressesAsync(name.Host, name.AddressFamily);

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        if (_delay > TimeSpan.Zero)
        {
            for (TimeSpan due = Scheduler!.Time + _delay; Scheduler.Time < due && !IsAbandoned();)
            {
                yield return Pause(due - Scheduler.Time);
            }
        }

        if (IsAbandoned())
        {
            yield break;
        }

        yield return new WaitComplete(Connect(), "connect");
        if (_connecting is null)
        {
            yield break;
        }

        SetUpCsa(_connecting);
        _connecting = null;
        while (!IsClosed())
        {
            yield return Pause();
        }
    }

    /// <summary>Says how it ended, and leaves nothing open.</summary>
    protected internal override Ipc? CloseDown()
    {
        if (_connecting is not null)
        {
            StopWatching(_connecting);
            SocketErrors.CloseQuietly(_connecting);
        }

        if (_csa is { IsStopped: false })
        {
            _csa.Stop();
        }

        if (!_passedOn)
        {
            // Whoever has no room goes without: there is no later turn.
            TrySend(new ProducerFinished(this, _reason ?? new CloseReason(CloseKind.Stopped)), "signal");
        }

        return base.CloseDown();
    }

    private static EndPoint ToEndPoint(string host, int port)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        return IPAddress.TryParse(host, out IPAddress? address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port);
    }

    private static string? HostOf(EndPoint server) => server switch
    {
        DnsEndPoint name => name.Host,
        IPEndPoint address => address.Address.ToString(),
        _ => null,
    };

    /// <summary>Tries the server's addresses in turn; leaves the connected socket in <see cref="_connecting"/>, or the reason why not.</summary>
    private IEnumerator<Yield> Connect()
    {
        TimeSpan due = Scheduler!.Time + _connectTimeout;
        Task<EndPoint[]> lookUp = LookUpAsync();
        while (!lookUp.IsCompleted)
        {
            yield return PauseUntil(due);
            if (IsAbandoned() || IsTooLate(due))
            {
                yield break;
            }
        }

        if (!lookUp.IsCompletedSuccessfully)
        {
            _reason = new CloseReason(CloseKind.Failed, lookUp.Exception?.InnerException);
            yield break;
        }

        _selectorService = Selector.GetSelectorService(Tracker);
        Link((this, "_selectorSignal"), _selectorService);
#pragma warning disable VSTHRD002, VSTHRD103 // it is complete: see above
        foreach (EndPoint address in lookUp.Result)
#pragma warning restore VSTHRD002, VSTHRD103
        {
            _reason = null;
            bool waits = BeginConnect(address);
            while (waits)
            {
                yield return PauseUntil(due);
                if (IsAbandoned() || IsTooLate(due))
                {
                    GiveUp();
                    yield break;
                }

                // All of them: an attempt that fails is told of twice, and the second is no news of the next address.
                waits = !this.Drain("_connecting");
            }

            if (IsConnected())
            {
                yield break;
            }

            GiveUp();
        }
    }

    private Task<EndPoint[]> LookUpAsync()
    {
        if (_server is not DnsEndPoint name)
        {
            return Task.FromResult<EndPoint[]>([_server]);
        }

        Task<EndPoint[]> lookUp = ResolveAsync(name);

        // From whichever thread it is: the one thing here that any may do.
        _ = lookUp.ContinueWith(static (_, client) => ((TcpClient)client!).Unpause(), this, TaskScheduler.Default);
        return lookUp;

        async Task<EndPoint[]> ResolveAsync(DnsEndPoint name)
        {
            IPAddress[] addresses = await LookUp(name).ConfigureAwait(false);
            return Array.ConvertAll<IPAddress, EndPoint>(addresses, address => new IPEndPoint(address, name.Port));
        }
    }

    /// <returns>Whether it takes its time; if not, it is connected, or has failed.</returns>
    private bool BeginConnect(EndPoint address)
    {
        try
        {
            _connecting = new Socket(address.AddressFamily, SocketType.Stream, address is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified)
            {
                Blocking = false,
            };
            _connecting.Connect(address);
            return false;
        }
        catch (SocketException exception) when (SocketErrors.WouldBlock(exception.SocketErrorCode))
        {
            Send(new NewWriter(this, (this, "_connecting"), _connecting!), "_selectorSignal");
            Send(new NewExceptional(this, (this, "_connecting"), _connecting!), "_selectorSignal");
            return true;
        }
        catch (SocketException exception)
        {
            _reason = new CloseReason(CloseKind.Failed, exception);
            return false;
        }
    }

    // The socket's error is asked for once and believed: asking clears it, and so does everything that asks whether it is connected.
    private bool IsConnected()
    {
        if (_reason is not null)
        {
            return false;
        }

        int error = (int)_connecting!.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != 0)
        {
            _reason = new CloseReason(CloseKind.Failed, new SocketException(error));
            return false;
        }

        StopWatching(_connecting);
        return true;
    }

    private void StopWatching(Socket socket)
    {
        Send(new RemoveWriter(this, socket), "_selectorSignal");
        Send(new RemoveExceptional(this, socket), "_selectorSignal");
    }

    private void GiveUp()
    {
        if (_connecting is not null)
        {
            StopWatching(_connecting);
            _connecting.Dispose();
            _connecting = null;
        }
    }

    private void SetUpCsa(Socket socket)
    {
        if (_csaOptions.NoDelay && socket.ProtocolType == ProtocolType.Tcp)
        {
            socket.NoDelay = true;
        }

        _csa = new ConnectedSocketAdapter(socket, _selectorService, _csaOptions);
        Link((_csa, "CreatorFeedback"), (this, "_socketFeedback"));
        Link((_csa, "outbox"), (this, "outbox"), Passthrough.Outbox);
        Link((_csa, "sslready"), (this, "sslready"), Passthrough.Outbox);

        // An order to switch to TLS that has been waiting goes first: what waits beside it was most likely meant to be secret.
        Link((this, "makessl"), (_csa, "makessl"), Passthrough.Inbox);
        Link((this, "inbox"), (_csa, "inbox"), Passthrough.Inbox);
        Link((this, "control"), (_csa, "control"), Passthrough.Inbox);
        Send(new NewReader(_csa, (_csa, "ReadReady"), socket), "_selectorSignal");
        Send(new NewWriter(_csa, (_csa, "SendReady"), socket), "_selectorSignal");
        AddChildren(_csa);
        _csa.Activate(Scheduler);
    }

    private bool IsClosed()
    {
        while (TryRecv(out object? message, "_socketFeedback"))
        {
            if (message is SocketShutdown shutdown)
            {
                _reason = shutdown.Reason;
                return true;
            }
        }

        return false;
    }

    private bool IsTooLate(TimeSpan due)
    {
        if (Scheduler!.Time < due)
        {
            return false;
        }

        _reason = new CloseReason(CloseKind.ConnectTimedOut);
        return true;
    }

    private Yield PauseUntil(TimeSpan due) => Pause(due > Scheduler!.Time ? due - Scheduler.Time : TimeSpan.Zero);

    /// <summary>Passes on what arrives in <c>"control"</c> while there is no connection.</summary>
    /// <returns>Whether it ends the attempt.</returns>
    private bool IsAbandoned()
    {
        while (!_passedOn && TryRecv(out object? message, "control"))
        {
            if (_waitForServerClose && message is ProducerFinished)
            {
                // Who waits for the server's end must first get there.
                continue;
            }

            Send(message, "signal");
            _passedOn = message is ProducerFinished or ShutdownMicroprocess;
        }

        return _passedOn;
    }
}
