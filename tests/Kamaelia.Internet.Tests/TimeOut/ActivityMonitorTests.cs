// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Kamaelia.Internet.Tests.TimeOut;

public class ActivityMonitorTests
{
    private readonly SteppedScheduler _system = new(TraceKinds.Scheduling | TraceKinds.Send);

    public static TheoryData<string> Ends => [nameof(ProducerFinished), nameof(SocketShutdown), nameof(ShutdownCsa), nameof(ShutdownMicroprocess)];

    [Fact]
    [Trait("Spec", "INT-TMO-06")]
    public void EachInbox_LeadsToItsOutbox_InOrder()
    {
        Probe monitor = Start(new ActivityMonitor());

        monitor.Feed(1, 2, null);
        monitor.FeedTo("inbox2", "a", "b");
        monitor.FeedTo("inbox3", 1.5, 2.5);
        monitor.FeedTo("control", "x", "y");
        _system.RunUntilIdle();

        Assert.Equal([1, 2, null], monitor.Collect());
        Assert.Equal(["a", "b"], monitor.Collect("outbox2"));
        Assert.Equal([1.5, 2.5], monitor.Collect("outbox3"));
        Assert.Equal(["x", "y"], monitor.Collect("signal"));
        Assert.False(monitor.Component.IsStopped);
    }

    [Fact]
    [Trait("Spec", "INT-TMO-07")]
    public void EachBatch_IsSaidOnce_BeforeItIsHandedOn()
    {
        ActivityMonitor component = new() { Message = "seen" };
        Probe monitor = Start(component);
        _system.Trace.Clear();

        monitor.Feed(1, 2);
        monitor.FeedTo("inbox2", 3);
        monitor.FeedTo("control", 4);
        _system.RunUntilIdle();

        Assert.Equal(["seen"], monitor.Collect("observed"));
        Assert.Equal(
            ["observed", "outbox", "outbox", "outbox2", "signal"],
            _system.Trace.Lines.Where(line => line.StartsWith("send monitor", StringComparison.Ordinal))
                .Select(line => line.Split('.', ' ', '"')).Select(words => words.First(word => component.OutboxNames.Contains(word))));
        foreach (string inbox in component.InboxNames)
        {
            monitor.FeedTo(inbox, 1);
            _system.RunUntilIdle();
            Assert.Equal(["seen"], monitor.Collect("observed"));
        }
    }

    [Fact]
    [Trait("Spec", "INT-TMO-07")]
    public void Observer_WithoutRoom_GoesWithout_AndHoldsNobodyUp()
    {
        Probe monitor = Start(new ActivityMonitor());
        monitor.Limit(1, "observed");

        for (int i = 0; i < 3; i++)
        {
            monitor.Feed(i);
            _system.RunUntilIdle();
        }

        Assert.Equal([0, 1, 2], monitor.Collect());
        Assert.Equal(["RESET"], monitor.Collect("observed"));
    }

    [Theory]
    [MemberData(nameof(Ends))]
    [Trait("Spec", "INT-TMO-08")]
    public void End_EverythingThatWaitsIsHandedOn_ThenItEnds(string kind)
    {
        Probe monitor = Start(new ActivityMonitor());
        Ipc end = MakeEnd(kind);

        monitor.FeedTo("control", "before", end, "after");
        monitor.FeedTo("inbox3", 3);
        monitor.FeedTo("inbox2", 2);
        monitor.Feed(1);
        _system.RunUntilIdle();

        Assert.Equal([1], monitor.Collect());
        Assert.Equal([2], monitor.Collect("outbox2"));
        Assert.Equal([3], monitor.Collect("outbox3"));
        Assert.Equal(["before", end, "after"], monitor.Collect("signal"));
        Assert.Single(monitor.Collect("observed"));
        Assert.Empty(_system.Scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "INT-TMO-08")]
    public void OtherControlMessages_AreHandedOn_AndItStays()
    {
        Probe monitor = Start(new ActivityMonitor());
        object?[] others = [null, "text", new ErrorInformation(this), new NewCsa(this, new Component()), new Status(1)];

        monitor.FeedTo("control", others);
        _system.RunUntilIdle();

        Assert.Equal(others, monitor.Collect("signal"));
        Assert.False(monitor.Component.IsStopped);
    }

    [Fact]
    [Trait("Spec", "INT-TMO-06")]
    public void ReceiverFull_SoIsTheInbox_AndNothingIsLostOrOvertakes()
    {
        ActivityMonitor component = new();
        Probe monitor = Start(component);
        monitor.Limit(2);
        component.SetInboxSize("inbox", 10);
        monitor.Feed(1, 2, 3, 4);
        monitor.FeedTo("inbox2", "end");
        _system.RunUntilIdle();

        Assert.Throws<NoSpaceInBoxException>(() => monitor.Feed(5));
        Assert.Empty(monitor.Collect("outbox2"));
        Assert.Equal([1, 2], monitor.Collect());
        _system.RunUntilIdle();
        Assert.Equal([3, 4], monitor.Collect());

        _system.RunUntilIdle();
        Assert.Equal(["end"], monitor.Collect("outbox2"));
        Assert.Equal(10, component.GetInbox().Size);
        monitor.Feed(5);
        _system.RunUntilIdle();
        Assert.Equal([5], monitor.Collect());
    }

    [Fact]
    [Trait("Spec", "INT-TMO-06")]
    public void ReceiverFull_WhoIsRefusedIsWokenWhenThereIsRoomAgain()
    {
        const int Count = 100;
        ActivityMonitor component = new();
        ScriptedSource source = new([.. Enumerable.Range(0, Count).Cast<object?>()]);
        Component wiring = new();
        wiring.Link((source, "outbox"), (component, "inbox"));
        Probe monitor = Start(component);
        monitor.Limit(1);
        _system.Activate(source);
        List<object?> received = [];

        for (int i = 0; i < Count; i++)
        {
            _system.RunUntilIdle();
            received.Add(monitor.CollectOne());
        }

        Assert.Equal(Enumerable.Range(0, Count), received.Cast<int>());
    }

    [Fact]
    [Trait("Spec", "INT-TMO-08")]
    public void ReceiverFull_TheEndComesAfterTheReceiverHadAPassForTheData()
    {
        ActivityMonitor component = new();
        ControlFirst receiver = new();
        receiver.SetInboxSize("inbox", 1);
        Component wiring = new();
        wiring.Link((component, "outbox"), (receiver, "inbox"));
        wiring.Link((component, "signal"), (receiver, "control"));
        Probe monitor = _system.Probe(_system.Activate(component));
        _system.Activate(receiver);
        monitor.Feed(1, 2, 3);
        monitor.FeedTo("control", new ProducerFinished());

        _system.RunUntilIdle();

        Assert.Equal([1, 2, 3], receiver.Received);
        Assert.Empty(_system.Scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "INT-TMO-08")]
    public void ReceiverFull_AtTheEnd_WaitsAsleepForAsLongAsItMay_ThenDropsTheRest()
    {
        Probe monitor = Start(new ActivityMonitor { FlushTimeout = TimeSpan.FromSeconds(2) });
        ProducerFinished end = new();
        monitor.Limit(1);
        monitor.Feed(1, 2, 3);
        monitor.FeedTo("inbox2", "goodbye");
        monitor.FeedTo("control", end);
        _system.RunUntilIdle();
        _system.Trace.Clear();
        _system.Clock.Advance(TimeSpan.FromSeconds(1.9));
        _system.Cycles(20);
        _system.Trace.Expect("");
        Assert.Empty(monitor.Collect("signal"));

        _system.Clock.Advance(TimeSpan.FromSeconds(0.1));
        _system.RunUntilIdle();

        Assert.Equal([1], monitor.Collect());
        Assert.Equal(["goodbye"], monitor.Collect("outbox2"));
        Assert.Equal([end], monitor.Collect("signal"));
        Assert.Empty(_system.Scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "INT-TMO-08")]
    public void ReceiverFull_ToldToStop_DoesNotWait()
    {
        Probe monitor = Start(new ActivityMonitor());
        ShutdownMicroprocess stop = new();
        monitor.Limit(1);
        monitor.Feed(1, 2, 3);
        _system.RunUntilIdle();

        monitor.FeedTo("control", stop);
        _system.RunUntilIdle();

        Assert.Equal([1], monitor.Collect());
        Assert.Equal([stop], monitor.Collect("signal"));
        Assert.Empty(_system.Scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "INT-TMO-06")]
    public void SignalFull_WaitsForRoom()
    {
        Probe monitor = Start(new ActivityMonitor());
        monitor.Limit(1, "signal");
        monitor.FeedTo("control", 1, 2, new ProducerFinished());
        _system.RunUntilIdle();
        List<object?> said = [];

        while (monitor.Waiting("signal") > 0)
        {
            said.Add(monitor.CollectOne("signal"));
            _system.RunUntilIdle();
        }

        Assert.Equal([1, 2], said.Take(2));
        Assert.IsType<ProducerFinished>(Assert.Single(said.Skip(2)));
        Assert.True(monitor.Component.IsStopped);
    }

    [Fact]
    [Trait("Spec", "INT-GEN-03")]
    public void Idle_TakesNoSteps_NotEvenWhenSomebodyCollects()
    {
        Probe monitor = Start(new ActivityMonitor());
        monitor.Feed(1, 2);
        _system.RunUntilIdle();
        _system.Trace.Clear();

        monitor.Collect();
        monitor.Collect("observed");
        _system.Cycles(20);

        Assert.DoesNotContain(_system.Trace.Lines, line => line.StartsWith("step", StringComparison.Ordinal));
    }

    private static Ipc MakeEnd(string kind) => kind switch
    {
        nameof(ProducerFinished) => new ProducerFinished(),
        nameof(SocketShutdown) => new SocketShutdown(),
        nameof(ShutdownCsa) => new ShutdownCsa(null, new Component()),
        _ => new ShutdownMicroprocess(),
    };

    private Probe Start(ActivityMonitor component)
    {
        Probe probe = _system.Probe(_system.Activate(component, "monitor"));
        _system.RunUntilIdle();
        return probe;
    }

    /// <summary>Ends as soon as it finds anything in its control inbox, before it looks at its data.</summary>
    private sealed class ControlFirst : Component
    {
        public List<object?> Received { get; } = [];

        protected override IEnumerator<Yield> Main()
        {
            while (!DataReady("control"))
            {
                Received.AddRange(Inbox());
                yield return Pause();
            }
        }
    }
}
