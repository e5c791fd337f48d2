// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;
using Benchmarks.Common;

namespace Net.Benchmarks;

/// <summary>Puts what was found into words, tables and charts.</summary>
internal static class Results
{
    // A bare loop that is asked for all it can do has nothing else to do on a core of its own.
    private const double Undisturbed = 0.85;

    public static void Describe(Report report, IReadOnlyList<Outcome> outcomes, Toolbox tools, Settings settings, TimeSpan took)
    {
        report.Paragraph(string.Create(
            CultureInfo.InvariantCulture,
            $"Each server alone on one core, the load generator on the other; {settings.Rounds} rounds by turns, {settings.Seconds} s each, {took.TotalMinutes:F1} minutes in all.") +
            " Unless a head says otherwise, columns are medians. Ours is the echo server of the examples, a component for each connection behind an adapter; the " +
            "spinning one looks for 50 µs before it sleeps; the yardstick is a bare epoll loop in C. Messages have 32 bytes. Memory is the difference of two fresh servers with different numbers of clients, those of .NET with a nursery of 2 MiB (`DOTNET_GCgen0size`), so that " +
            "garbage is not counted. Ratios hold, absolute figures are this machine's.");
        if (outcomes.FirstOrDefault(outcome => outcome.Load == Catalogue.Echo50) is { } echo && echo.Median(tools.C, Figure.Busy) is double busy and < Undisturbed)
        {
            report.Paragraph(
                $"**Disturbed.** The yardstick had its core for {Figure.Busy.Text(busy)} of the time only: something else was running. Rates and latencies say " +
                "nothing then, processor times a little.");
        }

        Charts(report, [.. outcomes.Where(outcome => !outcome.Load.OverTls)], tools);

        report.Heading("Goals");
        report.Table(Goal.Heads, Goal.All.SelectMany(goal => outcomes.Where(outcome => outcome.Load == goal.Load).Select(outcome => goal.Row(outcome, tools))));
        foreach (Outcome outcome in outcomes)
        {
            report.Heading(outcome.Load.Title);
            report.Table(outcome.Heads(), outcome.Rows());
        }
    }

    private static void Charts(Report report, IReadOnlyList<Outcome> outcomes, Toolbox tools)
    {
        List<string> names = [.. tools.ServersFor(Catalogue.Echo1).Select(server => server.Name)];
        BarChart rates = new("How fast: medians, longer is better", names);
        BarChart costs = new("Processor time of the server: medians, shorter is better", names);
        foreach (Outcome outcome in outcomes)
        {
            if (outcome.Load.Rate is { } rate)
            {
                rates.Add(outcome.Load.Name, Bars(outcome, rate, rate.Head));
            }

            if (outcome.Load.Cost is { } cost)
            {
                costs.Add(outcome.Load.Name, Bars(outcome, cost, cost.Head.Replace("CPU a", "µs a", StringComparison.Ordinal).Replace(", µs", "", StringComparison.Ordinal)));
            }
        }

        if (!rates.IsEmpty)
        {
            report.Chart("", rates);
        }

        if (!costs.IsEmpty)
        {
            report.Chart("-cpu", costs);
        }
    }

    private static List<Bar?> Bars(Outcome outcome, Figure figure, string unit) =>
        [.. outcome.Servers.Select(server => new Bar(outcome.Median(server, figure), $"{figure.Text(outcome.Median(server, figure))} {unit}"))];
}
