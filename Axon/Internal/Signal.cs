// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>What one thread waits for and others set. Remembered if nobody waits; gone when a wait has ended, whatever ended it.</summary>
/// <remarks>A wait may end for nothing: whoever waits looks again at what there is to do. Setting what is set costs next to nothing.
/// <see cref="Thread.Interrupt"/> does not end every kind's wait.</remarks>
internal abstract class Signal
{
    /// <summary>Makes the kind that this system does best.</summary>
    public static Signal Make() => FutexSignal.IsSupported ? new FutexSignal() : new MonitorSignal();

    /// <summary>Ends the present wait, or the next one if none is under way. Threads: any thread.</summary>
    public abstract void Set();

    /// <summary>Blocks until it is set or the time is up. Threads: one at a time.</summary>
    /// <param name="milliseconds">How long at most; <see cref="Timeout.Infinite"/> for no limit.</param>
    public abstract void Wait(int milliseconds);
}
