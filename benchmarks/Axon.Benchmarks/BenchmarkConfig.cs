// Licensed under the Apache License, Version 2.0. See LICENSE.

using BenchmarkDotNet.Analysers;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Validators;
using Benchmarks.Common;
using Perfolizer.Horology;
using Perfolizer.Metrology;

namespace Axon.Benchmarks;

/// <summary>What BenchmarkDotNet prints and writes: nanoseconds and bytes an operation, as Markdown, into <c>benchmarks/results</c>.</summary>
internal sealed class BenchmarkConfig : ManualConfig
{
    public BenchmarkConfig()
    {
        AddLogger(ConsoleLogger.Default);
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddColumn(StatisticColumn.Min, StatisticColumn.Median);
        AddDiagnoser(MemoryDiagnoser.Default);
        AddExporter(MarkdownExporter.GitHub);
        AddAnalyser(EnvironmentAnalyser.Default);
        AddValidator(JitOptimizationsValidator.FailOnError, BaselineValidator.FailOnError, ExecutionValidator.DontFailOnError);
        WithSummaryStyle(SummaryStyle.Default.WithTimeUnit(TimeUnit.Nanosecond).WithSizeUnit(SizeUnit.B).WithMaxParameterColumnWidth(40));
        WithOptions(ConfigOptions.DisableLogFile);

        // Exported files go into a folder "results" below this one.
        ArtifactsPath = Path.Combine(Environs.Root, "benchmarks");
    }
}
