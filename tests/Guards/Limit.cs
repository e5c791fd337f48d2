// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Text.Json;
using Xunit.Abstractions;

namespace Guards;

/// <summary>What a cost may be at most.</summary>
/// <param name="Most">The limit, in <paramref name="Unit"/>.</param>
/// <param name="Unit">What is counted, per what.</param>
/// <param name="Look">Where to look when it is exceeded.</param>
/// <param name="MostInDebug">The same in a Debug build, where it differs: the compiler makes the state of an async method an object of its own.</param>
internal sealed record Limit(double Most, string Unit, string Look, double? MostInDebug = null)
{
    private static readonly JsonSerializerOptions s_options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

#if DEBUG
    private double Here => MostInDebug ?? Most;
#else
    private double Here => Most;
#endif

    /// <summary>The limits of <c>tests/Guards/limits.json</c>, by name.</summary>
    public static IReadOnlyDictionary<string, Limit> All { get; } = Load();

    /// <summary>Writes down what was counted; fails, and says what to do, if a cost is above its limit.</summary>
    /// <param name="output">Where the numbers go, also those that are well: that a limit can be lowered is seen there.</param>
    /// <param name="costs">The names of the limits and what was counted.</param>
    public static void Check(ITestOutputHelper output, params (string Name, double Measured)[] costs)
    {
        List<string> exceeded = [];
        foreach ((string name, double measured) in costs)
        {
            Limit limit = All[name];
            output.WriteLine($"{name}: {measured:0.####} {limit.Unit}, limit {limit.Here}");
            if (measured > limit.Here)
            {
                exceeded.Add($"{name}: measured {measured:0.####} {limit.Unit}, the limit is {limit.Here}. {limit.Look}");
            }
        }

        Assert.True(
            exceeded.Count == 0,
            string.Join('\n', exceeded) + "\nThis is counted, not timed: a change of the code did it, not a busy machine. " +
            "If the cost is meant, raise the limit in tests/Guards/limits.json and say why in the change.");
    }

    private static Dictionary<string, Limit> Load()
    {
        using Stream file = typeof(Limit).Assembly.GetManifestResourceStream("limits.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, Limit>>(file, s_options)!;
    }
}
