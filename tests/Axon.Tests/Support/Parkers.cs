// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>How long a test waits for what must happen before it fails. Long: the machine may be busy.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
}

/// <summary>Writes down each park, and ends it on <see cref="Unpark"/> alone, never because a time is up.</summary>
internal sealed class CountingParker : IParker, IDisposable
{
    private readonly List<TimeSpan> _timeouts = [];
    private readonly SemaphoreSlim _parks = new(0);
    private readonly AutoResetEvent _unparked = new(false);

    /// <summary>The timeout of each park so far.</summary>
    public IReadOnlyList<TimeSpan> Timeouts
    {
        get
        {
            lock (_timeouts)
            {
                return [.. _timeouts];
            }
        }
    }

    public void Park(TimeSpan timeout)
    {
        lock (_timeouts)
        {
            _timeouts.Add(timeout);
        }

        _parks.Release();
        Assert.True(_unparked.WaitOne(Patience.Limit), "Nobody unparked the scheduler.");
    }

    public void Unpark() => _unparked.Set();

    /// <summary>Waits until the scheduler has parked once more.</summary>
    public void AwaitPark() => Assert.True(_parks.Wait(Patience.Limit), "The scheduler did not park.");

    public void Dispose()
    {
        _parks.Dispose();
        _unparked.Dispose();
    }
}

/// <summary>Instead of waiting it moves the clock by the timeout: a run on virtual time, on one thread.</summary>
internal sealed class JumpingParker(VirtualClock clock) : IParker
{
    /// <summary>The timeout of each park so far.</summary>
    public List<TimeSpan> Timeouts { get; } = [];

    public void Park(TimeSpan timeout)
    {
        Assert.NotEqual(Timeout.InfiniteTimeSpan, timeout);
        Timeouts.Add(timeout);
        clock.Advance(timeout);
    }

    public void Unpark()
    {
    }
}
