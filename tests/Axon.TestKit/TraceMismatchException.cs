// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Text;

namespace Axon.TestKit;

/// <summary>A trace was not what it should have been.</summary>
/// <remarks>The text shows both side by side, aligned where they agree: <c>-</c> is missing, <c>+</c> was not expected.</remarks>
/// <param name="expected">What should have happened.</param>
/// <param name="actual">What did.</param>
public sealed class TraceMismatchException(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    : Exception($"The trace differs (- expected, + actual):\n{Difference(expected, actual)}")
{
    /// <summary>What should have happened.</summary>
    public IReadOnlyList<string> Expected { get; } = expected;

    /// <summary>What did.</summary>
    public IReadOnlyList<string> Actual { get; } = actual;

    // The longest common subsequence, by the textbook table: traces in tests are short.
    private static string Difference(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        int[,] common = new int[expected.Count + 1, actual.Count + 1];
        for (int e = expected.Count - 1; e >= 0; e--)
        {
            for (int a = actual.Count - 1; a >= 0; a--)
            {
                common[e, a] = expected[e] == actual[a] ? common[e + 1, a + 1] + 1 : Math.Max(common[e + 1, a], common[e, a + 1]);
            }
        }

        StringBuilder text = new();
        for (int e = 0, a = 0; e < expected.Count || a < actual.Count;)
        {
            if (e < expected.Count && a < actual.Count && expected[e] == actual[a])
            {
                text.Append("    ").Append(expected[e++]).Append('\n');
                a++;
            }
            else if (a == actual.Count || (e < expected.Count && common[e + 1, a] >= common[e, a + 1]))
            {
                text.Append("  - ").Append(expected[e++]).Append('\n');
            }
            else
            {
                text.Append("  + ").Append(actual[a++]).Append('\n');
            }
        }

        return text.ToString();
    }
}
