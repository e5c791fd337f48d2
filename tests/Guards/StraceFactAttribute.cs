// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.ComponentModel;
using System.Diagnostics;

namespace Guards;

/// <summary>A fact that needs a system whose calls can be listed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StraceFactAttribute : FactAttribute
{
    private static readonly string? s_problem = FindProblem();

    public StraceFactAttribute() => Skip = s_problem;

    private static string? FindProblem()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "Needs strace, which only Linux has.";
        }

        try
        {
            using Process strace = Process.Start(new ProcessStartInfo("strace", ["-o", "/dev/null", "true"]) { RedirectStandardError = true })!;
            string errors = strace.StandardError.ReadToEnd();
            strace.WaitForExit();
            return strace.ExitCode == 0 ? null : $"strace is not allowed to trace here: {errors.Trim()}";
        }
        catch (Win32Exception)
        {
            return "Needs strace, which is not installed.";
        }
    }
}
