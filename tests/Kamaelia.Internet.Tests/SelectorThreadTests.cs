// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>Whole programs: the scheduler runs on a thread of its own, waits, and comes to its end.</summary>
public class SelectorThreadTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-19")]
    public void Registration_WhileItWaits_TakesEffectAtOnce(PollerKind kind)
    {
        using Program program = new(kind);
        List<TimeSpan> times = [];

        for (int i = 0; i < 10; i++)
        {
            (Far far, Socket near) = program.World.Pair();
            far.Send([1]);
            program.Poller.AwaitIdle(s_patience);
            Stopwatch watch = Stopwatch.StartNew();
            program.World.Scheduler.Post(() => program.User.Read(near));
            Assert.True(program.User.Told.Wait(s_patience));
            times.Add(watch.Elapsed);
        }

        // The best of some, because the machine may have other things to do.
        Assert.True(times.Min() < TimeSpan.FromMilliseconds(5), $"It took {times.Min().TotalMilliseconds} ms.");
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-20")]
    [Trait("Spec", "INT-GEN-03")]
    public void Waiting_WithoutEvents_IsOneWaitWithoutALimit(PollerKind kind)
    {
        using Program program = new(kind);
        (Far far, Socket near) = program.World.Pair();
        program.World.Scheduler.Post(() => program.User.Read(near));

        program.AwaitRegistrations(1);

        // A wait without a limit ends by an event and by nothing else. What the test itself has asked for may end the first one.
        Assert.True(SpinWait.SpinUntil(() => program.Poller.IsQuietFor(TimeSpan.FromMilliseconds(300)), s_patience));

        far.Send([1]);
        Assert.True(program.User.Told.Wait(s_patience));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-21")]
    public void ClosedSocket_AmongManyWhileAllIsQuiet_IsTold(PollerKind kind)
    {
        using Program program = new(kind);
        List<(Far Far, Socket Near)> pairs = [.. Enumerable.Range(0, 50).Select(_ => program.World.Pair())];
        program.World.Scheduler.Post(() => pairs.ForEach(pair => program.User.Read(pair.Near)));
        program.AwaitRegistrations(50);

        // By a component, in a step, without a word to the selector.
        program.World.Scheduler.Post(pairs[31].Near.Dispose);

        Assert.True(program.User.Told.Wait(s_patience));
        program.AwaitRegistrations(49);
    }

    [Theory, EachPoller]
    public void Stop_WhileItWaits_EndsTheRun(PollerKind kind)
    {
        using Program program = new(kind);
        program.Poller.AwaitIdle(s_patience);

        program.World.Scheduler.Stop();

        program.Join();
        Assert.Empty(program.World.Scheduler.ListAll());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-32")]
    [Trait("Spec", "INT-FLOW-15")]
    public void Program_WhoseLastConnectionHasEnded_EndsAtOnce(PollerKind kind)
    {
        List<TimeSpan> times = [];
        for (int i = 0; i < 3; i++)
        {
            Scheduler scheduler = new();
            Selector selector = new(new SelectorOptions { Poller = kind });
            Selector.SetSelectorServices(selector, scheduler.Tracker);
            selector.Activate(scheduler);
            Owner owner = new(Handler.Echo);
            TcpServer server = new(0, null, new TcpServerOptions { Address = System.Net.IPAddress.Loopback });
            owner.Attach(server);
            server.Activate(scheduler);
            owner.Activate(scheduler);
            Runner run = new(scheduler);

            using Socket far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)s_patience.TotalMilliseconds };
            far.Connect(System.Net.IPAddress.Loopback, server.ListenPort);
            far.Send([1, 2, 3]);
            byte[] buffer = new byte[3];
            Assert.Equal(3, far.Receive(buffer));
            scheduler.Post(() =>
            {
                server.GetInbox("control").Append(new ServerShutdown());
                owner.GetInbox("control").Append(new ShutdownMicroprocess());
                owner.Made[0].Send(new ShutdownMicroprocess(), "signal");
                owner.Made[0].GetInbox("control").Append(new SocketShutdown());
            });

            Assert.Equal(0, far.Receive(buffer));
            Stopwatch watch = Stopwatch.StartNew();
            run.Join();
            times.Add(watch.Elapsed);
            Assert.Empty(scheduler.ListAll());
        }

        Assert.True(times.Min() < TimeSpan.FromMilliseconds(100), $"It took {times.Min().TotalMilliseconds} ms.");
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-GEN-02")]
    public void Program_ManyClientsAtOnce_EchoesEverything(PollerKind kind)
    {
        const int Clients = 20;
        const int Messages = 30;
        Scheduler scheduler = new();
        Selector selector = new(new SelectorOptions { Poller = kind });
        Selector.SetSelectorServices(selector, scheduler.Tracker);
        selector.Activate(scheduler);
        Owner owner = new(Handler.Echo);
        TcpServer server = new(0, null, new TcpServerOptions { Address = System.Net.IPAddress.Loopback });
        owner.Attach(server);
        server.Activate(scheduler);
        owner.Activate(scheduler);
        Runner run = new(scheduler);

        Exception?[] failures = new Exception?[Clients];
        Thread[] clients = [.. Enumerable.Range(0, Clients).Select(number => new Thread(() => failures[number] = Record.Exception(() =>
        {
            using Socket far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            {
                ReceiveTimeout = (int)s_patience.TotalMilliseconds,
                SendTimeout = (int)s_patience.TotalMilliseconds,
            };
            far.Connect(System.Net.IPAddress.Loopback, server.ListenPort);
            byte[] buffer = new byte[20_000];
            for (int i = 0; i < Messages; i++)
            {
                byte[] sent = Bytes.Pattern(1 + (((i * 37) + number) * 997 % buffer.Length), i);
                Assert.Equal(sent.Length, far.Send(sent));
                int count = 0;
                while (count < sent.Length)
                {
                    int more = far.Receive(buffer, count, sent.Length - count, SocketFlags.None);
                    Assert.True(more > 0, "The stream ended.");
                    count += more;
                }

                Bytes.AssertSame(sent, buffer.AsSpan(0, count));
            }
        })))];
        Array.ForEach(clients, client => client.Start());
        Assert.All(clients, client => Assert.True(client.Join(2 * s_patience)));

        scheduler.Stop();
        run.Join();
        Assert.All(failures, Assert.Null);
        Assert.Equal(Clients, owner.Made.Count);
    }

    /// <summary>A run of a scheduler on another thread.</summary>
    private sealed class Runner
    {
        private readonly Thread _thread;
        private Exception? _failure;

        public Runner(Scheduler scheduler)
        {
            _thread = new Thread(() => _failure = Record.Exception(() => scheduler.RunThreads())) { IsBackground = true };
            _thread.Start();
        }

        public void Join()
        {
            Assert.True(_thread.Join(s_patience), "The run does not end.");
            Assert.Null(_failure);
        }
    }

    private sealed class Program : IDisposable
    {
        private readonly Runner _runner;

        public Program(PollerKind kind)
        {
            Poller = new CountingPoller(kind);
            World = new World(poller: Poller);
            User.Use(World.Selector);
            User.Activate(World.Scheduler);
            _runner = new Runner(World.Scheduler);
        }

        public CountingPoller Poller { get; }

        public World World { get; }

        public User User { get; } = new();

        public void Join() => _runner.Join();

        public void AwaitRegistrations(int count)
        {
            Stopwatch watch = Stopwatch.StartNew();
            while (true)
            {
                TaskCompletionSource<int> found = new();
                World.Scheduler.Post(() => found.SetResult(World.Selector.RegistrationCount));
                Assert.True(found.Task.Wait(s_patience));
                if (found.Task.Result == count)
                {
                    return;
                }

                Assert.True(watch.Elapsed < s_patience, $"{found.Task.Result} registrations instead of {count}.");
            }
        }

        public void Dispose()
        {
            World.Scheduler.Stop();
            Join();
            World.Dispose();
            User.Told.Dispose();
        }
    }

    /// <summary>Takes what it is told, and lets the test know.</summary>
    [Inbox("r")]
    [Inbox("control")]
    [Outbox("ask")]
    private sealed class User : Component
    {
        public SemaphoreSlim Told { get; } = new(0);

        public void Use(Selector selector) => Link((this, "ask"), (selector, "notify"));

        public void Read(Socket socket) => Send(new NewReader(this, (this, "r"), socket), "ask");

        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                while (TryRecv(out _, "r"))
                {
                    Told.Release();
                }

                yield return Pause();
            }
        }
    }
}
