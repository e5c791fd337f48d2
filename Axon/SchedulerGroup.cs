// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Axon;

/// <summary>Several schedulers, each on a thread of its own, that begin and end together: one a core, for work that one core cannot do.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// using SchedulerGroup group = new(2);
/// reader.Link((reader, "outbox"), (counter, "inbox"));
/// reader.Activate(group[0]);
/// counter.Activate(group[1]);
/// group.Run();
/// </code>
/// <para><em>How does it work?</em> Components of different schedulers are linked as any others; such a linkage crosses threads by itself.
/// Messages arrive in order, each once. A limit holds as it does elsewhere: what was sent counts until it is collected, and collecting wakes
/// the sender. Only time passes in between.</para>
/// <para>The run is over when everything on all of them has ended. A crash in one that is mortal stops all of them.</para>
/// <para>A step takes place on one thread, but steps of different schedulers at the same time: messages must not be changed by anybody
/// after they were sent. Each scheduler has its own registry of services; components that share a service belong on one scheduler.</para>
/// <para>What a step links, unlinks and activates on other schedulers takes effect there when the cycle is over, all together: nobody runs
/// in between.</para>
/// <para>Threads: make components and link them before the run, or in a step of a component.</para>
/// </remarks>
// PORT: differs. Python has one scheduler a process.
[DebuggerDisplay("{Schedulers.Count} schedulers, {_alive} alive")]
public sealed class SchedulerGroup : IDisposable
{
    private readonly Scheduler[] _schedulers;
    private readonly Thread?[] _threads;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Of all of them together: what was activated and has not ended. Interlocked only.
    private int _alive;

    private int _running;
    private int _next;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _isOver;

    // 1 from the start on; Interlocked only.
    private int _started;

    /// <summary>Makes schedulers; nothing runs yet.</summary>
    /// <param name="count">How many; 0 for as many as there are cores.</param>
    /// <param name="options">Makes the options of each, by its number. Default: those of a scheduler by itself.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public SchedulerGroup(int count = 0, Func<int, SchedulerOptions>? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _schedulers = new Scheduler[count == 0 ? Environment.ProcessorCount : count];
        _threads = new Thread?[_schedulers.Length];
        for (int i = 0; i < _schedulers.Length; i++)
        {
            _schedulers[i] = new Scheduler(options?.Invoke(i)) { Group = this };
        }
    }

    /// <summary>The schedulers.</summary>
    public IReadOnlyList<Scheduler> Schedulers => _schedulers;

    /// <summary>Completes when the run is over; faults with what a component threw in a mortal scheduler.</summary>
#pragma warning disable VSTHRD003 // it is this group's own work
    public Task Completion => _completion.Task;
#pragma warning restore VSTHRD003

    // Until something has been activated and has ended again, so that a group can be started first.
    internal bool IsAlive => IsStarted && !_isOver;

    /// <summary>Whether threads of its own run its schedulers, or are about to.</summary>
    internal bool IsUnderWay => IsStarted && Volatile.Read(ref _running) > 0;

    private bool IsStarted => Volatile.Read(ref _started) != 0;

    /// <summary>One of the schedulers.</summary>
    /// <param name="index">Its number, from 0.</param>
    public Scheduler this[int index] => _schedulers[index];

    /// <summary>Activates components, each on the next scheduler in turn.</summary>
    /// <param name="components">The components; those that are active already stay where they are, and are woken.</param>
    /// <remarks>
    /// <para>All of them get their places before the first one runs, so that they may be linked to each other. Threads: any thread.</para>
    /// </remarks>
    /// <exception cref="InvalidOperationException">One has ended. None was activated.</exception>
    public void Activate(params ReadOnlySpan<Component> components)
    {
        foreach (Component component in components)
        {
            component.ThrowIfEnded();
        }

        List<Component> placed = [];

        // Counted as one itself, so that the run is not over because the first has ended before the last is there.
        NoteActivated();
        try
        {
            foreach (Component component in components)
            {
                Scheduler next = _schedulers[(Interlocked.Increment(ref _next) - 1) % _schedulers.Length];
                if (component.TryJoin(next, out Scheduler? present))
                {
                    NoteActivated();
                    placed.Add(component);
                }
                else
                {
                    present.Wake(component);
                }
            }

            placed.RemoveAll(static component => component.TakesPlaceElsewhere());
            placed.ForEach(static component => component.Scheduler!.Add(component));
        }
        finally
        {
            NoteEnded();
        }
    }

    /// <summary>Begins the run, on threads in the background; it waits for a first activation if there was none.</summary>
    /// <returns>This group.</returns>
    /// <exception cref="InvalidOperationException">It has been started before.</exception>
    public SchedulerGroup Start()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("The group has been started before. Make a new one for another run.");
        }

        _running = _schedulers.Length;
        for (int i = 0; i < _threads.Length; i++)
        {
            Scheduler scheduler = _schedulers[i];
            _threads[i] = new Thread(() => RunOne(scheduler)) { IsBackground = true, Name = $"Axon {i} of {_threads.Length}" };
            _threads[i]!.Start();
        }

        return this;
    }

    /// <summary>Begins the run and waits until everything has ended.</summary>
    /// <exception cref="InvalidOperationException">It has been started before, or nothing was activated, so it would never end.</exception>
    /// <exception cref="Exception">Whatever a component threw first, with its own stack, when its scheduler is mortal.</exception>
    public void Run()
    {
        if (Volatile.Read(ref _alive) == 0)
        {
            throw new InvalidOperationException("Nothing was activated on the group. Activate components on its schedulers first, or use Start.");
        }

        Start();
        Join();
    }

    /// <summary>Waits until the run is over.</summary>
    /// <remarks>Threads: any thread that is not one of the group's own.</remarks>
    /// <exception cref="Exception">As <see cref="Run"/>.</exception>
    public void Join()
    {
        JoinThreads();
        _failure?.Throw();
    }

    /// <summary>Asks everything on all schedulers to end; see <see cref="Scheduler.Stop"/>.</summary>
    /// <remarks>Threads: any thread.</remarks>
    public void Stop()
    {
        _isOver = true;
        foreach (Scheduler scheduler in _schedulers)
        {
            scheduler.Stop();
        }
    }

    /// <summary>Stops it, if it runs, and waits for its threads.</summary>
    public void Dispose()
    {
        if (IsStarted && !_completion.Task.IsCompleted)
        {
            Stop();
            JoinThreads();
        }
    }

    internal void NoteActivated() => Interlocked.Increment(ref _alive);

    internal void NoteEnded()
    {
        if (Interlocked.Decrement(ref _alive) == 0 && IsStarted)
        {
            _isOver = true;
            foreach (Scheduler scheduler in _schedulers)
            {
                scheduler.Nudge();
            }
        }
    }

    private void JoinThreads()
    {
        foreach (Thread? thread in _threads)
        {
            thread?.Join();
        }
    }

    private void RunOne(Scheduler scheduler)
    {
        try
        {
            do
            {
                // One that was stopped by itself goes on for whoever is activated on it later.
                scheduler.RunThreads();
            }
            while (!_isOver);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            Stop();
            EndRest(scheduler);
        }

        if (Interlocked.Decrement(ref _running) == 0)
        {
            if (_failure is { } failure)
            {
                _completion.SetException(failure.SourceException);
            }
            else
            {
                _completion.SetResult();
            }
        }
    }

    // What else goes wrong on the way out is in the log.
    private static void EndRest(Scheduler scheduler)
    {
        scheduler.Immortal = true;
        scheduler.RunThreads();
    }
}
