// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>Everything that a scheduler does not decide by its own rules: the one seam for replaying and exploring runs.</summary>
/// <remarks>
/// <para>What enters a run from outside goes through here: the clock, arrivals from other threads, random numbers. So does the order of
/// steps, which Axon fixes and a tool may vary. Each method does by default what happens without an object of this kind. A recorder
/// writes down what the defaults return; a replayer returns what was written; an explorer chooses.
/// What a threaded component or a handle finds when it moves messages does not come this way.</para>
/// <para>Threads: scheduler thread only. Cost: one predictable branch at each place when there is none.</para>
/// </remarks>
public class SchedulerChoices
{
    /// <summary>Reads the clock.</summary>
    /// <param name="clock">The scheduler's clock.</param>
    /// <returns>A timestamp of that clock, which never goes back.</returns>
    public virtual long ReadClock(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return clock.GetTimestamp();
    }

    /// <summary>How many of the requests that other threads have made are taken at the end of this cycle, oldest first.</summary>
    /// <param name="waiting">How many there are, at least one.</param>
    /// <returns>Between 0 and <paramref name="waiting"/>; what is left waits for the next cycle.</returns>
    public virtual int TakeArrivals(int waiting) => waiting;

    /// <summary>Which of the microprocesses that this cycle has yet to step comes next.</summary>
    /// <param name="remaining">How many there are, at least one.</param>
    /// <returns>Between 0, which is Axon's order, and <paramref name="remaining"/> - 1.</returns>
    public virtual int NextToRun(int remaining) => 0;

    /// <summary>The source of random numbers for components that want a run to be repeatable.</summary>
    public virtual Random Random => Random.Shared;
}
