// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Text.Json;

namespace Net.Benchmarks;

/// <summary>What one run of a load generator found.</summary>
internal sealed class Sample
{
    private readonly Dictionary<string, double> _figures;

    /// <summary>Reads what a generator printed.</summary>
    /// <param name="output">A JSON object.</param>
    /// <param name="userShare">How much of the server's processor time was in its own code and not in the kernel, from 0 to 1.</param>
    public Sample(string output, double userShare)
    {
        using JsonDocument document = JsonDocument.Parse(output);
        _figures = document.RootElement.EnumerateObject()
            .Where(property => property.Value.ValueKind == JsonValueKind.Number)
            .ToDictionary(property => property.Name, property => property.Value.GetDouble());
        UserShare = userShare;
    }

    public double UserShare { get; }

    /// <summary>A figure; not a number if there is none.</summary>
    public double this[string name] => _figures.GetValueOrDefault(name, double.NaN);

    /// <summary>Adds a figure from elsewhere.</summary>
    /// <returns>This.</returns>
    public Sample With(string name, double value)
    {
        _figures[name] = value;
        return this;
    }
}
