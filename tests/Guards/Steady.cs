// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Guards;

/// <summary>A system that does the same over and over, and what a number of its cycles cost.</summary>
internal sealed class Steady
{
    private const int Warming = 200;
    private const int Measured = 500;

    private readonly StepCounter _steps = new();
    private readonly LeapingClock _clock = new();

    public Steady() => Scheduler = Make();

    public Scheduler Scheduler { get; }

    /// <summary>How often what is measured has happened so far; the components count it.</summary>
    public long Done { get; set; }

    /// <summary>Another scheduler, run by turns with the first, on the same thread.</summary>
    public Scheduler? Second { get; private set; }

    public Scheduler AddSecond() => Second = Make();

    /// <summary>Runs until everything has grown and is compiled, then counts.</summary>
    public Costs Measure()
    {
        Cycles(Warming);
        long done = Done;
        long steps = _steps.Count;
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        Cycles(Measured);
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        done = Done - done;
        Assert.True(done >= Measured / 10, $"It happened only {done} times in {Measured} cycles: there is nothing to measure.");
        return new Costs(bytes / (double)done, (_steps.Count - steps) / (double)done);
    }

    private Scheduler Make() => new(new SchedulerOptions { Clock = _clock, Listener = _steps });

    private void Cycles(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Scheduler.RunCycle();
            Second?.RunCycle();
            _clock.Now += TimeSpan.TicksPerMillisecond;
        }
    }

    private sealed class StepCounter : SchedulerListener
    {
        public long Count { get; private set; }

        public override void Stepped(Microprocess process) => Count++;
    }

    // A millisecond a cycle.
    private sealed class LeapingClock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;
    }
}

/// <summary>What one operation costs, counted.</summary>
/// <param name="Bytes">Allocated.</param>
/// <param name="Steps">Taken by all components together.</param>
internal readonly record struct Costs(double Bytes, double Steps);
