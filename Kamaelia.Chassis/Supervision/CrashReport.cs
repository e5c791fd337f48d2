// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>What a <see cref="Supervisor"/> sends on <c>"crashes"</c>.</summary>
/// <param name="Child">The name of the child.</param>
/// <param name="Component">Who crashed: the child, or a component inside it; null if the child's factory failed.</param>
/// <param name="Exception">What it threw.</param>
/// <param name="Count">How many crashes of this child there have been, with this one.</param>
/// <param name="Action">What is done about it.</param>
/// <param name="Delay">How long the place stays empty, before a <see cref="CrashAction.Restart"/>; else zero.</param>
public sealed record CrashReport(string Child, Component? Component, Exception Exception, int Count, CrashAction Action, TimeSpan Delay);
