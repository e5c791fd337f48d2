// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>How a scheduler waits when everything on it sleeps.</summary>
/// <remarks>
/// The default waits for an event. A poller of sockets takes its place so that one thread carries both: it waits for its
/// sockets, the next timer and <see cref="Unpark"/> at once.
/// </remarks>
public interface IParker
{
    /// <summary>Waits until <see cref="Unpark"/> is called or the time is up. Returning early for no reason is allowed.</summary>
    /// <param name="timeout">
    /// How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for no limit. Zero means: look, and do not wait.
    /// </param>
    /// <remarks>Threads: scheduler thread only. Uses no processor time while it waits.</remarks>
    void Park(TimeSpan timeout);

    /// <summary>Ends the present <see cref="Park"/>, or the next one if none is under way.</summary>
    /// <remarks>Threads: any thread.</remarks>
    void Unpark();
}
