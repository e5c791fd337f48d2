// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.TestKit;

/// <summary>A scheduler in the hands of a test: it moves cycle by cycle, on a clock that stands still, and writes down what happens.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// SteppedScheduler system = new();
/// Probe echo = system.Probe(system.Activate(new Echo(), "echo"));
/// echo.Feed("hello");
/// system.RunUntilIdle();
/// Assert.Equal(["hello"], echo.Collect());
/// system.Trace.Expect("""
///     activate echo
///     step echo
///     ...
///     """);
/// </code>
/// <para>Threads: the test's own. Nothing here waits, sleeps or starts a thread.</para>
/// </remarks>
public sealed class SteppedScheduler
{
    /// <summary>Makes a scheduler with a clock, services and a trace of its own.</summary>
    /// <param name="record">What the trace records. Default: everything.</param>
    /// <param name="immortal">Whether it survives crashes. Default: no, they leave the call that ran into them.</param>
    /// <param name="options">Anything else; clock, listener and immortality are set here.</param>
    public SteppedScheduler(TraceKinds record = TraceKinds.All, bool immortal = false, SchedulerOptions? options = null)
    {
        Trace = new Trace(record);
        Scheduler = new Scheduler((options ?? new SchedulerOptions()) with { Clock = Clock, Listener = Trace, Immortal = immortal });
    }

    /// <summary>The scheduler.</summary>
    public Scheduler Scheduler { get; }

    /// <summary>Its clock, which moves only when it is told to.</summary>
    public VirtualClock Clock { get; } = new();

    /// <summary>What has happened so far.</summary>
    public Trace Trace { get; }

    /// <summary>Activates a component on this scheduler.</summary>
    /// <param name="microprocess">The component.</param>
    /// <param name="name">What the trace calls it. Default: its type's name.</param>
    public T Activate<T>(T microprocess, string? name = null)
        where T : Microprocess
    {
        if (name is not null)
        {
            Trace.Name(microprocess, name);
        }

        return microprocess.Activate(Scheduler);
    }

    /// <summary>Stands in for the rest of the system: feeds a component's inboxes and collects from its outboxes.</summary>
    /// <param name="component">The component; activate it before or after.</param>
    public Probe Probe(Component component) => new(component, Trace);

    /// <summary>Does one cycle.</summary>
    /// <returns>Whether any microprocess is left.</returns>
    public bool Cycle() => Scheduler.RunCycle();

    /// <summary>Does a number of cycles.</summary>
    /// <param name="count">How many.</param>
    public void Cycles(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Scheduler.RunCycle();
        }
    }

    /// <summary>Runs until everybody sleeps or has ended; time stands still.</summary>
    /// <param name="cycleBudget">How many cycles that may take.</param>
    /// <returns>How many it took.</returns>
    /// <exception cref="CycleBudgetExceededException">Somebody was still awake after so many.</exception>
    public int RunUntilIdle(int cycleBudget = 1000) => Run(cycleBudget, IsIdle, jump: false);

    /// <summary>Runs until a condition holds; time stands still.</summary>
    /// <param name="condition">Looked at before each cycle.</param>
    /// <param name="cycleBudget">How many cycles that may take.</param>
    /// <returns>How many it took.</returns>
    /// <exception cref="CycleBudgetExceededException">It did not hold after so many.</exception>
    public int RunUntil(Func<bool> condition, int cycleBudget = 1000)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return Run(cycleBudget, condition, jump: false);
    }

    /// <summary>Runs until all have ended; whenever everybody sleeps, the clock jumps to the next timer.</summary>
    /// <param name="cycleBudget">How many cycles that may take.</param>
    /// <returns>How many it took.</returns>
    /// <exception cref="CycleBudgetExceededException">Somebody is left after so many, or sleeps with nothing to wake it.</exception>
    public int RunToEnd(int cycleBudget = 1000) => Run(cycleBudget, () => IsIdle() && Scheduler.ListAll().Count == 0, jump: true);

    /// <summary>Moves the clock to the moment at which the next timer is due, and not further.</summary>
    /// <returns>False if no timer runs.</returns>
    public bool JumpToNextTimer()
    {
        if (Scheduler.TimeToNextTimer() is not { } time)
        {
            return false;
        }

        Clock.Advance(time);
        Scheduler.RunCycle();
        return true;
    }

    private bool IsIdle() => Scheduler.IsIdle && Scheduler.TimeToNextTimer() != TimeSpan.Zero;

    private int Run(int cycleBudget, Func<bool> done, bool jump)
    {
        int cycles = 0;
        for (; !done(); cycles++)
        {
            bool jumpNow = jump && IsIdle();
            if (jumpNow && Scheduler.TimeToNextTimer() is null)
            {
                throw new CycleBudgetExceededException(cycles, Trace, Scheduler, "everybody sleeps, and no timer runs that could wake anybody");
            }

            if (cycles >= cycleBudget)
            {
                throw new CycleBudgetExceededException(cycles, Trace, Scheduler, "the system is still busy");
            }

            if (jumpNow)
            {
                JumpToNextTimer();
            }
            else
            {
                Scheduler.RunCycle();
            }
        }

        return cycles;
    }
}
