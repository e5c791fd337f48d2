// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers;

/// <summary>The tables: a short one, and all figures.</summary>
internal static class Report
{
    public static void Write(IReadOnlyList<Entry> entries, int rounds, TextWriter output)
    {
        IGrouping<Contest, Entry>[] contests = [.. entries.GroupBy(entry => entry.Contest)];
        output.WriteLine("| contest | per | Axon, ns | fastest peer | ns | Axon is faster by (medians) | (least) | bare loop, ns | Axon takes of it |");
        output.WriteLine("| --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (IGrouping<Contest, Entry> contest in contests)
        {
            Entry axon = Fastest(contest, Role.Axon)!;
            Entry peer = Fastest(contest, Role.Peer)!;
            Entry? limit = Fastest(contest, Role.Limit);
            output.WriteLine(
                $"| {contest.Key.Name} | {contest.Key.Unit} | {axon.Time.Median:F1} | {peer.Contestant.Name} | {peer.Time.Median:F1} " +
                $"| {peer.Time.Median / axon.Time.Median:F2} | {LeastOf(contest, Role.Peer) / LeastOf(contest, Role.Axon):F2} " +
                $"| {limit?.Time.Median:F1} | {axon.Time.Median / limit?.Time.Median:F2} |");
        }

        output.WriteLine();
        output.WriteLine("| contest | contestant | median, ns | least, ns | times the fastest peer's speed (medians) | (least) | processor, ns | bytes |");
        output.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (IGrouping<Contest, Entry> contest in contests)
        {
            double peerMedian = Fastest(contest, Role.Peer)!.Time.Median;
            double peerLeast = LeastOf(contest, Role.Peer);
            foreach (Entry entry in contest)
            {
                output.WriteLine(
                    $"| {contest.Key.Name} | {entry.Contestant.Name} | {entry.Time.Median:F1} | {entry.Time.Least:F1} " +
                    $"| {peerMedian / entry.Time.Median:F2} | {peerLeast / entry.Time.Least:F2} | {entry.Processor.Median:F1} | {entry.Bytes:F1} |");
            }
        }

        output.WriteLine();
        output.WriteLine($"{rounds} rounds.");
    }

    private static Entry? Fastest(IEnumerable<Entry> contest, Role role) =>
        contest.Where(entry => entry.Contestant.Role == role).MinBy(entry => entry.Time.Median);

    private static double LeastOf(IEnumerable<Entry> contest, Role role) =>
        contest.Where(entry => entry.Contestant.Role == role).Min(entry => entry.Time.Least);
}
