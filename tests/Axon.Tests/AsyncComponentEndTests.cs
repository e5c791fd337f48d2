// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Runtime.CompilerServices;
using Axon.TestKit;
using Microsoft.Extensions.Logging;

namespace Axon.Tests;

public class AsyncComponentEndTests
{
    private readonly SteppedScheduler _system = new();
    private readonly List<object?> _seen = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Crash_InMain_LeavesAsTheSameObjectWithItsStackAfterCloseDown(bool afterAWait)
    {
        InvalidOperationException thrown = new("on purpose");
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            if (afterAWait)
            {
                await self.YieldAsync();
            }

            Fail(thrown);
        });
        actor.OnStop = () => _seen.Add("stop");
        actor.OnCloseDown = () => _seen.Add("close down");

        Exception left = Assert.Throws<InvalidOperationException>(() => _system.Cycles(5));
        Assert.Same(thrown, left);
        Assert.Contains(nameof(Fail), left.StackTrace, StringComparison.Ordinal);
        Assert.Equal(["stop", "close down"], _seen);
        Assert.Empty(_system.Scheduler.ListAll());
    }

    [Fact]
    public void Crash_Immortal_IsReportedAndTheOthersGoOn()
    {
        SteppedScheduler system = new(immortal: true);
        InvalidOperationException thrown = new("on purpose");
        system.Scheduler.ComponentCrashed += (process, exception) => _seen.Add((system.Trace.NameOf(process), exception));
        system.StartAsync("A", async self =>
        {
            await self.YieldAsync();
            throw thrown;
        });
        system.Start("B", Bodies.Steps(5));
        system.RunToEnd();

        Assert.Equal([("A", (Exception)thrown)], _seen);
    }

    [Fact]
    public void Crash_InAsyncVoidOfMain_IsACrashOfTheComponent()
    {
        InvalidOperationException thrown = new("on purpose");
        _system.StartAsync("A", async self =>
        {
            FailLater(self);
            await self.PauseAsync();
            await self.PauseAsync();
            await self.PauseAsync();
        });

        Assert.Same(thrown, Assert.Throws<InvalidOperationException>(() => _system.RunUntilIdle()));
        Assert.Empty(_system.Scheduler.ListAll());

        async void FailLater(AsyncActor self)
        {
            await self.YieldAsync();
            throw thrown;
        }
    }

    [Fact]
    public void Cancellation_ThatNobodyAskedFor_IsACrash()
    {
        OperationCanceledException thrown = new();
        _system.StartAsync("A", async self =>
        {
            await self.YieldAsync();
            throw thrown;
        });

        Assert.Same(thrown, Assert.Throws<OperationCanceledException>(() => _system.Cycles(5)));
    }

    [Fact]
    public void Main_ReturnsNull_ThrowsAndSaysWhatToDo()
    {
        AsyncActor actor = _system.StartAsync("A", _ => null!);

        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => _system.Cycles(2));
        Assert.Contains($"{actor.Name} returned null", exception.Message, StringComparison.Ordinal);
        Assert.Empty(_system.Scheduler.ListAll());
    }

    [Fact]
    public void Main_ThrowsBeforeItHasATask_IsACrash()
    {
        InvalidOperationException thrown = new("on purpose");
        _system.StartAsync("A", _ => throw thrown);

        Assert.Same(thrown, Assert.Throws<InvalidOperationException>(() => _system.Cycles(2)));
    }

    [Theory]
    [InlineData("read")]
    [InlineData("each")]
    [InlineData("ready")]
    [InlineData("any")]
    [InlineData("send")]
    [InlineData("pause")]
    [InlineData("timed")]
    [InlineData("sleep")]
    [InlineData("yield")]
    public void Stop_WhileMainWaits_CancelsTheWaitAndRunsFinallyInItsLastTurn(string what)
    {
        AsyncActor actor = new(async self =>
        {
            try
            {
                await Wait(self, what);
            }
            catch (OperationCanceledException exception)
            {
                Assert.Equal(self.Stopping, exception.CancellationToken);
                _system.Trace.Note("cancelled");
                throw;
            }
            finally
            {
                _system.Trace.Note("finally");
            }
        });
        actor.OnStop = () => _system.Trace.Note("stop");
        actor.OnCloseDown = () => _system.Trace.Note("close down");
        _system.Probe(actor).Limit(0);
        _system.Activate(actor, "A");
        _system.Cycles(2);
        _system.Trace.Clear();

        actor.Stop();
        _system.Cycles(3);

        Assert.Equal(["stop", "cancelled", "finally", "close down", "end A"], _system.Trace.Lines.Where(line => line is not ("wake A" or "step A")));
    }

    [Fact]
    public void Stop_InTheCycleInWhichAMessageArrives_LeavesTheMessage()
    {
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            Task other = Read(self.Inbox().ReadAsync(self.Stopping).AsTask());
            await Read(self.Inbox().ReadAsync().AsTask());
            await other;
            await foreach (object? message in self.Inbox())
            {
                _seen.Add(message);
            }
        });
        Probe probe = _system.Probe(actor);
        _system.RunUntilIdle();
        probe.Feed("for the first", "for the second");
        _system.RunUntilIdle();
        actor.Stop();
        probe.Feed("for nobody");
        _system.RunToEnd();

        Assert.Equal(["for the first", "for the second"], _seen);
        Assert.Equal(1, actor.Waiting());

        async Task Read(Task<object?> reading) => _seen.Add(await reading);
    }

    [Fact]
    public void Stop_ByMainItself_LetsItRunToItsNextWait()
    {
        _system.StartAsync("A", async self =>
        {
            self.Stop();
            _seen.Add("still running");
            await self.YieldAsync();
            _seen.Add("never");
        });
        _system.RunToEnd();

        Assert.Equal(["still running"], _seen);
    }

    [Fact]
    public void Stop_BeforeTheFirstStep_RunsNothing()
    {
        AsyncActor actor = _system.StartAsync("A", _ => throw new InvalidOperationException("Main was called."));
        actor.Stop();
        _system.RunToEnd();

        Assert.True(actor.IsStopped);
    }

    [Fact]
    public void SendAsync_InFinallyWithRoom_IsDelivered()
    {
        AsyncActor actor = new(async self =>
        {
            try
            {
                await self.PauseAsync();
            }
            finally
            {
                await self.SendAsync("goodbye", "signal");
            }
        });
        Probe probe = _system.Probe(actor);
        _system.Activate(actor, "A");
        _system.RunUntilIdle();
        actor.Stop();
        _system.RunToEnd();

        Assert.Equal(["goodbye"], probe.Collect("signal"));
    }

    [Fact]
    public void SchedulerStop_AsyncComponentAsleep_RunsItsFinally()
    {
        _system.StartAsync("A", async self =>
        {
            try
            {
                await self.Inbox().ReadAsync();
            }
            finally
            {
                _seen.Add("finally");
            }
        });
        _system.RunUntilIdle();
        _system.Scheduler.Stop();

        Assert.False(_system.Cycle());
        Assert.Equal(["finally"], _seen);
    }

    [Fact]
    public void Stopping_BeforeAndAfterTheStop_IsCancelledOnTheSchedulersThreadInTheLastTurn()
    {
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            self.Stopping.Register(() => _seen.Add(Environment.CurrentManagedThreadId));
            await self.PauseAsync();
        });
        _system.RunUntilIdle();
        Assert.False(actor.Stopping.IsCancellationRequested);

        OtherThread.Do(actor.Stop);
        Assert.Empty(_seen);

        _system.RunToEnd();
        Assert.Equal([Environment.CurrentManagedThreadId], _seen);
        Assert.True(actor.Stopping.IsCancellationRequested);
    }

    [Fact]
    public void Stopping_AskedForAfterTheEnd_IsCancelled()
    {
        AsyncActor actor = _system.StartAsync("A", async self => await self.YieldAsync());
        _system.RunToEnd();

        Assert.True(actor.Stopping.IsCancellationRequested);
    }

    [Fact]
    public void Stopping_BeforeMainHasBegun_Throws()
    {
        AsyncActor actor = new(_ => Task.CompletedTask);

        Assert.Throws<InvalidOperationException>(() => actor.Stopping);
    }

    [Fact]
    public void Stopping_CallbackThrows_IsReportedAndFinallyRunsAllTheSame()
    {
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            self.Stopping.Register(() => throw new InvalidOperationException("on purpose"));
            try
            {
                await self.PauseAsync();
            }
            finally
            {
                _seen.Add("finally");
            }
        });
        _system.RunUntilIdle();
        actor.Stop();

        AggregateException exception = Assert.Throws<AggregateException>(() => _system.RunToEnd());
        Assert.Equal("on purpose", exception.InnerException!.Message);
        Assert.Equal(["finally"], _seen);
    }

    [Fact]
    public void Finally_Throws_IsACrash()
    {
        InvalidOperationException thrown = new("on purpose");
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            try
            {
                await self.PauseAsync();
            }
            finally
            {
                Fail(thrown);
            }
        });
        actor.OnCloseDown = () => _seen.Add("close down");
        _system.RunUntilIdle();
        actor.Stop();

        Assert.Same(thrown, Assert.Throws<InvalidOperationException>(() => _system.RunToEnd()));
        Assert.Equal(["close down"], _seen);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("yield")]
    [InlineData("Task.Yield")]
    public void Stop_OfAMainThatIgnoresIt_DoesNotHoldUpTheScheduler(string what)
    {
        RecordingLogger logger = new();
        SteppedScheduler system = new(options: new SchedulerOptions { Logger = logger });
        int turns = 0;
        AsyncActor actor = system.StartAsync("A", async self =>
        {
            while (true)
            {
                try
                {
                    turns++;
                    await Wait(self, what);
                }
                catch (OperationCanceledException)
                {
                    // And on it goes.
                }
            }
        });
        system.Cycles(3);
        turns = 0;
        actor.Stop();
        system.RunToEnd();

        Assert.InRange(turns, 1, 1000);
        (LogLevel level, string text, _) = Assert.Single(logger.Entries);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains(actor.Name, text, StringComparison.Ordinal);
    }

    [Fact]
    public void End_OfMain_CancelsWhatItLeftBehind()
    {
        _system.StartAsync("A", async self =>
        {
            _ = Watch(self);
            await self.YieldAsync();
            _seen.Add("end of main");
        });
        _system.RunToEnd();

        Assert.Equal(["end of main", "cancelled"], _seen);

        async Task Watch(AsyncActor self)
        {
            try
            {
                await self.Inbox("control").ReadAsync();
            }
            catch (OperationCanceledException)
            {
                _seen.Add("cancelled");
            }
        }
    }

    [Fact]
    public void Stop_WhileMainAwaitsATask_ContinuesItWhenTheTaskIsOver()
    {
        TaskCompletionSource task = new();
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            try
            {
                await task.Task;
            }
            finally
            {
                _seen.Add(Scheduler.Current == _system.Scheduler);
                await self.SendAsync("goodbye", "signal");
            }
        });
        Probe probe = _system.Probe(actor);
        _system.Start("B", Bodies.Asleep);
        _system.RunUntilIdle();
        actor.Stop();
        _system.Cycles(5);
        Assert.DoesNotContain(actor, _system.Scheduler.ListAll());
        Assert.Empty(_seen);

        OtherThread.Do(() => task.SetResult());
        Assert.Empty(_seen);
        _system.Cycle();
        Assert.Equal([true], _seen);
        Assert.Equal(["goodbye"], probe.Collect("signal"));
    }

    [Fact]
    public void Stop_WhileMainAwaitsATask_ReportsWhatItThrowsLater()
    {
        TaskCompletionSource task = new();
        InvalidOperationException thrown = new("on purpose");
        AsyncActor actor = _system.StartAsync("A", async _ =>
        {
            await task.Task;
            throw thrown;
        });
        _system.Start("B", Bodies.Asleep);
        _system.RunUntilIdle();
        actor.Stop();
        _system.RunUntilIdle();
        task.SetResult();

        Assert.Same(thrown, Assert.Throws<InvalidOperationException>(() => _system.Cycle()));
        _system.Cycles(3);
    }

    [Fact]
    public void Stop_AwaitedTaskIsCancelledByStopping_EndsInTheLastTurn()
    {
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, self.Stopping);
            }
            finally
            {
                _seen.Add(Scheduler.Current == _system.Scheduler);
            }
        });
        _system.RunUntilIdle();
        actor.Stop();
        _system.Cycles(2);

        Assert.Equal([true], _seen);
    }

    private static async Task Wait(AsyncActor self, string what)
    {
        switch (what)
        {
            case "read":
                await self.Inbox().ReadAsync();
                break;
            case "each":
                await foreach (object? message in self.Inbox())
                {
                    Assert.Fail($"There is no message, but {message} was found.");
                }

                break;
            case "ready":
                await self.Inbox().ReadyAsync();
                break;
            case "any":
                await self.AnyReadyAsync();
                break;
            case "send":
                await self.SendAsync("no room");
                break;
            case "pause":
                await self.PauseAsync();
                break;
            case "timed":
                await self.PauseAsync(TimeSpan.FromDays(1));
                break;
            case "sleep":
                await self.SleepAsync(TimeSpan.FromDays(1));
                break;
            case "yield":
                await self.YieldAsync();
                break;
            case "Task.Yield":
                await Task.Yield();
                break;
            default:
                Assert.Fail($"No wait is called {what}.");
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fail(Exception exception) => throw exception;
}
