// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>Measures a scheduler: cycles, steps, messages, how full inboxes are, how long wakes from other threads take.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// Scheduler scheduler = new(new SchedulerOptions { Listener = new SchedulerMetrics("orders") });
/// </code>
/// <para>The meter is named <see cref="MeterName"/>; <c>dotnet-counters</c> and OpenTelemetry read it. docs/Observing.md lists what it
/// measures. Who begins to read late hears of components that were there before neither that they are active nor that they end.</para>
/// <para>Cost: nothing for a scheduler that has none. With one, an event costs a call and a branch, and a measurement while somebody reads.
/// Sending, receiving and stepping allocate nothing either way.</para>
/// <para>Threads: as any listener. One object for each scheduler.</para>
/// </remarks>
public sealed class SchedulerMetrics : SchedulerListener
{
    /// <summary>The name of the meter: <c>Axon</c>.</summary>
    public const string MeterName = AxonMeter.Name;

    private readonly KeyValuePair<string, object?>[] _tags;

    // Those of whom was said that they are active.
    private readonly HashSet<Microprocess> _counted = [];

    private long _cycle = -1;

    /// <summary>Makes a listener that measures.</summary>
    /// <param name="schedulerName">What the measurements bear as <c>axon.scheduler.name</c>. Default: they bear nothing.</param>
    public SchedulerMetrics(string? schedulerName = null)
    {
        _tags = schedulerName is null ? [] : [new("axon.scheduler.name", schedulerName)];
    }

    /// <inheritdoc/>
    public override void Activated(Microprocess process)
    {
        if (AxonMeter.Active.Enabled && _counted.Add(process))
        {
            AxonMeter.Active.Add(1, _tags);
        }
    }

    /// <inheritdoc/>
    public override void Ended(Microprocess process, Exception? exception)
    {
        if (_counted.Remove(process))
        {
            AxonMeter.Active.Add(-1, _tags);
        }

        if (exception is not null && AxonMeter.Crashes.Enabled)
        {
            AxonMeter.Crashes.Add(1, [.. _tags, new("error.type", exception.GetType().FullName)]);
        }
    }

    /// <inheritdoc/>
    public override void Stepped(Microprocess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        if (AxonMeter.Steps.Enabled)
        {
            AxonMeter.Steps.Add(1, _tags);
        }

        // The first step in each turn of the scheduler stands for the cycle.
        if (AxonMeter.Cycles.Enabled && process.Scheduler is { } scheduler && scheduler.Turn != _cycle)
        {
            _cycle = scheduler.Turn;
            AxonMeter.Cycles.Add(1, _tags);
        }
    }

    /// <inheritdoc/>
    public override void Sent(Postbox from, Postbox? destination, object? message)
    {
        if (destination is null)
        {
            if (AxonMeter.Dropped.Enabled)
            {
                AxonMeter.Dropped.Add(1, _tags);
            }

            return;
        }

        if (AxonMeter.Sent.Enabled)
        {
            AxonMeter.Sent.Add(1, _tags);
        }

        if (AxonMeter.Depth.Enabled)
        {
            AxonMeter.Depth.Record(destination.LocalCount, _tags);
        }
    }

    /// <inheritdoc/>
    public override void Refused(Postbox from, Postbox destination, object? message)
    {
        if (AxonMeter.Refused.Enabled)
        {
            AxonMeter.Refused.Add(1, _tags);
        }
    }

    /// <inheritdoc/>
    public override void Received(Postbox box, object? message)
    {
        if (AxonMeter.Received.Enabled)
        {
            AxonMeter.Received.Add(1, _tags);
        }
    }

    /// <inheritdoc/>
    public override void Arrived(TimeSpan delay)
    {
        if (AxonMeter.WakeLatency.Enabled)
        {
            AxonMeter.WakeLatency.Record(delay.TotalSeconds, _tags);
        }
    }
}
