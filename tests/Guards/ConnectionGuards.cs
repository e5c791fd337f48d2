// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Axon;
using Kamaelia.Chassis;
using Kamaelia.Internet;
using Xunit.Abstractions;

namespace Guards;

/// <summary>Bytes that a connection of a server takes while nobody says anything: adapter, handler, wires, registrations. No other test runs meanwhile.</summary>
[Collection(nameof(MeasuredAlone))]
[Trait("Guard", "Cost")]
public class ConnectionGuards(ITestOutputHelper output)
{
    private const int Warming = 100;
    private const int Measured = 400;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void IdleConnection_TakesNoMoreThanItsLimit()
    {
        // The least of three: what the test runner itself keeps meanwhile does not come every time.
        double least = Enumerable.Range(0, 3).Min(_ => BytesEach());

        Limit.Check(output, ("idle connection: bytes", least));
    }

    private static double BytesEach()
    {
        Scheduler scheduler = new();
        ServerCore server = new(static _ => new Echo(), new IPEndPoint(IPAddress.Loopback, 0));
        List<Socket> clients = new(Warming + Measured);
        server.Activate(scheduler);
        try
        {
            RunUntil(() => server.LocalEndPoint is not null);
            Connect(Warming);
            RunUntilAllAreServed();

            // The kernel completes connections by itself: what clients take is there before the server takes anything.
            Connect(Measured);
            long before = GC.GetTotalMemory(forceFullCollection: true);
            RunUntilAllAreServed();
            long after = GC.GetTotalMemory(forceFullCollection: true);

            Assert.Equal(Warming + Measured, server.ConnectionCount);
            return (after - before) / (double)Measured;
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
            scheduler.Stop();
            scheduler.RunCycle();
        }

        void Connect(int count)
        {
            for (int i = 0; i < count; i++)
            {
                Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                clients.Add(client);
                client.Connect(server.LocalEndPoint!);
            }
        }

        void RunUntilAllAreServed()
        {
            RunUntil(() => server.ConnectionCount == clients.Count);

            // Each adapter has been told by then that it can write, and waits for something to read; and so does the listener.
            Selector selector = (Selector)Selector.GetSelectorServices(scheduler.Tracker).Service.Component;
            RunUntil(() => scheduler.IsIdle && selector.RegistrationCount == clients.Count + 1);
        }

        void RunUntil(Func<bool> condition)
        {
            Stopwatch watch = Stopwatch.StartNew();
            while (!condition())
            {
                scheduler.RunCycle();
                Assert.True(watch.Elapsed < s_patience, $"There are {server.ConnectionCount} of {clients.Count} connections.");
            }
        }
    }

    private sealed class Echo : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                while (TryRecv(out object? bytes))
                {
                    Send(bytes);
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
}
