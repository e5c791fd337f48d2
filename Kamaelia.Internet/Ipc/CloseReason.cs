// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>How a connection came to its end.</summary>
public enum CloseKind
{
    /// <summary>The peer closed it in good order.</summary>
    PeerClosed,

    /// <summary>A <see cref="ProducerFinished"/> on <c>"control"</c>: all that was queued has been written.</summary>
    ProducerFinished,

    /// <summary>A <see cref="ShutdownMicroprocess"/> on <c>"control"</c>: closed without waiting.</summary>
    Shutdown,

    /// <summary>The socket failed, for instance because the peer reset the connection.</summary>
    Failed,

    /// <summary>The switch to TLS failed.</summary>
    TlsFailed,

    /// <summary>The peer did not take what was queued within <see cref="CsaOptions.FlushTimeout"/>.</summary>
    FlushTimedOut,

    /// <summary>The peer had finished sending, and nothing was sent to it for <see cref="CsaOptions.HalfOpenTimeout"/>.</summary>
    HalfOpenTimedOut,

    /// <summary>Nothing was received or sent for <see cref="CsaOptions.IdleTimeout"/>.</summary>
    IdleTimedOut,

    /// <summary>A component of the connection failed.</summary>
    ComponentFailed,

    /// <summary>The connection could not be made in time.</summary>
    ConnectTimedOut,

    /// <summary>The scheduler was stopped, or the component was.</summary>
    Stopped,
}

/// <summary>Why a connection was closed.</summary>
/// <param name="Kind">The kind of end.</param>
/// <param name="Exception">What failed, where something did.</param>
public sealed record CloseReason(CloseKind Kind, Exception? Exception = null)
{
    /// <summary>The error of the socket, if it was the socket that failed.</summary>
    public SocketError? SocketError => (Exception as SocketException)?.SocketErrorCode;

    /// <summary>The kind, and the error if there was one.</summary>
    public override string ToString() => Exception is null ? $"{Kind}" : $"{Kind} ({SocketError?.ToString() ?? Exception.Message})";
}
