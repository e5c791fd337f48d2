// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Net.Benchmarks;

/// <summary>A server, running on the first core alone.</summary>
internal sealed class ServerProcess : IDisposable
{
    public const int Core = 0;
    public const int LoadCore = 1;

    private readonly Process _process;

    public ServerProcess(Contestant contestant)
    {
        // The affinity of a process that runs already would not hold for the threads it has.
        _process = Process.Start(new ProcessStartInfo("taskset", ["-c", $"{Core}", contestant.Program, .. contestant.Arguments])
        {
            RedirectStandardOutput = true,
        })!;
        string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{contestant.Program} said nothing.");
        Port = IPEndPoint.Parse(line.Split(' ')[^1].Replace("[::]", "127.0.0.1", StringComparison.Ordinal)).Port;
    }

    public int Port { get; }

    public int Id => _process.Id;

    public int OpenFiles => Directory.GetFileSystemEntries($"/proc/{Id}/fd").Length;

    /// <summary>Physical memory, in bytes.</summary>
    public long Memory => 1024 * long.Parse(
        File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <summary>How often the thread that serves went to sleep and was woken again: one that stays asleep makes no system call.</summary>
    public long Awakenings => long.Parse(
        File.ReadLines($"/proc/{Id}/task/{Id}/status").First(line => line.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal)).Split('\t')[1],
        CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
