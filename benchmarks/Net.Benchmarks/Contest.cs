// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;
using System.Text.Json;

namespace Net.Benchmarks;

/// <summary>The same load on every server by turns, several times: neighbours in time meet the same disturbances.</summary>
/// <param name="title">What it is called.</param>
/// <param name="mode">The load generator's.</param>
/// <param name="options">The load generator's.</param>
/// <param name="figure">What is compared: more is better.</param>
/// <param name="unit">Its unit.</param>
/// <param name="scale">What one unit is of the generator's figure.</param>
/// <param name="processorTime">The figure of processor time on the server, or none.</param>
internal sealed class Contest(string title, string mode, string options, string figure, string unit, double scale = 1, string? processorTime = null)
{
    public string Mode => mode;

    public void Run(Toolbox tools, int rounds, double seconds, TextWriter output)
    {
        Dictionary<Contestant, List<JsonElement>> results = tools.Servers.ToDictionary(server => server, _ => new List<JsonElement>());
        for (int round = 1; round <= rounds; round++)
        {
            foreach (Contestant contestant in tools.Servers)
            {
                Console.Error.WriteLine($"{title}: round {round} of {rounds}, {contestant.Name}");
                using ServerProcess server = new(contestant);

                // As long as a compiler at run time takes to notice what is hot.
                results[contestant].Add(Load.Run(tools, server, mode, FormattableString.Invariant($"{options} -w 4 -t {seconds}")));
            }
        }

        output.WriteLine($"\n{title} (`{mode} {options}`)\n");
        output.WriteLine($"| server | best, {unit} | median | of C: best | median | server CPU | p99 |");
        output.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        (double bestOfC, double medianOfC) = Figures(results[tools.Yardstick]);
        foreach (Contestant contestant in tools.Servers)
        {
            (double best, double median) = Figures(results[contestant]);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {contestant.Name} | {best:N0} | {median:N0} | {best / bestOfC:F2} | {median / medianOfC:F2} | {Median(results[contestant], processorTime):F2} µs | {Median(results[contestant], "p99_us"):N0} µs |"));
        }
    }

    private static double Median(List<JsonElement> results, string? name) =>
        name is null || !results[0].TryGetProperty(name, out _) ? double.NaN : Middle([.. results.Select(result => result.Number(name)).Order()]);

    private static double Middle(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

    private (double Best, double Median) Figures(List<JsonElement> results)
    {
        double[] sorted = [.. results.Select(result => result.Number(figure) / scale).Order()];
        return (sorted[^1], Middle(sorted));
    }
}
