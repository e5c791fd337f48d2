// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Collections.Concurrent;

namespace Axon;

/// <summary>The lanes of a component by the names of their boxes.</summary>
/// <remarks>Threads: changed by the scheduler's, read by any.</remarks>
internal sealed class LaneTable<T>
    where T : Lane
{
    // Most components have two boxes of a kind, and their names are literals. With more, hashing beats looking.
    private const int Few = 4;

    private readonly ConcurrentDictionary<string, T> _byName = new();
    private volatile T[] _inOrder = [];

    /// <summary>All of them, in the order added.</summary>
    public T[] InOrder => _inOrder;

    public void Add(T lane)
    {
        _byName[lane.Name] = lane;
        _inOrder = [.. _inOrder, lane];
    }

    public void Remove(string name)
    {
        _byName.TryRemove(name, out _);
        _inOrder = Array.FindAll(_inOrder, lane => lane.Name != name);
    }

    public T? Find(string name)
    {
        T[] lanes = _inOrder;
        for (int i = 0; i < lanes.Length && i < Few; i++)
        {
            if (ReferenceEquals(lanes[i].Name, name))
            {
                return lanes[i];
            }
        }

        return _byName.GetValueOrDefault(name);
    }
}
