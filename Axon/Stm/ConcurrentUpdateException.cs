// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/STM.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>A commit to a <see cref="Store"/> failed, because somebody has committed one of its names since the copies were taken.</summary>
/// <remarks>Nothing was stored, and these copies can never be committed. Source: Axon/STM.py, <c>ConcurrentUpdate</c>.</remarks>
public sealed class ConcurrentUpdateException : AxonException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="keys">The names that were to be committed.</param>
    public ConcurrentUpdateException(IReadOnlyList<string> keys)
        : base(
            $"One of \"{string.Join("\", \"", keys)}\" has changed since the copies were taken, so nothing was stored. " +
            "Take new ones with Using or UseVar, and do the work again.",
            keys)
    {
        Keys = keys;
    }

    /// <summary>The names that were to be committed.</summary>
    public IReadOnlyList<string> Keys { get; }
}
