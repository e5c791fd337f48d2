// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Chassis;

/// <summary>How often a <see cref="Supervisor"/> restarts children before it gives up, and how long it waits each time.</summary>
/// <remarks>By default, three times within five seconds, without waiting.</remarks>
public sealed record RestartPolicy
{
    /// <summary>No restart: the first crash of a child that is not <see cref="Restart.Temporary"/> makes the Supervisor give up.</summary>
    public static RestartPolicy Never { get; } = new() { Restarts = 0 };

    /// <summary>Any number of restarts. Without a <see cref="Delay"/>, one that always crashes keeps the scheduler busy for ever.</summary>
    public static RestartPolicy Always { get; } = new() { Restarts = null };

    /// <summary>How many restarts there may be within <see cref="Period"/>, of all children together; null for any number. Default: 3.</summary>
    /// <remarks>Those that are replaced along with another are not counted.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Set: it is negative.</exception>
    public int? Restarts
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value ?? 0, nameof(Restarts));
            field = value;
        }
    }

    = 3;

    /// <summary>The time in which restarts are counted, and after which a child that has lived so long counts as well again. Default: 5 s.</summary>
    /// <remarks>Waiting is part of it: with a <see cref="Delay"/> it should be longer than all the delays that are to be allowed.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Set: it is zero or less.</exception>
    public TimeSpan Period
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(Period));
            field = value;
        }
    }

    = TimeSpan.FromSeconds(5);

    /// <summary>How long a place stays empty after a first crash. Default: zero, the successor starts in the Supervisor's next step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set: it is negative.</exception>
    public TimeSpan Delay
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, nameof(Delay));
            field = value;
        }
    }

    /// <summary>By what the delay is multiplied each time that a child crashes before it is well again. Default: 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set: it is less than 1.</exception>
    public double Growth
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Growth));
            field = value;
        }
    }

    = 2;

    /// <summary>The longest delay. Default: 1 minute.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set: it is negative.</exception>
    public TimeSpan MaxDelay
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, nameof(MaxDelay));
            field = value;
        }
    }

    = TimeSpan.FromMinutes(1);

    /// <summary>By what part of itself, from 0 to 1, a delay is shortened at most, at random. Default: 0.</summary>
    /// <remarks>
    /// So that many who crashed together do not come back together. The numbers are <see cref="Axon.Scheduler.Random"/>'s, so a run that is
    /// replayed repeats them.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">Set: it is not between 0 and 1.</exception>
    public double Jitter
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Jitter));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1, nameof(Jitter));
            field = value;
        }
    }

    /// <summary>How long to wait after a crash.</summary>
    /// <param name="crashesInARow">How many crashes there were since the child was well, at least one.</param>
    /// <param name="random">Asked only if there is a <see cref="Jitter"/>.</param>
    internal TimeSpan DelayAfter(int crashesInARow, Random random)
    {
        double ticks = Math.Min(MaxDelay.Ticks, Delay.Ticks * Math.Pow(Growth, crashesInARow - 1));
        return Jitter == 0 ? new TimeSpan((long)ticks) : new TimeSpan((long)(ticks * (1 - (Jitter * random.NextDouble()))));
    }
}
