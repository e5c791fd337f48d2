// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>Counted messages and counted ends, as fast as they go, with schedulers that really park and threads that really sleep.</summary>
/// <remarks>Set AXON_STRESS_MESSAGES=10000000 for the full count.</remarks>
[Trait("Kind", "Stress")]
public class ThreadedStressTests
{
    [Theory]
    [InlineData(1000, null)]
    [InlineData(1, null)]
    [InlineData(3, 2)]
    [InlineData(0, 5)]
    [Trait("Spec", "AX-THR-12")]
    [Trait("Spec", "AX-THR-45")]
    public void Chain_ThreadToComponentToThread_EveryMessageOnceAndInOrder(int queueLength, int? boxLimit)
    {
        int messages = queueLength == 1000 ? Stress.Messages : Stress.Messages / 10;
        int received = 0;
        bool inOrder = true;
        Threaded source = new(
            self =>
            {
                for (int i = 0; i < messages;)
                {
                    if (self.TrySend(i))
                    {
                        i++;
                    }
                    else
                    {
                        self.Pause();
                    }
                }
            },
            queueLength);
        BoxScript relay = new(Relay);
        Threaded sink = new(
            self =>
            {
                for (; received < messages; received++)
                {
                    inOrder &= (int)self.Recv()! == received;
                }

                inOrder &= !self.DataReady();
            },
            queueLength);
        source.Link((source, "outbox"), (relay, "inbox"), pipeWidth: boxLimit);
        relay.Link((relay, "outbox"), (sink, "inbox"), pipeWidth: boxLimit);
        Scheduler scheduler = new();
        source.Activate(scheduler);
        relay.Activate(scheduler);
        sink.Activate(scheduler);
        using Background background = new Background(scheduler).Start();

        Assert.True(background.Join(Stress.Limit), $"{received} of {messages} arrived.");

        Assert.Equal(messages, received);
        Assert.True(inOrder);

        IEnumerator<Yield> Relay(Component self)
        {
            for (int passed = 0; passed < messages;)
            {
                while (self.DataReady() && !self.GetOutbox().IsFull)
                {
                    self.Send(self.Recv());
                    passed++;
                }

                yield return passed < messages ? self.Pause() : 1;
            }
        }
    }

    // Threads start components that send and end at once, all on one scheduler: every message arrives, and everybody ends.
    [Fact]
    [Trait("Spec", "AX-THR-07")]
    [Trait("Spec", "AX-THR-45")]
    public void StartSendEnd_ThousandsOfRoundsFromSeveralThreads_NothingIsLostAndAllEnd()
    {
        const int Starters = 4;
        const int Each = 20;
        int rounds = Math.Max(500, Stress.Messages / 400);
        Scheduler scheduler = new();
        int[] counts = new int[Starters * rounds];
        BoxScript counter = new(Count);
        using Background background = new Background(scheduler).Start();
        counter.Activate(scheduler);

        Thread[] starters = [.. Enumerable.Range(0, Starters).Select(starter => new Thread(() =>
        {
            for (int round = 0; round < rounds; round++)
            {
                int number = (starter * rounds) + round;
                Threaded sender = new(
                    self =>
                    {
                        for (int i = 0; i < Each; i++)
                        {
                            self.Send((number, i));
                        }
                    });
                scheduler.Post(() =>
                {
                    sender.Link((sender, "outbox"), (counter, "inbox"));
                    sender.Activate(scheduler);
                });
            }
        })
        { IsBackground = true })];
        Array.ForEach(starters, starter => starter.Start());

        Assert.True(background.Join(Stress.Limit), $"{counts.Count(count => count < Each)} of {counts.Length} rounds are not done.");
        Assert.All(counts, count => Assert.Equal(Each, count));

        IEnumerator<Yield> Count(Component self)
        {
            int left = counts.Length * Each;
            while (left > 0)
            {
                while (self.DataReady())
                {
                    (int number, int i) = self.Recv<(int, int)>();
                    Assert.Equal(counts[number]++, i);
                    left--;
                }

                yield return left > 0 ? self.Pause() : 1;
            }
        }
    }

    // Stopped at any moment of its life, by another thread: the component is gone, the thread ends, and nobody waits for anybody.
    [Fact]
    [Trait("Spec", "AX-THR-51")]
    public void Stop_AtAnyMoment_EndsComponentAndThread()
    {
        int rounds = Math.Max(500, Stress.Messages / 400);
        Random random = new(1);
        Scheduler scheduler = new();
        BoxIdler keeper = new BoxIdler().Activate(scheduler);
        using Background background = new Background(scheduler).Start();

        for (int round = 0; round < rounds; round++)
        {
            Thread? thread = null;
            ManualResetEventSlim started = new();
            Threaded component = new(self =>
            {
                thread = Thread.CurrentThread;
                started.Set();
                while (true)
                {
                    self.TrySend(round);
                    self.Sync();
                    self.Pause();
                }
            });
            component.Activate(scheduler);
            if (random.Next(4) > 0)
            {
                Assert.True(started.Wait(Patience.Limit));
                Thread.SpinWait(random.Next(2000));
            }

            component.Stop();
            Assert.True(SpinWait.SpinUntil(() => component.Scheduler is null, Patience.Limit));
            Assert.True(thread?.Join(Patience.Limit) ?? true);
        }

        Assert.Equal([keeper], scheduler.ListAll());
    }

    [Fact]
    public void SendAndRecv_InSteadyState_AllocateNothingOnEitherThread()
    {
        const int Messages = 20_000;
        long thread = -1;
        long body = -1;
        object message = new();
        Threaded echo = new(self =>
        {
            long before = 0;
            for (int i = 0; i < Messages; i++)
            {
                self.Send(self.Recv());
                if (i == Messages / 2)
                {
                    before = GC.GetAllocatedBytesForCurrentThread();
                }
            }

            thread = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        BoxScript driver = new(Drive);
        driver.Link((driver, "outbox"), (echo, "inbox"));
        driver.Link((echo, "outbox"), (driver, "inbox"));
        Scheduler scheduler = new();
        driver.Activate(scheduler);
        echo.Activate(scheduler);

        scheduler.RunThreads();

        Assert.Equal(0, thread);
        Assert.Equal(0, body);

        // One message at a time, so that both sides sleep and wake for each, and then many.
        IEnumerator<Yield> Drive(Component self)
        {
            long before = 0;
            int batch = 1;
            for (int received = 0; received < Messages;)
            {
                for (int i = 0; i < batch; i++)
                {
                    self.Send(message);
                }

                for (int due = received + batch; received < due;)
                {
                    while (!self.DataReady())
                    {
                        yield return self.Pause();
                    }

                    self.Recv();
                    received++;
                    if (received == Messages / 2)
                    {
                        before = GC.GetAllocatedBytesForCurrentThread();
                    }
                }

                batch = received % 2000 < 1000 ? 1 : 50;
            }

            body = GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    // Parked without a limit, and nobody wakes it: there is nothing that could use the processor. The benchmark measures the time as well.
    [Fact]
    [Trait("Spec", "AX-THR-08")]
    [Trait("Spec", "AX-HND-11")]
    public void Asleep_ThreadAndIdleBackground_AreLeftAlone()
    {
        using CountingParker parker = new();
        Trace trace = new(TraceKinds.Step);
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker, Listener = trace });
        Threaded sleeper = new(self =>
        {
            while (true)
            {
                self.Pause();
            }
        });
        sleeper.Activate(scheduler);
        Handle handle = new Handle(new BoxIdler()).Activate(scheduler);
        using Background background = new Background(scheduler).Start();
        parker.AwaitPark();
        int steps = trace.Lines.Count;
        int parks = parker.Timeouts.Count;

        // Some time goes by here, and nothing happens there.
        Thread waiter = new(() => Thread.SpinWait(5_000_000));
        waiter.Start();
        waiter.Join();

        Assert.False(handle.TryGet(out _));
        Assert.Equal((steps, parks), (trace.Lines.Count, parker.Timeouts.Count));
        Assert.All(parker.Timeouts, timeout => Assert.Equal(Timeout.InfiniteTimeSpan, timeout));
    }
}
