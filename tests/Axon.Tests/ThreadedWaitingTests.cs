// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>How the thread of a threaded component waits, and what it asks of the scheduler's side.</summary>
public class ThreadedWaitingTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private readonly SteppedScheduler _system = new(TraceKinds.Scheduling);

    [Fact]
    [Trait("Spec", "AX-THR-25")]
    public void Pause_TimeIsUp_ReturnsFalse()
    {
        Puppet puppet = Started();

        Task<bool> paused = puppet.Strings.Start(() => puppet.Pause(s_hour));

        // The thread may set its timer at any moment from now on.
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                _system.Clock.Advance(s_hour);
                return paused.IsCompleted;
            },
            Patience.Limit));

        Assert.False(paused.Within());
        Assert.False(puppet.Strings.Do(() => puppet.Pause(TimeSpan.Zero)));
        Assert.Throws<ArgumentOutOfRangeException>(() => puppet.Strings.Do(() => puppet.Pause(TimeSpan.FromTicks(-1))));
        puppet.Strings.Finish();
    }

    [Theory]
    [InlineData("message in")]
    [InlineData("message taken over")]
    [InlineData("unpause")]
    [InlineData("unpause by another thread")]
    [InlineData("end of a child")]
    [Trait("Spec", "AX-THR-25")]
    [Trait("Spec", "AX-THR-26")]
    [Trait("Spec", "AX-THR-27")]
    [Trait("Spec", "AX-THR-28")]
    public void Pause_SomethingHappens_ReturnsTrueAndOnceIfItCameBefore(string what)
    {
        Puppet puppet = Started();
        Probe probe = _system.Probe(puppet);
        Component child = _system.Activate(new BoxIdler());
        puppet.AddChildren(child);
        Component secondChild = _system.Activate(new BoxIdler());
        puppet.AddChildren(secondChild);
        _system.RunUntilIdle();

        void Happen()
        {
            switch (what)
            {
                case "message in":
                    probe.FeedTo("control", 1);
                    break;
                case "message taken over":
                    break;
                case "unpause":
                    puppet.Unpause();
                    break;
                case "unpause by another thread":
                    OtherThread.Do(puppet.Unpause);
                    break;
                case "end of a child":
                    (child.IsStopped ? secondChild : child).Stop();
                    break;
            }

            _system.RunUntilIdle();
        }

        void Send()
        {
            if (what == "message taken over")
            {
                puppet.Send("out");
            }
        }

        // While it waits, however the two meet. Adopting children may have woken it for nothing.
        puppet.Strings.Do(() => puppet.Pause(TimeSpan.Zero));
        Task<bool> paused = puppet.Strings.Start(() =>
        {
            Send();
            return puppet.Pause();
        });
        Assert.True(SpinWait.SpinUntil(() => what != "message taken over" || !_system.Scheduler.IsIdle, Patience.Limit));
        Happen();
        Assert.True(paused.Within());

        // Before it waits: remembered, once.
        puppet.Strings.Do(Send);
        Happen();
        Assert.True(puppet.Strings.Do(() => puppet.Pause(TimeSpan.Zero)));
        Assert.False(puppet.Strings.Do(() => puppet.Pause(TimeSpan.Zero)));
        puppet.Strings.Finish();
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("timed pause")]
    [InlineData("recv")]
    [InlineData("sync")]
    [InlineData("link")]
    [Trait("Spec", "AX-THR-15")]
    [Trait("Spec", "AX-THR-29")]
    [Trait("Spec", "AX-THR-51")]
    [Trait("Spec", "AX-THR-52")]
    public void Stop_ThreadWaits_CallIsCancelledAndTheComponentClosesDownAtOnce(string call)
    {
        Puppet puppet = Started();
        BoxIdler other = new();
        Action wait = call switch
        {
            "pause" => () => puppet.Pause(),
            "timed pause" => () => puppet.Pause(s_hour),
            "recv" => () => puppet.Recv(),
            "sync" => puppet.Sync,
            _ => () => puppet.Link((puppet, "outbox"), (other, "inbox")),
        };
        Task waiting = puppet.Strings.Start(wait);

        puppet.Stop();
        bool left = _system.Cycle() && _system.Cycle() && _system.Cycle();

        // The thread is still in its main, and the component is gone.
        Assert.False(left);
        Assert.Empty(_system.Scheduler.ListAll());
        Assert.Throws<OperationCanceledException>(waiting.Within);
        Assert.True(puppet.IsToldToStop);
        Assert.All<Action>(
            [wait, () => puppet.Send(1), () => puppet.TrySend(1)],
            again => Assert.Contains(
                puppet.Name,
                Assert.Throws<OperationCanceledException>(() => puppet.Strings.Do(again)).Message,
                StringComparison.Ordinal));
        puppet.Strings.Finish();
    }

    [Fact]
    [Trait("Spec", "AX-THR-51")]
    public void Stop_MainLeavesByTheCancellation_IsNoFailure()
    {
        RecordingLogger logger = new();
        Scheduler scheduler = new(new SchedulerOptions { Logger = logger });
        Threaded waiter = new Threaded(self => self.Recv()).Activate(scheduler);
        using SchedulerThread run = new(scheduler);

        waiter.Stop();
        run.Join();

        Assert.True(waiter.IsStopped);
        Assert.DoesNotContain(logger.Entries, entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Fact]
    [Trait("Spec", "AX-THR-51")]
    public void Stop_MainFailsAfterwards_IsLogged()
    {
        RecordingLogger logger = new();
        SteppedScheduler system = new(options: new SchedulerOptions { Logger = logger });
        Puppet puppet = system.Activate(new Puppet());
        system.RunUntilIdle();
        puppet.Stop();
        system.RunUntilIdle();
        InvalidOperationException failure = new("On purpose.");

        puppet.Strings.Fail(failure);
        puppet.Strings.Join();

        Assert.Same(failure, Assert.Single(logger.Entries, entry => entry.Exception is not null).Exception);
    }

    [Fact]
    [Trait("Spec", "AX-THR-30")]
    [Trait("Spec", "AX-THR-31")]
    [Trait("Spec", "AX-THR-35")]
    public void Requests_FromTheThread_AreCarriedOutOnTheSchedulersThread()
    {
        Puppet puppet = Started();
        BoxIdler other = _system.Activate(new BoxIdler());

        Linkage linkage = Asked(puppet, () => puppet.Link((puppet, "outbox"), (other, "inbox"), pipeWidth: 3));
        Assert.True(linkage.IsConnected);
        Assert.Equal(3, other.GetInbox().Size);
        Assert.Equal(Environment.CurrentManagedThreadId, Asked(puppet, () => puppet.Ask(() => Environment.CurrentManagedThreadId)));
        Asked(puppet, () => puppet.Unlink(linkage));
        Assert.False(linkage.IsConnected);
        linkage = Asked(puppet, () => puppet.Link((puppet, "outbox"), (other, "inbox")));
        Asked(puppet, () => puppet.Unlink(other));
        Assert.False(linkage.IsConnected);
        Asked(puppet, () => puppet.SetInboxSize("inbox", 2));
        Assert.Equal(2, puppet.GetInbox().Size);
        puppet.Strings.Finish();
    }

    [Fact]
    [Trait("Spec", "AX-THR-39")]
    public void Children_FromTheThread_AreAddedAndRemovedOnTheSchedulersThread()
    {
        Puppet puppet = Started();
        BoxIdler child = _system.Activate(new BoxIdler());

        Asked(puppet, () => puppet.AddChildren(child));
        Assert.Equal([child], Asked(puppet, puppet.ChildComponents));
        Asked(puppet, () => puppet.RemoveChild(child));
        Assert.Empty(puppet.ChildComponents());
        puppet.Strings.Finish();
    }

    [Fact]
    [Trait("Spec", "AX-THR-32")]
    [Trait("Spec", "AX-THR-33")]
    public void Sync_EverythingSentBefore_IsDelivered()
    {
        Puppet puppet = Started();
        Probe probe = _system.Probe(puppet);

        for (int round = 0; round < 100; round++)
        {
            Task synced = puppet.Strings.Start(() =>
            {
                puppet.Send(round);
                puppet.Send(round, "signal");
                puppet.Sync();
            });
            CycleUntil(synced);

            Assert.Equal([round], probe.Collect());
            Assert.Equal([round], probe.Collect("signal"));
        }

        puppet.Strings.Finish();
    }

    [Fact]
    [Trait("Spec", "AX-THR-32")]
    public void DeleteOutbox_AfterSending_LosesOnlyWhatAFullDestinationHoldsBack()
    {
        AdaptivePuppet puppet = _system.Activate(new AdaptivePuppet());
        _system.RunUntilIdle();
        BoxIdler open = new();
        BoxIdler narrow = new();

        CycleUntil(puppet.Strings.Start(() =>
        {
            foreach (BoxIdler receiver in new[] { open, narrow })
            {
                string box = puppet.AddOutbox("to");
                puppet.Link((puppet, box), (receiver, "inbox"), pipeWidth: receiver == narrow ? 2 : null);
                for (int i = 0; i < 5; i++)
                {
                    puppet.Send(i, box);
                }

                puppet.DeleteOutbox(box);
            }
        }));

        Assert.Equal([0, 1, 2, 3, 4], open.Inbox());
        Assert.Equal([0, 1], narrow.Inbox());
        puppet.Strings.Finish();
        _system.RunUntilIdle();
        Assert.True(puppet.IsStopped);
    }

    [Fact]
    [Trait("Spec", "AX-THR-34")]
    [Trait("Spec", "AX-THR-35")]
    public void Requests_BeforeTheStartAndFromTheSchedulersThread_AreCarriedOutDirectly()
    {
        AdaptivePuppet puppet = new();
        BoxIdler other = new();
        Assert.True(puppet.Link((puppet, "outbox"), (other, "inbox")).IsConnected);
        puppet.Sync();
        Assert.Equal("extra", puppet.AddInbox("extra"));

        // As a component that shares a scheduler in the background with it.
        Scheduler scheduler = new();
        puppet.Activate(scheduler);
        Linkage? linked = null;
        BoxScript linker = new BoxScript(Body).Activate(scheduler);
        OtherThread.Do(() =>
        {
            using SchedulerThread run = new(scheduler);
            run.Join();
        });

        Assert.True(linker.IsStopped && puppet.IsStopped);
        Assert.NotNull(linked);

        IEnumerator<Yield> Body(Component self)
        {
            while (!puppet.Strings.HasStarted)
            {
                yield return 1;
            }

            linked = puppet.Link((puppet, "signal"), (other, "control"));
            Assert.True(linked.IsConnected);
            puppet.Strings.Finish();
        }
    }

    [Fact]
    [Trait("Spec", "AX-THR-36")]
    public void Request_ThatFails_ThrowsInTheThreadAlone()
    {
        Puppet puppet = Started();
        BoxIdler other = new();
        puppet.Link((puppet, "outbox"), (other, "inbox"));

        Task<Linkage> again = puppet.Strings.Start(() => puppet.Link((puppet, "outbox"), (other, "control")));

        Assert.Throws<BoxAlreadyLinkedToDestinationException>(() => CycleUntil(again));
        Assert.False(puppet.IsStopped);
        Assert.Equal("still here", Asked(puppet, () => puppet.Ask(() => "still here")));
        puppet.Strings.Finish();
    }

    [Fact]
    [Trait("Spec", "AX-THR-37")]
    public void AddedBoxes_HaveTheirQueueAtOnceAndNoneOnceDeleted()
    {
        AdaptivePuppet puppet = _system.Activate(new AdaptivePuppet());
        _system.RunUntilIdle();
        BoxIdler other = new();

        Assert.Equal(["new", "new_2"], Asked(puppet, () => new[] { puppet.AddInbox("new", "what comes"), puppet.AddInbox("new") }));
        Assert.Equal("what comes", puppet.DescribeInbox("new"));
        Assert.Equal("out", Asked(puppet, () => puppet.AddOutbox("out")));
        Assert.Equal(["inbox", "control", "new", "new_2"], puppet.InboxNames);
        Assert.False(puppet.Strings.Do(() => puppet.DataReady("new")));
        puppet.Link((puppet, "out"), (puppet, "new_2"));
        puppet.Strings.Do(() => puppet.Send("round", "out"));
        _system.RunUntilIdle();
        Assert.Equal("new_2", puppet.Strings.Do(puppet.FirstReady));
        Assert.Equal("round", puppet.Strings.Do(() => puppet.Recv("new_2")));

        // Added ones, and one that was declared.
        Asked(puppet, () => puppet.DeleteInbox("new"));
        Asked(puppet, () => puppet.DeleteOutbox("out"));
        Asked(puppet, () => puppet.DeleteInbox("control"));
        Assert.All<Action>(
            [
                () => puppet.DataReady("new"), () => puppet.Recv("new"), () => puppet.TryRecv(out _, "new"), () => puppet.Send(1, "out"),
                () => puppet.Recv("control"),
            ],
            call => Assert.Throws<KeyNotFoundException>(() => puppet.Strings.Do(call)));
        Assert.Throws<KeyNotFoundException>(() => Asked(puppet, () => puppet.DeleteInbox("new")));
        Assert.Throws<KeyNotFoundException>(() => other.Link((other, "outbox"), (puppet, "new")));
        puppet.Strings.Finish();
    }

    [Fact]
    [Trait("Spec", "AX-THR-37")]
    [Trait("Spec", "AX-THR-38")]
    public void TrackedResources_OnTheThread_AreFoundByBox()
    {
        AdaptivePuppet puppet = _system.Activate(new AdaptivePuppet());
        _system.RunUntilIdle();
        object resource = new();
        string box = Asked(puppet, () => puppet.AddInbox("client"));

        puppet.Strings.Do(() =>
        {
            puppet.TrackResource(resource, box);
            puppet.TrackResourceInformation(resource, [box], ["outbox"], "info");
        });

        Assert.Same(resource, puppet.Strings.Do(() => puppet.RetrieveTrackedResource(box)));
        Assert.Equal("info", puppet.Strings.Do(() => puppet.RetrieveTrackedResourceInformation(resource)).Information);
        puppet.Strings.Do(() => puppet.CeaseTrackingResource(resource));
        Assert.Throws<KeyNotFoundException>(() => puppet.Strings.Do(() => puppet.RetrieveTrackedResource(box)));
        puppet.Strings.Finish();
    }

    private Puppet Started()
    {
        Puppet puppet = _system.Activate(new Puppet());
        _system.RunUntilIdle();

        // The first step wakes it for nothing, and the test wants to wait for something.
        puppet.Strings.Do(() => puppet.Pause(TimeSpan.Zero));
        return puppet;
    }

    // The thread asks and waits; this thread is the scheduler's meanwhile.
    private T Asked<T>(Puppet puppet, Func<T> request) => CycleUntil(puppet.Strings.Start(request));

    private void Asked(Puppet puppet, Action request) => CycleUntil(puppet.Strings.Start(request));

    private T Asked<T>(AdaptivePuppet puppet, Func<T> request) => CycleUntil(puppet.Strings.Start(request));

    private void Asked(AdaptivePuppet puppet, Action request) => CycleUntil(puppet.Strings.Start(request));

    private T CycleUntil<T>(Task<T> task)
    {
        CycleUntil((Task)task);
        return task.Within();
    }

    private void CycleUntil(Task task)
    {
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    _system.Cycle();
                    return task.IsCompleted;
                },
                Patience.Limit),
            "The thread did not get its answer.");
        task.Within();
    }
}
