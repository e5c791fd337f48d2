// Licensed under the Apache License, Version 2.0. See LICENSE.

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
    /// <param name="options">The number of rounds, parts of names of contests; each may be left out.</param>
    /// <param name="output">Where the table goes. What goes on meanwhile is told on the error stream.</param>
    public static void Run(string[] options, TextWriter output)
    {
        int rounds = options.Where(option => int.TryParse(option, out _)).Select(int.Parse).FirstOrDefault(DefaultRounds);
        string[] names = [.. options.Where(option => !int.TryParse(option, out _))];
        Entry[] entries =
        [
            .. from contest in Contests.All
               where names.Length == 0 || names.Any(name => contest.Name.Contains(name, StringComparison.OrdinalIgnoreCase))
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

        Report.Write(entries, rounds, output);
    }

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
