// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/Simulate/BrokenNetwork.py. Copyright BBC and Kamaelia Contributors.

namespace Kamaelia.Internet.Simulate;

/// <summary>Passes everything on, and some of it twice: the two copies come one after the other, and are the same object.</summary>
/// <remarks>Source: Kamaelia/Internet/Simulate/BrokenNetwork.py, <c>Duplicate</c>.</remarks>
public sealed class Duplicate : BrokenNetwork
{
    private readonly double _probability;
    private object? _copy;
    private bool _hasCopy;

    /// <summary>Makes a stage.</summary>
    /// <param name="probability">Of an item to go out twice. Default: 0.1.</param>
    /// <param name="random">Where random numbers come from. Default: the scheduler.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not between 0 and 1.</exception>
    public Duplicate(double probability = 0.1, Random? random = null)
        : base(random)
    {
        _probability = ThrowUnlessProbability(probability);
    }

    private protected override bool TryGetNext(out object? item)
    {
        if (_hasCopy)
        {
            _hasCopy = false;
            (item, _copy) = (_copy, null);
            return true;
        }

        if (!TryRecv(out item))
        {
            return false;
        }

        _hasCopy = Happens(_probability);
        _copy = _hasCopy ? item : null;
        return true;
    }
}
