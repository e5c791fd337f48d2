// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Kamaelia.Internet.Tests;

namespace Examples.Tests;

/// <summary>MulticastChat as its users see it; skipped, with the reason, where a machine has no multicast on its loopback interface.</summary>
public class MulticastChatTests
{
    private const string Example = "MulticastChat";
    private const string Group = "239.255.77.9";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [MulticastFact]
    public async Task Demo_EverybodyHearsEverything()
    {
        (int status, string output, string errors) = await Run("--demo", "--group", Group);

        Assert.Equal("", errors);
        Assert.Equal(0, status);
        Assert.Equal(Repository.Read($"examples/{Example}/demo.out"), output);
    }

    [MulticastFact]
    public async Task TwoPrograms_HearEachOtherComeTalkAndLeave()
    {
        string[] options = ["--group", Group, "--interface", "127.0.0.1", "--port", $"{FreePort()}"];
        using Process ben = Start([.. options, "--name", "ben"]);
        try
        {
            Assert.Equal("* ben is here", await ReadLine(ben));

            using Process ada = Start([.. options, "--name", "ada"]);
            Assert.Equal("* ada is here", await ReadLine(ada));
            Assert.Equal("* ada is here", await ReadLine(ben));
            ben.StandardInput.WriteLine("hello \u001b[2Jada");
            Assert.Equal("ben: hello [2Jada", await ReadLine(ada));
            Assert.Equal("ben: hello [2Jada", await ReadLine(ben));
            ada.StandardInput.WriteLine("/quit");
            Assert.Equal(0, await End(ada));
            Assert.Equal("* ada has left", await ReadLine(ben));

            ben.StandardInput.Close();
            Assert.Equal(0, await End(ben));
            Assert.Equal("", await ben.StandardError.ReadToEndAsync());
        }
        finally
        {
            if (!ben.HasExited)
            {
                ben.Kill();
            }
        }
    }

    [Theory]
    [InlineData("--demo")]
    [InlineData("--name", "ada")]
    public async Task NoMulticast_SaysSo(params string[] options)
    {
        (int status, string output, string errors) = await Run([.. options, "--interface", "192.0.2.77"]);

        Assert.Equal(1, status);
        Assert.Equal("", output);
        Assert.StartsWith("MulticastChat: no multicast here: ", errors, StringComparison.Ordinal);
        Assert.Contains("192.0.2.77", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--group", "10.0.0.1")]
    [InlineData("--port", "0")]
    [InlineData("--port", "65536")]
    [InlineData("--name", "")]
    [InlineData("--interface", "eth0")]
    [InlineData("--ttl", "256")]
    [InlineData("--what")]
    public async Task WrongOption_IsNamed(params string[] options)
    {
        (int status, _, string errors) = await Run(options);

        Assert.Equal(2, status);
        Assert.Contains(options[0], errors, StringComparison.Ordinal);
        Assert.Contains("Usage: MulticastChat", errors, StringComparison.Ordinal);
    }

    // Somebody else may take it in between; that one would not be in the group.
    private static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [ServerProgram.FindProgram(Example), .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static async Task<string?> ReadLine(Process process)
    {
        using CancellationTokenSource timeout = new(s_patience);
        return await process.StandardOutput.ReadLineAsync(timeout.Token);
    }

    private static async Task<int> End(Process process)
    {
        using CancellationTokenSource timeout = new(s_patience);
        await process.WaitForExitAsync(timeout.Token);
        return process.ExitCode;
    }

    private static async Task<(int Status, string Output, string Errors)> Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            return (await End(process), (await output).ReplaceLineEndings("\n"), (await errors).ReplaceLineEndings("\n"));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
