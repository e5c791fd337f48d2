// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;

namespace Net.Benchmarks;

/// <summary>What a load found with every server.</summary>
/// <param name="load">The load.</param>
/// <param name="servers">Who took part; the first is the yardstick.</param>
internal sealed class Outcome(Load load, IReadOnlyList<Contestant> servers)
{
    private readonly Dictionary<Contestant, List<Sample>> _samples = servers.ToDictionary(server => server, _ => new List<Sample>());

    private readonly Dictionary<Contestant, double> _memory = [];

    public Load Load => load;

    public IReadOnlyList<Contestant> Servers => servers;

    public void Add(Contestant server, Sample sample) => _samples[server].Add(sample);

    public void NoteMemory(Contestant server, double value) => _memory.Add(server, value);

    /// <summary>What a client costs in memory.</summary>
    public double Memory(Contestant server) => _memory[server];

    public double Best(Contestant server, Figure figure)
    {
        IEnumerable<double> values = _samples[server].Select(figure.Of);
        return figure.LessIsBetter ? values.Min() : values.Max();
    }

    public double Median(Contestant server, Figure figure)
    {
        double[] sorted = [.. _samples[server].Select(figure.Of).Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>One server's figure beside another's, best by best and median by median.</summary>
    public Ratio Compare(Contestant server, Contestant other, Figure figure) => new(
        Best(server, figure) / Best(other, figure), Median(server, figure) / Median(other, figure));

    /// <summary>The heads of its table.</summary>
    public IReadOnlyList<string> Heads()
    {
        List<string> heads = ["server"];
        if (load.Rate is { } rate)
        {
            heads.AddRange([$"best, {rate.Head}", "median", $"of {servers[0].Name}: best", "median"]);
        }

        heads.AddRange(load.Figures.Select(figure => figure.Head));
        if (load.Memory is { } memory)
        {
            heads.Add(memory.Head);
        }

        return heads;
    }

    /// <summary>The rows of its table.</summary>
    public IEnumerable<IReadOnlyList<string>> Rows()
    {
        foreach (Contestant server in servers)
        {
            List<string> row = [server.Name];
            if (load.Rate is { } rate)
            {
                Ratio ratio = Compare(server, servers[0], rate);
                row.AddRange([rate.Text(Best(server, rate)), rate.Text(Median(server, rate)), Number(ratio.Best), Number(ratio.Median)]);
            }

            row.AddRange(load.Figures.Select(figure => figure.Text(Median(server, figure))));
            if (load.Memory is { } memory)
            {
                row.Add(memory.Text(Memory(server)));
            }

            yield return row;
        }
    }

    private static string Number(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}

/// <summary>How one stands beside another.</summary>
internal readonly record struct Ratio(double Best, double Median);
