// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Kamaelia.Chassis.Tests;

public class SupervisorShutdownTests
{
    private readonly SupervisorFixture _system = new();

    public static TheoryData<Ipc> Orders => CarouselTests.Orders;

    [Theory]
    [MemberData(nameof(Orders))]
    public void Control_Order_ReachesAllEndsPermanentOnesAndLeavesBySignal(Ipc order)
    {
        Supervisor supervisor = _system.Start(new Supervisor
        {
            ["A"] = new(_system.Factory("A")) { Restart = Restart.Permanent },
            ["B"] = new(_system.Factory("B")),
        });

        _system.Probe.FeedTo("control", "anything", order);
        _system.System.RunUntilIdle();
        Assert.Equal(["anything", order], _system["A"].Inbox("control"));
        Assert.Equal(["anything", order], _system["B"].Inbox("control"));
        _system.System.End(_system["A"]);
        Assert.Empty(_system.Probe.Collect("signal"));
        _system.System.End(_system["B"]);

        Assert.Equal(2, _system.Made.Count);
        Assert.Same(order, Assert.Single(_system.Probe.Collect("signal")));
        Assert.True(supervisor.IsStopped);
        Assert.Empty(_system.System.Scheduler.ListAll());
    }

    [Fact]
    public void ProducerFinished_CrashOverIt_SuccessorGetsTheUnreadAndIsToldAgain()
    {
        ProducerFinished finish = new();
        Supervisor supervisor = _system.Start(new Supervisor(_system.Factory("A")));
        _system.Probe.Feed("unread");
        _system.Probe.FeedTo("control", finish);
        _system.System.RunUntilIdle();
        Assert.Equal([finish], _system["A"].Inbox("control"));

        _system.Crash("A");

        Assert.Equal(["unread"], _system["A"].Inbox());
        Assert.Equal([finish], _system["A"].Inbox("control"));
        _system.System.End(_system["A"]);
        Assert.Same(finish, Assert.Single(_system.Probe.Collect("signal")));
        Assert.True(supervisor.IsStopped);
    }

    [Fact]
    public void ProducerFinished_WhileThePlaceIsEmptyOrUnread_SuccessorIsToldOnce()
    {
        ProducerFinished finish = new();
        _system.Start(new Supervisor(_system.Factory("A")) { Restarts = new RestartPolicy { Delay = TimeSpan.FromSeconds(1) } });
        _system.Crash("A");
        _system.Probe.FeedTo("control", finish);
        _system.System.RunUntilIdle();

        _system.Advance(1);
        Assert.Equal(1, _system["A"].Waiting("control"));
        _system.Crash("A");
        _system.Advance(2);

        Assert.Equal(3, _system.Made.Count);
        Assert.Equal([finish], _system["A"].Inbox("control"));
    }

    [Fact]
    public void Control_FullOrMissing_WaitsForRoomOrIsLeftOut()
    {
        Supervisor supervisor = _system.Start(new Supervisor
        {
            ["A"] = new(() => _system.Factory("A")()!.Limit(1, "control")),
            ["B"] = new(() => new Odd()),
        });
        ProducerFinished finish = new();

        _system.Probe.FeedTo("control", "first", finish);
        _system.System.RunUntilIdle();
        Assert.Equal(["first"], _system["A"].Inbox("control"));
        _system.System.RunUntilIdle();

        Assert.Equal([finish], _system["A"].Inbox("control"));
        Assert.False(supervisor.IsStopped);
    }

    [Fact]
    public void Shutdown_CrashAfterIt_IsReportedAndNobodyIsRestarted()
    {
        ShutdownMicroprocess shutdown = new();
        Supervisor supervisor = _system.Start(new Supervisor(_system.Factory("A"), Restart.Permanent));
        _system.Probe.FeedTo("control", shutdown);
        _system.System.RunUntilIdle();

        _system.Crash("A");

        Assert.Equal(CrashAction.LetGo, _system.Report().Action);
        Assert.Single(_system.Made);
        Assert.Same(shutdown, Assert.Single(_system.Probe.Collect("signal")));
        Assert.True(supervisor.IsStopped);
    }

    [Fact]
    public void Shutdown_WhileThePlaceIsEmpty_EndsAtOnce()
    {
        Supervisor supervisor = _system.Start(
            new Supervisor(_system.Factory("A")) { Restarts = new RestartPolicy { Delay = TimeSpan.FromSeconds(1) } });
        _system.Crash("A");
        _system.Probe.Feed("unread");

        _system.Probe.FeedTo("control", new ShutdownMicroprocess());
        _system.System.RunUntilIdle();

        Assert.True(supervisor.IsStopped);
        Assert.Equal(1, supervisor.DroppedMessages);
        Assert.Single(_system.Made);
    }

    [Fact]
    public void Shutdown_StopTimeout_ThoseThatAreLeftAreStopped()
    {
        ShutdownMicroprocess shutdown = new();
        Supervisor supervisor = _system.Start(new Supervisor(_system.Factory("A")) { StopTimeout = TimeSpan.FromSeconds(3) });
        _system.Probe.FeedTo("control", shutdown);
        _system.System.RunUntilIdle();
        _system.Advance(2.9);
        Assert.False(_system["A"].IsStopped);

        _system.Advance(0.1);

        Assert.True(_system["A"].IsStopped);
        Assert.True(supervisor.IsStopped);
        Assert.Same(shutdown, Assert.Single(_system.Probe.Collect("signal")));
    }

    [Fact]
    public void Signal_OfChildren_ShutdownMessagesStayAndOthersPass()
    {
        Supervisor supervisor = _system.Start(new Supervisor(_system.Factory("A"), Restart.Permanent));

        _system["A"].Send("news", "signal");
        _system["A"].Send(new ProducerFinished(), "signal");
        _system["A"].Send(new ShutdownMicroprocess(), "signal");
        _system.System.RunUntilIdle();

        Assert.Equal(["news"], _system.Probe.Collect("signal"));
        Assert.False(supervisor.IsStopped);
    }

    [Fact]
    public void WiredControl_CascadeAlongTheTable_HoldsForSuccessorsToo()
    {
        Supervisor supervisor = _system.Start(new Supervisor
        {
            ["A"] = new(_system.Factory("A")),
            ["B"] = new(_system.Factory("B")),
            ["A", "outbox"] = ("B", "inbox"),
            ["A", "signal"] = ("B", "control"),
        });
        ProducerFinished finish = new();
        _system.Probe.FeedTo("control", finish);
        _system.System.RunUntilIdle();
        Assert.Equal([finish], _system["A"].Inbox("control"));
        Assert.Equal(0, _system["B"].Waiting("control"));

        _system["A"].Send("data");
        _system["A"].Send(finish, "signal");
        _system.System.End(_system["A"]);
        Assert.Equal([finish], _system["B"].Inbox("control"));
        _system.Crash("B");

        Assert.Equal(["data"], _system["B"].Inbox());
        Assert.Equal([finish], _system["B"].Inbox("control"));
        _system.System.End(_system["B"]);
        Assert.True(supervisor.IsStopped);
    }

    [Fact]
    public void Signal_ReceiverFullAtTheEnd_WaitsForRoom()
    {
        Supervisor supervisor = _system.Start(new Supervisor(_system.Factory("A")));
        _system.Probe.Limit(1, "signal");
        _system["A"].Send("news", "signal");
        _system.System.End(_system["A"]);
        Assert.False(supervisor.IsStopped);

        Assert.Equal(["news"], _system.Probe.Collect("signal"));
        _system.System.RunUntilIdle();

        Assert.IsType<ProducerFinished>(Assert.Single(_system.Probe.Collect("signal")));
        Assert.True(supervisor.IsStopped);
    }

    [Fact]
    public void Stop_OfTheSupervisor_StopsItsChildrenAndTheirs()
    {
        Puppet inner = new();
        Supervisor supervisor = _system.Start(new Supervisor(() => new Pipeline(inner)));

        supervisor.Stop();
        _system.System.RunUntilIdle();

        Assert.True(inner.IsStopped);
        Assert.Empty(_system.System.Scheduler.ListAll());
    }

    [Fact]
    public void Stop_OfTheScheduler_EndsAllAndRestartsNobody()
    {
        _system.Start(new Supervisor(_system.Factory("A"), Restart.Permanent));

        _system.System.Scheduler.Stop();
        _system.System.Scheduler.RunThreads();

        Assert.Single(_system.Made);
        Assert.Empty(_system.System.Scheduler.ListAll());
    }
}
