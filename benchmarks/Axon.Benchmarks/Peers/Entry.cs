// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;

namespace Axon.Benchmarks.Peers;

/// <summary>A contestant of a contest, and what was measured.</summary>
internal sealed class Entry(Contest contest, Contestant contestant)
{
    // A run is to last so long, and to be no larger than the workloads that are defined by a number.
    private static readonly TimeSpan s_length = TimeSpan.FromMilliseconds(80);

    private const int Most = 2_000_000;

    private readonly List<double> _nanoseconds = [];
    private readonly List<double> _processor = [];

    public Contest Contest => contest;

    public Contestant Contestant => contestant;

    /// <summary>How many operations a run has.</summary>
    public int Operations { get; private set; }

    /// <summary>Time by the clock, nanoseconds an operation.</summary>
    public Figure Time => Figure.Of(_nanoseconds);

    /// <summary>Time of all processors, nanoseconds an operation.</summary>
    public Figure Processor => Figure.Of(_processor);

    /// <summary>Allocated by the whole process, bytes an operation.</summary>
    public double Bytes { get; private set; }

    /// <summary>Runs small runs for so long, and finds out how large one must be to last.</summary>
    public void WarmUp(TimeSpan time)
    {
        int operations = Round(10_000);
        double nanoseconds = double.MaxValue;
        long start = Stopwatch.GetTimestamp();
        do
        {
            Run run = contestant.Prepare(operations);
            long began = Stopwatch.GetTimestamp();
            run.Go();
            nanoseconds = Math.Min(nanoseconds, Stopwatch.GetElapsedTime(began).TotalNanoseconds / operations);
            run.CleanUp?.Invoke();
        }
        while (Stopwatch.GetElapsedTime(start) < time);
        Operations = Round((int)Math.Min(Most, s_length.TotalNanoseconds / nanoseconds));
    }

    /// <summary>Runs and measures once.</summary>
    public void Measure()
    {
        Run run = contestant.Prepare(Operations);

        // What was wired lately, and what the last run left behind, is not this run's to collect.
        GC.Collect();
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        run.Go();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        processor = Environment.CpuUsage.TotalTime - processor;
        Bytes = (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)Operations;
        _nanoseconds.Add(elapsed.TotalNanoseconds / Operations);
        _processor.Add(processor.TotalNanoseconds / Operations);
        run.CleanUp?.Invoke();
    }

    /// <summary>Forgets what was measured.</summary>
    public void Forget()
    {
        _nanoseconds.Clear();
        _processor.Clear();
    }

    private int Round(int operations) => Math.Max(1, operations / contest.Multiple) * contest.Multiple;
}
