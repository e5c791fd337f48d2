// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics.Metrics;

namespace Axon.Tests;

/// <summary>Reads the meter, and keeps what was measured of one scheduler.</summary>
internal sealed class Readings : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly string _scheduler;
    private readonly List<(string Name, double Value, KeyValuePair<string, object?>[] Tags)> _measured = [];

    public Readings(string scheduler)
    {
        _scheduler = scheduler;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == SchedulerMetrics.MeterName)
            {
                Instruments.Add(instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    public List<Instrument> Instruments { get; } = [];

    /// <summary>What an instrument measured, in order.</summary>
    public IReadOnlyList<double> Values(string name) => [.. _measured.Where(one => one.Name == name).Select(one => one.Value)];

    public double Sum(string name) => Values(name).Sum();

    /// <summary>What the measurements of an instrument bore.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Tags(string name) => [.. _measured.Where(one => one.Name == name).SelectMany(one => one.Tags)];

    public void Dispose() => _listener.Dispose();

    // Other tests run on other threads, with schedulers of other names.
    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag.Value is string name && name == _scheduler)
            {
                _measured.Add((instrument.Name, value, tags.ToArray()));
            }
        }
    }
}
