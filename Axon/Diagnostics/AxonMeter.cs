// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics.Metrics;

namespace Axon;

/// <summary>What is measured of schedulers, by a meter named "Axon".</summary>
internal static class AxonMeter
{
    public const string Name = "Axon";

    private static readonly Meter s_meter = new(Name);

    public static readonly UpDownCounter<long> Active =
        s_meter.CreateUpDownCounter<long>("axon.components.active", "{component}", "Components that were activated and have not ended.");

    public static readonly Counter<long> Cycles =
        s_meter.CreateCounter<long>("axon.cycles", "{cycle}", "Cycles in which somebody was stepped.");

    public static readonly Counter<long> Steps =
        s_meter.CreateCounter<long>("axon.steps", "{step}", "Steps of components.");

    public static readonly Counter<long> Crashes =
        s_meter.CreateCounter<long>("axon.components.crashed", "{component}", "Components that ended by an exception, by its type.");

    public static readonly Counter<long> Sent =
        s_meter.CreateCounter<long>("axon.messages.sent", "{message}", "Messages that were stored in an inbox.");

    public static readonly Counter<long> Dropped =
        s_meter.CreateCounter<long>("axon.messages.dropped", "{message}", "Messages that were sent where nothing is linked.");

    public static readonly Counter<long> Refused =
        s_meter.CreateCounter<long>("axon.messages.refused", "{message}", "Messages that found an inbox full.");

    public static readonly Counter<long> Received =
        s_meter.CreateCounter<long>("axon.messages.received", "{message}", "Messages that were taken out of an inbox.");

    public static readonly Histogram<long> Depth = s_meter.CreateHistogram(
        "axon.inbox.depth",
        "{message}",
        "How many messages are in an inbox when one has been stored, that one included.",
        advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000, 100_000] });

    public static readonly Histogram<double> WakeLatency = s_meter.CreateHistogram(
        "axon.wake.latency",
        "s",
        "How long what another thread asked for waits until the scheduler takes it up.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 1e-2, 0.1, 1] });
}
