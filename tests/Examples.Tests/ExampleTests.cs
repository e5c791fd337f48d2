// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;

namespace Examples.Tests;

public class ExampleTests
{
    private static readonly TimeSpan s_atMost = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Examples => [.. Repository.Examples];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Run_Example_PrintsWhatIsExpected(string example)
    {
        (int exitCode, string output, string errors) = await Run(example);

        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
        Assert.Equal(Repository.Read($"examples/{example}/expected.out"), output);
    }

    [Fact]
    public async Task Run_SlideShowWithKeys_ShowsWhatIsChosen()
    {
        (int exitCode, string output, string errors) = await Run("SlideShow", ["--keys"], "n\n\nn\np\nf\nl\nq\n");

        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
        Assert.Equal(Repository.Read("examples/SlideShow/expected-keys.out"), output);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> Run(string example, string[]? arguments = null, string input = "")
    {
        using CancellationTokenSource timeout = new(s_atMost);
        using Process process = Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [ServerProgram.FindProgram(example), .. arguments ?? []])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), timeout.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, (await output).ReplaceLineEndings("\n"), (await errors).ReplaceLineEndings("\n"));
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException($"{example} did not end within {s_atMost}.", exception);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
