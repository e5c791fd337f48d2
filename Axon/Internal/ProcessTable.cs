// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>A microprocess in an array.</summary>
/// <remarks>
/// A struct around the reference, because storing into an array of a class that has subclasses makes the runtime look up the type of what
/// is stored. Benchmark: SchedulerBenchmarks.PingPong, whose run queue changes twice a message.
/// </remarks>
internal struct ProcessEntry
{
    /// <summary>Null in a gap.</summary>
    public Microprocess Process;
}

/// <summary>All microprocesses that a scheduler knows, in the order of their activation.</summary>
/// <remarks>
/// <para>Adding and removing cost O(1): a removed one leaves a hole, and when the array is full it is copied without its holes.</para>
/// <para>Threads: scheduler thread only, but <see cref="Snapshot"/>: any thread. That is why compaction copies to a new array and never
/// moves entries inside the one that somebody may be reading.</para>
/// </remarks>
internal sealed class ProcessTable
{
    private volatile ProcessEntry[] _entries = new ProcessEntry[8];
    private int _used;

    // Every entry before this one is a hole.
    private int _first;

    public int Count { get; private set; }

    /// <summary>The one that was activated first, or null.</summary>
    public Microprocess? First => _entries[_first].Process;

    public void Add(Microprocess process)
    {
        if (_used == _entries.Length)
        {
            MakeRoom();
        }

        process.Slot = _used;
        _entries[_used++].Process = process;
        Count++;
    }

    public void Remove(Microprocess process)
    {
        ProcessEntry[] entries = _entries;
        entries[process.Slot].Process = null!;
        Count--;
        if (Count == 0)
        {
            _first = 0;
            _used = 0;
            return;
        }

        while (entries[_first].Process is null)
        {
            _first++;
        }

        while (entries[_used - 1].Process is null)
        {
            _used--;
        }
    }

    /// <summary>Everybody who is in the table throughout the call, in order of activation.</summary>
    public List<Microprocess> Snapshot()
    {
        ProcessEntry[] entries = _entries;
        List<Microprocess> snapshot = [];
        foreach (ProcessEntry entry in entries)
        {
            if (entry.Process is { } process)
            {
                snapshot.Add(process);
            }
        }

        return snapshot;
    }

    private void MakeRoom()
    {
        ProcessEntry[] roomy = new ProcessEntry[Math.Max(8, Count * 2)];
        int used = 0;
        foreach (ProcessEntry entry in _entries)
        {
            if (entry.Process is { } process)
            {
                process.Slot = used;
                roomy[used++] = entry;
            }
        }

        _first = 0;
        _used = used;
        _entries = roomy;
    }
}
