// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>What is measured, by a meter named "Kamaelia.Internet". Each call costs one branch while nobody listens, and allocates nothing.</summary>
/// <remarks>
/// <para>Bytes are those of the wire: encrypted ones, where TLS is on. Connections of a server bear its address, those of clients nothing.</para>
/// <para>Threads: any thread.</para>
/// </remarks>
internal static class InternetMeter
{
    public const string Name = "Kamaelia.Internet";

    private const string ErrorType = "error.type";

    private static readonly Meter s_meter = new(Name);

    private static readonly UpDownCounter<long> s_active =
        s_meter.CreateUpDownCounter<long>("kamaelia.connections.active", "{connection}", "Connections that are open.");

    private static readonly Counter<long> s_opened =
        s_meter.CreateCounter<long>("kamaelia.connections.opened", "{connection}", "Connections that were opened.");

    private static readonly Counter<long> s_closed =
        s_meter.CreateCounter<long>("kamaelia.connections.closed", "{connection}", "Connections that were closed, by the kind of end.");

    private static readonly Counter<long> s_received =
        s_meter.CreateCounter<long>("kamaelia.bytes.received", "By", "Bytes received from peers.");

    private static readonly Counter<long> s_sent =
        s_meter.CreateCounter<long>("kamaelia.bytes.sent", "By", "Bytes sent to peers.");

    private static readonly Counter<long> s_acceptFailures =
        s_meter.CreateCounter<long>("kamaelia.accept.failures", "{failure}", "Connections that could not be accepted.");

    private static readonly Histogram<double> s_handshakes = s_meter.CreateHistogram(
        "kamaelia.tls.handshake.duration",
        "s",
        "How long TLS handshakes took that came to an end, well or badly.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    /// <summary>What the measurements of a server's connections bear.</summary>
    /// <param name="local">Where it listens.</param>
    public static KeyValuePair<string, object?>[] TagsOf(EndPoint? local) => local switch
    {
        IPEndPoint endPoint => [new("server.address", endPoint.Address.ToString()), new("server.port", endPoint.Port)],
        UnixDomainSocketEndPoint => [new("server.address", local.ToString())],
        _ => [],
    };

    /// <returns>Whether it counts as active from now on: who begins to listen later must not hear that it is one less.</returns>
    public static bool Opened(KeyValuePair<string, object?>[] tags)
    {
        if (s_opened.Enabled)
        {
            s_opened.Add(1, tags);
        }

        bool isCounted = s_active.Enabled;
        if (isCounted)
        {
            s_active.Add(1, tags);
        }

        return isCounted;
    }

    /// <param name="kind">How it was closed.</param>
    /// <param name="isCounted">What <see cref="Opened"/> returned.</param>
    /// <param name="tags">What the measurement bears.</param>
    public static void Closed(CloseKind kind, bool isCounted, KeyValuePair<string, object?>[] tags)
    {
        if (s_closed.Enabled)
        {
            s_closed.Add(1, new TagList(tags) { { "kamaelia.close.kind", kind.ToString() } });
        }

        if (isCounted)
        {
            s_active.Add(-1, tags);
        }
    }

    public static void Received(int bytes, KeyValuePair<string, object?>[] tags)
    {
        if (s_received.Enabled)
        {
            s_received.Add(bytes, tags);
        }
    }

    public static void Sent(int bytes, KeyValuePair<string, object?>[] tags)
    {
        if (s_sent.Enabled)
        {
            s_sent.Add(bytes, tags);
        }
    }

    public static void AcceptFailed(Exception exception, KeyValuePair<string, object?>[] tags)
    {
        if (s_acceptFailures.Enabled)
        {
            s_acceptFailures.Add(1, new TagList(tags) { { ErrorType, TypeOf(exception) } });
        }
    }

    /// <param name="duration">How long it took.</param>
    /// <param name="failure">What made it fail; null if it went well.</param>
    /// <param name="tags">What the measurement bears.</param>
    public static void HandshakeOver(TimeSpan duration, Exception? failure, KeyValuePair<string, object?>[] tags)
    {
        if (!s_handshakes.Enabled)
        {
            return;
        }

        if (failure is null)
        {
            s_handshakes.Record(duration.TotalSeconds, tags);
        }
        else
        {
            s_handshakes.Record(duration.TotalSeconds, new TagList(tags) { { ErrorType, TypeOf(failure) } });
        }
    }

    private static string TypeOf(Exception exception) =>
        exception is SocketException socket ? socket.SocketErrorCode.ToString() : exception.GetType().FullName!;
}
