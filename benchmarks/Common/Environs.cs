// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Benchmarks.Common;

/// <summary>Where and when something was measured.</summary>
internal static class Environs
{
    /// <summary>The repository's folder, above the program's.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder for what benchmarks find out.</summary>
    public static string Results => Path.Combine(Root, "benchmarks", "results");

    /// <summary>A list for the head of a page.</summary>
    public static string Markdown(DateTimeOffset time, string command) => string.Create(
        CultureInfo.InvariantCulture,
        $"- {time:d MMMM yyyy, HH:mm} UTC, commit {Commit()}\n- {Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}\n" +
        $"- {RuntimeInformation.FrameworkDescription}\n- `{command}`\n");

    /// <summary>A line for the foot of a chart.</summary>
    public static string OneLine(DateTimeOffset time, string command) => string.Create(
        CultureInfo.InvariantCulture,
        $"{time:d MMMM yyyy}, {Commit()}, {Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}: {command}");

    private static string Processor()
    {
        const string File = "/proc/cpuinfo";
        string? line = System.IO.File.Exists(File)
            ? System.IO.File.ReadLines(File).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? $"{RuntimeInformation.ProcessArchitecture}";
    }

    private static string Commit()
    {
        string commit = Git("rev-parse", "--short=10", "HEAD");
        return commit.Length == 0 ? "unknown" : Git("status", "--porcelain", "--untracked-files=no").Length == 0 ? commit : commit + " with changes";
    }

    private static string Git(params string[] arguments)
    {
        try
        {
            using Process git = Process.Start(
                new ProcessStartInfo("git", ["-C", Root, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string output = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? output : "";
        }
        catch (Win32Exception)
        {
            // There is no git here; the sources came some other way.
            return "";
        }
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Axon.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"There is no Axon.sln above {AppContext.BaseDirectory}. Run from the repository.");
    }
}
