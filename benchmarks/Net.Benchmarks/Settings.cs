// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Net.Benchmarks;

/// <summary>How thoroughly to measure.</summary>
/// <param name="Rounds">How often every server has its turn.</param>
/// <param name="Seconds">How long a turn is.</param>
/// <param name="WarmUp">How long a server is loaded at most before its first turn, in seconds: until .NET's compiler has found all that is hot.</param>
internal sealed record Settings(int Rounds, double Seconds, double WarmUp)
{
    /// <summary>All of it in less than five minutes.</summary>
    public static Settings Brief { get; } = new(3, 0.5, 6);

    /// <summary>What ratios may be taken from.</summary>
    public static Settings Full { get; } = new(7, 2, 20);
}
