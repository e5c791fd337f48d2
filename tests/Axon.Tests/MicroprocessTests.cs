// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;
using Microsoft.Extensions.Logging;

namespace Axon.Tests;

public class MicroprocessTests
{
    [Fact]
    [Trait("Spec", "AX-MP-01")]
    public void Constructor_Always_NeitherRegistersNorEntersMain()
    {
        SteppedScheduler system = new();
        bool entered = false;

        Actor made = new(Bodies.Each(_ => entered = true));
        system.Cycles(3);

        Assert.False(entered);
        Assert.False(made.IsStopped);
        Assert.False(made.IsRunnable);
        Assert.Null(made.Scheduler);
        Assert.Empty(system.Scheduler.ListAll());
        system.Trace.Expect("");
    }

    [Fact]
    [Trait("Spec", "AX-MP-02")]
    public void Id_MadeOnSeveralThreads_IsUniqueAndNotZero()
    {
        Microprocess[] made = new Microprocess[4000];
        Parallel.For(0, made.Length, i => made[i] = new Microprocess());

        Assert.Equal(made.Length, made.Select(process => process.Id).Distinct().Count());
        Assert.DoesNotContain(0, made.Select(process => process.Id));
    }

    [Fact]
    [Trait("Spec", "AX-MP-03")]
    public void ToString_RepeatedOrOfAnother_IsTheSameOrDiffers()
    {
        Microprocess one = new();
        Microprocess other = new();

        Assert.Contains(one.Name, one.ToString(), StringComparison.Ordinal);
        Assert.Equal(one.ToString(), one.ToString());
        Assert.NotEqual(one.ToString(), other.ToString());
    }

    [Fact]
    [Trait("Spec", "AX-MP-03")]
    public void Name_WithTag_IsTypeIdAndTag()
    {
        Microprocess plain = new();
        Microprocess tagged = new(tag: "-left");

        Assert.Equal($"Microprocess_{plain.Id}", plain.Name);
        Assert.Equal($"Microprocess_{tagged.Id}-left", tagged.Name);
    }

    [Fact]
    [Trait("Spec", "AX-MP-04")]
    public void Activate_Always_ReturnsTheObjectAndLeavesMainToTheFirstStep()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor made = system.Make("A", Bodies.Each(_ => system.Trace.Note("in Main")));

        Actor returned = made.Activate(system.Scheduler);
        system.Cycle();
        system.Trace.Note("after the first look");
        system.Cycle();

        Assert.Same(made, returned);
        system.Trace.Expect(
            """
            activate A
            after the first look
            step A
            in Main
            """);
    }

    [Fact]
    [Trait("Spec", "AX-MP-05")]
    public void Activate_OnAScheduler_RegistersExactlyOnce()
    {
        SteppedScheduler system = new(TraceKinds.Activate);

        Actor made = system.Start("A", Bodies.Endless);
        system.Cycles(3);

        Assert.Same(system.Scheduler, made.Scheduler);
        Assert.Equal([made], system.Scheduler.ListAll());
        system.Trace.Expect("activate A");
    }

    [Fact]
    [Trait("Spec", "AX-MP-06")]
    public void Activate_SecondTimeWhileAlive_ChangesNothing()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        SteppedScheduler another = new(TraceKinds.Scheduling);
        Actor twice = system.Start("A", Bodies.Endless).Activate(system.Scheduler);
        system.Cycles(2);

        twice.Activate(system.Scheduler);
        twice.Activate(another.Scheduler);
        twice.Activate(system.Scheduler, mainMethod: () => Bodies.Empty(twice));
        system.Cycles(2);
        another.Cycles(2);

        Assert.Same(system.Scheduler, twice.Scheduler);
        system.Trace.Expect(
            """
            activate A
            step A
            step A
            step A
            """);
        another.Trace.Expect("");
    }

    [Fact]
    [Trait("Spec", "AX-MP-07")]
    public void Activate_WithAMainMethod_RunsItInsteadOfMain()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor made = system.Make("A", Bodies.Each(_ => system.Trace.Note("in Main")));

        made.Activate(system.Scheduler, mainMethod: Other);
        system.RunToEnd();

        system.Trace.Expect(
            """
            activate A
            step A
            in Other
            step A
            end A
            """);

        IEnumerator<Yield> Other()
        {
            system.Trace.Note("in Other");
            yield return 1;
        }
    }

    [Fact]
    [Trait("Spec", "AX-MP-08")]
    public void Constructor_WithABody_RunsItInsteadOfMain()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);

        system.Activate(new Microprocess(Body()), "A");
        system.RunToEnd();

        system.Trace.Expect(
            """
            activate A
            step A
            in the body
            step A
            end A
            """);

        IEnumerator<Yield> Body()
        {
            system.Trace.Note("in the body");
            yield return 1;
        }
    }

    [Fact]
    [Trait("Spec", "AX-MP-08")]
    [Trait("Spec", "AX-MP-13")]
    public void Stop_WithABodyFromTheConstructor_EndsItLikeAnyOther()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Microprocess process = system.Activate(new Microprocess(Body()), "A");
        system.Settle();

        process.Stop();
        bool anyLeft = system.Cycle();

        Assert.False(anyLeft);
        system.Trace.Expect(
            """
            step A
            end A
            """);

        IEnumerator<Yield> Body()
        {
            while (true)
            {
                system.Trace.Note("in the body");
                yield return 1;
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-MP-09")]
    public void Step_BodyOfAHundredYields_ReturnsEachValueThenFinished()
    {
        Actor process = new(Body);
        List<object> yielded = [];

        while (process.Step(out Yield value))
        {
            yielded.Add(value.Value);
        }

        Assert.Equal(Enumerable.Range(0, 100).Cast<object>(), yielded);
        Assert.False(process.Step(out _));

        static IEnumerator<Yield> Body(Actor self)
        {
            for (int i = 0; i < 100; i++)
            {
                yield return i;
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-MP-10")]
    public void Step_WhilePaused_AdvancesNonetheless()
    {
        SteppedScheduler system = new();
        int steps = 0;
        Actor process = system.Start("A", Body);
        system.RunUntilIdle();
        Assert.True(system.Scheduler.IsPaused(process));
        Assert.Equal(1, steps);

        Assert.True(process.Step(out _));

        Assert.Equal(2, steps);

        IEnumerator<Yield> Body(Actor self)
        {
            while (true)
            {
                steps++;
                yield return self.Pause();
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-MP-11")]
    public void Stop_FromAnywhere_IsStoppedWhenItReturns()
    {
        SteppedScheduler system = new();
        List<bool> seen = [];
        Actor fromTest = system.Start("A", Bodies.Endless);
        Actor fromThread = system.Start("B", Bodies.Endless);
        Actor fromAnother = system.Start("C", Bodies.Endless);
        Actor never = new(Bodies.Endless);
        system.Start("D", Bodies.Script(self =>
        {
            fromAnother.Stop();
            seen.Add(fromAnother.IsStopped);
            self.Stop();
            seen.Add(self.IsStopped);
        }));
        system.Cycle();

        fromTest.Stop();
        seen.Add(fromTest.IsStopped);
        OtherThread.Do(() =>
        {
            fromThread.Stop();
            seen.Add(fromThread.IsStopped);
        });
        never.Stop();
        seen.Add(never.IsStopped);
        system.RunToEnd();

        Assert.Equal([true, true, true, true, true], seen);
    }

    [Fact]
    [Trait("Spec", "AX-MP-12")]
    public void Stop_InsideTheBody_RunsOnToTheNextYieldAndNoFurther()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Body);

        system.RunToEnd();

        system.Trace.Expect(
            """
            activate A
            step A
            before
            after
            step A
            end A
            """);

        IEnumerator<Yield> Body(Actor self)
        {
            system.Trace.Note("before");
            self.Stop();
            system.Trace.Note("after");
            yield return 1;
            system.Trace.Note("never");
        }
    }

    [Fact]
    [Trait("Spec", "AX-MP-13")]
    public void Step_AfterStop_ReportsTheEndAndRunsNoCode()
    {
        int steps = 0;
        Actor process = new(Bodies.Each(_ => steps++));
        Assert.True(process.Step(out _));

        process.Stop();

        Assert.False(process.Step(out _));
        Assert.False(process.Step(out _));
        Assert.Equal(1, steps);
    }

    [Fact]
    [Trait("Spec", "AX-MP-14")]
    public void PauseAndUnpause_BeforeActivation_HaveNoEffect()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor process = system.Make("A", Bodies.Endless);

        process.Unpause();
        process.Pause();
        process.Pause(TimeSpan.FromSeconds(1));
        process.Sleep(TimeSpan.FromSeconds(1));
        process.Activate(system.Scheduler);
        system.Cycles(3);

        system.Trace.Expect(
            """
            activate A
            step A
            step A
            """);
    }

    [Fact]
    [Trait("Spec", "AX-MP-15")]
    public void Pause_BetweenActivationAndFirstLook_HasNoEffect()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor inStep = system.Make("B", Bodies.Endless);

        // Once between two cycles, once from inside of one: the two ways that a request can go.
        Actor outside = system.Start("A", Bodies.Script(_ => inStep.Activate().Pause()));
        outside.Pause();
        system.Cycles(3);

        system.Trace.Expect(
            """
            activate A
            step A
            activate B
            step A
            end A
            step B
            """);
    }

    [Fact]
    [Trait("Spec", "AX-MP-16")]
    public void PauseAndUnpause_AfterStop_HaveNoEffect()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor process = system.Start("A", Bodies.Endless);
        system.Settle();

        process.Stop();
        process.Pause();
        process.Unpause();
        system.Cycle();
        process.Pause();
        process.Pause(TimeSpan.FromSeconds(1));
        process.Sleep(TimeSpan.FromSeconds(1));
        process.Unpause();
        system.Cycles(2);

        system.Trace.Expect(
            """
            step A
            end A
            """);
    }

    [Fact]
    [Trait("Spec", "AX-MP-16")]
    public void Pause_AfterStopInTheSameStep_DoesNotDelayTheEnd()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Bodies.Script(self =>
        {
            self.Stop();
            self.Pause();
        }));
        system.Start("B", Bodies.Script(self =>
        {
            self.Stop();
            self.Sleep(TimeSpan.FromHours(1));
        }));

        system.Cycles(3);

        system.Trace.Expect(
            """
            activate A
            activate B
            step A
            step B
            step A
            end A
            step B
            end B
            """);
    }

    [Fact]
    [Trait("Spec", "AX-MP-17")]
    public void IsRunnable_OverALife_IsTrueOnlyWhileRegisteredAndAwake()
    {
        SteppedScheduler system = new();
        List<bool> seen = [];
        Actor process = new(Body);
        seen.Add(process.IsRunnable);
        process.Activate(system.Scheduler);
        seen.Add(process.IsRunnable);
        system.Cycle();
        seen.Add(process.IsRunnable);
        system.Cycle();
        seen.Add(process.IsRunnable);
        process.Unpause();
        seen.Add(process.IsRunnable);
        system.Cycle();
        seen.Add(process.IsRunnable);
        system.Cycle();
        seen.Add(process.IsRunnable);

        // Made, activated, accepted, asleep, wake asked, wake done, ended.
        Assert.Equal([false, false, true, false, false, true, false], seen);

        static IEnumerator<Yield> Body(Actor self)
        {
            yield return self.Pause();
        }
    }

    [Fact]
    [Trait("Spec", "AX-MP-18")]
    public void CloseDown_PlainMicroprocess_ReturnsTheValueOfTheConstructor()
    {
        ProducerFinished value = new();

        Assert.Same(value, new Microprocess(closeDownValue: value).CloseDown());
        Assert.Null(new Microprocess().CloseDown());
    }

    [Fact]
    [Trait("Spec", "AX-MP-19")]
    public void NaturalEnd_Always_CallsStopThenCloseDown()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Bodies.Empty).NoteEnd(system.Trace);

        system.RunToEnd();

        system.Trace.Expect(
            """
            activate A
            step A
            stop A
            closedown A
            end A
            """);
    }

    [Fact]
    [Trait("Spec", "AX-MP-20")]
    public void Stop_CalledExplicitly_IsNotCalledAgainByTheScheduler()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor process = system.Start("A", Bodies.Endless).NoteEnd(system.Trace);
        system.Settle();

        process.Stop();
        system.Cycles(3);

        system.Trace.Expect(
            """
            stop A
            step A
            closedown A
            end A
            """);
    }

    [Fact]
    [Trait("Spec", "AX-MP-21")]
    public void Activate_AfterTheEnd_Throws()
    {
        SteppedScheduler system = new();
        int closedDown = 0;
        Actor ended = system.Start("A", Bodies.Empty);
        ended.ClosingDown = () =>
        {
            closedDown++;
            return null;
        };
        system.RunToEnd();

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => ended.Activate(system.Scheduler));
        Assert.Throws<InvalidOperationException>(ended.Run);
        system.Cycles(3);

        Assert.Contains(ended.Name, error.Message, StringComparison.Ordinal);
        Assert.Equal(1, closedDown);
        Assert.Null(ended.Scheduler);
    }

    [Fact]
    [Trait("Spec", "AX-MP-21")]
    public void Activate_StoppedBeforeItWasEverActivated_Throws()
    {
        SteppedScheduler system = new();
        Actor stopped = new(Bodies.Endless);
        stopped.Stop();

        Assert.Throws<InvalidOperationException>(() => stopped.Activate(system.Scheduler));
        system.Cycles(2);

        system.Trace.Expect("");
    }

    [Fact]
    [Trait("Spec", "AX-MP-21")]
    public void Activate_EndedByAFailingStopOverride_Throws()
    {
        // The end is an end even where the override of Stop throws before it comes to the base.
        SteppedScheduler system = new(immortal: true);
        Actor ended = system.Start("A", Bodies.Empty);
        ended.Stopping = () => throw new FormatException("in Stop");
        system.RunToEnd();

        Assert.True(ended.IsStopped);
        Assert.Throws<InvalidOperationException>(() => ended.Activate(system.Scheduler));
    }

    [Fact]
    [Trait("Spec", "AX-MP-22")]
    [Trait("Spec", "AX-SCH-26")]
    public void Run_OnOneOfSeveral_RunsAllToTheirEnd()
    {
        Trace trace = new(TraceKinds.Scheduling);
        Scheduler scheduler = new(new SchedulerOptions { Listener = trace });
        Actor a = new(Bodies.Steps(1));
        Actor b = new(Bodies.Steps(3));
        trace.Name(a, "A");
        trace.Name(b, "B");
        a.Activate(scheduler);
        b.Activate(scheduler);

        a.Run();

        Assert.True(a.IsStopped && b.IsStopped);
        trace.Expect(
            """
            activate A
            activate B
            step A
            step B
            step A
            end A
            step B
            step B
            step B
            end B
            """);
    }

    [Fact]
    [Trait("Spec", "AX-MP-23")]
    public void Main_NotOverridden_RunsOneEmptyStepAndWarns()
    {
        RecordingLogger logger = new();
        SteppedScheduler system = new(TraceKinds.Scheduling, options: new SchedulerOptions { Logger = logger });
        Microprocess process = system.Activate(new Microprocess(), "A");

        system.RunToEnd();

        system.Trace.Expect(
            """
            activate A
            step A
            step A
            end A
            """);
        (LogLevel level, string text, _) = Assert.Single(logger.Entries);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains(process.Name, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "AX-MP-24")]
    public void Main_ReturningNull_ThrowsAndNamesTheComponentInTheFirstStep(bool asMainMethod)
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor process = system.Make("A", _ => null!);
        process.Activate(system.Scheduler, mainMethod: asMainMethod ? () => null! : null);
        system.Cycle();

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => system.Cycle());

        Assert.Contains(process.Name, error.Message, StringComparison.Ordinal);
        system.Trace.Expect(
            """
            activate A
            step A
            crash A: InvalidOperationException
            """);
    }
}
