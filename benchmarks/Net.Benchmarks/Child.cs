// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.ComponentModel;
using System.Diagnostics;

namespace Net.Benchmarks;

/// <summary>A process that does not outlive this one, however this one ends.</summary>
internal static class Child
{
    /// <summary>Starts a program on one core.</summary>
    /// <returns>The process: the identity is the program's own, for each of the helpers turns into the next.</returns>
    /// <exception cref="InvalidOperationException">The helpers are missing.</exception>
    /// <remarks>
    /// The affinity of a process that runs already would not hold for the threads it has, so it is set before. The kernel kills it when the thread
    /// that started it ends: call this on the main thread.
    /// </remarks>
    public static Process StartOn(int core, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo start = new("setpriv", ["--pdeathsig", "KILL", "taskset", "-c", $"{core}", program, .. arguments])
        {
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException($"setpriv cannot be started ({exception.Message}). It and taskset belong to util-linux; install that.");
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="Win32Exception">There is no such program.</exception>
    /// <exception cref="InvalidOperationException">It failed, or took too long and was killed.</exception>
    public static string Run(string program, IReadOnlyList<string> arguments, TimeSpan limit)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        return Finish(process, $"{program} {string.Join(' ', arguments)}", limit);
    }

    /// <summary>Waits for the end of a process.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It failed, or took too long and was killed.</exception>
    public static string Finish(Process process, string command, TimeSpan limit)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill();
            process.WaitForExit();
            throw new InvalidOperationException($"{command} was not done after {limit.TotalSeconds:F0} s, and was killed.");
        }

        return process.ExitCode == 0
            ? output.GetAwaiter().GetResult()
            : throw new InvalidOperationException($"{command} ended with status {process.ExitCode}.");
    }
}
