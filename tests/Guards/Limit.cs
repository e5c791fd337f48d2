// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Text.Json;

namespace Guards;

/// <summary>What a cost may be at most.</summary>
/// <param name="Most">The limit, in <paramref name="Unit"/>.</param>
/// <param name="Unit">What is counted, per what.</param>
/// <param name="Look">Where to look when it is exceeded.</param>
internal sealed record Limit(double Most, string Unit, string Look)
{
    private static readonly JsonSerializerOptions s_options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>The limits of <c>tests/Guards/limits.json</c>, by name.</summary>
    public static IReadOnlyDictionary<string, Limit> All { get; } = Load();

    /// <summary>Fails, and says what to do, if a cost is above its limit.</summary>
    /// <param name="name">The name of the limit.</param>
    /// <param name="measured">What was counted.</param>
    /// <param name="details">What it consists of.</param>
    public static void Check(string name, double measured, string details = "")
    {
        Limit limit = All[name];
        Assert.True(
            measured <= limit.Most,
            $"{name}: measured {measured:0.####} {limit.Unit}, the limit is {limit.Most}. This is counted, not timed: a busy machine does not " +
            $"change it, a change of the code did. {limit.Look} {details} If the cost is meant, raise the limit in tests/Guards/limits.json and say why in the change.");
    }

    private static Dictionary<string, Limit> Load()
    {
        using Stream file = typeof(Limit).Assembly.GetManifestResourceStream("limits.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, Limit>>(file, s_options)!;
    }
}
