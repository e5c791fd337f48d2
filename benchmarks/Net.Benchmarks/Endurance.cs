// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Net.Benchmarks;

/// <summary>What our server costs beside many connections, after many, and with nothing to do.</summary>
internal static class Endurance
{
    private const int Many = IdleLoad.Many;

    /// <summary>Opening and closing connections beside few and beside many others.</summary>
    public static void Others(Toolbox tools, Settings settings, TextWriter output)
    {
        output.WriteLine("\nOpening and closing connections beside others that are open\n");
        output.WriteLine("| others | connections/s, best | median | server CPU a connection, median |");
        output.WriteLine("| ---: | ---: | ---: | ---: |");
        foreach (int others in (int[])[10, Many])
        {
            List<Sample> results = [];
            for (int round = 1; round <= settings.Rounds; round++)
            {
                Console.Error.WriteLine($"Churn beside {others}: round {round} of {settings.Rounds}");
                using ServerProcess server = new(tools.Ours);
                List<Socket> open = Connect(server.Port, others);
                results.Add(Churn(tools, server, settings.WarmUp, settings.Seconds));
                open.ForEach(socket => socket.Dispose());
            }

            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {others:N0} | {results.Max(result => result["cps"]):N0} | {Median(results.Select(result => result["cps"])):N0} " +
                $"| {Median(results.Select(result => result["srv_cpu_us_per_conn"])):F1} µs |"));
        }
    }

    /// <summary>What is left after very many connections.</summary>
    public static void Leftovers(Toolbox tools, TextWriter output)
    {
        const int Connections = 100_000;
        using ServerProcess server = new(tools.Ours);

        // Until the collector's heap has found its size.
        Churn(tools, server, 1, 8);
        Thread.Sleep(TimeSpan.FromSeconds(1));
        (int files, long memory) = (server.OpenFiles, server.Memory);
        double done = 0;
        for (int part = 1; part <= 5 || done < Connections; part++)
        {
            Console.Error.WriteLine($"Leftovers: {done:N0} connections so far");
            Sample sample = Churn(tools, server, 0, 3);
            done += sample["cps"] * sample["seconds"];
        }

        Thread.Sleep(TimeSpan.FromSeconds(1));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\nAfter {done:N0} connections: {server.OpenFiles} open files (before: {files}), {server.Memory / 1024.0 / 1024:F1} MiB (before: {memory / 1024.0 / 1024:F1} MiB).\n"));
    }

    /// <summary>Whether a server without work rests.</summary>
    public static void Rest(Toolbox tools, TextWriter output)
    {
        const int Seconds = 5;
        using ServerProcess server = new(tools.Ours);
        List<Socket> open = Connect(server.Port, 100);
        Thread.Sleep(TimeSpan.FromSeconds(2));
        long before = server.Awakenings;
        Thread.Sleep(TimeSpan.FromSeconds(Seconds));
        output.WriteLine($"\nIn {Seconds} s without work and with {open.Count} connections open, its thread woke up {server.Awakenings - before} times.");
        open.ForEach(socket => socket.Dispose());
    }

    private static Sample Churn(Toolbox tools, ServerProcess server, double before, double seconds) =>
        LoadGenerator.Run(tools, server, "churn", "-c 10", before, seconds);

    private static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static List<Socket> Connect(int port, int count)
    {
        List<Socket> sockets = [];
        for (int i = 0; i < count; i++)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

            // From another address than the load generator's, which binds the ports of its own and keeps them for a minute after they are closed.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
            socket.Connect(IPAddress.Loopback, port);
            sockets.Add(socket);
        }

        return sockets;
    }
}
