// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Runtime.CompilerServices;
using Axon.TestKit;
using Microsoft.Extensions.Logging;

namespace Axon.Tests;

public class WhyStuckTests
{
    private readonly RecordingLogger _log = new();
    private readonly SteppedScheduler _system;

    public WhyStuckTests()
    {
        _system = new SteppedScheduler(options: new SchedulerOptions { Diagnose = true, Logger = _log });
    }

    [Fact]
    public void RingOfFullBoxes_IsNamedAsACycle()
    {
        (Actor one, Actor other) = MakeRing(_system);
        _system.RunUntilIdle();
        _system.Clock.Advance(TimeSpan.FromSeconds(2.5));

        StuckReport report = _system.Scheduler.WhyStuck();

        Assert.True(report.IsStuck);
        Assert.True(report.IsComplete);
        Assert.Empty(report.Awake);
        Refusal[] cycle = [.. Assert.Single(report.Cycles)];
        Assert.Equal([(one.Name, other.Name), (other.Name, one.Name)], cycle.Select(refusal => (refusal.From.Component, refusal.By.Component)));
        Assert.All(cycle, refusal => Assert.True(refusal.By.IsFull));
        Assert.Equal([one.Name, other.Name], report.Waiters.Select(waiter => waiter.Name));
        Assert.All(report.Waiters, waiter => Assert.Equal(TimeSpan.FromSeconds(2.5), waiter.Slept));
        string at = report.Waiters[0].Where!.ToString();
        Assert.Equal(
            $"""
            {_system.Scheduler.Name} is stuck: everybody sleeps, no timer runs, 2 messages unread, 2 outboxes refused.
            These wait for each other, in a cycle of full boxes:
              {one.Name} waits for room in inbox "inbox" of {other.Name}: 1 of 1
              {other.Name} waits for room in inbox "inbox" of {one.Name}: 1 of 1
            {one.Name} sleeps, for 2.5 s, at {at}
              outbox "outbox" was refused by inbox "inbox" of {other.Name}: 1 of 1
              inbox "inbox" has 1 message unread
            {other.Name} sleeps, for 2.5 s, at {at}
              outbox "outbox" was refused by inbox "inbox" of {one.Name}: 1 of 1
              inbox "inbox" has 1 message unread

            """.ReplaceLineEndings("\n"),
            report.ToString());
    }

    [Fact]
    public void WaitingForRoomOnAnotherScheduler_IsNotStuck_AndNoRing()
    {
        Actor sender = _system.Start("sender", self => SendFor(self));
        BoxIdler sink = new BoxIdler().Activate(new Scheduler());
        sender.Link((sender, "outbox"), (sink, "inbox"), pipeWidth: 1);
        _system.RunUntilIdle();

        StuckReport report = _system.Scheduler.WhyStuck();

        Assert.False(report.IsStuck);
        Assert.Empty(report.Cycles);

        static IEnumerator<Yield> SendFor(Actor self)
        {
            while (true)
            {
                while (!self.TrySend("more"))
                {
                    yield return self.Pause();
                }
            }
        }
    }

    [Fact]
    public void NobodyWatched_TheRingIsFoundAllTheSame_AndTheReportSaysWhatIsNotKnown()
    {
        SteppedScheduler system = new();
        MakeRing(system);
        system.RunUntilIdle();

        StuckReport report = system.Scheduler.WhyStuck();

        Assert.True(report.IsStuck);
        Assert.False(report.IsComplete);
        Assert.Equal(2, Assert.Single(report.Cycles).Count);
        Assert.All(report.Waiters, waiter => Assert.Null(waiter.Slept));
        Assert.All(report.Waiters, waiter => Assert.NotNull(waiter.Where));
        Assert.Contains("set Diagnose on the scheduler", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ComponentsBesideTheRing_AndABoxOfOnesOwn_AreToldApart()
    {
        (Actor one, Actor other) = MakeRing(_system);
        Actor behind = _system.Start("behind", self => Pushing(self));
        one.SetInboxSize("control", 0);
        one.Link((behind, "outbox"), (one, "control"));
        Actor own = _system.Start("own", self => Pushing(self));
        own.Link((own, "outbox"), (own, "inbox"), pipeWidth: 1);
        _system.RunUntilIdle();

        StuckReport report = _system.Scheduler.WhyStuck();

        string[] cycles = [.. report.Cycles.Select(cycle => string.Join(' ', cycle.Select(refusal => refusal.From.Component).Order(StringComparer.Ordinal)))];
        Assert.Equal([string.Join(' ', new[] { one.Name, other.Name }.Order(StringComparer.Ordinal)), own.Name], cycles);
        Assert.Equal(one.Name, Assert.Single(Waiter(report, behind).Refusals).By.Component);
    }

    [Fact]
    public void LongRingWithAShortCut_IsFoundWithoutRecursion()
    {
        const int Count = 20_000;
        Actor[] ring = [.. Enumerable.Range(0, Count).Select(_ => new Actor(self => Pushing(self)))];
        for (int i = 0; i < Count; i++)
        {
            ring[i].Link((ring[i], "outbox"), (ring[(i + 1) % Count], "inbox"), pipeWidth: 0);
            ring[i].Activate(_system.Scheduler);
        }

        _system.RunUntilIdle();

        Assert.Equal(Count, Assert.Single(_system.Scheduler.WhyStuck().Cycles).Count);
    }

    [Fact]
    public void UnreadMessage_OfASleeper_IsStuck()
    {
        Actor deaf = _system.Start("deaf", Bodies.Asleep);
        BoxIdler source = _system.Activate(new BoxIdler());
        source.Link((source, "outbox"), (deaf, "inbox"));
        source.Link((source, "signal"), (deaf, "control"));
        source.Send("hello");
        _system.RunUntilIdle();

        StuckReport report = _system.Scheduler.WhyStuck();

        Assert.True(report.IsStuck);
        Waiter waiter = Waiter(report, deaf);
        Assert.Equal(("inbox", 1), (waiter.Unread.Single().Name, waiter.Unread.Single().Count));
        Assert.Equal([source.Name], Assert.Single(waiter.Empty).Feeders);
        Assert.Contains($"  inbox \"control\" is empty, fed by {source.Name}\n", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void WakeThatIsOnItsWay_IsNotStuck()
    {
        Actor deaf = _system.Start("deaf", Bodies.Asleep);
        _system.RunUntilIdle();
        deaf.GetInbox().Append("hello");

        StuckReport woken = _system.Scheduler.WhyStuck();
        Assert.False(woken.IsStuck);
        Assert.Equal([deaf.Name], woken.Awake);
        Assert.Empty(woken.Waiters);

        _system.RunUntilIdle();
        OtherThread.Do(deaf.Unpause);
        StuckReport asked = _system.Scheduler.WhyStuck();
        Assert.False(asked.IsStuck);
        Assert.Contains("another thread has asked for something; 1 message unread", asked.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void NothingUnread_IsNotStuck()
    {
        _system.Start("idle", Bodies.Asleep).GetInbox();
        _system.RunUntilIdle();

        StuckReport report = _system.Scheduler.WhyStuck();

        Assert.False(report.IsStuck);
        Assert.Contains("is not stuck: everybody sleeps, and there is nothing to do.", report.ToString(), StringComparison.Ordinal);
        Assert.Contains("  inbox \"inbox\" is empty, fed by nobody\n", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void SomebodyAwake_OrATimer_OrAThread_IsNotStuck()
    {
        Assert.Contains("is not stuck: nobody is there.", _system.Scheduler.WhyStuck().ToString(), StringComparison.Ordinal);
        _system.Start("deaf", Bodies.Asleep).GetInbox().Append("hello");
        Actor busy = _system.Start("busy", Bodies.Steps(3));
        _system.Cycles(2);
        Assert.Contains($"is not stuck: awake are {busy.Name}.", _system.Scheduler.WhyStuck().ToString(), StringComparison.Ordinal);
        _system.RunUntilIdle();
        Assert.True(_system.Scheduler.WhyStuck().IsStuck);

        Actor timed = _system.Start("timed", self => Bodies.Script(_ => self.Pause(TimeSpan.FromSeconds(3)))(self));
        _system.RunUntilIdle();
        StuckReport withTimer = _system.Scheduler.WhyStuck();
        Assert.Contains("is not stuck: everybody sleeps, and a timer runs; 1 message unread, 0 outboxes refused.", withTimer.ToString(), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(3), Waiter(withTimer, timed).WakesIn);
        Assert.Contains("; its timer rings in 3 s\n", withTimer.ToString(), StringComparison.Ordinal);
        _system.JumpToNextTimer();
        _system.RunUntilIdle();
        Assert.True(_system.Scheduler.WhyStuck().IsStuck);

        Puppet puppet = _system.Activate(new Puppet());
        _system.Cycles(3);
        StuckReport withThread = _system.Scheduler.WhyStuck();
        Assert.Equal([puppet.Name], withThread.Outside);
        Assert.Contains($"something from outside may wake {puppet.Name}; 1 message unread", withThread.ToString(), StringComparison.Ordinal);
        Assert.Null(Waiter(withThread, puppet).Where);
        puppet.Strings.Finish();
    }

    [Fact]
    public void Where_IsTheLineOfTheYield_InTheInnermostBody()
    {
        Waiting waiting = _system.Activate(new Waiting());
        List<(int Line, string Method)> seen = [];
        for (int i = 0; i < 4; i++)
        {
            _system.RunUntilIdle();
            SourceLine where = Assert.Single(_system.Scheduler.WhyStuck().Waiters).Where!;
            Assert.Equal(Here(), where.File);
            seen.Add((where.Line, where.Method));
            waiting.Unpause();
        }

        Assert.Equal([(waiting.Lines[0], "Main"), (waiting.Lines[1], "Main"), (waiting.Lines[2], "Inner"), (waiting.Lines[3], "Main")], seen);

        static string Here([CallerFilePath] string file = "") => file;
    }

    [Fact]
    public void Where_OfABodyThatIsNoIterator_IsNotKnown()
    {
        Actor actor = new(Bodies.Asleep);
        new Microprocess(new CountedBody(Bodies.Asleep(actor))).Activate(_system.Scheduler);
        _system.Cycles(2);

        Assert.DoesNotContain(_system.Scheduler.WhyStuck().Waiters, waiter => waiter.Where is not null);
    }

    [Fact]
    public void MessagePutIntoAFullInbox_SaysNothingAboutItsOwner()
    {
        Actor full = _system.Start("full", Bodies.Asleep);
        full.SetInboxSize("inbox", 0);
        _system.RunUntilIdle();
        Assert.False(full.GetInbox().TryAppend("no"));

        Assert.Empty(Assert.Single(_system.Scheduler.WhyStuck().Waiters).Refusals);
    }

    [Fact]
    public void RefusalThatIsOver_IsForgotten()
    {
        Actor sender = _system.Start("sender", self => Pushing(self));
        BoxIdler receiver = new();
        sender.Link((sender, "outbox"), (receiver, "inbox"), pipeWidth: 1);
        _system.RunUntilIdle();
        Assert.Single(Assert.Single(_system.Scheduler.WhyStuck().Waiters).Refusals);

        receiver.SetInboxSize("inbox", 5);
        Assert.Empty(Assert.Single(_system.Scheduler.WhyStuck().Waiters).Refusals);
    }

    [Fact]
    public void LargeSystem_ShowsThoseInTrouble_AndAHundredInAll()
    {
        for (int i = 0; i < 150; i++)
        {
            _system.Start($"idle{i}", Bodies.Asleep);
        }

        Actor troubled = _system.Start("troubled", Bodies.Asleep);
        troubled.GetInbox().Append(1);
        _system.RunUntilIdle();
        StuckReport report = _system.Scheduler.WhyStuck();

        Assert.Equal(151, report.Waiters.Count);
        string[] lines = report.ToString().Split('\n');
        Assert.StartsWith($"{troubled.Name} sleeps", lines[1], StringComparison.Ordinal);
        Assert.Equal("51 more sleep.", lines[^2]);
    }

    [Fact]
    public void Diagnose_OnAndOff_LeavesNoListener()
    {
        Scheduler scheduler = new();
        Assert.False(scheduler.Diagnose);
        scheduler.Diagnose = true;
        scheduler.Diagnose = true;
        Assert.True(scheduler.Diagnose);
        Assert.NotNull(scheduler.Listener);
        scheduler.Diagnose = false;

        Assert.False(scheduler.Diagnose);
        Assert.Null(scheduler.Listener);
    }

    [Fact]
    public void Diagnose_SwitchedOnLate_StillFindsTheRing()
    {
        SteppedScheduler system = new();
        MakeRing(system);
        system.RunUntilIdle();
        system.Scheduler.Diagnose = true;

        Assert.Single(system.Scheduler.WhyStuck().Cycles);
    }

    [Fact]
    public void Asleep_WithMessagesUnread_IsReportedByItself_OnceForEachStandstill()
    {
        using CountingParker parker = new();
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker, Logger = _log, Diagnose = true });
        List<StuckReport> reports = [];
        scheduler.Stuck += reports.Add;
        Actor deaf = new Actor(Bodies.Asleep).Activate(scheduler);
        using SchedulerThread run = new(scheduler);
        parker.AwaitPark();
        Assert.Empty(reports);

        Do(() => deaf.GetInbox().Append(1));
        StuckReport first = Assert.Single(reports);
        Assert.True(first.IsStuck);
        Do(() => { });
        Do(deaf.Unpause);
        Assert.Single(reports);
        Do(() => deaf.GetInbox().Append(2));
        Assert.Equal(2, reports.Count);
        Do(() => Assert.Equal([1, 2], deaf.Inbox()));
        Do(() =>
        {
            deaf.GetInbox().Append(1);
            deaf.GetInbox().Append(2);
        });
        Assert.Equal(3, reports.Count);

        Assert.Equal(reports.Select(report => (LogLevel.Warning, report.ToString())), _log.Entries.Select(entry => (entry.Level, entry.Text)));

        void Do(Action action)
        {
            scheduler.Post(action);
            parker.AwaitPark();
        }
    }

    [Fact]
    public void Asleep_WaitingForATimerOrAThread_IsNotReported()
    {
        VirtualClock clock = new();
        Scheduler scheduler = new(new SchedulerOptions { Clock = clock, Parker = new JumpingParker(clock), Logger = _log, Diagnose = true });
        Actor deaf = new Actor(Bodies.Asleep).Activate(scheduler);
        deaf.GetInbox().Append("never read");
        new Actor(self => Bodies.Script(_ => self.Pause(TimeSpan.FromSeconds(3)), _ => deaf.Stop())(self)).Activate(scheduler);

        scheduler.RunThreads();

        Assert.Empty(_log.Entries);
    }

    [Fact]
    public void WhyStuck_OnAnotherThreadThanTheRun_Throws_AndTheAsyncOneAnswers()
    {
        using CountingParker parker = new();
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker });
        Actor deaf = new Actor(Bodies.Asleep).Activate(scheduler);
        deaf.GetInbox().Append(1);
        using SchedulerThread run = new(scheduler);
        parker.AwaitPark();

        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => scheduler.WhyStuck());
        StuckReport report = scheduler.WhyStuckAsync().Within();

        Assert.Contains("WhyStuckAsync", exception.Message, StringComparison.Ordinal);
        Assert.True(report.IsStuck);
    }

    private static Waiter Waiter(StuckReport report, Microprocess of) => Assert.Single(report.Waiters, waiter => waiter.Name == of.Name);

    private static (Actor One, Actor Other) MakeRing(SteppedScheduler system)
    {
        Actor one = system.Start("one", Pushing);
        Actor other = system.Start("other", Pushing);
        one.Link((one, "outbox"), (other, "inbox"), pipeWidth: 1);
        one.Link((other, "outbox"), (one, "inbox"), pipeWidth: 1);
        return (one, other);
    }

    // Never reads, and insists on sending.
    private static IEnumerator<Yield> Pushing(Actor self)
    {
        while (true)
        {
            while (!self.TrySend("more"))
            {
                yield return self.Pause();
            }
        }
    }

    private sealed class Waiting : Component
    {
        public List<int> Lines { get; } = [];

        protected override IEnumerator<Yield> Main()
        {
            Note();
            yield return Pause();
            try
            {
                Note();
                yield return Pause();
            }
            finally
            {
                LineOfNoInterest();
            }

            yield return new WaitComplete(Inner());
            Note();
            yield return
                Pause();
        }

        private static void LineOfNoInterest()
        {
        }

        private IEnumerator<Yield> Inner()
        {
            Note();
            yield return Pause();
        }

        // The line after the one that calls this.
        private void Note([CallerLineNumber] int line = 0) => Lines.Add(line + 1);
    }
}
