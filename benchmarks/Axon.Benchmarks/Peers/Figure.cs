// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers;

/// <summary>What is said of several measurements of one thing.</summary>
internal readonly record struct Figure(double Least, double Median)
{
    public static Figure Of(IReadOnlyCollection<double> measured)
    {
        double[] sorted = [.. measured.Order()];
        int middle = sorted.Length / 2;
        return new(sorted[0], sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
    }
}
