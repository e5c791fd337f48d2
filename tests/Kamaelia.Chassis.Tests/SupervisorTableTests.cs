// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Kamaelia.Chassis.Tests;

/// <summary>Several children: how they are wired, and who is replaced with whom.</summary>
public class SupervisorTableTests
{
    private readonly SupervisorFixture _system = new();

    [Fact]
    public void Table_EachKindOfEntry_LeadsWhereItSaysAlsoAfterCrashes()
    {
        _system.Start(new Supervisor
        {
            ["A"] = new(_system.Factory("A")),
            ["B"] = new(_system.Factory("B")),
            ["self", "inbox"] = ("A", "inbox"),
            ["self", "extra"] = ("B", "inbox"),
            ["A", "outbox"] = ("B", "inbox"),
            ["B", "outbox"] = ("self", "results"),
        });
        PassThrough();

        _system.Crash("A");
        PassThrough();
        _system.Crash("B");
        PassThrough();

        void PassThrough()
        {
            _system.Probe.Feed("in");
            Assert.Equal(["in"], _system["A"].Inbox());
            _system["A"].Send("from A");
            _system.Probe.FeedTo("extra", "extra");
            Assert.Equal(["from A", "extra"], _system["B"].Inbox());
            _system["B"].Send("out");
            Assert.Equal(["out"], _system.Probe.Collect("results"));
        }
    }

    [Fact]
    public void OneForOne_Crash_TheOthersLiveOnAndTheirMessagesWait()
    {
        _system.Start(ARowOfThree(SupervisionStrategy.OneForOne));
        NamedPuppet a = _system["A"];

        _system["B"].Crash(new InvalidTimeZoneException("on purpose"));
        _system.System.Cycle();
        a.Send("to B");
        _system.System.RunUntilIdle();

        Assert.Equal(["A", "B", "C", "B"], Made());
        Assert.Equal(["to B"], _system["B"].Inbox());
        Assert.False(a.IsStopped);
    }

    [Fact]
    public void OneForAll_Crash_AllAreEndedAndThenAllMadeAnewInOrder()
    {
        _system.Start(ARowOfThree(SupervisionStrategy.OneForAll));
        NamedPuppet[] before = [.. _system.Made];
        _system.Probe.Feed("for A");

        _system.Crash("B");

        Assert.Equal(["A", "B", "C", "A", "B", "C"], Made());
        Assert.All(before, puppet => Assert.True(puppet.IsStopped));
        Assert.Equal(["for A"], _system["A"].Inbox());
        Assert.Single(_system.Reports());
    }

    [Fact]
    public void RestForOne_Crash_ThoseNamedAfterItAreMadeAnewToo()
    {
        _system.Start(ARowOfThree(SupervisionStrategy.RestForOne));

        _system.Crash("B");

        Assert.Equal(["A", "B", "C", "B", "C"], Made());
    }

    [Fact]
    public void OneForAll_SlowToEnd_NobodyStartsBeforeItHasEnded()
    {
        LateFarewell late = new();
        Queue<Component> second = new([late, new Puppet()]);
        Supervisor supervisor = _system.Start(new Supervisor
        {
            ["A"] = new(_system.Factory("A")),
            ["B"] = new(() => second.Dequeue()),
            Strategy = SupervisionStrategy.OneForAll,
        });

        bool startedTooEarly = false;
        late.Farewell = () => startedTooEarly = _system.Made.Count > 1;
        _system.Crash("A");

        Assert.True(late.IsStopped);
        Assert.False(startedTooEarly);
        Assert.Equal(2, _system.Made.Count);
        Assert.Equal(2, supervisor.ChildComponents().Count);
    }

    [Fact]
    public void OneForAll_EndedOrTemporary_AreNotMadeAnew()
    {
        Supervisor supervisor = ARowOfThree(SupervisionStrategy.OneForAll);
        _system.Start(supervisor);
        _system.System.End(_system["A"]);

        _system.Crash("B");
        Assert.Equal(["A", "B", "C", "B", "C"], Made());

        SupervisorFixture other = new();
        other.Start(new Supervisor
        {
            ["A"] = new(other.Factory("A")),
            ["B"] = new(other.Factory("B")) { Restart = Restart.Temporary },
            Strategy = SupervisionStrategy.OneForAll,
        });
        NamedPuppet temporary = other["B"];
        other.Crash("A");
        Assert.True(temporary.IsStopped);
        Assert.Equal(["A", "B", "A"], other.Made.Select(puppet => puppet.Called));
    }

    [Fact]
    public void OneForAll_CrashWhileStopped_IsReportedAndNoSecondReason()
    {
        Queue<Component> second = new([new Fails(), new Puppet()]);
        _system.Start(new Supervisor
        {
            ["A"] = new(_system.Factory("A")),
            ["B"] = new(() => second.Dequeue()),
            Strategy = SupervisionStrategy.OneForAll,
            Restarts = new RestartPolicy { Restarts = 1 },
        });

        _system.Crash("A");

        Assert.Equal([("A", CrashAction.Restart), ("B", CrashAction.LetGo)], _system.Reports().Select(report => (report.Child, report.Action)));
        Assert.Equal(2, _system.Made.Count);
        Assert.Empty(second);
    }

    [Fact]
    public void OneForAll_FactoryFails_TheOthersAreStoppedAndTriedAgain()
    {
        int calls = 0;
        _system.Start(new Supervisor
        {
            ["A"] = new(_system.Factory("A")),
            ["B"] = new(() => ++calls == 1 ? throw new InvalidTimeZoneException("on purpose") : new Puppet()),
            Strategy = SupervisionStrategy.OneForAll,
        });

        Assert.Equal(2, calls);
        Assert.Equal(2, _system.Made.Count);
        Assert.True(_system.Made[0].IsStopped);
        Assert.False(_system.Made[1].IsStopped);
    }

    [Fact]
    public void Limit_CountsTheRestartsOfAllChildrenTogether()
    {
        Supervisor supervisor = new()
        {
            ["A"] = new(_system.Factory("A")),
            ["B"] = new(_system.Factory("B")),
            Restarts = new RestartPolicy { Restarts = 2 },
        };
        _system.Start(supervisor);
        _system.Crash("A");
        _system.Crash("B");

        RestartLimitExceededException exception = Assert.Throws<RestartLimitExceededException>(() => _system.Crash("B"));

        Assert.Equal("B", exception.Child);
    }

    [Fact]
    public void Ended_ForGood_WhatIsSentThereIsDroppedAndCounted()
    {
        Supervisor supervisor = _system.Start(ARowOfThree(SupervisionStrategy.OneForOne));
        _system.System.End(_system["B"]);

        _system["A"].Send("nobody there");
        _system["A"].Send("nobody there");
        _system.System.RunUntilIdle();

        Assert.Equal(2, supervisor.DroppedMessages);
        Assert.False(supervisor.IsStopped);
    }

    [Fact]
    public void Errors_InTheTable_AreSeenWhenTheyAreMade()
    {
        Supervisor supervisor = new() { ["A"] = new(() => new Puppet()), ["A", "outbox"] = ("self", "outbox") };

        Assert.Contains("\"A\"", Throws(() => supervisor["A"] = new ChildSpec(() => new Puppet())), StringComparison.Ordinal);
        Throws(() => supervisor["self"] = new ChildSpec(() => new Puppet()));
        Throws(() => supervisor["B"] = null!);
        Assert.Contains("\"B\"", Throws(() => supervisor["B", "outbox"] = ("A", "inbox")), StringComparison.Ordinal);
        Throws(() => supervisor["A", "outbox"] = ("self", "other"));
        Throws(() => supervisor["self", "inbox"] = ("self", "outbox"));
        Assert.Contains("\"control\"", Throws(() => supervisor["self", "control"] = ("A", "control")), StringComparison.Ordinal);
        Throws(() => supervisor["A", "signal"] = ("self", "signal"));
        Throws(() => supervisor["A", "log"] = ("self", "crashes"));
        Assert.Throws<KeyNotFoundException>(() => supervisor["B"]);
        Assert.Throws<KeyNotFoundException>(() => supervisor["A", "signal"]);
        Assert.Equal(("self", "outbox"), supervisor["A", "outbox"]);

        _system.Start(supervisor);
        Assert.Throws<InvalidOperationException>(() => supervisor["B"] = new ChildSpec(() => new Puppet()));
        Assert.Throws<InvalidOperationException>(() => supervisor["A", "signal"] = ("self", "other"));

        static string Throws(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
    }

    [Fact]
    public void Empty_EndsInItsFirstStep()
    {
        Supervisor supervisor = _system.Start(new Supervisor());

        Assert.True(supervisor.IsStopped);
        Assert.IsType<ProducerFinished>(Assert.Single(_system.Probe.Collect("signal")));
    }

    private Supervisor ARowOfThree(SupervisionStrategy strategy) => new()
    {
        ["A"] = new(_system.Factory("A")),
        ["B"] = new(_system.Factory("B")),
        ["C"] = new(_system.Factory("C")),
        ["self", "inbox"] = ("A", "inbox"),
        ["A", "outbox"] = ("B", "inbox"),
        ["B", "outbox"] = ("C", "inbox"),
        ["C", "outbox"] = ("self", "outbox"),
        Strategy = strategy,
    };

    private IEnumerable<string> Made() => _system.Made.Select(puppet => puppet.Called);

    private sealed class LateFarewell : Puppet
    {
        public Action? Farewell { get; set; }

        protected override Ipc? CloseDown()
        {
            Farewell?.Invoke();
            return base.CloseDown();
        }
    }

    private sealed class Fails : Puppet
    {
        protected override Ipc? CloseDown()
        {
            base.CloseDown();
            throw new InvalidTimeZoneException("at the end");
        }
    }
}
