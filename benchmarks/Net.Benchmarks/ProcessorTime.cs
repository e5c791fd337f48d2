// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;

namespace Net.Benchmarks;

/// <summary>What a process has used, in ticks of the kernel's clock, 10 ms.</summary>
/// <param name="User">In its own code.</param>
/// <param name="System">In the kernel.</param>
/// <param name="Jit">Of both, what .NET's compiler of hot methods has used.</param>
internal readonly record struct ProcessorTime(long User, long System, long Jit)
{
    // The kernel keeps fifteen letters of a thread's name.
    private const string CompilerThread = ".NET Tiered Com";

    public long Total => User + System;

    public static ProcessorTime operator -(ProcessorTime later, ProcessorTime earlier) =>
        new(later.User - earlier.User, later.System - earlier.System, later.Jit - earlier.Jit);

    /// <summary>Reads it.</summary>
    public static ProcessorTime Of(int process)
    {
        (_, long user, long system) = Read($"/proc/{process}/stat");
        long jit = 0;
        foreach (string thread in Directory.GetDirectories($"/proc/{process}/task"))
        {
            try
            {
                (string name, long threadUser, long threadSystem) = Read(thread + "/stat");
                jit += name == CompilerThread ? threadUser + threadSystem : 0;
            }
            catch (IOException)
            {
                // The thread has ended since it was listed.
            }
        }

        return new ProcessorTime(user, system, jit);
    }

    private static (string Name, long User, long System) Read(string file)
    {
        // The name may have blanks and parentheses in it; the rest has none.
        string text = File.ReadAllText(file);
        int close = text.LastIndexOf(')');
        string[] fields = text[(close + 2)..].Split(' ');
        return (
            text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..close],
            long.Parse(fields[11], CultureInfo.InvariantCulture),
            long.Parse(fields[12], CultureInfo.InvariantCulture));
    }
}
