// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

/// <summary>What becomes of messages and of who waits, when a linkage across schedulers or one end of it goes away.</summary>
public class CrossingEndTests
{
    private readonly Scheduler _here = new();
    private readonly Scheduler _there = new();

    [Fact]
    public void DeletedInbox_WhoWaitsForRoomIsWoken_AndSendsToNobody()
    {
        (Actor sender, AdaptiveBoxIdler sink, string box) = MakeWaiting();

        sink.DeleteInbox(box);
        Cycles(3);

        Assert.True(sender.IsStopped);
        Assert.Null(sender.GetOutbox().Linkage);
    }

    [Fact]
    public void DeletedInbox_OnOneScheduler_TheSame()
    {
        (Actor sender, AdaptiveBoxIdler sink, string box) = MakeWaiting(onOneScheduler: true);

        sink.DeleteInbox(box);
        Cycles(3);

        Assert.True(sender.IsStopped);
        Assert.Null(sender.GetOutbox().Linkage);
    }

    [Fact]
    public void DeletedInbox_FullOfWhatOthersSent_AllAreWoken()
    {
        (Actor sender, AdaptiveBoxIdler sink, string box) = MakeWaiting();
        Actor beside = new Actor(SendTwo).Activate(_there);
        BoxIdler through = new BoxIdler().Activate(_there);
        sink.Link((beside, "outbox"), (through, "inbox"));
        sink.Link((through, "inbox"), (sink, box), Passthrough.Inbox);
        through.SetInboxSize("inbox", 1);
        Cycles(3);
        Assert.False(sender.IsStopped || beside.IsStopped);

        sink.DeleteInbox(box);
        Cycles(3);
        bool isAsleep = _there.IsPaused(beside);
        Cycles(3);

        Assert.True(sender.IsStopped);
        Assert.True(isAsleep || beside.IsStopped);
        Assert.True(through.DataReady());
    }

    // The receiver made the linkage, which goes with it.
    [Fact]
    public void EndOfTheReceiver_WhoWaitsForRoomIsWoken()
    {
        (Actor sender, AdaptiveBoxIdler sink, _) = MakeWaiting();

        sink.Stop();
        Cycles(5);

        Assert.Null(sink.Scheduler);
        Assert.True(sender.IsStopped);
    }

    // Unlinked on the one thread when the other had made room, but before the news arrived.
    [Fact]
    public void UnlinkedBeforeTheNewsOfRoom_WhoWaitsForItIsWoken()
    {
        (Actor sender, AdaptiveBoxIdler sink, string box) = MakeWaiting();
        sink.Recv(box);
        _there.RunCycle();

        sink.Unlink(sender);
        Cycles(3);

        Assert.True(sender.IsStopped);
    }

    [Fact]
    public void UnlinkedBehindTheCrossing_WhatWasSentArrivesThoughTheBoxIsFull()
    {
        BoxIdler sender = new BoxIdler().Activate(_here);
        BoxIdler container = new BoxIdler().Activate(_there);
        BoxIdler beside = new BoxIdler().Activate(_there);
        BoxIdler sink = new BoxIdler().Activate(_there);
        Linkage onward = container.Link((container, "outbox"), (sink, "inbox"), pipeWidth: 2);
        container.Link((beside, "outbox"), (sink, "inbox"));
        container.Link((sender, "outbox"), (container, "outbox"), Passthrough.Outbox);
        beside.Send("beside 1");
        beside.Send("beside 2");
        sender.Send("sent 1");
        sender.Send("sent 2");
        Cycles(3);
        Assert.Equal(2, sink.Waiting());

        container.Unlink(onward);
        Cycles(3);
        sender.Send("too late");
        Cycles(3);

        Assert.Equal(["beside 1", "beside 2", "sent 1", "sent 2"], sink.Inbox());
        Assert.Equal(2, sink.GetInbox().Size);
    }

    [Fact]
    public void LinkedInAStepAndPlacedWithItsNeighbour_TheSchedulerWhoseStepItWasHasNoPartInIt()
    {
        BoxIdler source = new BoxIdler().Activate(_there);
        BoxIdler sink = new();
        new Actor(Bodies.Script(self =>
        {
            source.Link((source, "outbox"), (sink, "inbox"));
            source.Send("before");
            sink.Activate(_there);
        })).Activate(_here);
        _here.RunCycle();
        _here.RunCycle();

        source.Send("after");
        _there.RunCycle();
        _there.RunCycle();

        Assert.Equal(["before", "after"], sink.Inbox());
    }

    [Fact]
    public void LinkedInAStepAndPlacedOnAThird_MessagesAndWakesGoThere()
    {
        Scheduler yonder = new();
        BoxIdler sink = new BoxIdler().Activate(_there);
        Actor sender = new(SendTwo);
        new Actor(Bodies.Script(self =>
        {
            sink.Link((sender, "outbox"), (sink, "inbox"), pipeWidth: 1);
            sender.Activate(yonder);
        })).Activate(_here);
        _here.RunCycle();
        _here.RunCycle();

        Cycle(yonder, 3);
        Cycle(_there, 3);
        Assert.True(yonder.IsPaused(sender));
        Assert.Equal(1, sink.Recv());
        Cycle(_there, 3);
        Cycle(yonder, 3);
        Cycle(_there, 3);

        Assert.True(sender.IsStopped);
        Assert.Equal([2], sink.Inbox());
    }

    // Who made the linkages runs on another thread, and its ledger is none of this thread's business.
    [Fact]
    public void DeletingBoxesThatWereLinkedFromElsewhere_LeavesTheLedgerThereAlone()
    {
        AdaptiveBoxIdler component = new AdaptiveBoxIdler().Activate(_there);
        BoxIdler beside = new BoxIdler().Activate(_there);
        string inbox = component.AddInbox("more");
        string outbox = component.AddOutbox("more");
        string fed = component.AddInbox("fed");
        BoxIdler maker = new BoxIdler().Activate(_here);
        BoxIdler sink = new BoxIdler().Activate(_here);
        Linkage crossing = maker.Link((component, outbox), (sink, "inbox"));
        Linkage within = maker.Link((beside, "outbox"), (component, inbox));
        Linkage unlinked = maker.Link((beside, "signal"), (component, fed));
        using SchedulerThread runsHere = new(_here);
        _here.PassCycles(1);
        using ManualResetEventSlim wasUnlinked = new();
        using SchedulerThread runsThere = new(_there);

        // It is unlinked over there, but here that is not known yet.
        _there.Post(() => Assert.True(wasUnlinked.Wait(Patience.Limit)));
        _there.Post(() => component.DeleteInbox(fed));
        _here.Await(() => maker.Unlink(unlinked));
        wasUnlinked.Set();
        _there.Await(() =>
        {
            component.DeleteInbox(inbox);
            component.DeleteOutbox(outbox);
            Assert.Null(beside.GetOutbox().Linkage);
            beside.Send("nobody hears");
        });

        _here.Await(() =>
        {
            Assert.Equal([crossing, within], maker.LinkagesMade());
            maker.Unlink(component);
            Assert.Empty(maker.LinkagesMade());
        });
        _there.PassCycles(2);
        _here.Await(() => Assert.Empty(sink.GetInbox().Incoming));
        Assert.False(runsThere.HasEnded);
    }

    private static IEnumerator<Yield> SendTwo(Actor self)
    {
        for (int i = 1; i <= 2; i++)
        {
            while (!self.TrySend(i))
            {
                yield return self.Pause();
            }
        }
    }

    private static void Cycle(Scheduler scheduler, int count)
    {
        for (int i = 0; i < count; i++)
        {
            scheduler.RunCycle();
        }
    }

    private void Cycles(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _here.RunCycle();
            _there.RunCycle();
        }
    }

    /// <summary>A sender asleep because the one message that fits is not collected; its end is a sign that it was woken.</summary>
    private (Actor Sender, AdaptiveBoxIdler Sink, string Box) MakeWaiting(bool onOneScheduler = false)
    {
        Actor sender = new(SendTwo);
        AdaptiveBoxIdler sink = new();
        string box = sink.AddInbox("more");
        sink.Link((sender, "outbox"), (sink, box), pipeWidth: 1);
        sender.Activate(_here);
        sink.Activate(onOneScheduler ? _here : _there);
        Cycles(5);
        Assert.True(_here.IsPaused(sender));
        Assert.Equal(1, sink.Waiting(box));
        return (sender, sink, box);
    }
}
