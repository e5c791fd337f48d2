// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;
using Microsoft.Extensions.Logging;

namespace Axon.Tests;

public class SchedulerCrashTests
{
    [Fact]
    [Trait("Spec", "AX-SCH-50")]
    public void Crash_Mortal_LeavesRunThreadsAsTheSameExceptionWithItsStack()
    {
        Scheduler scheduler = new();
        FormatException failure = new("no");
        new Actor(Bodies.Script(_ => ThrowFromHere(failure))).Activate(scheduler);

        FormatException thrown = Assert.Throws<FormatException>(() => scheduler.RunThreads());

        Assert.Same(failure, thrown);
        Assert.Contains(nameof(ThrowFromHere), thrown.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-50")]
    [Trait("Spec", "AX-SCH-51")]
    public void Crash_MortalInAHook_LeavesRunThreadsAsTheSameExceptionWithItsStack()
    {
        Scheduler scheduler = new();
        FormatException failure = new("no");
        Actor failing = new Actor(Bodies.Empty) { Stopping = () => ThrowFromHere(failure) }.Activate(scheduler);

        FormatException thrown = Assert.Throws<FormatException>(() => scheduler.RunThreads());

        Assert.Same(failure, thrown);
        Assert.Contains(nameof(ThrowFromHere), thrown.StackTrace, StringComparison.Ordinal);
        Assert.True(failing.IsStopped);
        Assert.Empty(scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "AX-SCH-51")]
    public void Crash_Mortal_ClosesTheCrashedDownAndTheNextRunContinuesTheOthers()
    {
        Trace trace = new(TraceKinds.Scheduling);
        Scheduler scheduler = new(new SchedulerOptions { Listener = trace });
        Actor parent = Start("P", Bodies.Script(self => self.Pause()));
        Actor crashing = Start("C", Bodies.Script(_ => { }, _ => throw new FormatException("no")));
        parent.AddChildren(crashing);
        Start("A", Bodies.Steps(2));

        Assert.Throws<FormatException>(() => scheduler.RunThreads());
        trace.Note("left");
        Assert.Equal(2, scheduler.ListAll().Count);
        scheduler.RunThreads();

        // The rest of the interrupted cycle comes first: nobody loses a step, nobody gets two.
        trace.Expect(
            """
            activate P
            activate C
            activate A
            step P
            step C
            step A
            pause P
            step C
            stop C
            closedown C
            crash C: FormatException
            left
            step A
            wake P
            step A
            stop A
            closedown A
            end A
            step P
            stop P
            closedown P
            end P
            """);

        Actor Start(string name, Func<Actor, IEnumerator<Yield>> body)
        {
            Actor actor = new(body);
            trace.Name(actor, name);
            return actor.NoteEnd(trace).Activate(scheduler);
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-51")]
    public void Crash_MortalOfSeveralInOneCycle_EachLeavesARunOfItsOwn()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Bodies.Throwing(new FormatException("no")));
        system.Start("B", Bodies.Endless);
        system.Start("C", Bodies.Throwing(new TimeoutException("no")));
        system.Cycle();
        system.Trace.Clear();

        Assert.Throws<FormatException>(() => system.Cycle());
        Assert.Throws<TimeoutException>(() => system.Cycle());
        system.Cycles(2);

        system.Trace.Expect(
            """
            step A
            crash A: FormatException
            step B
            step C
            crash C: TimeoutException
            step B
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-52")]
    [Trait("Spec", "AX-SCH-53")]
    public void Crash_Immortal_EndsOnlyTheCrashedOneAndIsReported()
    {
        RecordingLogger logger = new();
        SteppedScheduler system = new(TraceKinds.Scheduling, immortal: true, new SchedulerOptions { Logger = logger });
        FormatException failure = new("no");
        system.Scheduler.ComponentCrashed += (process, exception) =>
            system.Trace.Note($"told of {system.Trace.NameOf(process)}: {exception.Message}, stopped {process.IsStopped}");
        Actor parent = system.Start("P", Bodies.Script(self => self.Pause()));
        Actor crashing = system.Start("C", Bodies.Throwing(failure)).NoteEnd(system.Trace);
        parent.AddChildren(crashing);
        system.Start("A", Bodies.Steps(1));

        system.Scheduler.RunThreads();

        system.Trace.Expect(
            """
            activate P
            activate C
            activate A
            step P
            step C
            stop C
            closedown C
            crash C: FormatException
            told of C: no, stopped True
            step A
            step P
            end P
            step A
            end A
            """);
        (LogLevel level, string text, Exception? logged) = Assert.Single(logger.Entries);
        Assert.Equal(LogLevel.Error, level);
        Assert.Contains(crashing.Name, text, StringComparison.Ordinal);
        Assert.Same(failure, logged);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-53")]
    public void ComponentCrashed_Mortal_IsRaisedBeforeTheExceptionLeaves()
    {
        Scheduler scheduler = new();
        List<(Microprocess, Exception)> told = [];
        scheduler.ComponentCrashed += (process, exception) => told.Add((process, exception));
        FormatException failure = new("no");
        Actor crashing = new Actor(Bodies.Throwing(failure)).Activate(scheduler);

        Assert.Throws<FormatException>(() => scheduler.RunThreads());

        Assert.Equal([(crashing, failure)], told);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("closedown")]
    [InlineData("both")]
    [InlineData("crash and both")]
    [Trait("Spec", "AX-SCH-54")]
    public void FailingHooks_Immortal_AreReportedAndTheRestOfTheEndIsDone(string failing)
    {
        SteppedScheduler system = new(immortal: true);
        List<string> reported = [];
        system.Scheduler.ComponentCrashed += (_, exception) => reported.Add(exception.Message);
        CountedBody? body = null;
        Actor process = system.Start("A", self => body = new CountedBody(Body(self)));
        process.Stopping = () => ThrowIf(failing is not "closedown", "in Stop");
        process.ClosingDown = () =>
        {
            ThrowIf(failing is not "stop", "in CloseDown");
            return null;
        };
        int steps = 0;
        system.Start("B", Bodies.Script(_ => steps++, _ => steps++));

        system.RunToEnd();

        string[] expected = failing switch
        {
            "stop" => ["in Stop"],
            "closedown" => ["in CloseDown"],
            "both" => ["in CloseDown", "in Stop"],
            _ => ["in CloseDown", "in Main", "in Stop"],
        };
        Assert.Equal(expected, reported.Order());
        Assert.True(process.IsStopped);
        Assert.Null(process.Scheduler);
        Assert.Equal(1, body!.Disposals);
        Assert.Equal(2, steps);

        IEnumerator<Yield> Body(Actor self)
        {
            ThrowIf(failing is "crash and both", "in Main");
            yield return 1;
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-54")]
    public void FailingHooks_Mortal_TheFirstExceptionLeavesAndTheOthersAreReported()
    {
        SteppedScheduler system = new();
        List<string> reported = [];
        system.Scheduler.ComponentCrashed += (_, exception) => reported.Add(exception.Message);
        Actor process = system.Start("A", Bodies.Throwing(new FormatException("in Main")));
        process.Stopping = () => throw new FormatException("in Stop");
        process.ClosingDown = () => throw new FormatException("in CloseDown");
        system.Cycle();

        FormatException thrown = Assert.Throws<FormatException>(() => system.Cycle());

        Assert.Equal("in Main", thrown.Message);
        Assert.Equal(["in Stop", "in CloseDown", "in Main"], reported);
        Assert.False(system.Cycle());
    }

    [Fact]
    [Trait("Spec", "AX-SCH-55")]
    public void Immortal_ChangedDuringARun_CountsFromTheNextStep()
    {
        SteppedScheduler system = new(TraceKinds.End);
        system.Start("Switch", Bodies.Script(_ => system.Scheduler.Immortal = true, _ => { }, _ => system.Scheduler.Immortal = false, _ => { }));
        system.Start("Survived", Bodies.Throwing(new FormatException("no")));
        system.Start("Fatal", Bodies.Script(_ => { }, _ => { }, _ => throw new TimeoutException("no")));

        Assert.Throws<TimeoutException>(() => system.Cycles(10));

        system.Trace.Expect(
            """
            crash Survived: FormatException
            crash Fatal: TimeoutException
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-70")]
    public void Crash_InADetourMortal_LeavesTheRunAndEndsTheComponent()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        FormatException failure = new("no");
        system.Start("A", DetourThat(failure, system.Trace)).NoteEnd(system.Trace);
        system.Cycles(2);

        FormatException thrown = Assert.Throws<FormatException>(() => system.Cycle());
        bool anyLeft = system.Cycle();

        Assert.Same(failure, thrown);
        Assert.False(anyLeft);
        system.Trace.Expect(
            """
            activate A
            step A
            step A
            stop A
            body disposed
            closedown A
            crash A: FormatException
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-70")]
    public void Crash_InADetourImmortal_ClosesTheComponentDownAndResumesNothing()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling, immortal: true);
        List<Microprocess> crashed = [];
        system.Scheduler.ComponentCrashed += (process, _) => crashed.Add(process);
        Actor actor = system.Start("A", DetourThat(new FormatException("no"), system.Trace)).NoteEnd(system.Trace);
        system.Start("B", Bodies.Steps(3));

        system.RunToEnd();

        Assert.Equal([actor], crashed);
        system.Trace.Expect(
            """
            activate A
            activate B
            step A
            step B
            step A
            stop A
            body disposed
            closedown A
            crash A: FormatException
            step B
            step B
            step B
            end B
            """);
    }

    private static Func<Actor, IEnumerator<Yield>> DetourThat(Exception failure, Trace trace)
    {
        return Body;

        IEnumerator<Yield> Body(Actor self)
        {
            try
            {
                yield return new WaitComplete(Bodies.Throwing(failure)(self));
                trace.Note("never");
            }
            finally
            {
                trace.Note("body disposed");
            }
        }
    }

    private static void ThrowFromHere(Exception exception) => throw exception;

    private static void ThrowIf(bool condition, string text)
    {
        if (condition)
        {
            throw new FormatException(text);
        }
    }
}
