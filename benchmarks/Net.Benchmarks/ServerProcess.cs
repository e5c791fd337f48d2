// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Net.Benchmarks;

/// <summary>A server, running on the first core alone until it is disposed of.</summary>
internal sealed class ServerProcess : IDisposable
{
    public const int Core = 0;
    public const int LoadCore = 1;

    private static readonly TimeSpan s_startTime = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    /// <summary>Starts it, and waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public ServerProcess(Contestant contestant)
    {
        Contestant = contestant;
        _process = Child.StartOn(Core, contestant.Program, contestant.Arguments, contestant.Environment);
        try
        {
            string? line = _process.StandardOutput.ReadLineAsync().WaitAsync(s_startTime).GetAwaiter().GetResult();
            Port = line is not null && IPEndPoint.TryParse(line.Split(' ')[^1].Replace("[::]", "127.0.0.1", StringComparison.Ordinal), out IPEndPoint? endPoint)
                ? endPoint.Port
                : throw new InvalidOperationException($"{contestant.Name} does not say where it listens, but: {line ?? "nothing"}");
        }
        catch (Exception exception)
        {
            Dispose();
            throw exception is TimeoutException
                ? new InvalidOperationException($"{contestant.Name} did not listen within {s_startTime.TotalSeconds:F0} s.")
                : exception;
        }
    }

    public Contestant Contestant { get; }

    public int Port { get; }

    public int Id => _process.Id;

    public ProcessorTime ProcessorTime => ProcessorTime.Of(Id);

    public int OpenFiles => Directory.GetFileSystemEntries($"/proc/{Id}/fd").Length;

    /// <summary>Physical memory, in bytes.</summary>
    public long Memory => 1024 * long.Parse(Status("status", "VmRSS:"), CultureInfo.InvariantCulture);

    /// <summary>How often the thread that serves went to sleep and was woken again: one that stays asleep makes no system call.</summary>
    public long Awakenings => long.Parse(Status($"task/{Id}/status", "voluntary_ctxt_switches:"), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Status(string file, string key) =>
        File.ReadLines($"/proc/{Id}/{file}").First(line => line.StartsWith(key, StringComparison.Ordinal))
            .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1];
}
