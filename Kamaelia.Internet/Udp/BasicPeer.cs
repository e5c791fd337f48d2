// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/UDP_ng.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>What all components that send or receive datagrams have in common: a socket, and turns at it.</summary>
/// <remarks>
/// <para><em>How does it work?</em> The address is taken in the constructor; from then on the kernel keeps what arrives. Once active, it waits
/// for the selector to say that the socket is ready, receives and sends until it would block or others should have their turn, and asks
/// the selector again. If its consumer is full it keeps the one packet that was refused and receives no more; what the kernel has no room
/// for then is lost, as datagrams may be.</para>
/// <para><em>Boxes</em>: <c>"inbox"</c> what to send; <c>"control"</c> a <see cref="ShutdownMicroprocess"/> ends it at once and is passed on;
/// <c>"readReady"</c> and <c>"writeReady"</c> from the selector. <c>"outbox"</c> a <see cref="UdpPacket"/> for each datagram received;
/// <c>"signal"</c> a <see cref="BindFailed"/> if the address was not to be had, an <see cref="ErrorInformation"/> for each datagram that could
/// not be sent and each error that the network reports, and the last word: what ended it.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/UDP_ng.py and UDP.py, <c>BasicPeer</c>.</para>
/// </remarks>
// PORT: differs. Python has two modules of the same components, of which one polls and the other crashes at the first would-block.
[Inbox("inbox", "What to send.")]
[Inbox("control", "ShutdownMicroprocess: end.")]
[Inbox("readReady", "From the selector: the socket can be read.")]
[Inbox("writeReady", "From the selector: the socket can be written.")]
[Outbox("outbox", "A UdpPacket for each datagram received.")]
[Outbox("signal", "Errors, and the last word.")]
[Outbox("_selectorSignal", "Registrations with the selector.")]
[DebuggerDisplay("{Name,nq} on {LocalEndPoint}")]
#pragma warning disable CA1001 // the socket is closed in CloseDown, which the scheduler calls whatever the end
public abstract partial class BasicPeer : Component, IHearsReadiness
#pragma warning restore CA1001
{
    private readonly IPEndPoint _wanted;
    private readonly UdpOptions _options;
    private readonly Socket? _socket;
    private readonly SocketException? _bindFailure;

    private bool _ended;
    private bool _finishing;

    /// <param name="local">The address to take.</param>
    /// <param name="receiver">Where to send what says nothing else; null for nowhere.</param>
    /// <param name="options">How to treat the socket.</param>
    private protected BasicPeer(IPEndPoint local, EndPoint? receiver, UdpOptions? options)
        : this(local, receiver, options ??= UdpOptions.Default, () => DatagramSockets.Open(local, options))
    {
    }

    /// <param name="wanted">What to name if it fails.</param>
    /// <param name="receiver">Where to send what says nothing else; null for nowhere.</param>
    /// <param name="options">How to treat the socket.</param>
    /// <param name="open">Makes the socket and takes the address.</param>
    private protected BasicPeer(IPEndPoint wanted, EndPoint? receiver, UdpOptions options, Func<Socket> open)
    {
        ArgumentNullException.ThrowIfNull(wanted, "local");
        _wanted = wanted;
        _options = options;
        Receiver = Destination.Of(receiver);
        try
        {
            _socket = open();
        }
        catch (SocketException exception) when (!options.ThrowOnBindFailure)
        {
            _bindFailure = exception;
        }
    }

    /// <summary>The address that it receives at; null if that was not to be had, and after the end.</summary>
    public IPEndPoint? LocalEndPoint => _socket is null || _socket.SafeHandle.IsClosed ? null : (IPEndPoint)_socket.LocalEndPoint!;

    internal Socket? Socket => _socket;

    internal DatagramCalls Calls { get; init; } = DatagramCalls.OfSystem;

    private protected virtual bool Receives => true;

    private protected virtual bool Sends => true;

    /// <summary>What to say when all is sent after a <see cref="ProducerFinished"/>; null if that does not end it.</summary>
    private protected virtual Ipc? LastWord(ProducerFinished order) => null;

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
        if (_socket is null)
        {
            BindFailed failure = new(_wanted, _bindFailure!);
            Log.CannotListen(Scheduler!.Logger, failure.Exception, Name, failure);
            Send(failure, "signal");
            yield break;
        }

        Link((this, "_selectorSignal"), Selector.GetSelectorService(Tracker));
        if (Sends)
        {
            AwaitWritable();
        }

        if (Receives)
        {
            AwaitReadable();
        }

        while (true)
        {
            bool again = GuardedPass();
            if (_ended)
            {
                yield break;
            }

            yield return again ? 1 : Pause();
        }
    }

    /// <summary>Takes back what it asked of the selector, and closes the socket.</summary>
    protected internal override Ipc? CloseDown()
    {
        if (_socket is not null)
        {
            Send(new RemoveReader(this, _socket), "_selectorSignal");
            Send(new RemoveWriter(this, _socket), "_selectorSignal");
            _socket.Dispose();
        }

        return base.CloseDown();
    }

    // Both only make a note: nothing is stored, and an idle peer has no such boxes.
    internal override RealSink MakeInbox(string name) => name switch
    {
        "readReady" => new AttendedSink(this, name, _ => Hear(Readiness.Read)),
        "writeReady" => new AttendedSink(this, name, _ => Hear(Readiness.Write)),
        _ => base.MakeInbox(name),
    };

    bool IHearsReadiness.Hears(Readiness readiness, string inbox) => inbox == (readiness == Readiness.Read ? "readReady" : "writeReady");

    void IHearsReadiness.Hear(Readiness readiness) => Hear(readiness);

    private void Hear(Readiness readiness)
    {
        if (readiness == Readiness.Read)
        {
            _mayReceive = _isReadable = true;
        }
        else
        {
            _maySend = _isWritable = true;
        }

        RequestWake();
    }

    // One peer's trouble is nobody else's: whatever goes wrong in here ends this one and no more.
    private bool GuardedPass()
    {
        try
        {
            return Pass();
        }
        catch (Exception exception)
        {
            // Somebody closed the socket, for instance.
            Log.ServerFailed(Scheduler!.Logger, exception, Name, _wanted);
            TrySend(new ErrorInformation(this, exception), "signal");
            End(new ProducerFinished(this));
            return false;
        }
    }

    /// <returns>Whether there is more to do in the next cycle, rather than when something happens.</returns>
    private bool Pass()
    {
        CheckControl();
        if (_ended)
        {
            return false;
        }

        bool again = Sends ? SendLoop() : DropInbox();
        if (_finishing && _to is null && !DataReady())
        {
            End(_lastWord!);
            return false;
        }

        return (Receives && RecvLoop()) | again;
    }

    private void CheckControl()
    {
        while (!_ended && TryRecv(out object? message, "control"))
        {
            switch (message)
            {
                case ShutdownMicroprocess order:
                    End(order);
                    break;
                case ProducerFinished order when !_finishing && LastWord(order) is { } lastWord:
                    _finishing = true;
                    _lastWord = lastWord;
                    break;
            }
        }
    }

    // Whoever has no room goes without: there is no later turn.
    private void End(Ipc lastWord)
    {
        _ended = true;
        TrySend(lastWord, "signal");
    }

    // Nobody has business there; what is sent all the same must not keep anybody waiting.
    private bool DropInbox()
    {
        this.Drain("inbox");
        return false;
    }

    private void Report(Exception exception, object? message = null)
    {
        if (!_options.ReportErrors)
        {
            return;
        }

        TrySend(new ErrorInformation(this, exception, message), "signal");
        if (GetOutbox("signal").Linkage is null)
        {
            Log.ConnectionFailed(Scheduler!.Logger, exception, Name);
        }
    }
}
