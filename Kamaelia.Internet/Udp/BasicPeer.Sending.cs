// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/UDP_ng.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <content>From <c>"inbox"</c> to the socket.</content>
public abstract partial class BasicPeer
{
    private NewWriter? _newWriter;

    // As for receiving.
    private bool _maySend;
    private bool _isWritable;

    // The datagram that is being sent, the message that it was made of, and where to: null when there is none. It keeps its destination,
    // whatever happens meanwhile.
    private object? _message;
    private ReadOnlyMemory<byte> _data;
    private Destination? _to;

    // What to say when all is sent.
    private Ipc? _lastWord;

    /// <summary>Looks a name up. Default: as the system does.</summary>
    internal Func<DnsEndPoint, Task<IPAddress[]>> LookUp { get; init; } = static name => Dns.GetHostAddressesAsync(name.Host, name.AddressFamily);

    /// <summary>Where to send what says nothing else; null for nowhere.</summary>
    private protected Destination? Receiver { get; set; }

    /// <summary>Notes what bears on the messages that are taken out of the inbox from now on.</summary>
    private protected virtual void BeforeSending()
    {
    }

    /// <summary>Makes a datagram of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="data">The payload.</param>
    /// <param name="to">Where to send it.</param>
    /// <param name="error">What to report of a message that it cannot be made of.</param>
    /// <returns>Whether it can.</returns>
    private protected virtual bool TryRead(
        object? message, out ReadOnlyMemory<byte> data, [NotNullWhen(true)] out Destination? to, [NotNullWhen(false)] out Exception? error)
    {
        to = null;
        if (!Payload.TryGetBytes(message, out data))
        {
            error = Unusable(message, "bytes. Encode text first, for instance with Encoding.UTF8.GetBytes");
            return false;
        }

        to = Receiver;
        error = to is null
            ? new InvalidOperationException($"{Name} was sent bytes on \"inbox\" and has nowhere to send them. Give it a receiver with a port.")
            : null;
        return error is null;
    }

    private protected ArgumentException Unusable(object? message, string wanted, string box = "inbox") =>
        new($"{Name} was sent {(message is null ? "null" : $"a {message.GetType().Name}")} on \"{box}\", and can only use {wanted}.");

    private protected void ReportUnusable(object? message, string wanted, string box) => Report(Unusable(message, wanted, box), message);

    /// <summary>Sends what is queued until the socket would block, a name must be looked up, or others should have their turn.</summary>
    /// <returns>Whether there is more to do in the next cycle.</returns>
    private bool SendLoop()
    {
        BeforeSending();
        for (int sent = 0; _to is not null || TryTakeNext(); sent++)
        {
            if (sent == _options.DatagramsPerPass)
            {
                return true;
            }

            if (!_maySend || !IsDone(_to!))
            {
                return false;
            }

            _to = null;
            _message = null;
            _data = default;
        }

        return false;
    }

    private bool TryTakeNext()
    {
        while (TryRecv(out _message))
        {
            if (TryRead(_message, out _data, out _to, out Exception? error))
            {
                return true;
            }

            Report(error, _message);
        }

        return false;
    }

    /// <returns>Whether the datagram has been sent, or cannot be, which has been reported then. If not, its time is still to come.</returns>
    private bool IsDone(Destination to)
    {
        Exception? error = null;
        if (to.Address is not null || TryResolve(to, out error))
        {
            return SafeSend(to.Address!, to);
        }

        if (error is null)
        {
            return false;
        }

        Report(error, _message);
        return true;
    }

    /// <returns>As <see cref="IsDone"/>.</returns>
    private bool SafeSend(SocketAddress address, Destination to)
    {
        SocketError error = Calls.Send(_socket!, _data.Span, address, _isWritable);
        _isWritable = false;
        if (SocketErrors.WouldBlock(error))
        {
            AwaitWritable();
            return false;
        }

        if (error != SocketError.Success)
        {
            SocketException exception = new((int)error);
            Report(new SocketException((int)error, $"{Name} could not send {_data.Length} bytes to {to}: {exception.Message}"), _message);
        }

        return true;
    }

    /// <summary>Finds out how the kernel wants the destination to be said.</summary>
    /// <returns>Whether that is known. If not, there is an error, or it is being looked up.</returns>
    private bool TryResolve(Destination to, out Exception? error)
    {
        error = null;
        IPAddress[] addresses;
        if (to.EndPoint is not DnsEndPoint name)
        {
            addresses = [((IPEndPoint)to.EndPoint).Address];
        }
        else
        {
            Task<IPAddress[]> lookUp = to.LookUp ??= BeginLookUp(name);
            if (!lookUp.IsCompleted)
            {
                return false;
            }

            // Whoever is sent there after one that could not be found has it looked up again.
            to.LookUp = null;
            if (!lookUp.IsCompletedSuccessfully)
            {
                error = lookUp.Exception?.InnerException ?? new SocketException((int)SocketError.HostNotFound);
                return false;
            }

#pragma warning disable VSTHRD002, VSTHRD103 // it is complete: see above
            addresses = lookUp.Result;
#pragma warning restore VSTHRD002, VSTHRD103
        }

        if (Array.Exists(addresses, address => to.TrySet(address, _socket!)))
        {
            return true;
        }

        error = new SocketException(
            (int)SocketError.AddressFamilyNotSupported,
            $"{Name} cannot send to {to}: its own address is {LocalEndPoint}, of another family. Bind it to \"::\" for both.");
        return false;
    }

    private Task<IPAddress[]> BeginLookUp(DnsEndPoint name)
    {
        Task<IPAddress[]> lookUp = ResolveAsync();

        // From whichever thread it is: the one thing here that any may do.
        _ = lookUp.ContinueWith(static (_, peer) => ((BasicPeer)peer!).Unpause(), this, TaskScheduler.Default);
        return lookUp;

        async Task<IPAddress[]> ResolveAsync() => await LookUp(name).ConfigureAwait(false);
    }

    private void AwaitWritable()
    {
        _maySend = false;
        Send(_newWriter ??= new NewWriter(this, (this, "writeReady"), _socket!), "_selectorSignal");
    }
}
