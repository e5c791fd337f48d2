// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Internet;

/// <summary>Something for each socket, by the number by which the system knows that.</summary>
/// <remarks>
/// Unix gives out the smallest free number, so an array has hardly a gap, where a dictionary takes three times the memory and leaves all its
/// smaller tables to the collector. Benchmark: Net.Benchmarks, idle. Other systems may give out any number.
/// </remarks>
internal sealed class DescriptorTable<T>
    where T : class
{
    private const int MostInArray = 1 << 20;

    private T?[] _small = new T?[64];
    private Dictionary<int, T>? _large;

    /// <summary>What is there for that number, if anything.</summary>
    public T? Find(int descriptor) => (uint)descriptor < (uint)_small.Length ? _small[descriptor] : _large?.GetValueOrDefault(descriptor);

    /// <summary>Puts something in the place of what is there.</summary>
    public void Set(int descriptor, T item)
    {
        if ((uint)descriptor >= MostInArray)
        {
            (_large ??= [])[descriptor] = item;
            return;
        }

        if (descriptor >= _small.Length)
        {
            Array.Resize(ref _small, Math.Min(MostInArray, Math.Max(descriptor + 1, _small.Length * 2)));
        }

        _small[descriptor] = item;
    }

    /// <summary>Takes something out. If another has its number by now, that stays.</summary>
    public void Remove(int descriptor, T item)
    {
        if (Find(descriptor) != item)
        {
            return;
        }

        if ((uint)descriptor >= MostInArray)
        {
            _large!.Remove(descriptor);
        }
        else
        {
            _small[descriptor] = null;
        }
    }
}
