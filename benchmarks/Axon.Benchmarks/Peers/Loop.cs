// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Collections.Concurrent;

namespace Axon.Benchmarks.Peers;

/// <summary>One thread with a plain queue of what is to be called: the fastest place for a peer that can be told to use one thread only.</summary>
/// <remarks>
/// It runs on the thread that waits in it. It is a synchronization context for code that awaits, a task scheduler,
/// and, by a few lines each, a dispatcher of actor libraries.
/// </remarks>
internal sealed class Loop : Venue
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new(1024);
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _arrivals = new();
    private int _thread;

    private Loop()
    {
        Context = new LoopContext(this);
        Tasks = new LoopTasks(this);
    }

    /// <summary>There is one: libraries that make their dispatchers by name find it here.</summary>
    public static Loop Only { get; } = new();

    public SynchronizationContext Context { get; }

    public TaskScheduler Tasks { get; }

    public bool IsHere => _thread == Environment.CurrentManagedThreadId;

    public void Post(SendOrPostCallback callback, object? state)
    {
        if (IsHere)
        {
            _queue.Enqueue((callback, state));
            return;
        }

        _arrivals.Enqueue((callback, state));
        lock (_arrivals)
        {
            Monitor.Pulse(_arrivals);
        }
    }

    public override void Start(Action action) => Post(static action => ((Action)action!)(), action);

    public override void Wait(Finish finish)
    {
        // Wakes this thread, if it was another one that came through last.
        finish.Reached = () => Post(static _ => { }, null);
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(Context);
        _thread = Environment.CurrentManagedThreadId;
        try
        {
            Run(finish);
        }
        finally
        {
            _thread = 0;
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private void Run(Finish finish)
    {
        while (true)
        {
            RunSome();
            while (_arrivals.TryDequeue(out (SendOrPostCallback, object?) arrival))
            {
                _queue.Enqueue(arrival);
            }

            if (_queue.Count > 0)
            {
                continue;
            }

            if (finish.IsReached)
            {
                return;
            }

            lock (_arrivals)
            {
                if (_arrivals.IsEmpty && !Monitor.Wait(_arrivals, TimeSpan.FromMinutes(1)))
                {
                    throw new TimeoutException("Nothing has happened for a minute.");
                }
            }
        }
    }

    // A method of its own, called often, so that the compiler sees a hot method and not one long call.
    private void RunSome()
    {
        for (int i = 0; i < 256 && _queue.TryDequeue(out (SendOrPostCallback Callback, object? State) next); i++)
        {
            next.Callback(next.State);
        }
    }

    private sealed class LoopContext(Loop loop) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => loop.Post(d, state);

        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

        public override SynchronizationContext CreateCopy() => this;
    }

    private sealed class LoopTasks : TaskScheduler
    {
        private readonly Loop _loop;
        private readonly SendOrPostCallback _execute;

        public LoopTasks(Loop loop)
        {
            _loop = loop;
            _execute = task => TryExecuteTask((Task)task!);
        }

        public override int MaximumConcurrencyLevel => 1;

        protected override IEnumerable<Task> GetScheduledTasks() => [];

        protected override void QueueTask(Task task) => _loop.Post(_execute, task);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
    }
}
