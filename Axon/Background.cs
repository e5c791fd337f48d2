// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/background.py. Copyright BBC and Kamaelia Contributors.

using System.Runtime.ExceptionServices;

namespace Axon;

/// <summary>Runs a scheduler on a background thread, so that the main program can do something else.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// using Background background = new Background().Start();
/// Handle handle = new Handle(new Reverser()).Activate();
/// </code>
/// <para><em>How does it work?</em> The run waits for a first activation, and ends when everything activated has ended; the thread ends with
/// it. Waiting uses no processor time. The thread does not keep the process alive.</para>
/// <para>Threads: any thread.</para>
/// <para>Source: Axon/background.py.</para>
/// </remarks>
public sealed class Background : IDisposable
{
    // The schedulers that run in the background now.
    private static readonly HashSet<Scheduler> s_inUse = [];

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Scheduler? _given;
    private readonly TimeSpan _slowMotion;
    private readonly bool _zap;
    private Scheduler? _scheduler;
    private Thread? _thread;
    private ExceptionDispatchInfo? _failure;
    private bool _isOver;

    /// <summary>For <see cref="Scheduler.Default"/>.</summary>
    /// <param name="slowMotion">A delay before each cycle, for watching. Default: none.</param>
    /// <param name="zap">Whether a fresh default scheduler, with no services, is to take the place of the present one, which is forgotten.</param>
    public Background(TimeSpan slowMotion = default, bool zap = false)
    {
        Completion = _completion.Task;
        _slowMotion = slowMotion;
        _zap = zap;
    }

    /// <summary>For a scheduler of your own.</summary>
    /// <param name="scheduler">The scheduler.</param>
    /// <param name="slowMotion">A delay before each cycle, for watching. Default: none.</param>
    public Background(Scheduler scheduler, TimeSpan slowMotion = default)
        : this(slowMotion)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        _given = scheduler;
    }

    /// <summary>The scheduler, once started.</summary>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public Scheduler Scheduler => _scheduler ?? throw new InvalidOperationException("This Background was not started, and has no scheduler yet. Call Start.");

    /// <summary>Completed when the run has ended; faulted with what a component threw if that ended it.</summary>
    public Task Completion { get; }

    /// <summary>Starts the thread.</summary>
    /// <returns>This.</returns>
    /// <exception cref="InvalidOperationException">The scheduler is in use already, or this was started before.</exception>
    // PORT: differs. Python takes the exclusive right when one is made, and never gives it back if that is not started or fails.
    public Background Start()
    {
        lock (s_inUse)
        {
            Scheduler scheduler = _given ?? Scheduler.Default;
            if (_scheduler is not null || scheduler.IsRunning || s_inUse.Contains(scheduler))
            {
                throw new InvalidOperationException(
                    $"{scheduler.Name} is in use already, and a scheduler runs on one thread at a time. Wait for the Completion of the other " +
                    "Background, or give each a scheduler of its own. A Background is started once.");
            }

            if (_zap)
            {
                scheduler = new Scheduler();
                Scheduler.Default = scheduler;
            }

            s_inUse.Add(scheduler);
            _scheduler = scheduler;
            scheduler.WaitForOne();
            _thread = new Thread(Run) { IsBackground = true, Name = $"Background of {scheduler.Name}" };
            _thread.Start();
        }

        return this;
    }

    /// <summary>Asks everything on the scheduler to end; does not wait for it.</summary>
    /// <remarks>Does nothing if this was not started, or has ended.</remarks>
    public void Stop()
    {
        lock (s_inUse)
        {
            if (_scheduler is not null && !_isOver)
            {
                _scheduler.Stop();
            }
        }
    }

    /// <summary>Waits until the run has ended.</summary>
    /// <param name="timeout">How long at most; null for no limit.</param>
    /// <returns>Whether it has ended.</returns>
    /// <exception cref="Exception">What a component threw, if that ended the run.</exception>
    /// <exception cref="InvalidOperationException">It was not started, or this is the scheduler's own thread.</exception>
    public bool Join(TimeSpan? timeout = null)
    {
        if (Scheduler == Axon.Scheduler.Current)
        {
            throw new InvalidOperationException($"A component of {Scheduler.Name} cannot wait for the end of its own run. Use Stop.");
        }

        if (!_thread!.Join(timeout ?? Timeout.InfiniteTimeSpan))
        {
            return false;
        }

        _failure?.Throw();
        return true;
    }

    /// <summary>Stops everything on the scheduler and waits for the end of the run. What ended it is not thrown: see <see cref="Completion"/>.</summary>
    public void Dispose()
    {
        Stop();
        if (_thread != Thread.CurrentThread)
        {
            _thread?.Join();
        }
    }

    private void Run()
    {
        Scheduler scheduler = _scheduler!;
        try
        {
            scheduler.RunThreads(_slowMotion);
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
        }

        // First the right is given back: who hears of the completion may start another. A stop that came too late is not for that one.
        lock (s_inUse)
        {
            _isOver = true;
            scheduler.ForgetStop();
            s_inUse.Remove(scheduler);
        }

        if (_failure is null)
        {
            _completion.SetResult();
        }
        else
        {
            _completion.SetException(_failure.SourceException);
        }
    }
}
