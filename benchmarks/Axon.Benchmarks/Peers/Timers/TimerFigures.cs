// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers.Timers;

/// <summary>What was measured of timers.</summary>
/// <param name="Processor">Microseconds of all processors, each.</param>
/// <param name="Late">The median of how late they were, milliseconds.</param>
/// <param name="Late99">99 of 100 were no later than that, milliseconds.</param>
/// <param name="Latest">The latest, milliseconds.</param>
/// <param name="Early">How many went off before their time.</param>
/// <param name="Earliest">By how much at most, milliseconds.</param>
internal sealed record TimerFigures(double Processor, double Late, double Late99, double Latest, int Early, double Earliest);
