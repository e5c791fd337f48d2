// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>What a thread can wait for.</summary>
internal interface IAwaited
{
    /// <summary>Whether there is no need to wait any more. Asked by both sides.</summary>
    bool HasCome { get; }
}

/// <summary>Where the thread of a threaded component waits for something that the scheduler's side does.</summary>
/// <remarks>
/// <para>The waiter says what it waits for and then looks whether that has come; the other side lets it come and then looks whether
/// somebody waits for it. With a full fence between, one of the two sees the other. So a thread that waits for a message is left alone by
/// everything else, and one that does not wait costs a fence.</para>
/// <para>Threads: waiting is for the component's own thread; the rest for any.</para>
/// </remarks>
internal sealed class ThreadWait(TimeProvider clock, Action throwIfStopped)
{
    private readonly EventParker _parker = new(clock);
    private volatile IAwaited? _awaited;

    // Completed whenever anything happens at all: several parts of an async main may wait for different things.
    private TaskCompletionSource? _anything;

    /// <summary>Blocks until it has come.</summary>
    /// <returns>False if the time was up first.</returns>
    public bool Wait(IAwaited awaited, TimeSpan timeout)
    {
        long start = clock.GetTimestamp();
        _awaited = awaited;
        Interlocked.MemoryBarrier();
        try
        {
            while (true)
            {
                throwIfStopped();
                if (awaited.HasCome)
                {
                    return true;
                }

                if (Left(start, timeout) is not { } left)
                {
                    return false;
                }

                _parker.Park(left);
            }
        }
        finally
        {
            _awaited = null;
        }
    }

    /// <summary>As <see cref="Wait"/>, without blocking.</summary>
    public async Task<bool> WaitAsync(IAwaited awaited, TimeSpan timeout)
    {
        long start = clock.GetTimestamp();
        while (true)
        {
            TaskCompletionSource anything = Anything();
            throwIfStopped();
            if (awaited.HasCome)
            {
                return true;
            }

            if (Left(start, timeout) is not { } left)
            {
                return false;
            }

            await anything.Task.WaitAsync(left, clock).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Something may have come.</summary>
    public void Tell()
    {
        Interlocked.MemoryBarrier();
        if (_awaited is { HasCome: true })
        {
            _parker.Unpark();
        }

        if (_anything is not null)
        {
            Interlocked.Exchange(ref _anything, null)?.TrySetResult();
        }
    }

    /// <summary>Whoever waits is to look, whatever for: it was told to stop.</summary>
    public void TellAll()
    {
        _parker.Unpark();
        Interlocked.Exchange(ref _anything, null)?.TrySetResult();
    }

    // Null: the time is up.
    private TimeSpan? Left(long start, TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return timeout;
        }

        TimeSpan left = timeout - clock.GetElapsedTime(start);
        return left > TimeSpan.Zero ? left : null;
    }

    private TaskCompletionSource Anything()
    {
        TaskCompletionSource fresh = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _anything, fresh, null) ?? fresh;
    }
}
