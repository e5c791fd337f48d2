// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>AX-MP-25: the body is disposed exactly once, whatever the end.</summary>
public class MicroprocessDisposalTests
{
    public enum Ending
    {
        Natural,
        StoppedByItself,
        StoppedByAnother,
        StoppedAsleep,
        StoppedInSleep,
        Crash,
        SchedulerStop,
        SchedulerStopAsleep,
    }

    public static TheoryData<Ending> Endings => [.. Enum.GetValues<Ending>()];

    [Theory]
    [MemberData(nameof(Endings))]
    [Trait("Spec", "AX-MP-25")]
    public void End_OfEachKind_DisposesTheBodyOnceAndRunsItsFinally(Ending ending)
    {
        SteppedScheduler system = new(immortal: true);
        int finallyRan = 0;
        CountedBody? body = null;
        Actor process = system.Start("A", self => body = new CountedBody(Body(self)));
        system.Settle();

        End(system, process, ending);

        Assert.Empty(system.Scheduler.ListAll());
        Assert.Equal(1, body!.Disposals);
        Assert.Equal(1, finallyRan);

        IEnumerator<Yield> Body(Actor self)
        {
            try
            {
                yield return FirstStep(self, ending);
                SecondStep(self, ending);
                while (ending != Ending.Natural)
                {
                    yield return 1;
                }
            }
            finally
            {
                finallyRan++;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Endings))]
    [Trait("Spec", "AX-MP-25")]
    [Trait("Spec", "AX-SCH-44")]
    [Trait("Spec", "AX-SCH-71")]
    public void End_InsideNestedDetours_DisposesEachBodyOnceInnermostFirst(Ending ending)
    {
        SteppedScheduler system = new(immortal: true);
        List<string> disposed = [];
        CountedBody inner = null!;
        CountedBody middle = null!;
        CountedBody outer = null!;
        Actor process = system.Start("A", self =>
        {
            inner = new CountedBody(Inner(self), () => disposed.Add("inner"));
            middle = new CountedBody(Detour(inner), () => disposed.Add("middle"));
            return outer = new CountedBody(Detour(middle), () => disposed.Add("outer"));
        });

        // Accepted, two hand-overs, the first step of the innermost.
        system.Cycles(4);

        End(system, process, ending);

        Assert.Empty(system.Scheduler.ListAll());
        Assert.Equal([1, 1, 1], new[] { inner.Disposals, middle.Disposals, outer.Disposals });
        Assert.Equal(["inner", "middle", "outer"], disposed);

        IEnumerator<Yield> Inner(Actor self)
        {
            yield return FirstStep(self, ending);
            SecondStep(self, ending);
            while (ending != Ending.Natural)
            {
                yield return 1;
            }
        }

        static IEnumerator<Yield> Detour(IEnumerator<Yield> body)
        {
            yield return new WaitComplete(body);
        }
    }

    [Fact]
    [Trait("Spec", "AX-MP-25")]
    [Trait("Spec", "AX-SCH-37")]
    public void End_BeforeTheFirstStep_DisposesABodyThatWasHandedOver()
    {
        SteppedScheduler system = new();
        bool entered = false;
        CountedBody body = new(Body());
        Microprocess process = system.Activate(new Microprocess(body));

        process.Stop();
        system.RunToEnd();

        Assert.Equal(1, body.Disposals);
        Assert.False(entered);

        IEnumerator<Yield> Body()
        {
            entered = true;
            yield return 1;
        }
    }

    [Fact]
    [Trait("Spec", "AX-MP-25")]
    public void Detour_ThatEnds_IsDisposedBeforeTheOriginalGoesOn()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        CountedBody detour = new(Bodies.Steps(1)(null!), () => system.Trace.Note("disposed"));
        system.Start("A", Body);

        system.RunToEnd();

        Assert.Equal(1, detour.Disposals);
        system.Trace.Expect(
            """
            activate A
            step A
            step A
            step A
            disposed
            step A
            again
            end A
            """);

        IEnumerator<Yield> Body(Actor self)
        {
            yield return new WaitComplete(detour);
            system.Trace.Note("again");
        }
    }

    [Fact]
    [Trait("Spec", "AX-MP-25")]
    public void End_WhenOneDisposalThrows_DisposesTheOthersAndClosesDown()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling, immortal: true);
        List<Exception> crashes = [];
        system.Scheduler.ComponentCrashed += (_, exception) => crashes.Add(exception);
        CountedBody outer = null!;
        FormatException failure = new("in finally");
        Actor process = system.Start("A", self => outer = new CountedBody(Outer())).NoteEnd(system.Trace);
        system.Cycles(3);

        process.Stop();
        system.Cycle();

        Assert.Equal(1, outer.Disposals);
        Assert.Equal([failure], crashes);
        system.Trace.Expect(
            """
            activate A
            step A
            step A
            stop A
            step A
            closedown A
            crash A: FormatException
            """);

        IEnumerator<Yield> Outer()
        {
            yield return new WaitComplete(Inner());
        }

        IEnumerator<Yield> Inner()
        {
            try
            {
                yield return 1;
                yield return 1;
            }
            finally
            {
                ThrowIt();
            }
        }

        void ThrowIt() => throw failure;
    }

    [Fact]
    [Trait("Spec", "AX-MP-25")]
    [Trait("Spec", "AX-SCH-50")]
    public void End_ByAMortalCrash_DisposesBeforeTheExceptionLeaves()
    {
        SteppedScheduler system = new();
        CountedBody? body = null;
        system.Start("A", self => body = new CountedBody(Bodies.Throwing(new FormatException("no"))(self)));
        system.Cycle();

        Assert.Throws<FormatException>(() => system.Cycle());

        Assert.Equal(1, body!.Disposals);
    }

    // What the body itself does for an end.
    private static Yield FirstStep(Actor self, Ending ending) => ending switch
    {
        Ending.StoppedAsleep or Ending.SchedulerStopAsleep => self.Pause(),
        Ending.StoppedInSleep => self.Sleep(TimeSpan.FromHours(1)),
        _ => 1,
    };

    private static void SecondStep(Actor self, Ending ending)
    {
        switch (ending)
        {
            case Ending.Crash:
                throw new FormatException("no");
            case Ending.StoppedByItself:
                self.Stop();
                break;
        }
    }

    // What others do, and cycles enough for it to be done.
    private static void End(SteppedScheduler system, Actor process, Ending ending)
    {
        switch (ending)
        {
            case Ending.StoppedByAnother:
            case Ending.StoppedAsleep:
            case Ending.StoppedInSleep:
                process.Stop();
                break;
            case Ending.SchedulerStop:
            case Ending.SchedulerStopAsleep:
                system.Scheduler.Stop();
                break;
        }

        system.Cycles(5);
    }
}
