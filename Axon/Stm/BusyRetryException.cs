// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/STM.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Another thread is inside the <see cref="Store"/>: nothing was done, and the same call may simply be made again.</summary>
/// <remarks>Where that is an everyday matter use the Try methods, which do not throw. Source: Axon/STM.py, <c>BusyRetry</c>.</remarks>
public sealed class BusyRetryException : AxonException
{
    /// <summary>Makes the exception.</summary>
    public BusyRetryException()
        : base("Another thread is inside the store, and nobody waits there. Nothing was done: make the same call again, in a later cycle.")
    {
    }
}
