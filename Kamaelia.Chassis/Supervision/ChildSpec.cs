// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>What a <see cref="Supervisor"/> knows of a child: how to make one, and when to make another.</summary>
/// <param name="Factory">
/// Makes a new component each time; called in the Supervisor's own step. One that throws, or returns null or a component that is in use or
/// lacks a box, counts as a crash.
/// </param>
public sealed record ChildSpec(Func<Component?> Factory)
{
    /// <summary>Makes a new component each time.</summary>
    public Func<Component?> Factory { get; init; } = Factory ?? throw new ArgumentNullException(nameof(Factory));

    /// <summary>Which of its ends make the Supervisor put another in its place. Default: <see cref="Restart.Transient"/>.</summary>
    public Restart Restart { get; init; }
}
