// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;

namespace Kamaelia.Internet.Tests;

public class DescriptorTests
{
    [LinuxTheory, EachPoller]
    [Trait("Spec", "INT-SRV-14")]
    [Trait("Spec", "INT-CLI-06")]
    [Trait("Spec", "INT-FLOW-14")]
    public void NoDescriptorsLeft_OpenConnectionsAreServedAndNewOnesLater(PollerKind kind)
    {
        // In a process of its own, with few descriptors to use up. Everything is loaded before the last one is gone.
        string? host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? Environment.ProcessPath;
        ProcessStartInfo start = new("/bin/sh") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("ulimit -n 400; exec \"$0\" exec \"$1\" \"$2\"");
        start.ArgumentList.Add(Path.GetFileNameWithoutExtension(host) == "dotnet" ? host! : "dotnet");
        start.ArgumentList.Add(typeof(Program).Assembly.Location);
        start.ArgumentList.Add(kind.ToString());

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == Program.AllWell, $"Exit code {process.ExitCode}: {errors}");
        GC.KeepAlive(output);
    }
}
