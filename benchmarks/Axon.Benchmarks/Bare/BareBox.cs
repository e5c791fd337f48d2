// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Bare;

/// <summary>A ring buffer that wakes its reader, and its writer only if that found it full.</summary>
internal sealed class BareBox(BareProcess reader, int limit = int.MaxValue)
{
    // What is sent when no more will come.
    public static readonly object End = new();

    private object?[] _ring = new object?[4];
    private int _head;
    private int _count;
    private BareProcess? _waitsForRoom;

    public BareProcess Reader { get; } = reader;

    public void Push(object? message)
    {
        if (_count == _ring.Length)
        {
            Grow();
        }

        object?[] ring = _ring;
        ring[(_head + _count++) & (ring.Length - 1)] = message;
        Reader.Wake();
    }

    public bool TryPush(object? message, BareProcess writer)
    {
        if (_count >= limit)
        {
            _waitsForRoom = writer;
            return false;
        }

        Push(message);
        return true;
    }

    public bool TryPop(out object? message)
    {
        if (_count == 0)
        {
            message = null;
            return false;
        }

        object?[] ring = _ring;
        int head = _head;
        message = ring[head];
        ring[head] = null;
        _head = (head + 1) & (ring.Length - 1);
        _count--;
        if (_waitsForRoom is { } writer)
        {
            _waitsForRoom = null;
            writer.Wake();
        }

        return true;
    }

    private void Grow()
    {
        object?[] larger = new object?[_ring.Length * 2];
        for (int i = 0; i < _count; i++)
        {
            larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
        }

        _ring = larger;
        _head = 0;
    }
}
