// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

public class SchedulerOrderTests
{
    [Fact]
    [Trait("Spec", "AX-SCH-01")]
    [Trait("Spec", "AX-SCH-02")]
    public void Cycle_ThreeMicroprocesses_StepInOrderOfActivation()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        foreach (string name in (string[])["A", "B", "C"])
        {
            system.Start(name, Bodies.Endless);
        }

        system.Cycles(3);

        system.Trace.Expect(
            """
            activate A
            activate B
            activate C
            step A
            step B
            step C
            step A
            step B
            step C
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-02")]
    public void Cycle_ManyMicroprocesses_StepsEachExactlyOnce()
    {
        SteppedScheduler system = new(TraceKinds.Step);
        string[] names = [.. Enumerable.Range(0, 100).Select(i => $"P{i}")];
        foreach (string name in names)
        {
            system.Start(name, Bodies.Endless);
        }

        system.Cycle();

        for (int cycle = 0; cycle < 10; cycle++)
        {
            system.Trace.Clear();
            system.Cycle();
            system.Trace.Expect([.. names.Select(name => $"step {name}")]);
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-03")]
    public void Cycle_OneEnds_TheOthersCloseUpInOrder()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Bodies.Endless);
        system.Start("B", Bodies.Steps(1));
        system.Start("C", Bodies.Endless);
        system.Start("D", Bodies.Steps(2));
        system.Start("E", Bodies.Endless);
        system.Settle();

        system.Cycles(3);

        system.Trace.Expect(
            """
            step A
            step B
            end B
            step C
            step D
            step E
            step A
            step C
            step D
            end D
            step E
            step A
            step C
            step E
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-04")]
    public void Activate_DuringACycle_FirstStepsInTheNextBehindAllOthers()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor late = system.Make("C", Bodies.Endless);
        system.Start("A", Bodies.Each(_ => late.Activate(system.Scheduler)));
        system.Start("B", Bodies.Endless);

        system.Cycles(3);

        system.Trace.Expect(
            """
            activate A
            activate B
            step A
            step B
            activate C
            step A
            step B
            step C
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-05")]
    public void ActivationsAndWakes_OfOneCycle_JoinInTheOrderOfTheRequests()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor s1 = system.Start("S1", Bodies.Asleep);
        Actor s2 = system.Start("S2", Bodies.Asleep);
        Actor n1 = system.Make("N1", Bodies.Endless);
        Actor n2 = system.Make("N2", Bodies.Endless);
        system.Start("A", Bodies.Script(
            _ => { },
            _ =>
            {
                n1.Activate();
                s2.Unpause();
                n2.Activate();
                s1.Unpause();
            },
            _ => { }));
        system.Start("B", Bodies.Endless);
        system.Settle();

        system.Cycles(2);

        system.Trace.Expect(
            """
            step A
            step B
            activate N1
            wake S2
            activate N2
            wake S1
            step A
            step B
            step N1
            step S2
            step N2
            step S1
            pause S2
            pause S1
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-05")]
    public void ActivationsAndWakes_FromOutsideACycle_JoinInTheOrderOfTheRequests()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor s1 = system.Start("S1", Bodies.Asleep);
        Actor s2 = system.Start("S2", Bodies.Asleep);
        system.Start("A", Bodies.Endless);
        system.Settle();

        system.Start("N1", Bodies.Endless);
        s2.Unpause();
        system.Start("N2", Bodies.Endless);
        s1.Unpause();
        system.Cycles(2);

        system.Trace.Expect(
            """
            step A
            activate N1
            wake S2
            activate N2
            wake S1
            step A
            step N1
            step S2
            step N2
            step S1
            pause S2
            pause S1
            """);
    }

    [Fact]
    [Trait("Spec", "AX-SCH-06")]
    [Trait("Spec", "AX-SCH-32")]
    public void End_Natural_IsDoneInItsOwnSlotBeforeTheNextStep()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        system.Start("A", Bodies.Endless);
        Actor ending = system.Start("B", Bodies.Steps(1));
        ending.Stopping = () => Note("stop");
        ending.ClosingDown = () =>
        {
            Note("closedown");
            return null;
        };
        system.Start("C", Bodies.Endless);
        system.Settle();

        system.Cycles(2);

        system.Trace.Expect(
            """
            step A
            step B
            stop B, listed: False
            closedown B, listed: False
            end B
            step C
            step A
            step C
            """);

        void Note(string what) => system.Trace.Note($"{what} B, listed: {system.Scheduler.ListAll().Contains(ending)}");
    }

    [Fact]
    [Trait("Spec", "AX-SCH-32")]
    public void End_Natural_RemovesThenStopsThenClosesDownThenObeysTheResult()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Actor next = system.Make("Next", Bodies.Endless);
        Actor ending = system.Start("A", Bodies.Empty);
        ending.Stopping = () => system.Trace.Note($"stop A: paused or unknown {system.Scheduler.IsPaused(ending)}, next active {next.Scheduler is not null}");
        ending.ClosingDown = () =>
        {
            system.Trace.Note($"closedown A: stopped {ending.IsStopped}, next active {next.Scheduler is not null}");
            return new Reactivate(next);
        };

        system.Cycles(3);

        system.Trace.Expect(
            """
            activate A
            step A
            stop A: paused or unknown True, next active False
            closedown A: stopped True, next active False
            end A
            activate Next
            step Next
            """);
    }
}
