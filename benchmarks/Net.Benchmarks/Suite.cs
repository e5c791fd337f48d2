// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Globalization;
using Benchmarks.Common;

namespace Net.Benchmarks;

/// <summary>What was asked for on the command line, and doing it.</summary>
internal sealed class Suite
{
    // The client has that many connections too, and either has some files beside them.
    private const int FilesForIdle = IdleLoad.Many + 100;

    private static readonly Dictionary<string, Action<Toolbox, Settings>> s_endurance = new()
    {
        ["others"] = (tools, settings) => Endurance.Others(tools, settings, Console.Out),
        ["leftovers"] = (tools, _) => Endurance.Leftovers(tools, Console.Out),
        ["rest"] = (tools, _) => Endurance.Rest(tools, Console.Out),
    };

    private readonly string _mode;
    private readonly Settings _settings;
    private readonly List<string> _names;
    private readonly string _command;

    private Suite(string mode, Settings settings, List<string> names, string command)
    {
        _mode = mode;
        _settings = settings;
        _names = names;
        _command = command;
    }

    /// <summary>Runs what is asked for.</summary>
    /// <returns>The exit status: 1 if something is missing or fails, 2 for wrong arguments.</returns>
    public static int Run(string[] args)
    {
        if (Parse(args, out string? error) is not { } suite)
        {
            Console.Error.WriteLine($"{error}\nUsage: brief|full [--rounds N] [--seconds S] [{string.Join("] [", Names)}]");
            return 2;
        }

        if (!OperatingSystem.IsLinux() || Environment.ProcessorCount < 2)
        {
            Console.Error.WriteLine("This wants Linux and two cores: one for the server, one for the load.");
            return 1;
        }

        try
        {
            suite.Run(Toolbox.Make());
            return 0;
        }
        catch (InvalidOperationException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }

    private static IEnumerable<string> Names => [.. Catalogue.All.Select(load => load.Name), .. s_endurance.Keys];

    private static Suite? Parse(string[] args, out string? error)
    {
        error = args is [] or not ["brief" or "full", ..] ? "Say brief or full." : null;
        Settings settings = args is ["brief", ..] ? Settings.Brief : Settings.Full;
        List<string> names = [];
        for (int i = 1; i < args.Length && error is null; i++)
        {
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--rounds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) && rounds > 0:
                    settings = settings with { Rounds = rounds };
                    i++;
                    break;
                case "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out double seconds) && seconds is > 0 and <= 60:
                    settings = settings with { Seconds = seconds };
                    i++;
                    break;
                case { } name when Names.Contains(name):
                    names.Add(name);
                    break;
                default:
                    error = $"There is no {args[i]}, or it wants a number.";
                    break;
            }
        }

        return error is null
            ? new Suite(args[0], settings, names, $"dotnet run -c Release --project benchmarks/Net.Benchmarks -- {string.Join(' ', args)}")
            : null;
    }

    private bool IsAsked(string name) => _names.Count == 0 || _names.Contains(name);

    private void Run(Toolbox tools)
    {
        long began = Stopwatch.GetTimestamp();
        Report report = new($"Echo servers over the network, {_mode}", _command);
        List<Outcome> outcomes = RunLoads(tools, report);
        if (outcomes.Count > 0)
        {
            Results.Describe(report, outcomes, tools, _settings, Stopwatch.GetElapsedTime(began));
            Console.WriteLine(_names.Count == 0 ? $"Written: {report.Write(Environs.Results, $"net-{_mode}")}" : report.ToString());
        }

        foreach ((string name, Action<Toolbox, Settings> part) in s_endurance)
        {
            // Not brief, and not about speed: only when asked by name.
            if (_names.Contains(name))
            {
                part(tools, _settings);
            }
        }
    }

    private List<Outcome> RunLoads(Toolbox tools, Report report)
    {
        List<Outcome> outcomes = [];
        using Contest contest = new(tools, _settings);
        foreach (Load load in Catalogue.All.Where(load => IsAsked(load.Name)))
        {
            if (load is IdleLoad && Toolbox.OpenFileLimit < FilesForIdle)
            {
                string reason = $"Left out: {load.Title}. A process may have {Toolbox.OpenFileLimit:N0} files open here, and {FilesForIdle:N0} are needed (ulimit -Hn).";
                Console.Error.WriteLine(reason);
                report.Paragraph(reason);
                continue;
            }

            outcomes.Add(contest.Run(load));
        }

        return outcomes;
    }
}
