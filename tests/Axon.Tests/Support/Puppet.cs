// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

/// <summary>The main of a threaded component in the hands of a test: it does what it is told, one thing after the other.</summary>
internal sealed class Strings
{
    // Null: it is done.
    private readonly Queue<Action?> _orders = [];
    private readonly TaskCompletionSource<Thread> _started = new();

    public bool HasStarted => _started.Task.IsCompleted;

    /// <summary>The thread, once it has started.</summary>
    public Thread Thread => _started.Task.Within();

    /// <summary>The main.</summary>
    public void Run()
    {
        _started.SetResult(Thread.CurrentThread);
        while (Next() is { } order)
        {
            order();
        }
    }

    /// <summary>Has the thread do something, which may take as long as it likes.</summary>
    public Task<T> Start<T>(Func<T> order)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Add(() =>
        {
            try
            {
                done.SetResult(order());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return done.Task;
    }

    public Task Start(Action order) => Start<object?>(() =>
    {
        order();
        return null;
    });

    /// <summary>Has the thread do something that must not take long, and waits for it.</summary>
    public T Do<T>(Func<T> order) => Start(order).Within();

    public void Do(Action order) => Start(order).Within();

    /// <summary>Lets main throw.</summary>
    public void Fail(Exception exception) => Add(() => throw exception);

    /// <summary>Lets main return, and waits until the thread is gone.</summary>
    public void Finish()
    {
        Add(null);
        Join();
    }

    public void Join() => Assert.True(Thread.Join(Patience.Limit), "The thread did not end.");

    private void Add(Action? order)
    {
        lock (_orders)
        {
            _orders.Enqueue(order);
            Monitor.Pulse(_orders);
        }
    }

    private Action? Next()
    {
        lock (_orders)
        {
            while (_orders.Count == 0)
            {
                Monitor.Wait(_orders);
            }

            return _orders.Dequeue();
        }
    }
}

/// <summary>A threaded component whose main a test writes while it runs.</summary>
internal sealed class Puppet(int queueLengths = 1000) : ThreadedComponent(queueLengths)
{
    public Strings Strings { get; } = new();

    public bool IsToldToStop => Stopping.IsCancellationRequested;

    public T Ask<T>(Func<T> action) => OnSchedulerThread(action);

    protected override void ThreadMain() => Strings.Run();
}

/// <summary>As <see cref="Puppet"/>, with boxes that can be added and deleted.</summary>
internal sealed class AdaptivePuppet(int queueLengths = 1000) : ThreadedAdaptiveCommsComponent(queueLengths)
{
    public Strings Strings { get; } = new();

    protected override void ThreadMain() => Strings.Run();
}

/// <summary>A threaded component with its main written down where it is used.</summary>
internal sealed class Threaded(Action<Threaded> main, int queueLengths = 1000) : ThreadedComponent(queueLengths)
{
    protected override void ThreadMain() => main(this);
}

/// <summary>As <see cref="Threaded"/>, with a main that awaits.</summary>
internal sealed class ThreadedAsync(Func<ThreadedAsync, Task> main) : ThreadedComponent
{
    protected override Task ThreadMainAsync() => main(this);
}

internal static class TaskExtensions
{
    /// <summary>The result, waited for as long as a test may wait; what failed is thrown as it was.</summary>
    public static T Within<T>(this Task<T> task)
    {
        ((Task)task).Within();
        return task.GetAwaiter().GetResult();
    }

    public static void Within(this Task task)
    {
        // Not by Wait with a time, which wraps what failed.
        Assert.True(Task.WaitAny([task], Patience.Limit) == 0, "It was not done in time.");
        task.GetAwaiter().GetResult();
    }
}
