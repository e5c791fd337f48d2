// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Microprocess.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Activation, written so that it returns what it was called on, in its own type.</summary>
public static class MicroprocessExtensions
{
    /// <summary>Hands it to a scheduler: its first step comes in the cycle after the next look at new arrivals.</summary>
    /// <param name="microprocess">What to activate.</param>
    /// <param name="scheduler">
    /// Who runs it. Default: the scheduler of the running step, or <see cref="Scheduler.Default"/> outside of any.
    /// </param>
    /// <param name="tracker">Its registry of services. Default: the scheduler's.</param>
    /// <param name="mainMethod">A body to run instead of <c>Main</c>; called on the first step.</param>
    /// <returns><paramref name="microprocess"/>.</returns>
    /// <remarks>
    /// <para>Threads: any thread. A second activation while it lives wakes it, if it sleeps, and changes nothing else.</para>
    /// <para>Source: Axon/Microprocess.py, <c>microprocess.activate</c>.</para>
    /// </remarks>
    /// <exception cref="InvalidOperationException">It has ended, or was stopped.</exception>
    // PORT: differs. Python lets an ended microprocess in again for an empty step or two, and uses the default scheduler everywhere.
    public static T Activate<T>(
        this T microprocess,
        Scheduler? scheduler = null,
        CoordinatingAssistantTracker? tracker = null,
        Func<IEnumerator<Yield>>? mainMethod = null)
        where T : Microprocess
    {
        ArgumentNullException.ThrowIfNull(microprocess);
        microprocess.Start(scheduler, tracker, mainMethod);
        return microprocess;
    }
}
