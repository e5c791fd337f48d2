// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

public class AsyncComponentTests
{
    private readonly SteppedScheduler _system = new();
    private readonly List<object?> _seen = [];

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(3)]
    public void Pipeline_OfAsyncAndOrdinaryStages_HasTheSameTrace(int? limit)
    {
        string ordinary = TraceOf(limit, new EchoBody(), new EchoBody());

        Assert.Equal(ordinary, TraceOf(limit, new AsyncEcho(), new EchoBody()));
        Assert.Equal(ordinary, TraceOf(limit, new EchoBody(), new AsyncEcho()));
        Assert.Equal(ordinary, TraceOf(limit, new AsyncEcho(), new AsyncEcho()));
        Assert.Contains("receive B.inbox: last", ordinary, StringComparison.Ordinal);
    }

    [Fact]
    public void Main_UntilItsFirstWait_RunsInTheFirstStep()
    {
        _system.StartAsync("A", async self =>
        {
            _system.Trace.Note("begins");
            await self.PauseAsync();
            _system.Trace.Note("goes on");
        });
        _system.Cycles(2);

        _system.Trace.Expect("""
            activate A
            step A
            begins
            pause A
            """);
    }

    [Fact]
    public void YieldAsync_Always_ContinuesInTheNextCycle()
    {
        _system.StartAsync("A", async self =>
        {
            for (int i = 0; i < 2; i++)
            {
                _system.Trace.Note($"{i}");
                await self.YieldAsync();
            }
        });
        _system.RunToEnd();

        _system.Trace.Expect("""
            activate A
            step A
            0
            step A
            1
            step A
            end A
            """);
    }

    [Fact]
    public void PauseThenYieldAsync_AsInPython_Sleeps()
    {
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            self.Pause();
            await self.YieldAsync();
            _seen.Add("woken");
        });
        _system.Cycles(10);
        Assert.Empty(_seen);

        actor.Unpause();
        _system.RunToEnd();
        Assert.Equal(["woken"], _seen);
    }

    [Fact]
    public void ReadAsync_MessageThere_TakesItWithoutAStep()
    {
        AsyncActor actor = new(async self => _seen.Add((await self.Inbox<string>().ReadAsync(), await self.Inbox<int>().ReadAsync())));
        _system.Probe(actor).Feed("first", 2);
        _system.Activate(actor, "A");
        _system.Cycles(2);

        Assert.Equal([("first", 2)], _seen);
        Assert.True(actor.IsStopped);
    }

    [Fact]
    public void ReadAsync_NullMessage_IsAMessage()
    {
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            _seen.Add(await self.Inbox().ReadAsync());
            _seen.Add(await self.Inbox<string?>().ReadAsync());
        });
        Probe probe = _system.Probe(actor);
        _system.RunUntilIdle();
        probe.Feed(null, null);
        _system.RunToEnd();

        Assert.Equal([null, null], _seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ReadAsync_OfAnotherType_ThrowsAndLeavesTheMessage(bool waits)
    {
        AsyncActor actor = new(async self =>
        {
            UnexpectedMessageException exception = await Assert.ThrowsAsync<UnexpectedMessageException>(
                async () => await self.Inbox<int>().ReadAsync());
            _seen.Add(exception.Found);
            _seen.Add(self.Recv());
        });
        Probe probe = _system.Probe(actor);
        if (!waits)
        {
            probe.Feed("text");
        }

        _system.Activate(actor, "A");
        _system.RunUntilIdle();
        if (waits)
        {
            probe.Feed("text");
        }

        _system.RunToEnd();

        Assert.Equal(["text", "text"], _seen);
    }

    [Fact]
    public void ReadAsync_SeveralReaders_GetMessagesInTheOrderTheyAsked()
    {
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            await Task.WhenAll(Read("one"), Read("two"), Read("three"));

            async Task Read(string name)
            {
                _seen.Add($"{name} {await self.Inbox().ReadAsync()}");
                _seen.Add($"{name} {await self.Inbox().ReadAsync()}");
            }
        });
        Probe probe = _system.Probe(actor);
        _system.RunUntilIdle();
        probe.Feed(1, 2, 3, 4);
        _system.RunUntilIdle();
        probe.Feed(5, 6);
        _system.RunToEnd();

        Assert.Equal(["one 1", "two 2", "three 3", "one 4", "two 5", "three 6"], _seen);
    }

    [Fact]
    public void ReadAsync_MessageThereButAnOlderReaderWaits_StandsBehindIt()
    {
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            // Begun before the older reader, and so continued before it, when the message for that one is in the box.
            Task younger = ReadYounger();
            _seen.Add($"older {await self.Inbox().ReadAsync()}");
            await younger;

            async Task ReadYounger()
            {
                await self.Inbox().ReadyAsync();
                _seen.Add($"younger {await self.Inbox().ReadAsync()}");
            }
        });
        Probe probe = _system.Probe(actor);
        _system.RunUntilIdle();
        probe.Feed(1);
        _system.RunUntilIdle();
        probe.Feed(2);
        _system.RunToEnd();

        Assert.Equal(["older 1", "younger 2"], _seen);
    }

    [Fact]
    public void AwaitForeach_UntilControl_TakesWhatIsThereFirst()
    {
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            await foreach (string message in self.Inbox<string>().Until("control"))
            {
                _seen.Add(message);
            }

            _seen.Add(self.Recv("control"));
        });
        Probe probe = _system.Probe(actor);
        _system.RunUntilIdle();
        probe.Feed("1");
        _system.RunUntilIdle();
        probe.FeedTo("control", "end");
        probe.Feed("2", "3");
        _system.RunToEnd();

        Assert.Equal(["1", "2", "3", "end"], _seen);
    }

    [Fact]
    public void AwaitForeach_UntilControlThatWaitsAlready_EndsAtOnce()
    {
        AsyncActor actor = new(async self =>
        {
            await foreach (object? message in self.Inbox().Until("control"))
            {
                _seen.Add(message);
            }
        });
        Probe probe = _system.Probe(actor);
        probe.FeedTo("control", "end");
        probe.Feed(1);
        _system.Activate(actor, "A");
        _system.Cycles(2);

        Assert.Equal([1], _seen);
        Assert.True(actor.IsStopped);
    }

    [Fact]
    public void Foreach_OverInbox_TakesWhatIsThereAndDoesNotWait()
    {
        AsyncActor actor = new(self =>
        {
            foreach (object? message in self.Inbox())
            {
                _seen.Add(message);
            }

            return Task.CompletedTask;
        });
        _system.Probe(actor).Feed(1, 2);
        _system.Activate(actor, "A");
        _system.RunToEnd();

        Assert.Equal([1, 2], _seen);
    }

    [Fact]
    public void Inbox_UnknownName_ThrowsWithTheNamesThatExist()
    {
        AsyncActor actor = new(_ => Task.CompletedTask);

        KeyNotFoundException exception = Assert.Throws<KeyNotFoundException>(() => actor.Inbox("letterbox"));
        Assert.Contains("inboxes inbox, control", exception.Message, StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(() => actor.Inbox().Until("letterbox"));
    }

    [Fact]
    public void AsyncInbox_OfTheSameBoxesAndTheSameUntil_IsEqual()
    {
        AsyncActor actor = new(_ => Task.CompletedTask);

        Assert.True(actor.Inbox() == actor.Inbox());
        Assert.True(actor.Inbox() != actor.Inbox("control"));
        Assert.False(actor.Inbox().Until("control").Equals((object)actor.Inbox()));
        Assert.Equal(actor.Inbox().GetHashCode(), actor.Inbox().GetHashCode());
    }

    [Fact]
    public void ReadyAsync_MessageArrives_LeavesItInTheBox()
    {
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            await self.Inbox("control").ReadyAsync();
            _seen.Add(self.Waiting("control"));
            await self.Inbox("control").ReadyAsync();
            _seen.Add(self.Recv("control"));
        });
        Probe probe = _system.Probe(actor);
        _system.RunUntilIdle();
        probe.Feed("not this one");
        _system.RunUntilIdle();
        Assert.Empty(_seen);

        probe.FeedTo("control", "stop");
        _system.RunToEnd();
        Assert.Equal([1, "stop"], _seen);
    }

    [Fact]
    public void AnyReadyAsync_MessageInAnyInbox_NamesTheFirstInbox()
    {
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            while (_seen.Count < 3)
            {
                string box = await self.AnyReadyAsync();
                _seen.Add($"{box} {self.Recv(box)}");
            }
        });
        Probe probe = _system.Probe(actor);
        _system.RunUntilIdle();
        probe.FeedTo("control", 1, 2);
        probe.Feed(3);
        _system.RunToEnd();

        Assert.Equal(["inbox 3", "control 1", "control 2"], _seen);
    }

    [Fact]
    public void WhenAny_OverTwoInboxes_ContinuesInTheStepTheMessageBringsAbout()
    {
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            Task<object?> data = self.Inbox().ReadAsync().AsTask();
            Task<object?> control = self.Inbox("control").ReadAsync().AsTask();
            Task<object?> first = await Task.WhenAny(data, control);
            _seen.Add(first == control ? $"control {await control}" : "data");
            _seen.Add(await data);
        });
        Probe probe = _system.Probe(actor);
        _system.RunUntilIdle();
        probe.FeedTo("control", 1);
        _system.Cycles(2);
        Assert.Equal(["control 1"], _seen);

        probe.Feed(2);
        _system.RunToEnd();
        Assert.Equal(["control 1", 2], _seen);
    }

    [Fact]
    public void SendAsync_FullBox_WaitsForRoomAndKeepsTheOrder()
    {
        AsyncActor actor = new(async self =>
        {
            await Task.WhenAll(Enumerable.Range(1, 4).Select(number => self.SendAsync(number).AsTask()));
            _seen.Add("all sent");
        });
        Probe probe = _system.Probe(actor);
        probe.Limit(1);
        _system.Activate(actor, "A");
        for (int i = 1; i <= 4; i++)
        {
            Assert.Empty(_seen);
            _system.RunUntilIdle();
            Assert.Equal(i, probe.CollectOne());
        }

        Assert.Equal(["all sent"], _seen);
    }

    [Fact]
    public void SendAsync_WithRoom_DeliversBeforeItReturns()
    {
        AsyncActor actor = new(self =>
        {
            Task sending = self.SendAsync("now").AsTask();
            Assert.True(sending.IsCompletedSuccessfully);
            return sending;
        });
        Probe probe = _system.Probe(actor);
        _system.Activate(actor, "A");
        _system.RunToEnd();

        Assert.Equal(["now"], probe.Collect());
    }

    [Fact]
    public void SleepAsync_MessagesArrive_IsNotEndedByThem()
    {
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            await self.SleepAsync(TimeSpan.FromSeconds(2));
            _seen.Add(_system.Clock.Elapsed);
            _seen.Add(self.Waiting());
        });
        Probe probe = _system.Probe(actor);
        _system.RunUntilIdle();
        probe.Feed(1);
        _system.RunUntilIdle();
        _system.Clock.Advance(TimeSpan.FromSeconds(1));
        _system.RunUntilIdle();
        probe.Feed(2);
        _system.RunUntilIdle();
        Assert.Empty(_seen);

        _system.RunToEnd();
        Assert.Equal([TimeSpan.FromSeconds(2), 2], _seen);
    }

    [Fact]
    public void SleepAsync_Several_EndEachInItsTime()
    {
        _system.StartAsync("A", async self =>
        {
            await Task.WhenAll(Sleep(3), Sleep(1), Sleep(2), Sleep(0));

            async Task Sleep(int seconds)
            {
                await self.SleepAsync(TimeSpan.FromSeconds(seconds));
                _seen.Add((seconds, _system.Clock.Elapsed.TotalSeconds));
            }
        });
        _system.RunToEnd();

        Assert.Equal([(0, 0.0), (1, 1.0), (2, 2.0), (3, 3.0)], _seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PauseAsync_WithTimeout_SaysWhetherTheTimeIsUp(bool isWoken)
    {
        AsyncActor actor = _system.StartAsync("A", async self => _seen.Add(await self.PauseAsync(TimeSpan.FromSeconds(1))));
        _system.RunUntilIdle();
        if (isWoken)
        {
            actor.Unpause();
        }

        _system.RunToEnd();

        Assert.Equal([!isWoken], _seen);
        Assert.Equal(isWoken ? 0 : 1, _system.Clock.Elapsed.TotalSeconds);
    }

    [Fact]
    public void PauseAsync_WithoutLimit_IsEndedByAWakeOnly()
    {
        AsyncActor actor = _system.StartAsync("A", async self => _seen.Add(await self.PauseAsync(Timeout.InfiniteTimeSpan)));
        _system.RunUntilIdle();
        Assert.Null(_system.Scheduler.TimeToNextTimer());

        actor.Unpause();
        _system.RunToEnd();
        Assert.Equal([false], _seen);
    }

    [Fact]
    public void Pauses_OfDifferentKindsInTurn_KeepNothingOfTheOneBefore()
    {
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            await self.YieldAsync();
            await self.PauseAsync();
            _seen.Add("woken");
            await self.PauseAsync(TimeSpan.FromSeconds(1));
            _seen.Add("woken again");
            await self.PauseAsync();
            await self.YieldAsync();
            _seen.Add("end");
        });
        foreach (string expected in (string[])["woken", "woken again", "end"])
        {
            _system.RunUntilIdle();
            _system.Clock.Advance(TimeSpan.FromMilliseconds(1));
            _system.Cycles(5);
            Assert.DoesNotContain(expected, _seen);
            actor.Unpause();
            _system.RunUntilIdle();
            Assert.Equal(expected, _seen[^1]);
        }
    }

    [Fact]
    public void AwaitForeach_ThroughTheInterface_ReadsTheSame()
    {
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            await foreach (object? message in self.Inbox().Until("control").WithCancellation(self.Stopping))
            {
                _seen.Add(message);
            }
        });
        Probe probe = _system.Probe(actor);
        _system.RunUntilIdle();
        probe.Feed(1);
        _system.RunUntilIdle();
        probe.FeedTo("control", "end");
        probe.Feed(2);
        _system.RunToEnd();

        Assert.Equal([1, 2], _seen);
    }

    [Fact]
    public void TimedWaits_NegativeTime_Throw()
    {
        _system.StartAsync("A", async self =>
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await self.SleepAsync(TimeSpan.FromTicks(-1)));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await self.PauseAsync(TimeSpan.FromTicks(-2)));
            _seen.Add("both");
        });
        _system.RunToEnd();

        Assert.Equal(["both"], _seen);
    }

    [Fact]
    public void Wait_Cancelled_ThrowsAndLetsTheOthersGoOn()
    {
        using CancellationTokenSource cancellation = new();
        AsyncActor actor = _system.StartAsync("A", async self =>
        {
            Task<object?> other = self.Inbox().ReadAsync().AsTask();
            Task cancelled = self.Inbox().ReadAsync(cancellation.Token).AsTask();
            OperationCanceledException exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
            _seen.Add(exception.CancellationToken == cancellation.Token);
            _seen.Add(await other);
        });
        Probe probe = _system.Probe(actor);
        _system.RunUntilIdle();
        OtherThread.Do(cancellation.Cancel);
        _system.RunUntilIdle();
        Assert.Equal([true], _seen);

        probe.Feed("message");
        _system.RunToEnd();
        Assert.Equal([true, "message"], _seen);
    }

    [Fact]
    public void Wait_TokenCancelledBefore_ThrowsAtOnce()
    {
        CancellationToken cancelled = new(canceled: true);
        AsyncActor actor = new(async self =>
        {
            await Expect(async () => await self.Inbox().ReadAsync(cancelled));
            await Expect(async () => await self.Inbox().ReadyAsync(cancelled));
            await Expect(async () => await self.AnyReadyAsync(cancelled));
            await Expect(async () => await self.SendAsync("not sent", cancellationToken: cancelled));
            await Expect(async () =>
            {
                await foreach (object? message in self.Inbox().WithCancellation(cancelled))
                {
                    _seen.Add(message);
                }
            });
        });
        Probe probe = _system.Probe(actor);
        probe.Feed("not read");
        _system.Activate(actor, "A");
        _system.Cycles(2);

        Assert.Equal(5, _seen.Count);
        Assert.Empty(probe.Collect());
        Assert.Equal(1, actor.Waiting());

        async Task Expect(Func<Task> wait) => _seen.Add(await Assert.ThrowsAnyAsync<OperationCanceledException>(wait));
    }

    [Fact]
    public void Wait_AwaitedAgainAfterItsEnd_Throws()
    {
        _system.StartAsync("A", async self =>
        {
            ValueTask wait = self.YieldAsync();
            await wait;
#pragma warning disable CA2012 // That is what this test is about.
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await wait);
#pragma warning restore CA2012
            _seen.Add("once");
        });
        _system.RunToEnd();

        Assert.Equal(["once"], _seen);
    }

    [Fact]
    public void Wait_BlockedOn_ThrowsInsteadOfBlockingEverybody()
    {
        _system.StartAsync("A", self =>
        {
#pragma warning disable CA2012 // That is what this test is about.
            InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => self.Inbox().ReadAsync().GetAwaiter().GetResult());
#pragma warning restore CA2012
            _seen.Add(exception.Message.Contains("Await it", StringComparison.Ordinal));
            return Task.CompletedTask;
        });
        _system.RunToEnd();

        Assert.Equal([true], _seen);
    }

    [Fact]
    public void Wait_OutsideOfMain_Throws()
    {
        AsyncActor actor = _system.StartAsync("A", async self => await self.PauseAsync());
        _seen.Add(NotInMain(actor));
        _system.RunUntilIdle();
        _system.Start("B", Bodies.Script(_ => _seen.Add(NotInMain(actor))));
        _system.RunUntilIdle();

        Assert.Equal(2, _seen.Count);
        Assert.All(_seen, message => Assert.Contains(actor.Name, (string)message!, StringComparison.Ordinal));

        static string NotInMain(AsyncActor actor) =>
            Assert.Throws<InvalidOperationException>(() => { _ = actor.AnyReadyAsync().AsTask(); }).Message;
    }

    [Fact]
    public void Children_ActivatedInMain_RunAndWakeTheirParent()
    {
        AsyncActor child = new(async self => await self.YieldAsync());
        _system.Trace.Name(child, "child");
        _system.StartAsync("parent", async self =>
        {
            self.AddChildren(child);
            child.Activate();
            while (!child.IsStopped)
            {
                await self.PauseAsync();
            }
        });
        _system.RunToEnd();

        _system.Trace.Expect("""
            activate parent
            step parent
            pause parent
            activate child
            step child
            step child
            end child
            wake parent
            step parent
            end parent
            """);
    }

    [Fact]
    public void Activate_WithAMainMethod_RunsThatInstead()
    {
        AsyncActor actor = new(_ => throw new InvalidOperationException("Main was called."));
        actor.Activate(_system.Scheduler, mainMethod: Body);
        _system.RunToEnd();

        Assert.Equal(["body"], _seen);

        IEnumerator<Yield> Body()
        {
            _seen.Add("body");
            yield break;
        }
    }

    private string TraceOf(int? limit, Component first, Component second)
    {
        SteppedScheduler system = new();
        Component source = new ScriptedSource("1", "2", "3", "4", "5", "last");
        Component sink = new BoxScript(SlowReader);
        (Component Part, string Name)[] row = [(source, "source"), (first, "A"), (second, "B"), (sink, "sink")];
        foreach ((Component part, string name) in row)
        {
            part.SetInboxSize("inbox", limit);
            system.Activate(part, name);
        }

        Component wiring = new();
        foreach (((Component part, _), (Component next, _)) in row.Zip(row.Skip(1)))
        {
            wiring.Link((part, "outbox"), (next, "inbox"));
            wiring.Link((part, "signal"), (next, "control"));
        }

        system.RunToEnd();
        return system.Trace.ToString();
    }

    // Takes a message in every third cycle.
    private static IEnumerator<Yield> SlowReader(Component self)
    {
        while (self.DataReady() || !self.DataReady("control"))
        {
            self.TryRecv(out _);
            yield return 1;
            yield return 1;
            yield return 1;
        }
    }

    private sealed class EchoBody : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                while (TryRecv(out object? message))
                {
                    while (!TrySend(message))
                    {
                        yield return Pause();
                    }
                }

                if (DataReady("control"))
                {
                    Send(Recv("control"), "signal");
                    yield break;
                }

                yield return Pause();
            }
        }
    }

    private sealed class AsyncEcho : AsyncComponent
    {
        protected override async Task Main()
        {
            await foreach (object? message in Inbox().Until("control"))
            {
                // As the other does: SendAsync looks first whether there is room, and is not refused.
                while (!TrySend(message))
                {
                    await PauseAsync();
                }
            }

            Send(Recv("control"), "signal");
        }
    }
}
