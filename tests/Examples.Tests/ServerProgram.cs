// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Net;
using System.Reflection;
using System.Text;

namespace Examples.Tests;

/// <summary>A server example as a program of its own.</summary>
internal sealed class ServerProgram : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    public ServerProgram(string example, params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [FindProgram(example), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += (_, line) => _errors.AppendLine(line.Data);
        _process.BeginErrorReadLine();
    }

    public static string FindProgram(string example)
    {
        // What was built together with these tests: the same configuration, the same framework.
        string configuration = typeof(ServerProgram).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        string framework = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return Path.Combine(Repository.Root, "examples", example, "bin", configuration, framework, $"{example}.dll");
    }

    /// <summary>Waits for the line that says where it listens.</summary>
    /// <returns>What stands there behind "listening on".</returns>
    public async Task<string> Listening()
    {
        using CancellationTokenSource timeout = new(s_patience);
        string? line = await _process.StandardOutput.ReadLineAsync(timeout.Token);
        const string Beginning = "listening on ";
        Assert.StartsWith(Beginning, line, StringComparison.Ordinal);
        return line![Beginning.Length..];
    }

    /// <summary>Waits for the line that says where it listens.</summary>
    /// <returns>The port.</returns>
    public async Task<int> ListeningPort() => IPEndPoint.Parse(await Listening()).Port;

    public void Terminate()
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>Its exit status, and what else it has written.</returns>
    public async Task<(int Status, string Output, string Errors)> End()
    {
        using CancellationTokenSource timeout = new(s_patience);
        string output = await _process.StandardOutput.ReadToEndAsync(timeout.Token);
        await _process.WaitForExitAsync(timeout.Token);
        return (_process.ExitCode, output, _errors.ToString().Trim());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
