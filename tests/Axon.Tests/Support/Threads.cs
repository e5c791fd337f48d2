// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Runtime.ExceptionServices;

namespace Axon.Tests;

/// <summary>Runs a scheduler on a thread of its own; stops it at the end of the test, whatever happened.</summary>
internal sealed class SchedulerThread : IDisposable
{
    private readonly Scheduler _scheduler;
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _failure;

    public SchedulerThread(Scheduler scheduler)
    {
        _scheduler = scheduler;
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public int ThreadId => _thread.ManagedThreadId;

    public bool HasEnded => !_thread.IsAlive;

    /// <summary>Waits until the run has ended, and throws what left it.</summary>
    public void Join()
    {
        Assert.True(_thread.Join(Patience.Limit), "The run did not end.");
        _failure?.Throw();
    }

    public void Dispose()
    {
        _scheduler.Stop();
        Assert.True(_thread.Join(Patience.Limit), "The run did not end when it was told to stop.");
    }

    private void Run()
    {
        try
        {
            _scheduler.RunThreads();
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
        }
    }
}

internal static class OtherThread
{
    /// <summary>Does something on another thread and waits until it is done there.</summary>
    public static void Do(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(Patience.Limit), "The other thread did not come to its end.");
        failure?.Throw();
    }
}

internal static class RunningSchedulerExtensions
{
    /// <summary>Waits until a scheduler that another thread runs has gone through some cycles.</summary>
    public static void PassCycles(this Scheduler scheduler, int count)
    {
        for (int i = 0; i < count; i++)
        {
            scheduler.Await(static () => { });
        }
    }

    /// <summary>Has something done on the thread of a scheduler that another thread runs, and waits until it is done.</summary>
    public static void Await(this Scheduler scheduler, Action action)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.Post(() =>
        {
            action();
            done.SetResult();
        });
        done.Task.Within();
    }
}
