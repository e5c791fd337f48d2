// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>Where a microprocess stands with its scheduler.</summary>
[Flags]
internal enum ProcessFlags : ushort
{
    None = 0,

    /// <summary>In the table: activation was accepted, the end has not come.</summary>
    Registered = 1,

    /// <summary>Asleep: not in the run queue.</summary>
    Paused = 2,

    /// <summary>Has asked in this cycle to fall asleep at its end.</summary>
    PauseAsked = 4,

    /// <summary>In the list of wake and activation requests of this cycle.</summary>
    WakeAsked = 8,

    /// <summary>Sleeps by the clock: only the timer or a stop wakes it.</summary>
    Deaf = 16,

    /// <summary>Its timer counts: it goes off unless something wakes the microprocess first.</summary>
    TimerArmed = 32,

    /// <summary>The last timed pause ran its full time.</summary>
    TimedOut = 64,

    /// <summary>Does not want to be woken when somebody collects what its outboxes fed.</summary>
    CollectionIgnored = 128,

    /// <summary>Its code, which does not run at present, may get to another thread by accident: its boxes look out for that.</summary>
    ThreadChecked = 256,

    /// <summary>Its scheduler has been told of it. Until then its boxes belong to whoever activates it. Set before anybody else knows.</summary>
    HandedOver = 512,
}
