// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Globalization;

namespace Net.Benchmarks;

/// <summary>Runs of the load generators, which have the second core to themselves.</summary>
internal static class LoadGenerator
{
    // What connecting, and whatever has limits of its own in there, may take beside the measured time.
    private const double Patience = 90;

    /// <summary>Runs the one that knows the mode.</summary>
    /// <param name="tools">Where they are.</param>
    /// <param name="server">Whom to load.</param>
    /// <param name="mode">See the head of <c>native/loadgen.c</c>; or <see cref="Load.TlsMode"/>, for <c>native/tlsload.c</c>.</param>
    /// <param name="options">As above.</param>
    /// <param name="before">Seconds of load that are not measured.</param>
    /// <param name="seconds">How long to measure.</param>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static Sample Run(Toolbox tools, ServerProcess server, string mode, string options, double before, double seconds)
    {
        bool tls = mode == Load.TlsMode;
        string[] arguments =
        [
            .. tls ? Array.Empty<string>() : [mode], "127.0.0.1", $"{server.Port}", "-p", $"{server.Id}",
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            "-w", before.ToString(CultureInfo.InvariantCulture), "-t", seconds.ToString(CultureInfo.InvariantCulture),
        ];
        ProcessorTime earlier = server.ProcessorTime;
        using Process process = Child.StartOn(ServerProcess.LoadCore, tls ? tools.TlsLoadGenerator : tools.LoadGenerator, arguments);
        string output = Child.Finish(process, $"{mode} {options}", TimeSpan.FromSeconds(before + seconds + Patience));
        ProcessorTime used = server.ProcessorTime - earlier;
        Sample sample = new(output, used.Total > 0 ? (double)used.User / used.Total : 0);
        foreach (string fault in (string[])["errors", "bad", "starved"])
        {
            if (sample[fault] > 0)
            {
                Console.Error.WriteLine($"  {server.Contestant.Name}, {mode} {options}: {sample[fault]} {fault}");
            }
        }

        return sample;
    }
}
