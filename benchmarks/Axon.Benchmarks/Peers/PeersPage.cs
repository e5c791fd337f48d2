// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;
using Axon.Benchmarks.Peers.Timers;
using Benchmarks.Common;

namespace Axon.Benchmarks.Peers;

/// <summary>Puts what was found into words and tables: the goals, the short table, the special ones, and all figures.</summary>
internal static class PeersPage
{
    public static void Describe(Report report, Results results)
    {
        report.Paragraph(
            $"All contestants of a contest had {results.Rounds} turns, one after the other in each round, after a warm-up. Times are nanoseconds an " +
            "operation, by the clock. The fastest peer is the fastest setting of any library, by the median. By processor time it is the most frugal one: " +
            "what all cores spent on an operation, which others who use the machine at the same time hardly change.");
        WriteGoals(report, results);
        if (results.Contests.Count > 0)
        {
            WriteShort(report, results);
        }

        WriteSleepers(report, results);
        if (results.IdleBytes.Count > 0)
        {
            report.Heading("Memory");
            report.Table(["idle, started, nothing received yet", "bytes each"], results.IdleBytes.Select(idle => Row(idle.Name, $"{idle.Bytes:F0}")));
        }

        if (results.Timers.Count > 0)
        {
            WriteTimers(report, results);
        }

        if (results.Contests.Count > 0)
        {
            WriteAll(report, results);
        }
    }

    private static void WriteGoals(Report report, Results results)
    {
        IReadOnlyList<string>[] rows = [.. Goal.All.Select(goal => goal.Row(results)).OfType<IReadOnlyList<string>>()];
        if (rows.Length > 0)
        {
            report.Heading("Goals");
            report.Table(Goal.Heads, rows);
        }
    }

    private static void WriteShort(Report report, Results results)
    {
        report.Heading("Ours beside the fastest peer, and beside a loop written by hand");
        report.Chart("", new SpeedChart(results));
        report.Table(
            [
                "contest", "per", "Axon, ns", "fastest peer", "ns", "times as fast: medians", "least", "by processor time", "bare loop, ns",
                "times its time: medians", "least", "by processor time",
            ],
            results.Contests.Select(static contest =>
            {
                IReadOnlyList<string> beside = Row(
                    contest.Contest.Name, $"{contest.Contest.Unit}", $"{contest.Axon.Time.Median:F1}", $"{contest.Peer.Contestant.Name}",
                    $"{contest.Peer.Time.Median:F1}", $"{contest.Peer.Time.Median / contest.Axon.Time.Median:F2}",
                    $"{contest.LeastOf(Role.Peer) / contest.LeastOf(Role.Axon):F2}", $"{contest.ProcessorOf(Role.Peer) / contest.ProcessorOf(Role.Axon):F2}");
                return contest.Limit is { } bare
                    ? Row(
                        beside, $"{bare.Time.Median:F1}", $"{contest.Axon.Time.Median / bare.Time.Median:F2}",
                        $"{contest.LeastOf(Role.Axon) / contest.LeastOf(Role.Limit):F2}", $"{contest.ProcessorOf(Role.Axon) / contest.ProcessorOf(Role.Limit):F2}")
                    : Row(beside, $"", $"", $"", $"");
            }));
    }

    // What the sleepers cost: each beside itself without them.
    private static void WriteSleepers(Report report, Results results)
    {
        if (results.Of(Contests.PingPongName) is not { } without || results.Of(Contests.SleepersName) is not { } with)
        {
            return;
        }

        report.Heading("What 100,000 sleepers cost");
        report.Table(
            ["ping-pong, ns a message", "alone", "beside 100,000 sleepers", "times: medians", "least"],
            with.Entries.Select(beside =>
            {
                Entry alone = without.Entries.First(entry => entry.Contestant.Name == beside.Contestant.Name);
                return Row(
                    beside.Contestant.Name, $"{alone.Time.Median:F1}", $"{beside.Time.Median:F1}", $"{beside.Time.Median / alone.Time.Median:F2}",
                    $"{beside.Time.Least / alone.Time.Least:F2}");
            }));
    }

    private static void WriteTimers(Report report, Results results)
    {
        report.Heading("Timers");
        report.Table(
            ["100,000 timers at once", "processor, us each", "late: median, ms", "late: p99, ms", "latest, ms", "early", "by at most, ms"],
            results.Timers.Select(static timers => Row(
                timers.Key, $"{Median(timers.Value, run => run.Processor):F2}", $"{Median(timers.Value, run => run.Late):F2}",
                $"{Median(timers.Value, run => run.Late99):F2}", $"{timers.Value.Max(run => run.Latest):F1}", $"{timers.Value.Max(run => run.Early)}",
                $"{timers.Value.Max(run => run.Earliest):F2}")));
        report.Paragraph("Medians of the rounds; the latest, the number of early ones and by how much, the worst of them.");
    }

    private static void WriteAll(Report report, Results results)
    {
        report.Heading("Everything");
        report.Paragraph("Processor is the time of all cores; bytes are what the whole process allocated.");
        report.Table(
            ["contest", "contestant", "median, ns", "least, ns", "times the fastest peer's speed: medians", "least", "processor, ns", "bytes"],
            results.Contests.SelectMany(static contest => contest.Entries.Select(entry => Row(
                contest.Contest.Name, $"{entry.Contestant.Name}", $"{entry.Time.Median:F1}", $"{entry.Time.Least:F1}",
                $"{contest.Peer.Time.Median / entry.Time.Median:F2}", $"{contest.LeastOf(Role.Peer) / entry.Time.Least:F2}", $"{entry.Processor.Median:F1}",
                $"{entry.Bytes:F1}"))));
    }

    private static double Median(IEnumerable<TimerFigures> runs, Func<TimerFigures, double> figure) => Figure.Of([.. runs.Select(figure)]).Median;

    private static IReadOnlyList<string> Row(string name, params FormattableString[] cells) => Row([name], cells);

    private static IReadOnlyList<string> Row(IReadOnlyList<string> before, params FormattableString[] cells) =>
        [.. before, .. cells.Select(static cell => cell.ToString(CultureInfo.InvariantCulture))];
}
