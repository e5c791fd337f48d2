// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace LossyLink;

/// <summary>A clock that stands still while anybody has something to do, and then jumps to when somebody wants to be woken.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    public TimeSpan Elapsed { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Elapsed.Ticks;

    /// <summary>Runs a scheduler that has this clock until all of its components have ended.</summary>
    /// <exception cref="InvalidOperationException">They all wait, and none of them for a time.</exception>
    public void Run(Scheduler scheduler)
    {
        while (scheduler.RunCycle())
        {
            if (scheduler.IsIdle)
            {
                Elapsed += scheduler.TimeToNextTimer() ?? throw new InvalidOperationException(
                    $"All wait for each other: {string.Join(", ", scheduler.ListAll().Select(process => process.Name))}.");
            }
        }
    }
}
