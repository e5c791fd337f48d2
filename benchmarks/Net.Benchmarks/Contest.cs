// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Net.Benchmarks;

/// <summary>The same loads on every server by turns, several times: neighbours in time meet the same disturbances.</summary>
/// <param name="tools">The programs.</param>
/// <param name="settings">How thoroughly.</param>
/// <remarks>
/// A server lives through all loads: a .NET server is compiled while it runs, and one that is warm stays so. Who has no turn sleeps. Only memory
/// is measured on servers of their own.
/// </remarks>
internal sealed class Contest(Toolbox tools, Settings settings) : IDisposable
{
    private const double Piece = 1;

    // Of a server's processor time, what its compiler may use when all that is hot is compiled.
    private const double CompilerAtRest = 0.03;

    // Garbage that nobody has collected yet is nobody's cost: with so small a nursery there is next to none.
    private static readonly Dictionary<string, string> s_smallNursery = new() { ["DOTNET_GCgen0size"] = "200000" };

    private readonly Dictionary<Contestant, ServerProcess> _running = [];

    public Outcome Run(Load load)
    {
        IReadOnlyList<Contestant> contestants = tools.ServersFor(load);
        Outcome outcome = new(load, contestants);
        foreach (Contestant contestant in contestants)
        {
            MeasureMemory(load, contestant, outcome);
            if (contestant.IsCompiledAtRunTime && !load.OnceIsEnough)
            {
                Say(load, $"warming up {contestant.Name}");
                WarmUp(load, Running(contestant));
            }
        }

        int rounds = load.OnceIsEnough ? 1 : settings.Rounds;
        for (int round = 1; round <= rounds; round++)
        {
            foreach (Contestant contestant in contestants)
            {
                Say(load, $"round {round} of {rounds}, {contestant.Name}");
                outcome.Add(contestant, load.Measure(tools, Running(contestant), settings.Seconds));
            }
        }

        return outcome;
    }

    /// <summary>Stops the servers.</summary>
    public void Dispose()
    {
        foreach (ServerProcess server in _running.Values)
        {
            server.Dispose();
        }

        _running.Clear();
    }

    private static void Say(Load load, string what) => Console.Error.WriteLine($"{load.Name}: {what}");

    private ServerProcess Running(Contestant contestant)
    {
        if (!_running.TryGetValue(contestant, out ServerProcess? server))
        {
            _running.Add(contestant, server = new ServerProcess(contestant));
        }

        return server;
    }

    private void MeasureMemory(Load load, Contestant contestant, Outcome outcome)
    {
        if (load.Memory is { } figure)
        {
            Say(load, $"memory, {contestant.Name}");
            Sample sample = load.MeasureMemory(tools, () => new ServerProcess(contestant with { Environment = s_smallNursery }));
            outcome.NoteMemory(contestant, figure.Of(sample));
        }
    }

    private void WarmUp(Load load, ServerProcess server)
    {
        for (double spent = 0; spent < settings.WarmUp; spent += Piece)
        {
            ProcessorTime earlier = server.ProcessorTime;
            load.Exercise(tools, server, Piece);
            ProcessorTime used = server.ProcessorTime - earlier;
            if (used.Jit <= CompilerAtRest * used.Total)
            {
                return;
            }
        }

        Say(load, $"{server.Contestant.Name} is still being compiled after {settings.WarmUp:F0} s of load");
    }
}
