// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using Xunit.Abstractions;

namespace Guards;

/// <summary>The system calls of an echo, as the kernel sees them: the example EchoServer, run under strace.</summary>
[Trait("Guard", "Cost")]
public sealed class SystemCallGuards(ITestOutputHelper output) : IDisposable
{
    private const int Warming = 300;
    private const int Measured = 1000;

    // Markers that strace shows in its list, since it prints the beginning of what is received.
    private const string Begin = "BEGIN-OF-COUNT";
    private const string End = "END-OF-COUNT..";
    private const string Ordinary = "an echo please";

    // A call that was interrupted shows what it received in its second line.
    private static readonly string[] s_receiving = ["recv", "read", "<... recv", "<... read"];

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("guards");

    public void Dispose() => _folder.Delete(recursive: true);

    [StraceFact]
    public async Task Echo_InSystemCalls_CostsNoMoreThanItsLimit()
    {
        string log = Path.Combine(_folder.FullName, "calls");
        using Process server = Process.Start(new ProcessStartInfo(
            "strace",
            ["-f", "-q", "-o", log, "dotnet", FindServer(), "--address", "127.0.0.1", "--port", "0"])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            int port = await ListeningPort(server);
            Converse(port);
        }
        finally
        {
            // The server is a child of strace, and ends with it.
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
        }

        string[] calls = CallsBetweenMarkers(File.ReadLines(log));
        string kinds = string.Join(", ", calls.CountBy(call => call).OrderByDescending(kind => kind.Value).Select(kind => $"{kind.Key} {kind.Value}"));
        Assert.True(calls.Length >= 2 * Measured, $"Too few calls were seen to be true: {kinds}.");
        output.WriteLine($"Of {Measured} echoes: {kinds}.");
        Limit.Check(output, ("echo: system calls", calls.Length / (double)Measured));
    }

    // Another thread did something while the server's received.
    [Fact]
    public void CallsBetweenMarkers_InterruptedByAnotherThread_AreFound() => Assert.Equal(
        ["sendto", "recvfrom"],
        CallsBetweenMarkers(
        [
            "7 recvfrom(5,  <unfinished ...>",
            "9 futex(0x7f, FUTEX_WAKE_PRIVATE, 1) = 0",
            $"7 <... recvfrom resumed>\"{Begin}\", 32768, 0, NULL, NULL) = 14",
            $"7 sendto(5, \"{Begin}\", 14, MSG_NOSIGNAL, NULL, 0) = 14",
            "9 madvise(0x7f, 4096, MADV_DONTNEED) = 0",
            "7 recvfrom(5,  <unfinished ...>",
            "9 futex(0x7f, FUTEX_WAKE_PRIVATE, 1) = 0",
            $"7 <... recvfrom resumed>\"{End}\", 32768, 0, NULL, NULL) = 14",
            $"7 sendto(5, \"{End}\", 14, MSG_NOSIGNAL, NULL, 0) = 14",
        ]));

    private static void Converse(int port)
    {
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.NoDelay = true;
        client.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
        client.Connect(IPAddress.Loopback, port);
        for (int i = 0; i < Warming; i++)
        {
            Exchange(client, Ordinary);
        }

        Exchange(client, Begin);
        for (int i = 0; i < Measured; i++)
        {
            Exchange(client, Ordinary);
        }

        Exchange(client, End);
    }

    private static void Exchange(Socket client, string text)
    {
        client.Send(Encoding.ASCII.GetBytes(text));
        byte[] answer = new byte[text.Length];
        for (int received = 0; received < answer.Length;)
        {
            int more = client.Receive(answer.AsSpan(received));
            Assert.True(more > 0, "The server has closed.");
            received += more;
        }

        Assert.Equal(text, Encoding.ASCII.GetString(answer));
    }

    /// <summary>The names of the calls that the thread made which received both markers, from the one to the other.</summary>
    private static string[] CallsBetweenMarkers(IEnumerable<string> log)
    {
        // A line: number of the thread, and a call; a call that others interrupt has a second line, and signals have lines of their own.
        List<string> calls = [];
        string? thread = null;
        foreach (string line in log)
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            string who = line[..space];
            string call = line[space..].TrimStart();
            bool isReceived = s_receiving.Any(beginning => call.StartsWith(beginning, StringComparison.Ordinal));
            if (isReceived && call.Contains(Begin, StringComparison.Ordinal))
            {
                thread = who;
            }
            else if (who == thread)
            {
                if (isReceived && call.Contains(End, StringComparison.Ordinal))
                {
                    return [.. calls];
                }

                if (char.IsAsciiLetter(call[0]))
                {
                    calls.Add(call[..call.IndexOf('(', StringComparison.Ordinal)]);
                }
            }
        }

        Assert.Fail("The markers do not stand in the list of calls.");
        return [];
    }

    private static async Task<int> ListeningPort(Process server)
    {
        using CancellationTokenSource timeout = new(s_patience);
        string? line = await server.StandardOutput.ReadLineAsync(timeout.Token);
        const string Beginning = "listening on ";
        Assert.StartsWith(Beginning, line, StringComparison.Ordinal);
        return IPEndPoint.Parse(line![Beginning.Length..]).Port;
    }

    private static string FindServer()
    {
        // What was built together with these tests: the same configuration, the same framework.
        string configuration = typeof(SystemCallGuards).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        string framework = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Axon.sln")))
            {
                return Path.Combine(folder.FullName, "examples", "EchoServer", "bin", configuration, framework, "EchoServer.dll");
            }
        }

        throw new DirectoryNotFoundException($"There is no Axon.sln above {AppContext.BaseDirectory}.");
    }
}
