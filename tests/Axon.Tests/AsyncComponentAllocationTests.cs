// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>In a steady state an async component allocates nothing, however it waits.</summary>
public class AsyncComponentAllocationTests
{
    private const int Warming = 300;
    private const int Measured = 1000;

    private static readonly object s_message = new();

    private readonly VirtualClock _clock = new();
    private readonly Scheduler _scheduler;
    private int _turns;

    public AsyncComponentAllocationTests()
    {
        _scheduler = new Scheduler(new SchedulerOptions { Clock = _clock });
    }

    [Fact]
    public void ReadAsync_ThatWaits_AllocatesNothing() => AssertNothingAllocated(async self =>
    {
        while (true)
        {
            await self.Inbox().ReadAsync();
            _turns++;
        }
    });

    [Fact]
    public void SeveralReaders_OfOneInbox_AllocateNothing() => AssertNothingAllocated(async self =>
    {
        await Task.WhenAll(Read(), Read(), Read());

        async Task Read()
        {
            while (true)
            {
                await self.Inbox().ReadAsync();
                _turns++;
            }
        }
    });

    [Fact]
    public void ReadAsync_ThatNeedNotWait_AllocatesNothing() => AssertNothingAllocated(async self =>
    {
        while (true)
        {
            await self.Inbox<object>().ReadAsync();
            self.Send(null, "signal");
            while (self.DataReady())
            {
                await self.Inbox<object>().ReadAsync();
                _turns++;
            }
        }
    });

    [Fact]
    public void AwaitForeach_Always_AllocatesNothing() => AssertNothingAllocated(async self =>
    {
        await foreach (object message in self.Inbox<object>().Until("control"))
        {
            _turns++;
        }
    });

    [Fact]
    public void AnyReadyAsync_ThatWaits_AllocatesNothing() => AssertNothingAllocated(async self =>
    {
        while (true)
        {
            self.Recv(await self.AnyReadyAsync());
            _turns++;
        }
    });

    [Fact]
    public void ReadyAsync_ThatWaits_AllocatesNothing() => AssertNothingAllocated(async self =>
    {
        while (true)
        {
            await self.Inbox().ReadyAsync();
            while (self.TryRecv(out _))
            {
                _turns++;
            }
        }
    });

    [Fact]
    public void SendAsync_ThatWaitsForRoom_AllocatesNothing()
    {
        Component receiver = new Actor(Bodies.Each(self => self.TryRecv(out _)));
        receiver.SetInboxSize("inbox", 1);
        receiver.Activate(_scheduler);
        AssertNothingAllocated(
            async self =>
            {
                while (true)
                {
                    await self.SendAsync(s_message);
                    _turns++;
                }
            },
            receiver);
    }

    [Fact]
    public void PausesAndSleeps_OfAllKinds_AllocateNothing() => AssertNothingAllocated(async self =>
    {
        while (true)
        {
            await self.YieldAsync();
            await self.PauseAsync();
            await self.PauseAsync(TimeSpan.FromDays(1));
            await self.SleepAsync(TimeSpan.FromSeconds(1));
            while (self.TryRecv(out _))
            {
                _turns++;
            }
        }
    });

    [Fact]
    public void CancellableReadAsync_ThatWaits_AllocatesNothing() => AssertNothingAllocated(async self =>
    {
        while (true)
        {
            await self.Inbox().ReadAsync(self.Stopping);
            _turns++;
        }
    });

    [Fact]
    public void TwoWaitsAtOnce_Always_AllocateNothing() => AssertNothingAllocated(async self =>
    {
        Task watch = self.Inbox("control").ReadyAsync().AsTask();
        while (!watch.IsCompleted)
        {
            await self.Inbox().ReadAsync();
            _turns++;
        }
    });

    private void AssertNothingAllocated(Func<AsyncActor, Task> main, Component? receiver = null)
    {
        AsyncActor actor = new AsyncActor(main).Activate(_scheduler);
        if (receiver is not null)
        {
            receiver.Link((actor, "outbox"), (receiver, "inbox"));
        }

        Actor source = new(Feed);
        source.Link((source, "outbox"), (actor, "inbox"));
        actor.SetInboxSize("inbox", 10);
        source.Activate(_scheduler);

        Cycles(Warming);
        _turns = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Cycles(Measured);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.True(_turns >= Measured / 10, $"Only {_turns} turns in {Measured} cycles: there was nothing to measure.");
        _scheduler.Stop();
        _scheduler.RunCycle();
    }

    // Three messages in every third cycle.
    private static IEnumerator<Yield> Feed(Actor self)
    {
        while (true)
        {
            self.TrySend(s_message);
            self.TrySend(s_message);
            self.TrySend(s_message);
            yield return 1;
            yield return 1;
            yield return 1;
        }
    }

    private void Cycles(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _scheduler.RunCycle();
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
