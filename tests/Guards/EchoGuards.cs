// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;
using Axon;
using Kamaelia.Chassis;
using Xunit.Abstractions;

namespace Guards;

/// <summary>What an echo costs the server: one connection, one message under way, the selector's default poller.</summary>
[Trait("Guard", "Cost")]
public class EchoGuards(ITestOutputHelper output)
{
    private const int Warming = 300;
    private const int Measured = 1000;
    private const int MessageLength = 32;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Echo_InSteps_Waits_AndBytes_CostsNoMoreThanItsLimits()
    {
        Counter counter = new();
        Scheduler scheduler = new(new SchedulerOptions { Listener = counter });
        TaskCompletionSource<int> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SimpleServer server = new(() => new Echo(counter), new IPEndPoint(IPAddress.Loopback, 0));
        server.Listening += endPoint => listening.SetResult(((IPEndPoint)endPoint).Port);
        server.Activate(scheduler);
        using Background background = new Background(scheduler).Start();
        int port = await listening.Task.WaitAsync(s_patience);

        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.NoDelay = true;
        client.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
        client.Connect(IPAddress.Loopback, port);
        byte[] message = new byte[MessageLength];
        for (int i = 0; i < Warming + Measured; i++)
        {
            Exchange(client, message);
        }

        scheduler.Stop();
        Assert.True(background.Join(s_patience), "The server does not end.");
        Assert.Equal(Warming + Measured, counter.Echoes);
        Limit.Check(
            output,
            ("echo: steps", (counter.AtEnd.Steps - counter.AtStart.Steps) / (double)Measured),
            ("echo: waits", (counter.AtEnd.Waits - counter.AtStart.Waits) / (double)Measured),
            ("echo: bytes", (counter.AtEnd.Bytes - counter.AtStart.Bytes) / (double)Measured));
    }

    private static void Exchange(Socket client, byte[] message)
    {
        client.Send(message);
        for (int received = 0; received < message.Length;)
        {
            int more = client.Receive(message.AsSpan(received));
            Assert.True(more > 0, "The server has closed.");
            received += more;
        }
    }

    private sealed class Echo(Counter counter) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                while (TryRecv(out object? bytes))
                {
                    Send(bytes);
                    counter.NoteEcho();
                }

                if (TryRecv(out object? goodbye, "control"))
                {
                    Send(goodbye, "signal");
                    yield break;
                }

                yield return Pause();
            }
        }
    }

    // Read by the test after the scheduler has ended.
    private sealed class Counter : SchedulerListener
    {
        private long _steps;
        private long _waits;

        public int Echoes { get; private set; }

        public (long Steps, long Waits, long Bytes) AtStart { get; private set; }

        public (long Steps, long Waits, long Bytes) AtEnd { get; private set; }

        public override void Stepped(Microprocess process) => _steps++;

        public override void Parking(TimeSpan timeout) => _waits++;

        public void NoteEcho()
        {
            Echoes++;
            if (Echoes == Warming)
            {
                AtStart = (_steps, _waits, GC.GetAllocatedBytesForCurrentThread());
            }
            else if (Echoes == Warming + Measured)
            {
                AtEnd = (_steps, _waits, GC.GetAllocatedBytesForCurrentThread());
            }
        }
    }
}
