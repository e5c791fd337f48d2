// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/Simulate/BrokenNetwork.py. Copyright BBC and Kamaelia Contributors.

namespace Kamaelia.Internet.Simulate;

/// <summary>Passes everything on, but not in its order.</summary>
/// <remarks>
/// <para>It holds items until it has a window full of them. Then one goes out, any but the newest, and so on with each that arrives. What it
/// holds when it is to finish goes out in any order.</para>
/// <para>Cost: moves the held items up for each that goes out of their midst.</para>
/// <para>Source: Kamaelia/Internet/Simulate/BrokenNetwork.py, <c>Reorder</c>.</para>
/// </remarks>
// PORT: differs. Python removes the first item that equals the chosen one, and never lets go of the last seven.
public sealed class Reorder : BrokenNetwork
{
    private readonly int _window;
    private readonly List<object?> _held;

    /// <summary>Makes a stage.</summary>
    /// <param name="window">How many items to choose from, the newest included. Default: 8. With 1 or 2 the order is kept.</param>
    /// <param name="random">Where random numbers come from. Default: the scheduler.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is 0 or less.</exception>
    public Reorder(int window = 8, Random? random = null)
        : base(random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        _window = window;
        _held = new List<object?>(window);
    }

    private protected override bool TryGetNext(out object? item)
    {
        while (TryRecv(out item))
        {
            _held.Add(item);
            if (_held.Count == _window)
            {
                item = TakeOneOf(Math.Max(1, _window - 1));
                return true;
            }
        }

        if (IsFinishing && _held.Count > 0)
        {
            item = TakeOneOf(_held.Count);
            return true;
        }

        return false;
    }

    private object? TakeOneOf(int oldest)
    {
        int chosen = Random.Next(oldest);
        object? item = _held[chosen];
        _held.RemoveAt(chosen);
        return item;
    }
}
