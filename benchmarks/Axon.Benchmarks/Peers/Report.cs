// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;

namespace Axon.Benchmarks.Peers;

/// <summary>The tables, as Markdown: the short one, the special ones, and all figures.</summary>
internal static class Report
{
    public static void Write(Results results, TextWriter output)
    {
        output.WriteLine("# In one process: Axon, what a user would pick instead, and the limit");
        output.WriteLine();
        output.WriteLine(Machine.Describe($"dotnet run -c Release --project benchmarks/Axon.Benchmarks -- peers {results.Rounds}"));
        output.WriteLine();
        output.WriteLine(
            $"All contestants of a contest had {results.Rounds} turns, one after the other in each round, after a warm-up. Times are nanoseconds an " +
            "operation, by the clock. The fastest peer is the fastest setting of any library, by the median. By processor time it is the most frugal one: " +
            "what all cores spent on an operation, which others who use the machine at the same time hardly change.");
        output.WriteLine();
        if (results.Contests.Count > 0)
        {
            WriteShort(results, output);
        }

        WriteSleepers(results, output);
        WriteIdle(results, output);
        WriteTimers(results, output);
        if (results.Contests.Count > 0)
        {
            WriteAll(results, output);
        }
    }

    private static void WriteShort(Results results, TextWriter output)
    {
        output.WriteLine("| contest | per | Axon, ns | fastest peer | ns | times as fast: medians | least | by processor time | bare loop, ns | times its time: medians | least | by processor time |");
        output.WriteLine("| --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (ContestResult contest in results.Contests)
        {
            string limit = contest.Limit is { } bare
                ? Line($"{bare.Time.Median:F1} | {contest.Axon.Time.Median / bare.Time.Median:F2} | {contest.LeastOf(Role.Axon) / contest.LeastOf(Role.Limit):F2} | {contest.ProcessorOf(Role.Axon) / contest.ProcessorOf(Role.Limit):F2}")
                : "| | |";
            output.WriteLine(Line(
                $"| {contest.Contest.Name} | {contest.Contest.Unit} | {contest.Axon.Time.Median:F1} | {contest.Peer.Contestant.Name} | {contest.Peer.Time.Median:F1} | {contest.Peer.Time.Median / contest.Axon.Time.Median:F2} | {contest.LeastOf(Role.Peer) / contest.LeastOf(Role.Axon):F2} | {contest.ProcessorOf(Role.Peer) / contest.ProcessorOf(Role.Axon):F2} | {limit} |"));
        }

        output.WriteLine();
    }

    // What the sleepers cost: each beside itself without them.
    private static void WriteSleepers(Results results, TextWriter output)
    {
        ContestResult? without = results.Contests.FirstOrDefault(contest => contest.Contest.Name == Contests.PingPongName);
        ContestResult? with = results.Contests.FirstOrDefault(contest => contest.Contest.Name == Contests.SleepersName);
        if (without is null || with is null)
        {
            return;
        }

        output.WriteLine("| ping-pong, ns a message | alone | beside 100,000 sleepers | times: medians | least |");
        output.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (Entry beside in with.Entries)
        {
            Entry alone = without.Entries.First(entry => entry.Contestant.Name == beside.Contestant.Name);
            output.WriteLine(Line(
                $"| {beside.Contestant.Name} | {alone.Time.Median:F1} | {beside.Time.Median:F1} | {beside.Time.Median / alone.Time.Median:F2} | {beside.Time.Least / alone.Time.Least:F2} |"));
        }

        output.WriteLine();
    }

    private static void WriteIdle(Results results, TextWriter output)
    {
        if (results.IdleBytes.Count == 0)
        {
            return;
        }

        output.WriteLine("| idle, started, nothing received yet | bytes each |");
        output.WriteLine("| --- | ---: |");
        foreach ((string name, double bytes) in results.IdleBytes)
        {
            output.WriteLine(Line($"| {name} | {bytes:F0} |"));
        }

        output.WriteLine();
    }

    private static void WriteTimers(Results results, TextWriter output)
    {
        if (results.Timers.Count == 0)
        {
            return;
        }

        output.WriteLine("| 100,000 timers at once | processor, us each | late: median, ms | late: p99, ms | latest, ms | early | by at most, ms |");
        output.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach ((string name, List<Timers.TimerFigures> runs) in results.Timers)
        {
            output.WriteLine(Line(
                $"| {name} | {Figure.Of([.. runs.Select(run => run.Processor)]).Median:F2} | {Figure.Of([.. runs.Select(run => run.Late)]).Median:F2} | {Figure.Of([.. runs.Select(run => run.Late99)]).Median:F2} | {runs.Max(run => run.Latest):F1} | {runs.Max(run => run.Early)} | {runs.Max(run => run.Earliest):F2} |"));
        }

        output.WriteLine();
        output.WriteLine("Medians of the rounds; the latest, the number of early ones and by how much, the worst of them.");
        output.WriteLine();
    }

    private static void WriteAll(Results results, TextWriter output)
    {
        output.WriteLine("Processor is the time of all cores; bytes are what the whole process allocated.");
        output.WriteLine();
        output.WriteLine("| contest | contestant | median, ns | least, ns | times the fastest peer's speed: medians | least | processor, ns | bytes |");
        output.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (ContestResult contest in results.Contests)
        {
            double peerLeast = contest.LeastOf(Role.Peer);
            foreach (Entry entry in contest.Entries)
            {
                output.WriteLine(Line(
                    $"| {contest.Contest.Name} | {entry.Contestant.Name} | {entry.Time.Median:F1} | {entry.Time.Least:F1} | {contest.Peer.Time.Median / entry.Time.Median:F2} | {peerLeast / entry.Time.Least:F2} | {entry.Processor.Median:F1} | {entry.Bytes:F1} |"));
            }
        }
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
