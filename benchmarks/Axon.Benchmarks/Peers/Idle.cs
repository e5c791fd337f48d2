// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers;

/// <summary>Actors that were started and wait.</summary>
/// <param name="Hold">What keeps them alive, if their library does not.</param>
/// <param name="End">Ends them, and waits until they have ended.</param>
internal sealed record Idle(object? Hold, Action? End = null)
{
    /// <summary>The same work, with these beside it.</summary>
    public Run Beside(Action go) => new(go, () =>
    {
        End?.Invoke();
        GC.KeepAlive(Hold);
    });
}
