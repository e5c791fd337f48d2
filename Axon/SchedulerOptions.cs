// Licensed under the Apache License, Version 2.0. See LICENSE.

using Microsoft.Extensions.Logging;

namespace Axon;

/// <summary>What a scheduler is made with. Everything has a default.</summary>
public sealed record SchedulerOptions
{
    /// <summary>The clock of all timers. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The registry of services. Default: a new one.</summary>
    public CoordinatingAssistantTracker? Tracker { get; init; }

    /// <summary>How to wait when everything sleeps. Default: on an event.</summary>
    public IParker? Parker { get; init; }

    /// <summary>How long to keep looking, when everything sleeps, before the thread is parked. Default: zero.</summary>
    /// <remarks>
    /// Parking and being woken takes the system tens of microseconds: 50 microseconds of looking, which keep a core busy, can double what one
    /// client gets that waits for each answer, or another thread that does. What goes on for longer than that parks as ever, so an idle
    /// system still uses no processor.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public TimeSpan SpinBeforeParking
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    }

    /// <summary>Where warnings and crashes are written. Default: nowhere.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Whether the system survives the crash of a component. Default: no.</summary>
    public bool Immortal { get; init; }

    /// <summary>Who sees what happens. Default: nobody.</summary>
    public SchedulerListener? Listener { get; init; }

    /// <summary>Whether to note what <see cref="Scheduler.WhyStuck"/> tells, and to warn of a standstill. Default: no.</summary>
    public bool Diagnose { get; init; }

    /// <summary>What decides where Axon's rules leave a choice. Default: nothing, all goes its natural way.</summary>
    public SchedulerChoices? Choices { get; init; }
}
