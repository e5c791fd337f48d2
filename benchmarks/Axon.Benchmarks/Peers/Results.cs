// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Peers.Timers;

namespace Axon.Benchmarks.Peers;

/// <summary>All that was measured in a run.</summary>
internal sealed class Results(IReadOnlyList<Entry> entries, int rounds)
{
    public int Rounds => rounds;

    public IReadOnlyList<Entry> Entries => entries;

    /// <summary>By contest, in their order.</summary>
    public IReadOnlyList<ContestResult> Contests { get; } =
        [.. entries.GroupBy(entry => entry.Contest).Select(contest => new ContestResult(contest.Key, [.. contest]))];

    /// <summary>That of one contest; null if it was not held.</summary>
    public ContestResult? Of(string contest) => Contests.FirstOrDefault(result => result.Contest.Name == contest);

    /// <summary>Bytes of an idle actor, by name.</summary>
    public IReadOnlyList<(string Name, double Bytes)> IdleBytes { get; init; } = [];

    /// <summary>The runs of timers, by name.</summary>
    public IReadOnlyDictionary<string, List<TimerFigures>> Timers { get; init; } = new Dictionary<string, List<TimerFigures>>();
}
