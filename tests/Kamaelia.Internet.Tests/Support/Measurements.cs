// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics.Metrics;
using System.Globalization;

namespace Kamaelia.Internet.Tests;

/// <summary>Listens to the meter and keeps what is measured.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<(string Name, double Value, Dictionary<string, object?> Tags)> _measured = [];

    public Measurements()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Kamaelia.Internet")
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

    /// <summary>What each measurement of an instrument bore, as text: <c>name=value</c>, in order of their names.</summary>
    public IReadOnlyList<string> Tags(string name) =>
    [
        .. _measured.Where(one => one.Name == name).Select(one => string.Join(' ', one.Tags
            .OrderBy(tag => tag.Key, StringComparer.Ordinal)
            .Select(tag => string.Create(CultureInfo.InvariantCulture, $"{tag.Key}={tag.Value}")))),
    ];

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Add((instrument.Name, value, new Dictionary<string, object?>(tags.ToArray())));
}
