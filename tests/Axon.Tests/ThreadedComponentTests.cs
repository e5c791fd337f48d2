// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>Threaded components on a scheduler that the test steps: its thread does one thing at a time, as the test tells it.</summary>
public class ThreadedComponentTests
{
    private readonly SteppedScheduler _system = new(TraceKinds.Scheduling);

    [Fact]
    [Trait("Spec", "AX-THR-01")]
    public void New_StandardBoxes()
    {
        foreach (Component component in new Component[] { new ThreadedComponent(), new ThreadedAdaptiveCommsComponent() })
        {
            Assert.Equal(["inbox", "control"], component.InboxNames);
            Assert.Equal(["outbox", "signal"], component.OutboxNames);
        }
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    [Trait("Spec", "AX-THR-02")]
    [Trait("Spec", "AX-THR-03")]
    [Trait("Spec", "AX-THR-16")]
    public void Send_SchedulerStandsStill_SucceedsAsOftenAsTheQueueIsLong(int length)
    {
        Puppet puppet = Started(length == 1000 ? new Puppet() : new Puppet(length));

        int sent = puppet.Strings.Do(() =>
        {
            int count = 0;
            while (puppet.TrySend(count))
            {
                count++;
            }

            return count;
        });
        NoSpaceInBoxException full = Assert.Throws<NoSpaceInBoxException>(() => puppet.Strings.Do(() => puppet.Send("one more")));

        Assert.Equal(length, sent);
        Assert.Equal((length, length), (full.Held, full.Capacity));
        Assert.Equal("outbox", full.Box!.Name);
        puppet.Strings.Finish();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [Trait("Spec", "AX-THR-03")]
    public void Send_QueueOfLengthZeroOrLess_HasNoLimit(int length)
    {
        Puppet puppet = Started(new Puppet(length));
        Probe probe = _system.Probe(puppet);

        puppet.Strings.Do(() =>
        {
            for (int i = 0; i < 5000; i++)
            {
                puppet.Send(i);
            }
        });
        _system.RunUntilIdle();

        Assert.Equal(Enumerable.Range(0, 5000).Cast<object?>(), probe.Collect());
        puppet.Strings.Finish();
    }

    [Fact]
    [Trait("Spec", "AX-THR-04")]
    public void Thread_StartsWithTheFirstStep()
    {
        Puppet puppet = _system.Activate(new Puppet());
        _system.Cycle();
        Assert.Contains(puppet, _system.Scheduler.ListAll());
        Assert.False(puppet.Strings.HasStarted);

        _system.Cycle();

        Assert.True(puppet.Strings.Thread.IsAlive);
        puppet.Strings.Finish();
    }

    [Fact]
    [Trait("Spec", "AX-THR-05")]
    public void Thread_IsAnotherAndABackgroundThread()
    {
        Puppet puppet = Started(new Puppet());

        Assert.NotEqual(Environment.CurrentManagedThreadId, puppet.Strings.Thread.ManagedThreadId);
        Assert.True(puppet.Strings.Thread.IsBackground);
        Assert.Equal(puppet.Name, puppet.Strings.Thread.Name);
        puppet.Strings.Finish();
    }

    [Fact]
    [Trait("Spec", "AX-THR-06")]
    public void MainReturns_ComponentEndsAndParentIsWoken()
    {
        BoxIdler parent = _system.Activate(new BoxIdler(), "parent");
        Puppet puppet = Started(new Puppet());
        parent.AddChildren(puppet);
        parent.Link((puppet, "outbox"), (parent, "inbox"));
        Linkage own = puppet.Link((puppet, "signal"), (parent, "control"));
        _system.RunUntilIdle();
        _system.Trace.Clear();

        puppet.Strings.Finish();
        _system.RunUntilIdle();

        Assert.True(puppet.IsStopped);
        Assert.True(puppet.IsToldToStop);
        Assert.False(own.IsConnected);
        _system.Trace.Expect(["wake Puppet", "step Puppet", "end Puppet", "wake parent", "step parent", "pause parent"]);
    }

    [Fact]
    [Trait("Spec", "AX-THR-08")]
    public void NothingToMove_BodySleeps()
    {
        Puppet puppet = Started(new Puppet());
        Probe probe = _system.Probe(puppet);
        probe.Feed(1);
        puppet.Strings.Do(() => puppet.Send(2));
        _system.RunUntilIdle();
        _system.Trace.Clear();

        // Neither taking from a queue that had room, nor somebody collecting, is any business of the body.
        puppet.Strings.Do(() => puppet.Recv());
        probe.Collect();
        _system.Cycles(5);

        Assert.True(_system.Scheduler.IsPaused(puppet));
        _system.Trace.Expect("");
        puppet.Strings.Finish();
    }

    [Fact]
    [Trait("Spec", "AX-THR-10")]
    [Trait("Spec", "AX-THR-11")]
    [Trait("Spec", "AX-THR-12")]
    [Trait("Spec", "AX-THR-14")]
    public void Messages_OfSeveralBoxes_ArriveInOrderBothWays()
    {
        Puppet puppet = Started(new Puppet());
        Probe probe = _system.Probe(puppet);

        probe.Feed("a", null, "b");
        probe.FeedTo("control", "c");
        Assert.Equal(3, puppet.GetInbox().Count);
        Assert.False(puppet.Strings.Do(() => puppet.DataReady() || puppet.AnyReady()));
        _system.RunUntilIdle();

        Assert.Equal((3, 1, "inbox"), puppet.Strings.Do(() => (puppet.Waiting(), puppet.Waiting("control"), puppet.FirstReady()!)));
        object?[] received = puppet.Strings.Do(() => puppet.Inbox().Append(puppet.Recv("control")).ToArray());
        Assert.Equal(["a", null, "b", "c"], received);
        Assert.False(puppet.Strings.Do(() => puppet.AnyReady()));

        puppet.Strings.Do(() =>
        {
            puppet.Send(1);
            puppet.Send("s", "signal");
            puppet.Send(null);
            puppet.Send(2);
        });
        Assert.Empty(probe.Collect());
        _system.RunUntilIdle();

        Assert.Equal([1, null, 2], probe.Collect());
        Assert.Equal(["s"], probe.Collect("signal"));
        puppet.Strings.Finish();
    }

    [Fact]
    [Trait("Spec", "AX-THR-10")]
    public void TypedRecv_OtherType_ThrowsAndLeavesTheMessage()
    {
        Puppet puppet = Started(new Puppet());
        Probe probe = _system.Probe(puppet);
        probe.Feed("text", 5);
        _system.RunUntilIdle();

        Assert.Throws<UnexpectedMessageException>(() => puppet.Strings.Do(() => puppet.Recv<int>()));
        Assert.Equal("text", puppet.Strings.Do(() => puppet.Recv<string>()));
        Assert.Equal(5, puppet.Strings.Do(() => puppet.TryRecv(out int number) ? number : 0));
        Assert.False(puppet.Strings.Do(() => puppet.TryRecv<int>(out _) || puppet.TryRecv(out _)));
        puppet.Strings.Finish();
    }

    // The thread looks all the time; whenever it sees the order to stop, the data must be there.
    [Fact]
    [Trait("Spec", "AX-THR-13")]
    public void Control_IsForwardedAfterAllOtherInboxes()
    {
        for (int round = 0; round < 200; round++)
        {
            Puppet puppet = Started(new Puppet());
            Probe probe = _system.Probe(puppet);
            Task<bool> sawAll = puppet.Strings.Start(() =>
            {
                while (!puppet.DataReady("control"))
                {
                }

                return puppet.Waiting() == 3;
            });

            // In the worst order: control is the first that has anything.
            probe.FeedTo("control", "look out");
            probe.Feed(1, 2, 3);
            _system.RunUntilIdle();

            Assert.True(sawAll.Within());
            puppet.Strings.Finish();
            _system.RunUntilIdle();
        }
    }

    [Fact]
    [Trait("Spec", "AX-THR-15")]
    public void Recv_EmptyQueue_WaitsForTheMessage()
    {
        Puppet puppet = Started(new Puppet());
        Probe probe = _system.Probe(puppet);
        Task<object?> received = puppet.Strings.Start(() => puppet.Recv());

        // A message elsewhere wakes it for nothing.
        probe.FeedTo("control", "not this");
        _system.RunUntilIdle();
        Assert.False(received.IsCompleted);
        probe.Feed("this");
        _system.RunUntilIdle();

        Assert.Equal("this", received.Within());
        puppet.Strings.Finish();
    }

    [Fact]
    [Trait("Spec", "AX-THR-17")]
    [Trait("Spec", "AX-THR-19")]
    [Trait("Spec", "AX-THR-46")]
    public void Send_LimitedDestination_QueueAndBoxFillAndEachCollectionLetsOneThrough()
    {
        const int Queue = 4;
        const int Box = 3;
        Puppet puppet = Started(new Puppet(Queue));
        Probe probe = _system.Probe(puppet);
        probe.Limit(Box);

        int SendAll() => puppet.Strings.Do(() =>
        {
            int count = 0;
            while (puppet.TrySend("m"))
            {
                count++;
            }

            return count;
        });
        int sent = 0;
        for (int i = 0; i < 5; i++)
        {
            sent += SendAll();
            _system.RunUntilIdle();
        }

        Assert.Equal(Queue + Box, sent);
        foreach (int collected in new[] { 1, 2, 3 })
        {
            for (int i = 0; i < collected; i++)
            {
                probe.CollectOne();
            }

            _system.RunUntilIdle();
            Assert.Equal(collected, SendAll());
            _system.RunUntilIdle();
            Assert.Equal(0, SendAll());
        }

        puppet.Strings.Finish();
    }

    [Fact]
    [Trait("Spec", "AX-THR-18")]
    [Trait("Spec", "AX-THR-20")]
    public void Inbox_Limited_TakesAsMuchAsQueueAndBoxHoldAndEachRecvMakesRoom()
    {
        const int Queue = 3;
        const int Box = 2;
        Puppet puppet = Started(new Puppet(Queue));
        puppet.SetInboxSize("inbox", Box);
        Assert.Equal(Box, puppet.GetInbox().Size);
        Probe probe = _system.Probe(puppet);
        int fed = 0;

        int FeedAll()
        {
            int before = fed;
            while (!puppet.GetInbox().IsFull)
            {
                probe.Feed(fed++);
                if (puppet.GetInbox().IsFull)
                {
                    _system.RunUntilIdle();
                }
            }

            Assert.Throws<NoSpaceInBoxException>(() => probe.Feed("too many"));
            return fed - before;
        }

        Assert.Equal(Queue + Box, FeedAll());
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(i, puppet.Strings.Do(() => puppet.Recv()));

            // Nothing but the taking itself brings the next one along.
            _system.RunUntilIdle();
            Assert.Equal(Queue, puppet.Waiting());
            Assert.Equal(1, FeedAll());
        }

        puppet.Strings.Finish();
    }

    [Fact]
    [Trait("Spec", "AX-THR-21")]
    public void Feeder_IsWokenWhenItsMessageIsMovedNotWhenItIsReceived()
    {
        BoxIdler feeder = _system.Activate(new BoxIdler(), "feeder");
        Puppet puppet = Started(new Puppet());
        feeder.Link((feeder, "outbox"), (puppet, "inbox"));
        _system.RunUntilIdle();
        _system.Trace.Clear();

        feeder.Send("message");
        _system.RunUntilIdle();
        Assert.Contains("wake feeder", _system.Trace.Lines);
        _system.Trace.Clear();
        puppet.Strings.Do(() => puppet.Recv());
        _system.RunUntilIdle();

        Assert.DoesNotContain("wake feeder", _system.Trace.Lines);
        puppet.Strings.Finish();
    }

    [Fact]
    public void Inbox_LinkedOnward_HandsOverAndTheThreadSeesNothing()
    {
        Puppet puppet = Started(new Puppet());
        BoxIdler inner = new();
        Probe probe = _system.Probe(puppet);
        probe.Feed(1);
        puppet.Link((puppet, "inbox"), (inner, "inbox"), Passthrough.Inbox);
        probe.Feed(2);
        _system.RunUntilIdle();

        Assert.Equal([1, 2], inner.Inbox());
        Assert.False(puppet.DataReady());
        puppet.Strings.Finish();
    }

    [Fact]
    public void BoxCalls_OnAnotherThread_Throw()
    {
        Puppet puppet = Started(new Puppet());

        Assert.All<Action>(
            [() => puppet.Send(1), () => puppet.TryRecv(out _), () => puppet.Recv(), () => puppet.Pause(), () => puppet.TryRecv<int>(out _)],
            call => Assert.Contains(puppet.Name, Assert.Throws<InvalidOperationException>(call).Message, StringComparison.Ordinal));
        puppet.Strings.Finish();
    }

    [Fact]
    public void Send_BeforeTheThreadHasStarted_IsDelivered()
    {
        Puppet puppet = new();
        puppet.Send("early");
        Assert.Throws<InvalidOperationException>(() => puppet.Pause());
        Probe probe = _system.Probe(_system.Activate(puppet));
        _system.RunUntilIdle();

        Assert.Equal(["early"], probe.Collect());
        puppet.Strings.Finish();
    }

    [Fact]
    public void BoxCalls_UnknownBox_NameTheComponentAndItsBoxes()
    {
        Puppet puppet = Started(new Puppet());

        Assert.All<Action>(
            [() => puppet.Send(1, "x"), () => puppet.Recv("x"), () => puppet.DataReady("x")],
            call => Assert.Contains(
                $"{puppet.Name} has no",
                Assert.Throws<KeyNotFoundException>(() => puppet.Strings.Do(call)).Message,
                StringComparison.Ordinal));
        puppet.Strings.Finish();
    }

    [Fact]
    public void OldStyleMain_RunsOnTheThread()
    {
        OldStyle component = new();
        Probe probe = _system.Probe(component.Activate(_system.Scheduler));
        _system.Scheduler.RunThreads();

        Assert.Equal(["initialise", "body 1", "body 2", "body 3", "close down"], probe.Collect());
        Assert.NotEqual(Environment.CurrentManagedThreadId, component.ThreadId);
    }

    private T Started<T>(T puppet)
        where T : Component
    {
        _system.Activate(puppet);
        _system.RunUntilIdle();
        return puppet;
    }

    private sealed class OldStyle : ThreadedComponent
    {
        private int _bodies;

        public int ThreadId { get; private set; }

        protected override object? InitialiseComponent()
        {
            ThreadId = Environment.CurrentManagedThreadId;
            Send("initialise");
            return 1;
        }

        protected override object? MainBody()
        {
            Send($"body {++_bodies}");
            return _bodies < 3;
        }

        protected override object? CloseDownComponent()
        {
            Send("close down");
            return 1;
        }
    }
}
