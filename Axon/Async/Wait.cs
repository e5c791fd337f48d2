// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>Something that the code of an async component waits for.</summary>
/// <remarks>
/// <para>It does what it is for (takes the message, sends it) when that has become possible, in a step of the component, and lets the code go
/// on in the same place. So nobody else can come between.</para>
/// <para>Threads: the component's own thread only.</para>
/// </remarks>
internal abstract class Wait
{
    /// <summary>The box whose next message, or next room, is for this wait before any that begins later.</summary>
    public Postbox? Claim;

    /// <summary>When it wants to be looked at, by the scheduler's clock, whatever else happens.</summary>
    public long Due = long.MaxValue;

    /// <summary>Whether it wants to be looked at in the very next cycle.</summary>
    public bool KeepsAwake;

    /// <summary>Does what it is for, or fails, if the time has come.</summary>
    public abstract bool TryComplete();

    /// <summary>Fails, because the component ends.</summary>
    public abstract void Cancel();

    /// <summary>Lets the code that waits for this go on.</summary>
    public abstract void Resume();
}
