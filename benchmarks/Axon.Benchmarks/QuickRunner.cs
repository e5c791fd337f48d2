// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;

namespace Axon.Benchmarks;

/// <summary>Runs every workload and its bare loop by turns in this process, and prints a table in a minute.</summary>
/// <remarks>
/// All of them run in each round, one after the other, so that a disturbance hits neighbours alike and the ratios hold. All share
/// the compiled code of the scheduler, as the components of a program do; BenchmarkDotNet gives each a process of its own, where the compiler
/// sees only one kind of component and guesses its type. Expect better figures there, of both sides.
/// </remarks>
internal static class QuickRunner
{
    private const int DefaultRepetitions = 7;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(3);

    /// <summary>Runs.</summary>
    /// <param name="options">The number of repetitions, parts of names of workloads; each may be left out.</param>
    /// <param name="output">Where the table goes. What goes on meanwhile is told on the error stream.</param>
    public static void Run(string[] options, TextWriter output)
    {
        int repetitions = options.Where(option => int.TryParse(option, out _)).Select(int.Parse).FirstOrDefault(DefaultRepetitions);
        string[] names = [.. options.Where(option => !int.TryParse(option, out _))];
        Contest[] contests =
        [
            .. SchedulerBenchmarks.Workloads
                .Concat(BoxBenchmarks.Workloads)
                .Concat(PipelineBenchmarks.Workloads)
                .Where(workload => names.Length == 0 || names.Any(name => workload.Name.Contains(name, StringComparison.OrdinalIgnoreCase)))
                .Select(workload => new Contest(workload)),
        ];

        WarmUp(contests);
        for (int i = 0; i < repetitions; i++)
        {
            Console.Error.WriteLine($"Round {i + 1} of {repetitions}");
            foreach (Contest contest in contests)
            {
                contest.Run(Workload.Operations);
            }
        }

        Print(contests, repetitions, output);
    }

    // Small runs of everything by turns, for as long as the compiler takes to notice what is hot and to compile it well. By turns, so that
    // it does not tailor shared code to whichever workload comes first. Then one full run, to let arrays and the collector's heap grow.
    private static void WarmUp(Contest[] contests)
    {
        Console.Error.WriteLine("Warming up");
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < s_warmUp)
        {
            foreach (Contest contest in contests)
            {
                contest.Run(Workload.WarmUpOperations);
            }
        }

        foreach (Contest contest in contests)
        {
            contest.Run(Workload.Operations);
            contest.Forget();
        }
    }

    private static void Print(Contest[] contests, int repetitions, TextWriter output)
    {
        output.WriteLine("| workload | per | Axon min, ns | median | bare loop min, ns | median | ratio of min | of medians | B/op |");
        output.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (Contest contest in contests)
        {
            (double axonMin, double axonMedian) = contest.Axon.Figures();
            (double bareMin, double bareMedian) = contest.Bare.Figures();
            output.WriteLine(
                $"| {contest.Workload.Name} | {contest.Workload.Unit} | {axonMin:F1} | {axonMedian:F1} | {bareMin:F1} | {bareMedian:F1} " +
                $"| {axonMin / bareMin:F2} | {axonMedian / bareMedian:F2} | {contest.Axon.BytesPerOperation:F1} |");
        }

        output.WriteLine();
        output.WriteLine($"{repetitions} repetitions of {Workload.Operations:N0} operations; .NET {Environment.Version}, {Environment.ProcessorCount} processors.");
    }

    private sealed class Contest(Workload workload)
    {
        public Workload Workload => workload;

        public Series Axon { get; } = new();

        public Series Bare { get; } = new();

        public void Run(int operations)
        {
            Axon.Add(workload.PrepareAxon(operations), operations);
            Bare.Add(workload.PrepareBare(operations), operations);
        }

        public void Forget()
        {
            Axon.Clear();
            Bare.Clear();
        }
    }

    private sealed class Series
    {
        private readonly List<double> _nanoseconds = [];

        public double BytesPerOperation { get; private set; }

        public void Add(Action run, int operations)
        {
            if (operations == Workload.Operations)
            {
                // What was wired lately, and what the last run left behind, is not this run's to collect.
                GC.Collect();
            }

            long bytes = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            run();
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            BytesPerOperation = (GC.GetAllocatedBytesForCurrentThread() - bytes) / (double)operations;
            _nanoseconds.Add(elapsed.TotalNanoseconds / operations);
        }

        public void Clear() => _nanoseconds.Clear();

        public (double Min, double Median) Figures()
        {
            double[] sorted = [.. _nanoseconds.Order()];
            int middle = sorted.Length / 2;
            return (sorted[0], sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
        }
    }
}
