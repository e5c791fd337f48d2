// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>Where the code of an async component runs, and under which contexts.</summary>
public class AsyncComponentThreadTests
{
    private readonly SteppedScheduler _system = new(TraceKinds.Step | TraceKinds.Note | TraceKinds.End);
    private readonly List<object?> _seen = [];

    [Fact]
    public void Task_EndedByAnotherThread_ContinuesOnTheSchedulersThread()
    {
        TaskCompletionSource<string> task = new();
        using CountingParker parker = new();
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker });
        new AsyncActor(async _ =>
        {
            _seen.Add(Environment.CurrentManagedThreadId);
            _seen.Add(await task.Task);
            _seen.Add(Environment.CurrentManagedThreadId);
        }).Activate(scheduler);
        using SchedulerThread thread = new(scheduler);
        parker.AwaitPark();
        task.SetResult("from afar");
        thread.Join();

        Assert.Equal([thread.ThreadId, "from afar", thread.ThreadId], _seen);
    }

    [Fact]
    public void Task_EndedByAnotherComponent_ContinuesInItsOwnTurn()
    {
        TaskCompletionSource task = new();
        _system.StartAsync("A", async _ =>
        {
            await task.Task;
            _system.Trace.Note("A goes on");
        });
        _system.Start("B", Bodies.Script(
            _ => { },
            _ =>
            {
                task.SetResult();
                _system.Trace.Note("B is done");
            }));
        _system.RunToEnd();

        _system.Trace.Expect("""
            step A
            step B
            step B
            B is done
            step B
            end B
            step A
            A goes on
            end A
            """);
    }

    [Fact]
    public void TaskYield_InMain_ContinuesInTheNextCycle()
    {
        _system.StartAsync("A", async _ =>
        {
            _system.Trace.Note("1");
            await Task.Yield();
            _system.Trace.Note("2");
        });
        _system.RunToEnd();

        _system.Trace.Expect("""
            step A
            1
            step A
            2
            end A
            """);
    }

    [Fact]
    public void TasksAndMessages_FromManyThreads_AreNeitherLostNorDoubled()
    {
        const int Tasks = 2000;
        Scheduler scheduler = new();
        int sum = 0;
        int turns = 0;
        AsyncActor actor = new(async self =>
        {
            await Task.WhenAll(Enumerable.Range(1, Tasks).Select(Add));

            async Task Add(int number)
            {
                turns++;
                int first = await Task.Run(() => number);
                sum += first;
                await self.YieldAsync();
                int second = await Task.Run(() => number);
                sum += second;
                turns--;
            }
        });
        actor.Activate(scheduler);
        using SchedulerThread thread = new(scheduler);
        thread.Join();

        Assert.Equal(Tasks * (Tasks + 1), sum);
        Assert.Equal(0, turns);
    }

    [Fact]
    public void Contexts_DuringAndAfterAStep_AreTheComponentsOwnAndThoseOfBefore()
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext?[] own = new SynchronizationContext?[2];
        _system.StartAsync("A", async self =>
        {
            own[0] = SynchronizationContext.Current;
            await self.YieldAsync();
            own[1] = SynchronizationContext.Current;
        });
        _system.Start("B", Bodies.Each(_ => _seen.Add(SynchronizationContext.Current == before)));
        _system.Cycles(5);

        Assert.NotNull(own[0]);
        Assert.NotEqual(before, own[0]);
        Assert.Same(own[0], own[1]);
        Assert.Same(own[0], own[0]!.CreateCopy());
        Assert.All(_seen, same => Assert.Equal(true, same));
        Assert.Same(before, SynchronizationContext.Current);
    }

    [Fact]
    public void Context_Send_IsForTheComponentsOwnTurn()
    {
        SynchronizationContext? context = null;
        _system.StartAsync("A", async self =>
        {
            context = SynchronizationContext.Current;
            context!.Send(_ => _seen.Add("sent"), null);
            await self.PauseAsync();
        });
        _system.RunUntilIdle();

        Assert.Equal(["sent"], _seen);
        Assert.Throws<NotSupportedException>(() => context!.Send(_ => _seen.Add("not sent"), null));
        Assert.Equal(["sent"], _seen);
    }

    [Fact]
    public void AsyncLocal_SetInMain_StaysWithMain()
    {
        AsyncLocal<string> local = new() { Value = "of the test" };
        _system.StartAsync("A", self => Note(self, "of A"));
        _system.StartAsync("B", self => Note(self, "of B"));
        _system.Start("C", Bodies.Script(_ => _seen.Add(local.Value), _ => _seen.Add(local.Value)));
        _system.RunToEnd();

        Assert.Equal(["of the test", "of the test", "of the test", "of A", "of B", "of the test"], _seen);
        Assert.Equal("of the test", local.Value);

        async Task Note(AsyncActor self, string name)
        {
            _seen.Add(local.Value);
            local.Value = name;
            await self.YieldAsync();
            _seen.Add(local.Value);
        }
    }

    [Fact]
    public void ConfigureAwaitFalse_ThenABox_ThrowsAndTouchesNothing()
    {
        using CountingParker parker = new();
        TaskCompletionSource elsewhere = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker });
        Component receiver = new();
        AsyncActor actor = new(async self =>
        {
            await elsewhere.Task.ConfigureAwait(false);
            _seen.Add(Assert.Throws<InvalidOperationException>(() => self.Send("stray")).Message);
            _seen.Add(Assert.Throws<InvalidOperationException>(() => self.TryRecv(out _)).Message);
            _seen.Add((await Assert.ThrowsAsync<InvalidOperationException>(async () => await self.PauseAsync())).Message);
        });
        receiver.Link((actor, "outbox"), (receiver, "inbox"));
        actor.Activate(scheduler);
        using SchedulerThread thread = new(scheduler);
        parker.AwaitPark();
        elsewhere.SetResult();
        thread.Join();

        Assert.Equal(3, _seen.Count);
        Assert.All(_seen, message => Assert.Contains("ConfigureAwait(false)", (string)message!, StringComparison.Ordinal));
        Assert.Equal(0, receiver.Waiting());
    }

    [Fact]
    public void Main_EndsOnAnotherThread_EndsTheComponent()
    {
        using CountingParker parker = new();
        TaskCompletionSource elsewhere = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker });
        new AsyncActor(async _ =>
        {
            await elsewhere.Task.ConfigureAwait(false);
            throw new InvalidOperationException("on purpose");
        }).Activate(scheduler);
        using SchedulerThread thread = new(scheduler);
        parker.AwaitPark();
        elsewhere.SetResult();

        Assert.Equal("on purpose", Assert.Throws<InvalidOperationException>(thread.Join).Message);
    }

    [Fact]
    public void NestedScheduler_RunInsideMain_HasItsOwnContexts()
    {
        Scheduler inner = new();
        _system.StartAsync("outer", async self =>
        {
            SynchronizationContext? own = SynchronizationContext.Current;
            new AsyncActor(async nested =>
            {
                await nested.YieldAsync();
                _seen.Add(SynchronizationContext.Current != own && Scheduler.Current == inner);
            }).Activate(inner);
            inner.RunThreads();
            _seen.Add(SynchronizationContext.Current == own);
            await self.YieldAsync();
            _seen.Add(SynchronizationContext.Current == own);
        });
        _system.RunToEnd();

        Assert.Equal([true, true, true], _seen);
    }

    [Fact]
    public void NestedScheduler_AsAComponent_ContinuesItsAsyncComponents()
    {
        Scheduler inner = new();
        AsyncActor reader = new(async self => _seen.Add(await self.Inbox().ReadAsync()));
        TaskCompletionSource task = new();
        reader.Activate(inner);
        new AsyncActor(async _ =>
        {
            await task.Task;
            _seen.Add("task");
        }).Activate(inner);
        Probe probe = _system.Probe(reader);
        _system.Activate(inner, "inner");
        _system.RunUntilIdle();
        probe.Feed("message");
        _system.RunUntilIdle();
        task.SetResult();
        _system.RunToEnd();

        Assert.Equal(["message", "task"], _seen);
    }

    [Fact]
    public void TaskDelay_OnTheSchedulersClock_IsDeterministic()
    {
        _system.StartAsync("A", async _ =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), _system.Clock);
            _seen.Add(_system.Clock.Elapsed);
        });
        _system.RunUntilIdle();
        _system.Clock.Advance(TimeSpan.FromSeconds(1));
        _system.RunToEnd();

        Assert.Equal([TimeSpan.FromSeconds(1)], _seen);
    }
}
