// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers;

/// <summary>Where everybody who takes part in a run says that he is through, and how much he has done.</summary>
/// <param name="count">How many have to say so.</param>
internal sealed class Finish(int count)
{
    private readonly object _lock = new();
    private volatile bool _isReached;
    private long _done;
    private int _left = count;

    /// <summary>Called when the last one is through.</summary>
    public Action? Reached { get; set; }

    public bool IsReached => _isReached;

    /// <summary>Threads: any thread.</summary>
    /// <param name="done">What this one has done.</param>
    public void Signal(long done = 0)
    {
        Interlocked.Add(ref _done, done);
        if (Interlocked.Decrement(ref _left) == 0)
        {
            lock (_lock)
            {
                _isReached = true;
                Monitor.PulseAll(_lock);
            }

            Reached?.Invoke();
        }
    }

    public void Wait()
    {
        lock (_lock)
        {
            while (!_isReached)
            {
                if (!Monitor.Wait(_lock, TimeSpan.FromMinutes(1)))
                {
                    throw new TimeoutException($"{_left} have not come through within a minute.");
                }
            }
        }
    }

    /// <summary>Throws unless exactly so much was done.</summary>
    public void Check(long expected)
    {
        if (Interlocked.Read(ref _done) != expected)
        {
            throw new InvalidOperationException($"Expected {expected}, counted {Interlocked.Read(ref _done)}.");
        }
    }
}
