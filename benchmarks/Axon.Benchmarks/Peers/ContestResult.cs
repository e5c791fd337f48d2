// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers;

/// <summary>What was measured in a contest.</summary>
internal sealed record ContestResult(Contest Contest, IReadOnlyList<Entry> Entries)
{
    /// <summary>The best of ours, by the median.</summary>
    public Entry Axon => Fastest(Role.Axon)!;

    /// <summary>The fastest peer in its best setting, by the median.</summary>
    public Entry Peer => Fastest(Role.Peer)!;

    /// <summary>The bare loop; the fastest one where there are several.</summary>
    public Entry? Limit => Fastest(Role.Limit);

    /// <summary>The least time of all peers, which need not be that of the one with the least median.</summary>
    public double LeastOf(Role role) => Entries.Where(entry => entry.Contestant.Role == role).Min(entry => entry.Time.Least);

    /// <summary>The least that any of them spent, by the medians of processor time.</summary>
    public double ProcessorOf(Role role) => Entries.Where(entry => entry.Contestant.Role == role).Min(entry => entry.Processor.Median);

    /// <summary>Of each library the fastest setting, in their order.</summary>
    public IEnumerable<Entry> BestSettings() =>
        Entries.GroupBy(entry => entry.Contestant.Library).Select(library => library.MinBy(entry => entry.Time.Median)!);

    private Entry? Fastest(Role role) => Entries.Where(entry => entry.Contestant.Role == role).MinBy(entry => entry.Time.Median);
}
