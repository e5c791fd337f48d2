// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

/// <summary>Linkages between components of different schedulers, and the group that runs these.</summary>
public class SchedulerGroupTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void Messages_ArriveInOrderAndEachOnce()
    {
        using SchedulerGroup group = new(2);
        Counting source = new(100_000);
        Checking sink = new(100_000);
        source.Link((source, "outbox"), (sink, "inbox"));
        source.Activate(group[0]);
        sink.Activate(group[1]);

        Run(group);

        Assert.Equal(100_000, sink.Received);
        Assert.NotEqual(source.ThreadId, sink.ThreadId);
    }

    [Fact]
    public void PlacesAreGivenInTurn()
    {
        using SchedulerGroup group = new(2);
        Checking[] components = [new(0), new(0), new(0)];

        group.Activate(components);

        Assert.Equal([group[0], group[1], group[0]], components.Select(component => component.Scheduler));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Limit_CountsWhatIsOnItsWay(int limit)
    {
        using SchedulerGroup group = new(2);
        Meter meter = new();
        Counting source = new(5_000) { Meter = meter };
        Checking sink = new(5_000) { Meter = meter };
        source.Link((source, "outbox"), (sink, "inbox"), pipeWidth: limit);
        group.Activate(source, sink);

        Run(group);

        Assert.Equal(5_000, sink.Received);
        Assert.InRange(meter.Most, 1, limit);
    }

    [Fact]
    public void FullBox_RefusesWithTheNameOfTheBoxAtTheEnd()
    {
        using SchedulerGroup group = new(2);
        Counting source = new(0);
        Component sink = new();
        source.Link((source, "outbox"), (sink, "inbox"), pipeWidth: 2);
        source.Activate(group[0]);
        sink.Activate(group[1]);
        source.Send(1);
        source.Send(2);

        NoSpaceInBoxException refused = Assert.Throws<NoSpaceInBoxException>(() => source.Send(3));

        Assert.Equal((2, 2, sink.GetInbox()), (refused.Held, refused.Capacity, refused.Box));
        Assert.Contains(sink.Name, refused.Message, StringComparison.Ordinal);
        Assert.True(source.GetOutbox().IsFull);
    }

    [Fact]
    public void FullBox_CollectingWakesTheSenderAndMakesRoom()
    {
        using SchedulerGroup group = new(2);
        Counting source = new(0);
        Component sink = new();
        source.Link((source, "outbox"), (sink, "inbox"), pipeWidth: 1);
        source.Activate(group[0]);
        sink.Activate(group[1]);
        source.Send("first");
        group[1].RunCycle();
        Assert.False(source.TrySend("second"));

        Assert.Equal("first", sink.Recv());
        group[1].RunCycle();

        Assert.True(source.TrySend("second"));
        group[1].RunCycle();
        Assert.Equal("second", sink.Recv());
    }

    // The sender need not wait until the receiver has taken everything: the two can work at the same time.
    [Fact]
    public void FullBox_RoomIsGivenBackByHalves()
    {
        using SchedulerGroup group = new(2);
        Counting source = new(0);
        Component sink = new();
        source.Link((source, "outbox"), (sink, "inbox"), pipeWidth: 5);
        source.Activate(group[0]);
        sink.Activate(group[1]);
        SendAsManyAsFit(5);
        group[1].RunCycle();

        Assert.Equal([0, 1, 2], TakeAll());
        group[1].RunCycle();

        SendAsManyAsFit(3);
        Assert.Equal([3, 4], TakeAll());
        group[1].RunCycle();
        Assert.Equal([0, 1, 2], TakeAll());

        void SendAsManyAsFit(int expected)
        {
            int sent = 0;
            while (source.TrySend(sent))
            {
                sent++;
            }

            Assert.Equal(expected, sent);
        }

        List<object?> TakeAll()
        {
            List<object?> taken = [];
            while (sink.TryRecv(out object? message))
            {
                taken.Add(message);
            }

            return taken;
        }
    }

    [Fact]
    public void Limit_LiftedWhileMessagesAreOnTheirWay_TheyArrive()
    {
        using SchedulerGroup group = new(2);
        Counting source = new(0);
        Component sink = new();
        Linkage linkage = source.Link((source, "outbox"), (sink, "inbox"), pipeWidth: 1);
        source.Activate(group[0]);
        sink.Activate(group[1]);
        source.Send("late");
        sink.SetInboxSize("inbox", 0);
        group[1].RunCycle();
        Assert.False(sink.DataReady());

        linkage.SetSynchronous(1);
        group[1].RunCycle();

        Assert.Equal("late", sink.Recv());
    }

    [Fact]
    public void Unlink_WhatWasSentIsDelivered()
    {
        for (int round = 0; round < 50; round++)
        {
            using SchedulerGroup group = new(2);
            Counting source = new(1_000) { UnlinksAtTheEnd = true };
            Checking sink = new(1_000);
            source.Made = source.Link((source, "outbox"), (sink, "inbox"));
            group.Activate(source, sink);

            Run(group);

            Assert.Equal(1_000, sink.Received);
            Assert.Empty(sink.GetInbox().Incoming);
            Assert.False(source.Made.IsConnected);
        }
    }

    [Fact]
    public void LinkingInAStep_ToOneThatRunsElsewhere()
    {
        using SchedulerGroup group = new(2);
        Checking sink = new(100);
        Doing maker = new(self =>
        {
            Counting source = new(100);
            self.Link((source, "outbox"), (sink, "inbox"));
            self.AddChildren(sink);
            source.Activate();
        });
        group.Activate(maker, sink);

        Run(group);

        Assert.Equal(100, sink.Received);
    }

    // Its thread may not have got so far yet; its boxes are that thread's all the same.
    [Fact]
    public void InTheVeryFirstStep_TheOthersAreTakenToRun()
    {
        for (int round = 0; round < 50; round++)
        {
            using SchedulerGroup group = new(2);
            bool runsElsewhere = false;
            new Doing(_ => runsElsewhere = group[1].RunsElsewhere).Activate(group[0]);

            Run(group);

            Assert.True(runsElsewhere);
            Assert.False(group[1].RunsElsewhere);
        }
    }

    // A chassis does this when a child of it was placed elsewhere before.
    [Fact]
    public void LinkingInAStep_TwoThatRunElsewhere()
    {
        using SchedulerGroup group = new(3);
        Checking sink = new(100);
        Counting source = new(100) { WaitsForMessage = true };
        Checking sinkBeside = new(100);
        Counting sourceBeside = new(100) { WaitsForMessage = true };
        Doing maker = new(self =>
        {
            self.Link((source, "outbox"), (sink, "inbox"));
            self.Link((sourceBeside, "outbox"), (sinkBeside, "inbox"));
            self.Link((self, "outbox"), (source, "inbox"));
            self.Link((self, "signal"), (sourceBeside, "inbox"));
            self.AddChildren(sink, sinkBeside);
            self.Send("go");
            self.Send("go", "signal");
        });
        maker.Activate(group[0]);
        source.Activate(group[1]);
        sink.Activate(group[2]);
        sourceBeside.Activate(group[1]);
        sinkBeside.Activate(group[1]);

        Run(group);

        Assert.Equal((100, 100), (sink.Received, sinkBeside.Received));
    }

    [Fact]
    public void Passthrough_LeadsOnToAnotherScheduler()
    {
        using SchedulerGroup group = new(2);
        Counting source = new(1_000);
        Checking child = new(1_000);
        Waiting container = new();
        container.AddChildren(child);
        container.Link((container, "inbox"), (child, "inbox"), Passthrough.Inbox);
        source.Link((source, "outbox"), (container, "inbox"));
        source.Activate(group[0]);
        child.Activate(group[1]);
        container.Activate(group[0]);

        Run(group);

        Assert.Equal(1_000, child.Received);
    }

    [Fact]
    public void EndOfAChild_WakesItsParentElsewhere()
    {
        using SchedulerGroup group = new(2);
        Counting child = new(10);
        Waiting parent = new();
        parent.AddChildren(child);
        group.Activate(parent, child);

        Run(group);

        Assert.True(parent.SawTheEnd);
    }

    [Fact]
    public void DeletedInbox_TheSendersBoxIsFree()
    {
        using SchedulerGroup group = new(2);
        Counting source = new(0);
        Adaptive sink = new();
        string box = sink.AddInbox("more");
        source.Link((source, "outbox"), (sink, box));
        source.Activate(group[0]);
        sink.Activate(group[1]);

        sink.DeleteInbox(box);
        source.Send("nobody hears");

        Assert.Null(source.GetOutbox().Linkage);
    }

    [Fact]
    public void Link_ToOneWithoutAScheduler_FromOutside_IsRefused()
    {
        using SchedulerGroup group = new(2);
        Waiting running = new();
        group.Activate(running);
        group.Start();
        Component unplaced = new();

        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => unplaced.Link((unplaced, "outbox"), (running, "inbox")));

        Assert.Contains("before the schedulers run", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Crash_StopsAllAndLeavesRun()
    {
        using SchedulerGroup group = new(2);
        Waiting waiting = new();
        InvalidTimeZoneException thrown = new();
        Doing crashing = new(_ => throw thrown);
        group.Activate(waiting, crashing);

        Assert.Same(thrown, Assert.Throws<InvalidTimeZoneException>(() => Run(group)));

        Assert.True(waiting.IsStopped);
        Assert.Same(thrown, group.Completion.Exception!.InnerException);
    }

    [Fact]
    public void Stop_EndsEverything()
    {
        using SchedulerGroup group = new(3);
        Waiting[] waiting = [new(), new(), new()];
        group.Activate(waiting);
        group.Start();

        group.Stop();
        group.Join();

        Assert.All(waiting, component => Assert.True(component.IsStopped));
        Assert.True(group.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Start_WaitsForTheFirstActivation()
    {
        using SchedulerGroup group = new SchedulerGroup(2).Start();
        Checking sink = new(50);
        Counting source = new(50);
        source.Link((source, "outbox"), (sink, "inbox"));

        group.Activate(source, sink);

        await group.Completion.WaitAsync(s_limit);
        Assert.Equal(50, sink.Received);
    }

    [Fact]
    public void Start_Twice_IsRefusedAndTheRunGoesOn()
    {
        using SchedulerGroup group = new(2);
        Waiting waiting = new();
        group.Activate(waiting);
        group.Start();

        Assert.Throws<InvalidOperationException>(group.Start);

        group.Stop();
        group.Join();
        Assert.True(group.Completion.IsCompletedSuccessfully);
        Assert.Throws<InvalidOperationException>(group.Start);
    }

    [Fact]
    public void Activate_WithOneThatHasEnded_ActivatesNone()
    {
        using SchedulerGroup group = new(2);
        Waiting fresh = new();
        Waiting ended = new();
        ended.Stop();

        Assert.Throws<InvalidOperationException>(() => group.Activate(fresh, ended));

        Assert.Null(fresh.Scheduler);
    }

    [Fact]
    public void Run_WithNothingActivated_SaysSo()
    {
        using SchedulerGroup group = new(2);

        Assert.Throws<InvalidOperationException>(group.Run);
    }

    // Set AXON_STRESS_MESSAGES=10000000 for the full count.
    [Theory]
    [InlineData(null)]
    [InlineData(1000)]
    [InlineData(7)]
    [Trait("Kind", "Stress")]
    public void Stress_OneToOne(int? limit)
    {
        using SchedulerGroup group = new(2);
        Counting source = new(Stress.Messages) { StepLength = 5000 };
        Checking sink = new(Stress.Messages);
        source.Link((source, "outbox"), (sink, "inbox"), pipeWidth: limit);
        group.Activate(source, sink);

        Run(group);

        Assert.Equal(Stress.Messages, sink.Received);
    }

    // Everybody feeds everybody: no message lost, doubled or out of order, whatever the threads do.
    [Fact]
    public void Stress_ManyToMany()
    {
        const int Schedulers = 4;
        int messages = Stress.Messages / 40;
        using SchedulerGroup group = new(Schedulers);
        List<Checking> sinks = [];
        List<Component> all = [];
        for (int from = 0; from < Schedulers; from++)
        {
            for (int to = 0; to < Schedulers; to++)
            {
                Counting source = new(messages);
                Checking sink = new(messages);
                source.Link((source, "outbox"), (sink, "inbox"), pipeWidth: 1 + (from * Schedulers) + to);
                source.Activate(group[from]);
                sink.Activate(group[to]);
                sinks.Add(sink);
            }
        }

        Run(group);

        Assert.All(sinks, sink => Assert.Equal(messages, sink.Received));
    }

    private static void Run(SchedulerGroup group)
    {
        group.Start();
        if (!((IAsyncResult)group.Completion).AsyncWaitHandle.WaitOne(Stress.Limit))
        {
            string left = string.Join(", ", group.Schedulers.SelectMany(scheduler => scheduler.ListAll()));
            group.Stop();
            Assert.Fail($"The group did not end. Left: {left}");
        }

        group.Join();
    }

    /// <summary>How many messages were sent and not collected, at most.</summary>
    private sealed class Meter
    {
        private int _uncollected;

        public int Most { get; private set; }

        // The sender's.
        public void Sent() => Most = Math.Max(Most, Interlocked.Increment(ref _uncollected));

        public void Collecting() => Interlocked.Decrement(ref _uncollected);
    }

    private sealed class Counting(int count) : Component
    {
        public Meter? Meter { get; init; }

        public bool UnlinksAtTheEnd { get; init; }

        public int StepLength { get; init; } = 100;

        public bool WaitsForMessage { get; init; }

        public Linkage? Made { get; set; }

        public int ThreadId { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            ThreadId = Environment.CurrentManagedThreadId;
            while (WaitsForMessage && !TryRecv(out _))
            {
                yield return Pause();
            }

            for (int i = 0; i < count;)
            {
                // Counted before it can be collected.
                if (!GetOutbox().IsFull)
                {
                    Meter?.Sent();
                    Send(i++);
                    if (i % StepLength == 0)
                    {
                        yield return 1;
                    }
                }
                else
                {
                    yield return Pause();
                }
            }

            if (UnlinksAtTheEnd)
            {
                Unlink(Made!);
            }
        }
    }

    private sealed class Checking(int count) : Component
    {
        public Meter? Meter { get; init; }

        public int Received { get; private set; }

        public int ThreadId { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            ThreadId = Environment.CurrentManagedThreadId;
            while (Received < count)
            {
                while (DataReady())
                {
                    Meter?.Collecting();
                    Assert.Equal(Received, Recv());
                    Received++;
                }

                if (Received < count)
                {
                    yield return Pause();
                }
            }
        }
    }

    /// <summary>Does something, and then lives, with the linkages that it made, as long as its children.</summary>
    private sealed class Doing(Action<Component> action) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            action(this);
            while (ChildComponents().Any(child => !child.IsStopped))
            {
                yield return Pause();
            }
        }
    }

    private sealed class Waiting : Component
    {
        public bool SawTheEnd { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                yield return Pause();
                if (ChildComponents() is [{ IsStopped: true }])
                {
                    SawTheEnd = true;
                    yield break;
                }
            }
        }
    }

    private sealed class Adaptive : AdaptiveCommsComponent
    {
        protected override IEnumerator<Yield> Main()
        {
            yield return Pause();
        }
    }
}
