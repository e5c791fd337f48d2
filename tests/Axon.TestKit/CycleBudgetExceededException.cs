// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.TestKit;

/// <summary>A system did not come to where a test wanted it within the cycles allowed.</summary>
/// <remarks>The text names who is awake, who sleeps, and what happened last.</remarks>
public sealed class CycleBudgetExceededException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="cycles">Cycles run.</param>
    /// <param name="trace">What happened.</param>
    /// <param name="scheduler">Who is left.</param>
    /// <param name="reason">What was wrong.</param>
    public CycleBudgetExceededException(int cycles, Trace trace, Scheduler scheduler, string reason)
        : base(Describe(cycles, trace, scheduler, reason))
    {
        Cycles = cycles;
    }

    /// <summary>Cycles run.</summary>
    public int Cycles { get; }

    private static string Describe(int cycles, Trace trace, Scheduler scheduler, string reason)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(scheduler);
        ILookup<bool, string> byPaused = scheduler.ListAll().ToLookup(scheduler.IsPaused, trace.NameOf);
        return $"After {cycles} cycles {reason}. Awake: {List(byPaused[false])}. Asleep: {List(byPaused[true])}. Last events:\n  " +
            string.Join("\n  ", trace.Lines.TakeLast(12));
    }

    private static string List(IEnumerable<string> names) => names.Any() ? string.Join(", ", names) : "nobody";
}
