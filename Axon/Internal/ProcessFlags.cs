// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>Where a microprocess stands with its scheduler.</summary>
[Flags]
internal enum ProcessFlags : ushort
{
    None = 0,

    /// <summary>In the table: activation was accepted, the end has not come.</summary>
    Registered = 1,

    /// <summary>In the run queue. One that fell asleep stays there until the next pass comes by and drops it.</summary>
    Queued = 2,

    /// <summary>Asleep: not stepped.</summary>
    Paused = 4,

    /// <summary>In the list of pause requests of this cycle.</summary>
    PauseAsked = 8,

    /// <summary>In the list of wake and activation requests of this cycle.</summary>
    WakeAsked = 16,

    /// <summary>Sleeps by the clock: only the timer or a stop wakes it.</summary>
    Deaf = 32,

    /// <summary>Its timer counts: it goes off unless something wakes the microprocess first.</summary>
    TimerArmed = 64,

    /// <summary>The last timed pause ran its full time.</summary>
    TimedOut = 128,

    /// <summary>Does not want to be woken when somebody collects what its outboxes fed.</summary>
    CollectionIgnored = 256,

    /// <summary>Its code, which does not run at present, may get to another thread by accident: its boxes look out for that.</summary>
    ThreadChecked = 512,
}
