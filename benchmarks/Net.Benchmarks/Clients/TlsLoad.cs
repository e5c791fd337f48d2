// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json;

namespace Net.Benchmarks;

/// <summary>A load generator for echo over TLS: one message under way in each connection.</summary>
/// <remarks>
/// Its options and figures are those of the one in C, as far as it has them. It works harder than a server does, so look at how busy the server
/// was (<c>srv_cpu_s</c> of <c>seconds</c>) before comparing rates.
/// </remarks>
internal sealed class TlsLoad
{
    /// <summary>What this program is told to be this client.</summary>
    public const string Command = "tls-load";

    /// <summary>The mode under which it goes among loads.</summary>
    public const string Mode = "tls";

    /// <summary>On one core, work is best done by the thread that waits for the sockets.</summary>
    public static readonly IReadOnlyDictionary<string, string> Environment =
        new Dictionary<string, string> { ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1" };

    private const int MostSamples = 8_000_000;
    private const double SecondsPerTick = 0.01;
    private static readonly TimeSpan s_connectTime = TimeSpan.FromSeconds(30);

    private readonly long[] _latencies = new long[MostSamples];
    private readonly IPEndPoint _server;
    private readonly int _connections = 50;
    private readonly int _messageSize = 32;
    private readonly int _serverId;
    private readonly double _before = 0.5;
    private readonly double _seconds = 3;
    private int _count;
    private int _errors;
    private volatile bool _isMeasuring;

    private TlsLoad(string[] arguments)
    {
        _server = new IPEndPoint(IPAddress.Parse(arguments[0]), int.Parse(arguments[1], CultureInfo.InvariantCulture));
        if (!IPAddress.IsLoopback(_server.Address))
        {
            throw new ArgumentException($"{_server.Address} is not on loopback.");
        }

        for (int i = 2; i + 1 < arguments.Length; i += 2)
        {
            double value = double.Parse(arguments[i + 1], CultureInfo.InvariantCulture);
            switch (arguments[i])
            {
                case "-c":
                    _connections = (int)value;
                    break;
                case "-m":
                    _messageSize = (int)value;
                    break;
                case "-p":
                    _serverId = (int)value;
                    break;
                case "-w":
                    _before = Math.Min(value, 30);
                    break;
                case "-t":
                    _seconds = Math.Min(value, 60);
                    break;
                default:
                    throw new ArgumentException($"There is no option {arguments[i]}.");
            }
        }
    }

    /// <summary>Loads a server and prints the figures.</summary>
    /// <param name="arguments">Address, port, and options <c>-c -m -p -w -t</c>, each with a number.</param>
    public static Task Run(string[] arguments) => new TlsLoad(arguments).Run();

    private async Task Run()
    {
        using CancellationTokenSource connecting = new(s_connectTime);
        SslStream[] streams = await Task.WhenAll(Enumerable.Range(0, _connections).Select(_ => Connect(connecting.Token))).ConfigureAwait(false);
        using CancellationTokenSource end = new();
        Task[] talks = [.. streams.Select(stream => Task.Run(() => Talk(stream, end.Token)))];
        await Task.Delay(TimeSpan.FromSeconds(_before)).ConfigureAwait(false);

        ProcessorTime earlier = ProcessorTime.Of(_serverId);
        long began = Stopwatch.GetTimestamp();
        _isMeasuring = true;
        await Task.Delay(TimeSpan.FromSeconds(_seconds)).ConfigureAwait(false);
        _isMeasuring = false;
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        double serverSeconds = (ProcessorTime.Of(_serverId) - earlier).Total * SecondsPerTick;
        await end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(talks).ConfigureAwait(false);
        Print(seconds, serverSeconds);
    }

    private async Task<SslStream> Connect(CancellationToken limit)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_server, limit).ConfigureAwait(false);
        SslStream stream = new(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
#pragma warning disable CA5359 // the servers' certificates are made for the occasion, and they are on this machine
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            },
            limit).ConfigureAwait(false);
        return stream;
    }

    private async Task Talk(SslStream stream, CancellationToken end)
    {
        byte[] message = new byte[_messageSize];
        Random.Shared.NextBytes(message);
        byte[] answer = new byte[_messageSize];
        try
        {
            while (!end.IsCancellationRequested)
            {
                long sent = Stopwatch.GetTimestamp();
                await stream.WriteAsync(message, end).ConfigureAwait(false);
                await stream.ReadExactlyAsync(answer, end).ConfigureAwait(false);
                if (!answer.AsSpan().SequenceEqual(message))
                {
                    throw new InvalidDataException("The answer is not what was sent.");
                }

                if (_isMeasuring)
                {
                    Note(Stopwatch.GetElapsedTime(sent));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Time is up.
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            Console.Error.WriteLine($"TLS load: {exception.Message}");
            Interlocked.Increment(ref _errors);
        }

        await stream.DisposeAsync().ConfigureAwait(false);
    }

    private void Note(TimeSpan latency)
    {
        int place = Interlocked.Increment(ref _count) - 1;
        if (place < MostSamples)
        {
            _latencies[place] = latency.Ticks;
        }
    }

    private void Print(double seconds, double serverSeconds)
    {
        int count = Math.Min(_count, MostSamples);
        Array.Sort(_latencies, 0, count);
        double Percentile(double part) => count == 0 ? 0 : TimeSpan.FromTicks(_latencies[(int)(part * (count - 1))]).TotalMicroseconds;
        Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, double>
        {
            ["c"] = _connections,
            ["rps"] = _count / seconds,
            ["p50_us"] = Percentile(0.5),
            ["p99_us"] = Percentile(0.99),
            ["srv_cpu_us_per_req"] = _count == 0 ? 0 : serverSeconds * 1e6 / _count,
            ["srv_cpu_s"] = serverSeconds,
            ["gen_cpu_s"] = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds,
            ["seconds"] = seconds,
            ["errors"] = _errors,
        }));
    }
}
