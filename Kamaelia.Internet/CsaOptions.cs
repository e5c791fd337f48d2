// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Internet;

/// <summary>How a <see cref="ConnectedSocketAdapter"/> treats its connection. Everything has a default.</summary>
public sealed record CsaOptions
{
    internal static CsaOptions Default { get; } = new();

    /// <summary>The largest message made of received bytes. Default: 32 KiB.</summary>
    public int ReadChunkSize { get; init; } = 32 * 1024;

    /// <summary>How often to read before others get their turn. Default: 16.</summary>
    public int ReadsPerPass { get; init; } = 16;

    /// <summary>Whether to go on reading from a peer that takes nothing more at present. Default: yes.</summary>
    /// <remarks>
    /// For a protocol in which each message is answered, no keeps what a client that does not read can make the server remember to a message or
    /// two, whatever the limits of the boxes. The end of such a peer is noticed when it is written to again.
    /// </remarks>
    public bool ReadWhileBlocked { get; init; } = true;

    /// <summary>
    /// Whether a peer that has finished sending can still be sent to, until <c>"control"</c> closes the connection. Default: yes. If not, what
    /// is queued is written, and the connection closed.
    /// </summary>
    public bool AllowHalfOpen { get; init; } = true;

    /// <summary>How long a half-open connection may go without anything queued or written. Default: 10 seconds; null for no limit.</summary>
    public TimeSpan? HalfOpenTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the peer may take for what is queued when the connection is closed, and for its own end if it is still sending then. Default:
    /// 30 seconds; null for no limit.
    /// </summary>
    public TimeSpan? FlushTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Switches to TLS at once, as the server. Default: null, as <c>"makessl"</c> says.</summary>
    /// <remarks>
    /// A <see cref="TcpServer"/> looks at the certificate before it listens: one without a private key is a <see cref="BindFailed"/>, not the
    /// first client's trouble. Unless they say otherwise it fills in their
    /// <see cref="System.Net.Security.SslServerAuthenticationOptions.ServerCertificateContext"/>, made of
    /// <see cref="System.Net.Security.SslServerAuthenticationOptions.ServerCertificate"/> without asking the network; set it yourself to send
    /// intermediate certificates along.
    /// </remarks>
    public System.Net.Security.SslServerAuthenticationOptions? TlsServer { get; init; }

    /// <summary>Switches to TLS at once, as the client. Default: null, as <c>"makessl"</c> says.</summary>
    public System.Net.Security.SslClientAuthenticationOptions? TlsClient { get; init; }

    /// <summary>The name that the server's certificate must bear when <c>"makessl"</c> does not say. Default: null.</summary>
    public string? TargetHost { get; init; }

    /// <summary>How long the switch to TLS may take. Default: 10 seconds; null for no limit.</summary>
    public TimeSpan? HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may go without anything received or written. Default: null, no limit.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>How many messages may wait to be written before senders are refused. Default: null, no limit.</summary>
    public int? SendQueueLimit { get; init; }

    /// <summary>
    /// Whether a <see cref="ProducerFinished"/> on <c>"control"</c> only finishes sending, and the peer's end of the stream closes the
    /// connection. Default: no.
    /// </summary>
    public bool FinishSendingOnly { get; init; }

    /// <summary>Whether a message that is not bytes ends the connection instead of being reported and dropped. Default: no.</summary>
    public bool ThrowOnBadData { get; init; }

    /// <summary>Whether to report errors on <c>"signal"</c> as <see cref="Axon.ErrorInformation"/>, or to the log if nobody is linked there. Default: yes.</summary>
    public bool ReportErrors { get; init; } = true;

    /// <summary>Whether to send small messages at once instead of waiting for more. Default: yes.</summary>
    public bool NoDelay { get; init; } = true;
}
