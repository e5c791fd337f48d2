// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;
using Axon.TestKit;

namespace Axon.Tests.Conformance;

/// <summary>One program that exists twice, here and in Python: its components write lines, which must be those of the recorded trace.</summary>
internal sealed class Scenario
{
    // Far above the longest trace: a scenario that went wild ends by itself.
    private const int MostLines = 50_000;

    // How much is shown before and after the first difference.
    private const int LinesBefore = 30;
    private const int LinesAfter = 50;

    private readonly List<string> _lines = [];
    private readonly Scheduler _scheduler;

    public Scenario()
    {
        _scheduler = new Scheduler(new SchedulerOptions { Parker = new NobodyLeftToWakeUs(this) });
    }

    public Traced Make(string label, Func<Traced, IEnumerator<Yield>> body) => new(this, label, body);

    /// <summary>Activates them in this order, and runs until all have ended.</summary>
    public void Run(params Microprocess[] components)
    {
        foreach (Microprocess each in components)
        {
            each.Activate(_scheduler);
        }

        _scheduler.RunThreads();
        Write("over");
    }

    /// <summary>Adds a line, with the words spelled as Python prints them.</summary>
    public void Write(params ReadOnlySpan<object?> words)
    {
        if (_lines.Count >= MostLines)
        {
            throw new InvalidOperationException($"The scenario has written {MostLines} lines and does not end.");
        }

        List<string?> texts = [];
        foreach (object? word in words)
        {
            texts.Add(Convert.ToString(word, CultureInfo.InvariantCulture));
        }

        _lines.Add(string.Join(' ', texts));
    }

    /// <summary>Compares line by line with what the original wrote.</summary>
    /// <param name="name">Of the recorded trace, without the ending.</param>
    public void ShouldHaveWritten(string name)
    {
        List<string> expected = Recorded(name);
        int same = 0;
        while (same < expected.Count && same < _lines.Count && expected[same] == _lines[same])
        {
            same++;
        }

        if (same < expected.Count || same < _lines.Count)
        {
            throw new TraceMismatchException(Around(name, expected, same), Around(name, _lines, same));
        }
    }

    private static List<string> Recorded(string name)
    {
        string resource = $"Conformance.{name}.trace";
        using Stream stream = typeof(Scenario).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"There is no recorded trace {name}.trace beside {name}.py.");
        using StreamReader reader = new(stream);
        List<string> lines = [];
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }

    // Only the surroundings of the first difference: the rest of a long trace follows from it.
    private static List<string> Around(string name, List<string> lines, int index)
    {
        int first = Math.Max(0, index - LinesBefore);
        int end = Math.Min(lines.Count, index + LinesAfter);
        return [$"[{name}.trace from line {first + 1}]", .. lines[first..end]];
    }

    // All of a scenario happens on one thread, so one in which everybody sleeps would do so for ever.
    private sealed class NobodyLeftToWakeUs(Scenario scenario) : IParker
    {
        public void Park(TimeSpan timeout) =>
            throw new InvalidOperationException("Everybody sleeps. The last lines:\n  " + string.Join("\n  ", scenario._lines.TakeLast(LinesBefore)));

        public void Unpark()
        {
        }
    }
}
