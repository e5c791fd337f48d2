// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Peers.Timers;
using Benchmarks.Common;

namespace Axon.Benchmarks.Peers;

/// <summary>Runs every contest: all contestants by turns, in this process, for several rounds.</summary>
/// <remarks>
/// In each round everybody has one turn in each contest, so that a disturbance hits neighbours alike and the ratios hold. Nobody has a process of
/// his own: all share the compiled code of their libraries with the other contests, as the parts of a program do.
/// </remarks>
internal static class PeersRunner
{
    private const int DefaultRounds = 5;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(150);

    /// <summary>Runs.</summary>
    /// <param name="options">The number of rounds, parts of names of contests, "idle" and "timers"; each may be left out.</param>
    /// <param name="output">Where the table goes. What goes on meanwhile is told on the error stream.</param>
    public static void Run(string[] options, TextWriter output)
    {
        int rounds = options.Where(option => int.TryParse(option, out _)).Select(int.Parse).FirstOrDefault(DefaultRounds);
        string[] names = [.. options.Where(option => !int.TryParse(option, out _))];
        Report report = new(
            "In one process: Axon, what a user would pick instead, and the limit",
            $"dotnet run -c Release --project benchmarks/Axon.Benchmarks -- peers {string.Join(' ', options)}".TrimEnd());
        Entry[] entries =
        [
            .. from contest in Contests.All
               where Wanted(contest.Name, names)
               from contestant in contest.Contestants
               select new Entry(contest, contestant),
        ];

        // Twice, since the compiler tailors shared code to whoever comes first, and corrects itself only later.
        ForEach(entries, "Warming up", entry => entry.WarmUp(s_warmUp));
        ForEach(entries, "Warming up more", entry => entry.WarmUp(s_warmUp));
        for (int i = 0; i < rounds; i++)
        {
            ForEach(entries, $"Round {i + 1} of {rounds}", entry => entry.Measure());
        }

        Results results = new(entries, rounds)
        {
            IdleBytes = Wanted("Idle", names) ? IdleContest.Run() : [],
            Timers = Wanted("Timers", names) ? TimerContest.Run(rounds) : new Dictionary<string, List<TimerFigures>>(),
        };
        PeersPage.Describe(report, results);
        output.WriteLine(report);
        if (names.Length == 0)
        {
            // Only a run of everything is kept.
            Console.Error.WriteLine($"Written: {report.Write(Environs.Results, "peers")}");
        }
    }

    private static bool Wanted(string name, string[] names) =>
        names.Length == 0 || names.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase));

    private static void ForEach(Entry[] entries, string what, Action<Entry> action)
    {
        Console.Error.WriteLine(what);
        foreach (Entry entry in entries)
        {
            try
            {
                action(entry);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{entry.Contest.Name}, {entry.Contestant.Name}: {exception.Message}", exception);
            }
        }
    }
}
