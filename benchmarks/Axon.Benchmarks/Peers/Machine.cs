// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Axon.Benchmarks.Peers;

/// <summary>Where and when a run took place.</summary>
internal static class Machine
{
    public static string Describe(string command) => string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTime.UtcNow:yyyy-MM-dd}; {Environment.ProcessorCount} cores, {Processor()}; {RuntimeInformation.OSDescription}; .NET {Environment.Version}; commit {Commit()}; `{command}`");

    private static string Processor()
    {
        const string File = "/proc/cpuinfo";
        string? line = System.IO.File.Exists(File)
            ? System.IO.File.ReadLines(File).FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line is null ? $"{RuntimeInformation.ProcessArchitecture}" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static string Commit()
    {
        try
        {
            using Process git = Process.Start(new ProcessStartInfo("git", ["describe", "--always", "--dirty"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = AppContext.BaseDirectory,
            })!;
            string commit = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? commit : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no git here.
            return "unknown";
        }
    }
}
