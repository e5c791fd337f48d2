// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>Yielded values, detours, and what the close-down returns.</summary>
public class SchedulerYieldTests
{
    [Fact]
    [Trait("Spec", "AX-SCH-60")]
    public void Yield_OfAnythingElse_JustEndsTheStep()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Yield[] values =
        [
            0, 1, -1, default, (Ipc?)null, Yield.From(null), Yield.From(false), Yield.From(""), Yield.From("text"), Yield.From(new object()),
            new ProducerFinished(), new ShutdownMicroprocess(), new Reactivate(new Actor(Bodies.Endless)), new Notify(null, null),
        ];
        system.Start("A", Bodies.Yielding(values));
        system.Start("B", Bodies.Endless);
        system.Settle();

        system.Cycles(values.Length);

        string[] cycle = ["step A", "step B"];
        system.Trace.Expect([.. Enumerable.Repeat(cycle, values.Length - 1).SelectMany(steps => steps), "step A", "end A", "step B"]);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-60")]
    public void YieldValue_OfEachKind_TellsWhatWasYielded()
    {
        ProducerFinished message = new();

        Assert.Equal(3, ((Yield)3).Value);
        Assert.Same(message, ((Yield)message).Value);
        Assert.Same(message, Yield.From(message).Value);
        Assert.Equal(3, Yield.From(3).Value);
        Assert.Equal(1, Yield.From("text").Value);
        Assert.True((Yield)3 == Yield.From(3));
        Assert.True((Yield)message != (Yield)new ProducerFinished());
    }

    [Fact]
    [Trait("Spec", "AX-SCH-61")]
    public void NewComponent_Several_AreActivatedInOrderAndStepAfterTheYielder()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor a = system.Make("A", Bodies.Endless);
        Actor b = system.Make("B", Bodies.Endless);
        system.Start("Y", Bodies.Yielding(new NewComponent(b, a), 1, 1));
        system.Start("X", Bodies.Endless);

        system.Cycles(4);

        system.Trace.Expect(
            """
            activate Y
            activate X
            step Y
            step X
            activate B
            activate A
            step Y
            step X
            step B
            step A
            step Y
            step X
            step B
            step A
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-61")]
    public void NewComponent_OfOneAlreadyActive_ChangesNothing()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor a = system.Start("A", Bodies.Endless);
        system.Start("Y", Bodies.Yielding(new NewComponent(a), 1, 1));

        system.Cycles(3);

        system.Trace.Expect(
            """
            activate A
            activate Y
            step A
            step Y
            step A
            step Y
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-61")]
    public void NewComponent_OfOneThatHasEnded_IsACrashOfTheYielder()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling, immortal: true);
        Actor ended = system.Start("E", Bodies.Empty);
        Actor fine = system.Make("F", Bodies.Empty);
        system.RunToEnd();
        system.Trace.Clear();
        system.Start("Y", Bodies.Yielding(new NewComponent(fine, ended), 1));

        system.RunToEnd();

        system.Trace.Expect(
            """
            activate Y
            step Y
            crash Y: InvalidOperationException
            activate F
            step F
            end F
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-62")]
    public void NewComponent_OnACustomScheduler_RunsThere()
    {
        SteppedScheduler system = new();
        Scheduler? ranOn = null;
        Actor child = new(Bodies.Script(self => ranOn = self.Scheduler));
        system.Start("Y", Bodies.Yielding(new NewComponent(child)));

        system.RunToEnd();

        Assert.Same(system.Scheduler, ranOn);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-63")]
    [Trait("Spec", "AX-SCH-64")]
    [Trait("Spec", "AX-SCH-73")]
    [Trait("Spec", "AX-SCH-74")]
    public void WaitComplete_Always_RunsTheDetourFromTheNextCycleAndResumesOneCycleAfterItsEnd()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Body);
        system.Start("B", Bodies.Endless);

        system.Cycles(6);

        // Here the place in the queue stays the same; any other would do.
        system.Trace.Expect(
            """
            activate A
            activate B
            step A
            before
            step B
            step A
            detour 1
            step B
            step A
            detour 2
            step B
            step A
            detour ends
            step B
            step A
            after
            end A
            step B
            """);

        IEnumerator<Yield> Body(Actor self)
        {
            system.Trace.Note("before");
            yield return new WaitComplete(Detour());
            system.Trace.Note("after");
        }

        IEnumerator<Yield> Detour()
        {
            system.Trace.Note("detour 1");
            yield return 1;
            system.Trace.Note("detour 2");
            yield return 1;
            system.Trace.Note("detour ends");
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-65")]
    public void WaitComplete_OfAnEmptyBody_CostsTwoHandOvers()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Body);
        system.Start("B", Bodies.Endless);
        system.Cycle();
        system.Trace.Clear();

        system.Cycles(3);

        system.Trace.Expect(
            """
            step A
            before
            step B
            step A
            step B
            step A
            after
            end A
            step B
            """);

        IEnumerator<Yield> Body(Actor self)
        {
            system.Trace.Note("before");
            yield return new WaitComplete(Bodies.Empty(self));
            system.Trace.Note("after");
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-66")]
    public void WaitComplete_InsideADetour_Nests()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", _ => Level(3));

        system.RunToEnd();

        system.Trace.Expect(
            """
            activate A
            step A
            enter 3
            step A
            enter 2
            step A
            enter 1
            step A
            innermost
            step A
            leave 1
            step A
            leave 2
            step A
            leave 3
            end A
            """);

        IEnumerator<Yield> Level(int depth)
        {
            if (depth == 0)
            {
                system.Trace.Note("innermost");
                yield break;
            }

            system.Trace.Note($"enter {depth}");
            yield return new WaitComplete(Level(depth - 1));
            system.Trace.Note($"leave {depth}");
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-66")]
    public void WaitComplete_NestedTenThousandDeep_ComesBack()
    {
        SteppedScheduler system = new(TraceKinds.None);
        const int Depth = 10_000;
        int left = 0;
        system.Start("A", _ => Level(Depth));

        system.RunToEnd(cycleBudget: (3 * Depth) + 10);

        Assert.Equal(Depth, left);

        IEnumerator<Yield> Level(int depth)
        {
            if (depth > 0)
            {
                yield return new WaitComplete(Level(depth - 1));
                left++;
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-66")]
    [Trait("Spec", "AX-SCH-71")]
    public void Stop_OfOneNestedHundredThousandDeep_EndsAllDetours()
    {
        // The end must not go down into them by recursion: no stack is that deep.
        SteppedScheduler system = new(TraceKinds.None);
        const int Depth = 100_000;
        int entered = 0;
        int disposed = 0;
        Actor actor = system.Start("A", _ => Level());
        system.RunUntil(() => entered == Depth, cycleBudget: Depth + 10);

        actor.Stop();
        system.Cycle();

        Assert.Equal(Depth, disposed);
        Assert.Empty(system.Scheduler.ListAll());

        IEnumerator<Yield> Level()
        {
            try
            {
                entered++;
                yield return new WaitComplete(Level());
            }
            finally
            {
                disposed++;
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-67")]
    public void Detour_WhileItRuns_ReadsTheComponentsInboxes()
    {
        SteppedScheduler system = new();
        List<object?> read = [];
        Actor actor = new(Body);
        Probe probe = system.Probe(actor);
        system.Activate(actor);
        system.Cycles(2);

        probe.Feed("one", "two");
        system.Cycle();
        probe.Feed("three");
        system.RunToEnd();

        Assert.Equal(["one", "two", "three"], read);

        IEnumerator<Yield> Body(Actor self)
        {
            yield return new WaitComplete(Detour(self));
            read.Add(self.Recv());
        }

        IEnumerator<Yield> Detour(Actor self)
        {
            yield return 1;
            read.Add(self.Recv());
            read.Add(self.Recv());
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-68")]
    public void Pause_InsideADetour_SleepsUntilAMessageArrives()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor actor = new(Body);
        system.Trace.Name(actor, "A");
        Probe probe = system.Probe(actor);
        system.Activate(actor);
        system.Cycles(6);
        system.Trace.Note("feed");
        probe.Feed("hello");
        system.RunToEnd();

        system.Trace.Expect(
            """
            activate A
            step A
            step A
            pause A
            feed
            wake A
            step A
            got hello
            step A
            end A
            """);

        IEnumerator<Yield> Body(Actor self)
        {
            yield return new WaitComplete(Detour(self));
        }

        IEnumerator<Yield> Detour(Actor self)
        {
            while (!self.DataReady())
            {
                yield return self.Pause();
            }

            system.Trace.Note($"got {self.Recv()}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Spec", "AX-SCH-69")]
    public void Pause_InTheStepThatEntersOrLeavesADetour_DelaysNothing(bool byTheClock)
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Body);

        system.Cycles(5);

        system.Trace.Expect(
            """
            activate A
            step A
            step A
            detour
            step A
            step A
            after
            end A
            """);

        IEnumerator<Yield> Body(Actor self)
        {
            Rest(self);
            yield return new WaitComplete(Detour(self));
            system.Trace.Note("after");
        }

        IEnumerator<Yield> Detour(Actor self)
        {
            system.Trace.Note("detour");
            yield return 1;
            Rest(self);
        }

        void Rest(Actor self)
        {
            if (byTheClock)
            {
                self.Sleep(TimeSpan.FromHours(1));
            }
            else
            {
                self.Pause();
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Spec", "AX-SCH-71")]
    public void Stop_OfOneInADetour_EndsDetourAndComponent(bool asleep)
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor actor = system.Start("A", Body).NoteEnd(system.Trace);
        system.Cycles(3);
        system.Trace.Clear();

        actor.Stop();
        bool anyLeft = system.Cycle();
        anyLeft = anyLeft && system.Cycle();

        Assert.False(anyLeft);
        system.Trace.Expect(
            $"""
            stop A
            {(asleep ? "wake A" : "")}
            step A
            closedown A
            end A
            """);

        IEnumerator<Yield> Body(Actor self)
        {
            yield return new WaitComplete(asleep ? Bodies.Asleep(self) : Bodies.Endless(self));
            system.Trace.Note("never");
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-71")]
    public void Stop_InTheLastStepOfADetour_EndsTheComponent()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Body);

        system.RunToEnd();

        system.Trace.Expect(
            """
            activate A
            step A
            step A
            step A
            end A
            """);

        IEnumerator<Yield> Body(Actor self)
        {
            yield return new WaitComplete(Detour(self));
            system.Trace.Note("never");
        }

        static IEnumerator<Yield> Detour(Actor self)
        {
            self.Stop();
            yield break;
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-72")]
    public void WaitComplete_OfNoBody_ThrowsAtConstruction()
    {
        Assert.Throws<ArgumentNullException>(() => new WaitComplete(null!));
        Assert.Throws<ArgumentNullException>(() => new WaitComplete(Bodies.Empty(null!), null!));
    }

    [Fact]
    [Trait("Spec", "AX-SCH-72")]
    public void WaitComplete_WithATag_KeepsBodyAndTag()
    {
        IEnumerator<Yield> body = Bodies.Empty(null!);

        WaitComplete tagged = new(body, "login");

        Assert.Same(body, tagged.Body);
        Assert.Equal("login", tagged.Tag);
        Assert.Equal("", new WaitComplete(body).Tag);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-75")]
    public void CloseDown_Reactivate_ActivatesOneThatNeverWas()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor next = system.Make("N", Bodies.Steps(1));
        system.Activate(new Microprocess(Bodies.Empty(null!), new Reactivate(next)), "A");
        system.Start("B", Bodies.Steps(1));

        system.RunToEnd();

        system.Trace.Expect(
            """
            activate A
            activate B
            step A
            end A
            step B
            activate N
            step B
            end B
            step N
            step N
            end N
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-75")]
    public void CloseDown_ReactivateOfAnActiveOne_ChangesNothing()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor active = system.Start("B", Bodies.Steps(2));
        system.Activate(new Microprocess(Bodies.Empty(null!), new Reactivate(active)), "A");

        system.RunToEnd();

        system.Trace.Expect(
            """
            activate B
            activate A
            step B
            step A
            end A
            step B
            step B
            end B
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-76")]
    public void CloseDown_ShutdownMicroprocess_EndsEachThatIsKnown()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        SteppedScheduler another = new(TraceKinds.Scheduling);
        Actor awake = system.Start("Awake", Bodies.Endless).NoteEnd(system.Trace);
        Actor asleep = system.Start("Asleep", Bodies.Asleep).NoteEnd(system.Trace);
        Actor never = system.Make("Never", Bodies.Endless).NoteEnd(system.Trace);
        Actor foreign = another.Start("Foreign", Bodies.Endless);
        Actor over = system.Start("Over", Bodies.Empty);
        Actor fresh = system.Make("Fresh", Bodies.Endless).NoteEnd(system.Trace);
        Actor last = system.Start("Last", Bodies.Script(_ => { }, _ => fresh.Activate()));
        last.ClosingDown = () => new ShutdownMicroprocess(never, awake, foreign, over, asleep, fresh);
        system.Start("Other", Bodies.Steps(3));
        another.Cycle();
        system.Cycles(3);
        system.Trace.Clear();

        system.RunToEnd();

        Assert.False(never.IsStopped);
        Assert.False(foreign.IsStopped);
        system.Trace.Expect(
            """
            step Awake
            step Last
            stop Awake
            stop Asleep
            stop Fresh
            end Last
            step Other
            step Fresh
            closedown Fresh
            end Fresh
            wake Asleep
            step Awake
            closedown Awake
            end Awake
            step Other
            end Other
            step Asleep
            closedown Asleep
            end Asleep
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-76")]
    public void CloseDown_ShutdownMicroprocessOfItself_IsIgnored()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor actor = system.Start("A", Bodies.Empty);
        int stops = 0;
        actor.Stopping = () => stops++;
        actor.ClosingDown = () => new ShutdownMicroprocess(actor);

        system.RunToEnd();

        Assert.Equal(1, stops);
        system.Trace.Expect(
            """
            activate A
            step A
            end A
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-77")]
    public void CloseDown_AnyOtherResult_IsIgnored()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor never = system.Make("Never", Bodies.Endless);
        system.Activate(new Microprocess(Bodies.Empty(null!), new ProducerFinished()), "A");
        system.Activate(new Microprocess(Bodies.Empty(null!), new NewComponent(never)), "B");
        system.Activate(new Microprocess(Bodies.Empty(null!), new WaitComplete(Bodies.Endless(null!))), "C");

        system.RunToEnd();

        Assert.Null(never.Scheduler);
        system.Trace.Expect(
            """
            activate A
            activate B
            activate C
            step A
            end A
            step B
            end B
            step C
            end C
            """);
    }
}
