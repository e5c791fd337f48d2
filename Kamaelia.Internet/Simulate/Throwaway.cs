// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/Simulate/BrokenNetwork.py. Copyright BBC and Kamaelia Contributors.

namespace Kamaelia.Internet.Simulate;

/// <summary>Passes on what it gets, but not all of it.</summary>
/// <remarks>Source: Kamaelia/Internet/Simulate/BrokenNetwork.py, <c>Throwaway</c>.</remarks>
public sealed class Throwaway : BrokenNetwork
{
    private readonly double _probability;

    /// <summary>Makes a stage.</summary>
    /// <param name="probability">Of an item to be lost. Default: 0.1.</param>
    /// <param name="random">Where random numbers come from. Default: the scheduler.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not between 0 and 1.</exception>
    public Throwaway(double probability = 0.1, Random? random = null)
        : base(random)
    {
        _probability = ThrowUnlessProbability(probability);
    }

    private protected override bool TryGetNext(out object? item)
    {
        while (TryRecv(out item))
        {
            if (!Happens(_probability))
            {
                return true;
            }
        }

        return false;
    }
}
