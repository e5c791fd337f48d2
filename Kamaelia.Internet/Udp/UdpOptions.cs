// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Internet;

/// <summary>How a peer treats its socket. Everything has a default.</summary>
public record UdpOptions
{
    internal static UdpOptions Default { get; } = new();

    /// <summary>How many datagrams to receive, and how many to send, before others get their turn. Default: 64.</summary>
    public int DatagramsPerPass { get; init; } = 64;

    /// <summary>Whether it may send to broadcast addresses. Default: no.</summary>
    public bool Broadcast { get; init; }

    /// <summary>
    /// How many routers a datagram may pass. Default: null, what the system takes; for multicast 10 for a sender and 255 for a transceiver.
    /// </summary>
    public int? TimeToLive { get; init; }

    /// <summary>
    /// How many bytes the kernel keeps of what was received and not read yet; what does not fit is lost. Default: null, what the system takes.
    /// </summary>
    public int? ReceiveBufferSize { get; init; }

    /// <summary>How many bytes the kernel keeps of what is still to go out. Default: null, what the system takes.</summary>
    public int? SendBufferSize { get; init; }

    /// <summary>
    /// Whether the constructor throws when the address is not to be had or the group not to be joined, instead of saying so on
    /// <c>"signal"</c>. Default: no.
    /// </summary>
    public bool ThrowOnBindFailure { get; init; }

    /// <summary>Whether to report errors on <c>"signal"</c> as <see cref="Axon.ErrorInformation"/>, or to the log if nobody is linked there. Default: yes.</summary>
    public bool ReportErrors { get; init; } = true;
}
