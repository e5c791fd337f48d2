// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Chassis/PAR.py. Copyright BBC and Kamaelia Contributors.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>Says who gets a message that arrived on the <c>"inbox"</c> of a <see cref="Par"/>.</summary>
/// <param name="message">The message.</param>
/// <param name="living">The components that have not ended, in the order given; at least one. Valid during the call.</param>
/// <returns>Those who get it, each of them a component of the Par; empty to drop it. Read before the policy is asked again.</returns>
/// <remarks>
/// <para><see cref="InputPolicies"/> has the usual ones. One that throws crashes the Par.</para>
/// <para>Threads: called in the step of the Par.</para>
/// </remarks>
public delegate IReadOnlyList<Component> InputPolicy(object? message, IReadOnlyList<Component> living);

/// <summary>The usual ways to share out the input of a <see cref="Par"/>.</summary>
/// <remarks>Cost: none of them allocates for a message.</remarks>
public static class InputPolicies
{
    /// <summary>Nobody gets it.</summary>
    public static InputPolicy Discard { get; } = static (_, _) => [];

    /// <summary>All who live get it, the same object.</summary>
    public static InputPolicy Broadcast { get; } = static (_, living) => living;

    /// <summary>One gets it, then the next one in the order given, and the first after the last.</summary>
    /// <returns>A policy for one Par: it remembers whose turn it is.</returns>
    public static InputPolicy RoundRobin()
    {
        Component[] chosen = new Component[1];
        int turn = 0;
        return (_, living) =>
        {
            turn %= living.Count;
            chosen[0] = living[turn++];
            return chosen;
        };
    }
}
