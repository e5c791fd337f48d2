// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

/// <summary>Linkages and activations across schedulers that are made while the other one runs: as on one scheduler, nobody runs in between.</summary>
public sealed class CrossingLinkageTests : IDisposable
{
    // Enough for whoever is told of a message to step, and to answer.
    private const int SomeCycles = 5;

    private readonly Scheduler _here = new();
    private readonly Scheduler _there = new() { Immortal = true };
    private readonly Scheduler _yonder = new() { Immortal = true };
    private readonly SchedulerThread _runsThere;
    private readonly SchedulerThread _runsYonder;
    private readonly List<Exception> _crashes = [];

    public CrossingLinkageTests()
    {
        _there.ComponentCrashed += (_, exception) => _crashes.Add(exception);
        foreach (Scheduler scheduler in new[] { _there, _yonder })
        {
            scheduler.WaitForOne();
            new BoxIdler().Activate(scheduler);
        }

        _runsThere = new SchedulerThread(_there);
        _runsYonder = new SchedulerThread(_yonder);
    }

    public void Dispose()
    {
        _runsThere.Dispose();
        _runsYonder.Dispose();
    }

    [Fact]
    public void LinkedInAndOutInOneStep_TheFirstAnswerIsNotLost()
    {
        Actor echo = new Actor(Echo).Activate(_there);
        BoxIdler asker = new();
        InOneStep(asker, () =>
        {
            asker.Link((asker, "outbox"), (echo, "inbox"));
            asker.Send("question");
            _there.PassCycles(SomeCycles);
            asker.Link((echo, "outbox"), (asker, "inbox"));
        });

        Assert.Equal(["question"], Collect(asker, 1));
    }

    // What a chassis does whose inbox has messages already.
    [Fact]
    public void WaitingMessagesMoveOver_EachIsAnsweredOnceAndInOrder()
    {
        Actor echo = new Actor(Echo).Activate(_there);
        BoxIdler asker = new();
        BoxIdler container = new BoxIdler().Activate(_here);
        asker.Link((asker, "outbox"), (container, "inbox"));
        for (int i = 0; i < 100; i++)
        {
            asker.Send(i);
        }

        InOneStep(asker, () =>
        {
            container.Link((container, "inbox"), (echo, "inbox"), Passthrough.Inbox);
            _there.PassCycles(SomeCycles);
            container.Link((echo, "outbox"), (container, "outbox"), Passthrough.Outbox);
            asker.Link((container, "outbox"), (asker, "inbox"));
        });
        asker.Send(100);

        Assert.Equal(Enumerable.Range(0, 101).Cast<object?>(), Collect(asker, 101));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ThroughTwoOthers_NothingIsLostWhicheverIsLinkedFirst(bool forwards)
    {
        Actor first = new Actor(Echo).Activate(_there);
        Actor second = new Actor(Echo).Activate(_yonder);
        BoxIdler asker = new();
        Action[] links =
        [
            () => asker.Link((asker, "outbox"), (first, "inbox")),
            () => asker.Link((first, "outbox"), (second, "inbox")),
            () => asker.Link((second, "outbox"), (asker, "inbox")),
        ];
        InOneStep(asker, () =>
        {
            foreach (Action link in forwards ? links : links.Reverse())
            {
                link();
                if (asker.GetOutbox().Linkage is not null)
                {
                    asker.Send("on its way");
                }

                _there.PassCycles(SomeCycles);
                _yonder.PassCycles(SomeCycles);
            }
        });

        Assert.Equal(Enumerable.Repeat<object?>("on its way", forwards ? 3 : 1), Collect(asker, forwards ? 3 : 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ActivatedElsewhereInAStep_RunsWhenTheStepIsOver(bool linkedFirst)
    {
        Actor talker = new(Bodies.Script(self => self.Send("first words")));
        BoxIdler maker = new();
        InOneStep(maker, () =>
        {
            if (linkedFirst)
            {
                maker.Link((talker, "outbox"), (maker, "inbox"));
            }

            talker.Activate(_there);
            _there.PassCycles(SomeCycles);
            if (!linkedFirst)
            {
                maker.Link((talker, "outbox"), (maker, "inbox"));
            }
        });

        Assert.Equal(["first words"], Collect(maker, 1));
    }

    [Fact]
    public void LinkedAndUnlinkedInOneStep_IsUnlinked()
    {
        BoxIdler idler = new BoxIdler().Activate(_there);
        BoxIdler maker = new();
        InOneStep(maker, () => maker.Unlink(maker.Link((idler, "outbox"), (maker, "inbox"))));

        _there.Await(() => Assert.Null(idler.GetOutbox().Linkage));
        _here.RunCycle();

        Assert.Empty(maker.GetInbox().Incoming);
    }

    // It was linked by its neighbours before, and these were activated one by one while the schedulers ran.
    [Fact]
    public void ActivatedAfterItsNeighbourRuns_StartsWhenThatHasLetGoOfItsBoxes()
    {
        BoxIdler source = new();
        Actor sink = new(Bodies.Each(self => self.Pause()));
        source.Link((source, "outbox"), (sink, "inbox"));
        source.Activate(_there);
        using ManualResetEventSlim mayGoOn = new();
        _there.Await(() => source.Send(0));
        _there.Post(() =>
        {
            Assert.True(mayGoOn.Wait(Patience.Limit));
            source.Send(1);
        });

        sink.Activate(_here);
        _here.RunCycle();
        bool wasRunning = _here.ListAll().Contains(sink);
        mayGoOn.Set();
        _there.Await(() => source.Send(2));
        _there.PassCycles(1);

        Assert.False(wasRunning);
        Assert.Equal([0, 1, 2], Collect(sink, 3));
        Assert.Contains(sink, _here.ListAll());
    }

    // To ask for a box makes it, the first time.
    [Fact]
    public void BoxAskedForByTwoThreadsAtOnce_IsOne()
    {
        using ManualResetEventSlim firstIsMaking = new();
        using ManualResetEventSlim secondHasMade = new();
        int made = 0;
        Making component = new(() =>
        {
            if (Interlocked.Increment(ref made) == 1)
            {
                firstIsMaking.Set();
                Assert.True(secondHasMade.Wait(Patience.Limit));
            }
        });
        Task<Postbox> first = Task.Run(() => component.GetInbox());
        Assert.True(firstIsMaking.Wait(Patience.Limit));
        Postbox second = component.GetInbox();
        secondHasMade.Set();

        Assert.Same(second, first.Within());
        Assert.Same(second, component.GetInbox());
    }

    [Fact]
    public void LinkThatFailsElsewhere_IsReported_AndItsEndLeavesTheOtherLinkageAlone()
    {
        BoxIdler source = new BoxIdler().Activate(_there);
        BoxIdler sink = new BoxIdler().Activate(_there);
        _there.Await(() => source.Link((source, "outbox"), (sink, "inbox")));
        BoxIdler maker = new();
        BoxIdler beside = new BoxIdler().Activate(_there);
        InOneStep(maker, () =>
        {
            maker.Link((source, "outbox"), (maker, "inbox"));
            maker.Link((source, "outbox"), (beside, "inbox"));
        });
        _there.PassCycles(1);

        maker.Stop();
        _here.RunCycle();
        _here.RunCycle();
        _there.Await(() => source.Send("still linked"));

        Assert.Equal(2, _crashes.Count);
        Assert.All(_crashes, crash => Assert.IsType<BoxAlreadyLinkedToDestinationException>(crash));
        Assert.Null(maker.Scheduler);
        _there.Await(() => Assert.Equal("still linked", sink.Recv()));
    }

    private static IEnumerator<Yield> Echo(Actor self)
    {
        while (true)
        {
            while (self.TryRecv(out object? message))
            {
                self.Send(message);
            }

            yield return self.Pause();
        }
    }

    private void InOneStep(BoxIdler maker, Action action)
    {
        maker.Activate(_here);
        new Actor(Bodies.Script(_ => action())).Activate(_here);
        _here.RunCycle();
        _here.RunCycle();
    }

    /// <summary>As many messages as are expected, or what is there after a fair time, and one more if it comes.</summary>
    private List<object?> Collect(Component component, int expected)
    {
        List<object?> collected = [];
        for (int round = 0; round < 200 && collected.Count <= expected; round++)
        {
            _there.PassCycles(1);
            _yonder.PassCycles(1);
            _here.RunCycle();
            while (component.TryRecv(out object? message))
            {
                collected.Add(message);
                round = Math.Max(round, 190);
            }
        }

        return collected;
    }

    private sealed class Making(Action making) : Component
    {
        internal override RealSink MakeInbox(string name)
        {
            making();
            return base.MakeInbox(name);
        }
    }
}
