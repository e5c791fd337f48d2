// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>How threaded components end: nothing is lost, nothing hangs, and what main throws comes through whole.</summary>
public class ThreadedEndTests
{
    private readonly SteppedScheduler _system = new(TraceKinds.Scheduling);

    [Fact]
    [Trait("Spec", "AX-THR-45")]
    [Trait("Spec", "AX-THR-46")]
    public void MainReturns_DestinationFull_EndsOnlyWhenEverythingIsDeliveredAndSleepsMeanwhile()
    {
        Puppet puppet = Started(new Puppet());
        Probe probe = _system.Probe(puppet);
        probe.Limit(2);

        puppet.Strings.Do(() =>
        {
            for (int i = 0; i < 5; i++)
            {
                puppet.Send(i);
            }
        });
        puppet.Strings.Finish();
        _system.RunUntilIdle();
        Assert.False(puppet.IsStopped);
        _system.Trace.Clear();
        _system.Cycles(5);
        _system.Trace.Expect("");

        List<object?> collected = [];
        while (probe.Waiting() > 0)
        {
            Assert.False(puppet.IsStopped && collected.Count < 3);
            collected.Add(probe.CollectOne());
            _system.RunUntilIdle();
        }

        Assert.Equal([0, 1, 2, 3, 4], collected);
        Assert.True(puppet.IsStopped);
    }

    [Fact]
    [Trait("Spec", "AX-THR-47")]
    public void MainReturns_InQueueFull_EndsAllTheSame()
    {
        Puppet puppet = Started(new Puppet(2));
        Probe probe = _system.Probe(puppet);
        probe.Feed(1, 2, 3, 4, 5);
        _system.RunUntilIdle();

        puppet.Strings.Finish();
        _system.RunUntilIdle();

        Assert.True(puppet.IsStopped);
        Assert.Empty(_system.Scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "AX-THR-48")]
    [Trait("Spec", "AX-THR-49")]
    [Trait("Spec", "AX-THR-50")]
    public void MainThrows_Mortal_SameExceptionLeavesTheRunAndWhatWasSentIsDelivered()
    {
        Puppet puppet = Started(new Puppet());
        Probe probe = _system.Probe(puppet);
        probe.Limit(1, "signal");
        NeedsArguments failure = new(42, "on purpose");
        puppet.Strings.Do(() =>
        {
            puppet.Send("last words");
            puppet.Send("fits", "signal");
            puppet.Send("does not fit", "signal");
        });

        puppet.Strings.Fail(failure);
        puppet.Strings.Join();
        NeedsArguments thrown = Assert.Throws<NeedsArguments>(() => _system.RunUntilIdle());

        Assert.Same(failure, thrown);
        Assert.Contains(nameof(Strings.Fail), thrown.StackTrace, StringComparison.Ordinal);
        Assert.Equal(["last words"], probe.Collect());
        Assert.Equal(["fits"], probe.Collect("signal"));
        Assert.True(puppet.IsStopped);
    }

    [Fact]
    [Trait("Spec", "AX-THR-48")]
    [Trait("Spec", "AX-THR-49")]
    public void MainThrows_Immortal_IsReportedAndTheOthersGoOn()
    {
        Scheduler scheduler = new(new SchedulerOptions { Immortal = true });
        List<(Microprocess, string)> crashes = [];
        scheduler.ComponentCrashed += (who, exception) => crashes.Add((who, exception.Message));
        Threaded crasher = new Threaded(_ => throw new NeedsArguments(7, "seven")).Activate(scheduler);
        Threaded worker = new Threaded(self => self.Sync()).Activate(scheduler);

        using SchedulerThread run = new(scheduler);
        run.Join();

        Assert.Equal([(crasher, "seven 7")], crashes);
        Assert.True(crasher.IsStopped && worker.IsStopped);
    }

    [Fact]
    [Trait("Spec", "AX-THR-07")]
    public void MainReturnsAtOnce_InEveryOfThousandsOfRuns_TheRunEnds()
    {
        for (int round = 0; round < 2000; round++)
        {
            Scheduler scheduler = new();
            Threaded component = new Threaded(_ => { }).Activate(scheduler);
            using SchedulerThread run = new(scheduler);
            run.Join();
            Assert.True(component.IsStopped);
        }
    }

    [Fact]
    public void SchedulerStop_EndsThreadsThatWait()
    {
        Scheduler scheduler = new();
        Thread? thread = null;
        Threaded waiter = new Threaded(self =>
        {
            thread = Thread.CurrentThread;
            self.Pause();
            self.Recv();
        }).Activate(scheduler);
        BoxScript stopper = new BoxScript(Body).Activate(scheduler);

        scheduler.RunThreads();

        Assert.True(waiter.IsStopped && stopper.IsStopped);
        Assert.True(thread!.Join(Patience.Limit));

        IEnumerator<Yield> Body(Component self)
        {
            while (Volatile.Read(ref thread) is null)
            {
                yield return 1;
            }

            scheduler.Stop();
            yield return 1;
        }
    }

    // In Python's example the receiver is slow by the clock; here it is slow by cycles.
    [Fact]
    [Trait("Spec", "AX-EX-07")]
    public void BackPressureChain_ThreadedSenderThreadedMiddleManSlowReceiver_ArriveInOrder()
    {
        int senderHeldUp = 0;
        int middleHeldUp = 0;
        List<object?> received = [];
        Threaded sender = new(
            self =>
            {
                for (int i = 20; i >= 0; i--)
                {
                    SendWhenThereIsRoom(self, i, ref senderHeldUp);
                }
            },
            queueLengths: 2);
        Threaded middleMan = new(
            self =>
            {
                object? message;
                do
                {
                    message = self.Recv();
                    SendWhenThereIsRoom(self, message, ref middleHeldUp);
                }
                while (message is not 0);
            },
            queueLengths: 2);
        middleMan.SetInboxSize("inbox", 2);
        BoxScript receiver = new(Receive);
        receiver.SetInboxSize("inbox", 5);
        sender.Link((sender, "outbox"), (middleMan, "inbox"));
        middleMan.Link((middleMan, "outbox"), (receiver, "inbox"));
        Scheduler scheduler = new();
        receiver.Activate(scheduler);
        middleMan.Activate(scheduler);
        sender.Activate(scheduler);

        using SchedulerThread run = new(scheduler);
        run.Join();

        Assert.Equal(Enumerable.Range(0, 21).Reverse().Cast<object?>(), received);
        Assert.True(senderHeldUp > 0 && middleHeldUp > 0, $"Held up {senderHeldUp} and {middleHeldUp} times.");

        IEnumerator<Yield> Receive(Component self)
        {
            // Nothing is taken before both are held up: 2 + 5 wait behind the middle man, and 2 + 2 behind the sender.
            while (Volatile.Read(ref senderHeldUp) == 0 || Volatile.Read(ref middleHeldUp) == 0)
            {
                yield return 1;
            }

            while (received is not [.., 0])
            {
                while (!self.DataReady())
                {
                    yield return self.Pause();
                }

                received.Add(self.Recv());
                yield return 1;
            }
        }
    }

    [Fact]
    public async Task AsyncMain_RunsOnItsOneThreadAndReceivesSendsPauses()
    {
        HashSet<int> threads = [];
        SynchronizationContext? context = null;
        ThreadedAsync echo = new(async self =>
        {
            context = SynchronizationContext.Current;
            object? message;
            do
            {
                threads.Add(Environment.CurrentManagedThreadId);
                message = await self.RecvAsync();
                threads.Add(Environment.CurrentManagedThreadId);
                await Task.Yield();
                self.Send(message);
                self.Sync();
            }
            while (message is not "end");
        });
        Scheduler scheduler = new();
        CollectingSink sink = new CollectingSink().Activate(scheduler);
        ScriptedSource source = new ScriptedSource(1, 2, "end").Activate(scheduler);
        sink.Link((source, "outbox"), (echo, "inbox"));
        sink.Link((echo, "outbox"), (sink, "inbox"));
        echo.Activate(scheduler);
        using SchedulerThread run = new(scheduler);

        Assert.True(SpinWait.SpinUntil(() => echo.IsStopped, Patience.Limit));
        scheduler.Stop();
        await Task.Run(run.Join);

        Assert.Equal([1, 2, "end"], sink.Messages);
        Assert.NotNull(context);
        Assert.Single(threads);
        Assert.DoesNotContain(run.ThreadId, threads);
    }

    [Fact]
    public void AsyncMain_SeveralPartsWait_EachGetsWhatItWaitsFor()
    {
        List<object?> received = [];
        bool? early = null;
        ThreadedAsync component = new(async self =>
        {
            async Task Receive(string box) => received.Add(await self.RecvAsync(box));

            Task first = Receive("inbox");
            Task second = Receive("control");
            while (await self.PauseAsync(TimeSpan.Zero))
            {
            }

            early = first.IsCompleted || second.IsCompleted;
            self.Send("ready");
            await Task.WhenAll(first, second);
        });
        _system.Activate(component);
        Probe probe = _system.Probe(component);
        CycleUntil(() => probe.Waiting() == 1);

        probe.FeedTo("control", "c");
        CycleUntil(() => received.Count == 1);
        probe.Feed("i");
        CycleUntil(() => component.IsStopped);

        Assert.False(early);
        Assert.Equal(["c", "i"], received);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AsyncMain_StoppedOrTimedOut_WaitEnds(bool stop)
    {
        bool? result = null;
        Exception? cancelled = null;
        ThreadedAsync component = new(async self =>
        {
            while (await self.PauseAsync(TimeSpan.Zero))
            {
            }

            self.Send("ready");
            try
            {
                while (await self.PauseAsync(TimeSpan.FromHours(1)))
                {
                }

                result = false;
            }
            catch (OperationCanceledException exception)
            {
                cancelled = exception;
            }
        });
        _system.Activate(component);
        Probe probe = _system.Probe(component);
        CycleUntil(() => probe.Waiting() == 1);

        if (stop)
        {
            component.Stop();
        }

        CycleUntil(() =>
        {
            _system.Clock.Advance(stop ? TimeSpan.Zero : TimeSpan.FromHours(1));
            return component.IsStopped && (result is not null || cancelled is not null);
        });

        Assert.Equal(stop, cancelled is not null);
    }

    [Fact]
    [Trait("Spec", "AX-THR-48")]
    public void AsyncMain_Throws_SameExceptionLeavesTheRun()
    {
        NeedsArguments failure = new(1, "one");
        ThreadedAsync component = new(async _ =>
        {
            await Task.Yield();
            throw failure;
        });
        Scheduler scheduler = new();
        component.Activate(scheduler);

        Assert.Same(failure, Assert.Throws<NeedsArguments>(() => scheduler.RunThreads()));
        Assert.True(component.IsStopped);
    }

    private static void SendWhenThereIsRoom(Threaded self, object? message, ref int heldUp)
    {
        while (true)
        {
            try
            {
                self.Send(message);
                return;
            }
            catch (NoSpaceInBoxException)
            {
                Volatile.Write(ref heldUp, heldUp + 1);
                self.Pause();
            }
        }
    }

    private Puppet Started(Puppet puppet)
    {
        _system.Activate(puppet);
        _system.RunUntilIdle();
        return puppet;
    }

    private void CycleUntil(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            _system.Cycle();
            return condition();
        },
        Patience.Limit));

    // No constructor without arguments, so it cannot be made anew on the way.
    private sealed class NeedsArguments(int number, string text) : Exception($"{text} {number}");
}
