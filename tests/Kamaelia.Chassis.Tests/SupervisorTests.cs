// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Axon.TestKit;

namespace Kamaelia.Chassis.Tests;

public class SupervisorTests
{
    private static readonly RestartPolicy s_slow = new() { Restarts = null, Delay = TimeSpan.FromSeconds(1) };

    private readonly SupervisorFixture _system = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Crash_MortalOrImmortal_IsTheSupervisorsAndNobodyElseHearsOfIt(bool immortal)
    {
        SupervisorFixture system = new(immortal);
        Supervisor supervisor = system.Start(new Supervisor(system.Factory("A")));
        NamedPuppet first = system["A"];
        InvalidTimeZoneException crash = new("on purpose");

        first.Crash(crash);
        system.System.RunUntilIdle();

        Assert.Equal(2, system.Made.Count);
        Assert.Equal([system["A"]], supervisor.ChildComponents());
        Assert.True(first.IsStopped);
        Assert.False(first.IsLinked);
        Assert.Same(system.System.Scheduler, system["A"].Scheduler);
        Assert.Empty(system.Uncaught);
        Assert.Equal(new CrashReport("child", first, crash, 1, CrashAction.Restart, TimeSpan.Zero), system.Report());
        Assert.False(supervisor.IsStopped);
    }

    [Fact]
    public void Crash_OfOneOnARunningScheduler_DoesNotLeaveTheRun()
    {
        Scheduler scheduler = new();
        CollectingSink sink = new();
        Pipeline pipeline = new(new ScriptedSource(1, new Poison(), 2, new Poison(), 3), new Supervisor(() => new Taster()), sink);
        pipeline.Activate(scheduler);

        scheduler.RunThreads();

        Assert.Equal([1, 2, 3], sink.Messages);
        Assert.True(pipeline.IsStopped);
        Assert.Empty(scheduler.ListAll());
    }

    [Fact]
    public void Unread_OfTheCrashedOne_IsItsSuccessorsInOrderAndTheOneAtWorkIsLost()
    {
        Probe probe = Start(new Supervisor(() => new Taster()));

        probe.Feed(1, new Poison(), 2, 3);
        _system.System.RunUntilIdle();
        probe.Feed(4);
        _system.System.RunUntilIdle();

        Assert.Equal([1, 2, 3, 4], probe.Collect());
    }

    [Fact]
    public void Messages_WhileThePlaceIsEmpty_WaitBehindThoseUnread()
    {
        Probe probe = Start(new Supervisor(_system.Factory("A")) { Restarts = s_slow });
        probe.Feed(1, 2);
        _system.Crash("A");
        probe.Feed(3);
        _system.System.RunUntilIdle();
        Assert.Single(_system.Made);

        _system.Advance(1);

        Assert.Equal(2, _system.Made.Count);
        Assert.Equal([1, 2, 3], _system["A"].Inbox());
        probe.Feed(4);
        Assert.Equal([4], _system["A"].Inbox());
    }

    [Fact]
    public void Limit_OfTheChildsInbox_HoldsWhileThePlaceIsEmptyAndSendersAreWokenWhenItIsFilled()
    {
        ScriptedSource source = new(1, 2, 3, 4, 5);
        Supervisor supervisor = new(() => _system.Factory("A")()!.Limit(2)) { Restarts = s_slow };
        _system.System.Start(new Pipeline(source, supervisor));
        Assert.Equal(2, _system["A"].Waiting());

        _system.Crash("A");
        Assert.False(source.IsStopped);
        Assert.True(source.GetOutbox().IsFull);
        _system.Advance(1);

        Assert.Equal([1, 2], [_system["A"].Recv(), _system["A"].Recv()]);
        _system.System.RunUntilIdle();
        Assert.Equal([3, 4], _system["A"].Inbox());
        _system.System.RunUntilIdle();
        Assert.Equal([5], _system["A"].Inbox());
    }

    [Fact]
    public void Output_OfTheSuccessor_GoesWhereThatOfTheFirstWent()
    {
        Probe probe = Start(new Supervisor(_system.Factory("A")));

        _system["A"].Send(1);
        _system.Crash("A");
        _system["A"].Send(2);

        Assert.Equal([1, 2], probe.Collect());
    }

    [Fact]
    public void LastWords_OfTheCrashedOne_AreHeard()
    {
        Probe probe = Start(new Supervisor(() => new Mourned()));

        probe.Feed("anything");
        _system.System.RunUntilIdle();

        Assert.Equal(["goodbye"], probe.Collect());
    }

    [Fact]
    public void End_OfATransient_IsTheEndOfTheSupervisor()
    {
        Supervisor supervisor = _system.Start(new Supervisor(_system.Factory("A")));
        _system.Probe.Feed("unread");

        _system.System.End(_system["A"]);

        Assert.True(supervisor.IsStopped);
        Assert.IsType<ProducerFinished>(Assert.Single(_system.Probe.Collect("signal")));
        Assert.Empty(_system.Reports());
        Assert.Equal(1, supervisor.DroppedMessages);
        Assert.Empty(_system.System.Scheduler.ListAll());
    }

    [Fact]
    public void End_OfAPermanent_IsARestartAndUnreadIsHandedOn()
    {
        Supervisor supervisor = _system.Start(new Supervisor(_system.Factory("A"), Restart.Permanent));
        _system.Probe.Feed("unread");

        _system.System.End(_system["A"]);

        Assert.Equal(2, _system.Made.Count);
        Assert.Equal(["unread"], _system["A"].Inbox());
        Assert.Empty(_system.Reports());
        Assert.False(supervisor.IsStopped);
    }

    [Fact]
    public void End_OfAPermanentTooOften_IsTooOften()
    {
        Supervisor supervisor = _system.Start(
            new Supervisor(_system.Factory("A"), Restart.Permanent) { Restarts = new RestartPolicy { Restarts = 1 } });
        _system.System.End(_system["A"]);

        _system["A"].End();
        RestartLimitExceededException exception =
            Assert.Throws<RestartLimitExceededException>(() => _system.System.RunUntilIdle());

        Assert.Null(exception.InnerException);
        Assert.Contains("ended", exception.Message, StringComparison.Ordinal);
        Assert.True(supervisor.IsStopped);
    }

    [Fact]
    public void Crash_OfATemporary_IsReportedAndItsEnd()
    {
        Supervisor supervisor = _system.Start(new Supervisor(_system.Factory("A"), Restart.Temporary));

        _system.Crash("A");

        Assert.Equal(CrashAction.LetGo, _system.Report().Action);
        Assert.Single(_system.Made);
        Assert.True(supervisor.IsStopped);
        Assert.Empty(_system.Uncaught);
    }

    [Fact]
    public void Limit_NTimesWithinAPeriod_OneMoreIsTooManyAndTheCountForgets()
    {
        RestartPolicy policy = new() { Restarts = 2, Period = TimeSpan.FromSeconds(10) };
        Supervisor supervisor = _system.Start(new Supervisor(_system.Factory("A")) { Restarts = policy });
        _system.Crash("A");
        _system.Advance(9);
        _system.Crash("A");
        _system.Advance(1);
        _system.Crash("A");
        Assert.Equal(4, _system.Made.Count);

        NamedPuppet last = _system["A"];
        last.Crash(new InvalidTimeZoneException("the last straw"));
        RestartLimitExceededException exception = Assert.Throws<RestartLimitExceededException>(() => _system.System.RunUntilIdle());

        Assert.Equal("the last straw", exception.InnerException!.Message);
        Assert.Equal((supervisor, "child", policy), (exception.Supervisor, exception.Child, exception.Policy));
        Assert.Contains(supervisor.Name, exception.Message, StringComparison.Ordinal);
        Assert.Equal(4, _system.Made.Count);
        Assert.Equal([supervisor], _system.Uncaught);
        IReadOnlyList<CrashReport> reports = _system.Reports();
        Assert.Equal([1, 2, 3, 4], reports.Select(report => report.Count));
        Assert.Equal([CrashAction.Restart, CrashAction.Restart, CrashAction.Restart, CrashAction.GiveUp], reports.Select(report => report.Action));
        ErrorInformation error = Assert.IsType<ErrorInformation>(Assert.Single(_system.Probe.Collect("signal")));
        Assert.Equal((supervisor, exception, reports[3]), (error.Caller, error.Exception, error.Message));
        Assert.Empty(_system.System.Scheduler.ListAll());
    }

    [Fact]
    public void Never_FirstCrash_EndsAllChildrenBeforeItIsPassedOn()
    {
        SupervisorFixture system = new(immortal: true);
        Supervisor supervisor = new() { ["A"] = new(system.Factory("A")), ["B"] = new(system.Factory("B")), Restarts = RestartPolicy.Never };
        system.Start(supervisor);

        system.Crash("A");

        Assert.True(system["B"].IsStopped);
        Assert.Equal([supervisor], system.Uncaught);
        Assert.True(supervisor.IsStopped);
        Assert.Empty(system.System.Scheduler.ListAll());
    }

    [Fact]
    public void Always_ManyCrashes_NeverGivesUp()
    {
        _system.Start(new Supervisor(_system.Factory("A")) { Restarts = RestartPolicy.Always });

        for (int i = 0; i < 100; i++)
        {
            _system.Crash("A");
        }

        Assert.Equal(101, _system.Made.Count);
        Assert.Equal(100, _system.Reports()[^1].Count);
    }

    [Fact]
    public void Delay_GrowsToItsLimitAndIsForgottenWhenTheChildHasLivedAPeriod()
    {
        _system.Start(new Supervisor(_system.Factory("A"))
        {
            Restarts = s_slow with { Growth = 3, MaxDelay = TimeSpan.FromSeconds(20), Period = TimeSpan.FromSeconds(5) },
        });

        List<double> delays = [];
        for (int i = 0; i < 5; i++)
        {
            _system.Crash("A");
            delays.Add(_system.Report().Delay.TotalSeconds);
            _system.Advance(delays[^1] - 0.001);
            Assert.Equal(i + 1, _system.Made.Count);
            _system.Advance(0.001);
            Assert.Equal(i + 2, _system.Made.Count);
        }

        Assert.Equal([1, 3, 9, 20, 20], delays);
        _system.Advance(5);
        _system.Crash("A");
        Assert.Equal(1, _system.Report().Delay.TotalSeconds);
    }

    [Fact]
    public void Jitter_ComesFromTheChoicesOfTheScheduler()
    {
        Assert.Equal(Delays(), Delays());

        static List<TimeSpan> Delays()
        {
            SteppedScheduler system = new(options: new SchedulerOptions { Choices = new SeededChoices(5) });
            Supervisor supervisor = new(() => new Taster()) { Restarts = s_slow with { Growth = 1, Jitter = 0.5 } };
            Probe probe = system.Probe(supervisor);
            system.Start(supervisor);
            List<TimeSpan> delays = [];
            for (int i = 0; i < 10; i++)
            {
                probe.Feed(new Poison());
                system.RunUntilIdle();
                TimeSpan delay = ((CrashReport)probe.CollectOne("crashes")!).Delay;
                Assert.InRange(delay, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
                delays.Add(delay);
                system.Clock.Advance(delay);
                system.RunUntilIdle();
            }

            Assert.Equal(10, delays.Distinct().Count());
            return delays;
        }
    }

    [Fact]
    public void Factory_FailsAtFirst_IsACrashThatIsRetriedAndNothingIsLost()
    {
        int calls = 0;
        Component Make() => ++calls < 3 ? throw new InvalidTimeZoneException($"call {calls}") : new Taster();
        Probe probe = Start(new Supervisor(Make) { Restarts = s_slow });
        probe.Feed(1);

        _system.Advance(1);
        _system.Advance(2);
        _system.System.RunUntilIdle();

        Assert.Equal(3, calls);
        Assert.Equal([1], probe.Collect());
        IReadOnlyList<CrashReport> reports = _system.Reports();
        Assert.Equal([null, null], reports.Select(report => report.Component));
        Assert.Equal(["call 1", "call 2"], reports.Select(report => report.Exception.Message));
    }

    [Fact]
    public void Factory_MakesWhatCannotBeUsed_IsACrashThatSaysWhy()
    {
        Queue<Component?> products = new([null, new Odd(), new Puppet()]);
        products.Last()!.Activate(_system.System.Scheduler);
        Supervisor supervisor = new(() => products.Dequeue()) { Restarts = new RestartPolicy { Restarts = 2 } };
        Probe probe = Start(supervisor, gives: typeof(RestartLimitExceededException));

        string[] texts = [.. _system.Reports().Select(report => report.Exception.Message)];
        Assert.Contains("null", texts[0], StringComparison.Ordinal);
        Assert.Contains("\"inbox\"", texts[1], StringComparison.Ordinal);
        Assert.Contains("is active", texts[2], StringComparison.Ordinal);
        Assert.IsType<ErrorInformation>(Assert.Single(probe.Collect("signal")));
    }

    [Fact]
    public void Factory_MakesOneThatIsLinkedAlready_IsACrashAndItIsLetGo()
    {
        Puppet linked = new();
        Puppet other = new();
        other.Link((linked, "outbox"), (other, "inbox"));
        Queue<Component?> products = new([linked, new Puppet()]);
        Supervisor supervisor = _system.Start(new Supervisor(() => products.Dequeue()));

        Assert.IsType<BoxAlreadyLinkedToDestinationException>(_system.Report().Exception);
        Assert.DoesNotContain(linked, supervisor.ChildComponents());
        Assert.Single(supervisor.ChildComponents());
    }

    [Fact]
    public void Crashes_ReceiverFull_ReportsWaitAndNoneIsLost()
    {
        Supervisor supervisor = _system.Start(new Supervisor(_system.Factory("A")));
        _system.Probe.Limit(1, "crashes");
        _system.Crash("A");
        _system.Crash("A");
        _system.System.End(_system["A"]);
        Assert.False(supervisor.IsStopped);

        Assert.Equal(1, _system.Report().Count);
        _system.System.RunUntilIdle();
        Assert.Equal(2, _system.Report().Count);
        _system.System.RunUntilIdle();
        Assert.True(supervisor.IsStopped);
    }

    [Fact]
    public void Crash_ManyTimes_LeavesNoBoxLinkageOrChildBehind()
    {
        Supervisor supervisor = _system.Start(new Supervisor(_system.Factory("A")) { Restarts = RestartPolicy.Always });
        _system.Crash("A");
        (int, int, int) before = (supervisor.InboxNames.Count, supervisor.OutboxNames.Count, supervisor.Postoffice.Count);

        for (int i = 0; i < 50; i++)
        {
            _system.Crash("A");
        }

        Assert.Equal(before, (supervisor.InboxNames.Count, supervisor.OutboxNames.Count, supervisor.Postoffice.Count));
        Assert.Single(supervisor.ChildComponents());
    }

    [Fact]
    public void Policy_ValuesThatMakeNoSense_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RestartPolicy { Restarts = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RestartPolicy { Period = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RestartPolicy { Delay = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RestartPolicy { Growth = 0.5 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RestartPolicy { MaxDelay = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RestartPolicy { Jitter = 1.5 });
        Assert.Throws<ArgumentNullException>(() => new Supervisor((Func<Component?>)null!));
    }

    private Probe Start(Supervisor supervisor, Type? gives = null)
    {
        if (gives is null)
        {
            _system.Start(supervisor);
        }
        else
        {
            Assert.Throws(gives, () => _system.Start(supervisor));
        }

        return _system.Probe;
    }

    private sealed class SeededChoices(int seed) : SchedulerChoices
    {
        public override Random Random { get; } = new(seed);
    }

    private sealed class Mourned : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (!DataReady())
            {
                yield return Pause();
            }

            Recv();
            throw new InvalidTimeZoneException("on purpose");
        }

        protected override Ipc? CloseDown()
        {
            Send("goodbye");
            return base.CloseDown();
        }
    }
}
