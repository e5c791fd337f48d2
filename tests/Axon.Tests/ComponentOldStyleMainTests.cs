// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

public class ComponentOldStyleMainTests
{
    [Fact]
    [Trait("Spec", "AX-CMP-60")]
    [Trait("Spec", "AX-CMP-61")]
    [Trait("Spec", "AX-CMP-62")]
    public void Main_ThreeMethods_AreCalledInTheRightSteps()
    {
        SteppedScheduler system = new(TraceKinds.Step | TraceKinds.End | TraceKinds.Note);
        system.Activate(new OldStyle(system.Trace, bodies: 2), "old");

        system.RunToEnd();

        // The close-down comes in the very step in which the body says that all is done; the end is a step of its own.
        system.Trace.Expect(
            """
            step old
            initialise
            step old
            body 1
            step old
            body 2
            step old
            body 3
            close down
            step old
            end old
            """);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    [InlineData(0)]
    [InlineData("")]
    [Trait("Spec", "AX-CMP-60")]
    public void Main_InitialiseReturnsFalseLikeResult_YieldsOneInstead(object? result)
    {
        OldStyle component = new(new Trace(), bodies: 1) { Initial = result };

        Assert.Equal(1, YieldedBy(component)[0]);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-60")]
    public void Main_InitialiseReturnsEmptyCollection_YieldsOneInstead()
    {
        OldStyle component = new(new Trace(), bodies: 1) { Initial = Array.Empty<int>() };

        Assert.Equal(1, YieldedBy(component)[0]);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-60")]
    [Trait("Spec", "AX-CMP-61")]
    [Trait("Spec", "AX-CMP-62")]
    public void Main_MethodsReturnMessages_AreYieldedAsTheyAre()
    {
        NewComponent initial = new(new Microprocess());
        NewComponent body = new(new Microprocess());
        NewComponent final = new(new Microprocess());
        OldStyle component = new(new Trace(), bodies: 1) { Initial = initial, Body = body, Final = final };

        List<object> yielded = YieldedBy(component);

        Assert.Equal([initial, body, final], yielded);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-60")]
    [Trait("Spec", "AX-CMP-61")]
    [Trait("Spec", "AX-CMP-62")]
    public void Main_MethodsReturnNewComponents_AreActivatedByTheScheduler()
    {
        SteppedScheduler system = new(TraceKinds.Activate);
        BoxIdler[] children = [new(), new(), new()];
        system.Trace.Name(children[0], "first");
        system.Trace.Name(children[1], "second");
        system.Trace.Name(children[2], "third");
        OldStyle component = new(new Trace(), bodies: 1)
        {
            Initial = new NewComponent(children[0]),
            Body = new NewComponent(children[1]),
            Final = new NewComponent(children[2]),
        };

        system.Activate(component, "old");
        system.RunUntilIdle();

        system.Trace.Expect(["activate old", "activate first", "activate second", "activate third"]);
        Assert.All(children, child => Assert.Equal(1, child.Steps));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(7)]
    [InlineData("more")]
    [Trait("Spec", "AX-CMP-61")]
    public void Main_BodyReturnsTrueLikeResult_GoesOn(object result)
    {
        SteppedScheduler system = new(TraceKinds.Note);
        OldStyle component = system.Activate(new OldStyle(system.Trace, bodies: 5) { Body = result });

        system.Cycles(4);

        system.Trace.Expect(["initialise", "body 1", "body 2"]);
        Assert.False(component.IsStopped);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    [InlineData(0)]
    [InlineData("")]
    [Trait("Spec", "AX-CMP-62")]
    public void Main_BodyReturnsFalseLikeResult_ClosesDown(object? result)
    {
        SteppedScheduler system = new(TraceKinds.Note);
        system.Activate(new OldStyle(system.Trace, bodies: 0) { Last = result });

        system.RunToEnd();

        system.Trace.Expect(["initialise", "body 1", "close down"]);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-62")]
    public void Main_BodyPauses_SleepsAndGoesOnWhenWoken()
    {
        SteppedScheduler system = new(TraceKinds.Note);
        OldStyle component = new(system.Trace, bodies: 2) { PauseInBody = true };
        Probe probe = system.Probe(system.Activate(component));

        system.RunUntilIdle();
        int asleep = system.Trace.Lines.Count;
        probe.Feed("wake up");
        system.RunUntilIdle();

        Assert.Equal(2, asleep);
        system.Trace.Expect(["initialise", "body 1", "body 2"]);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-63")]
    public void Main_CloseDownThrows_LeavesTheRunAndTheBodyIsFinished()
    {
        SteppedScheduler system = new(TraceKinds.Step | TraceKinds.End);
        system.Activate(new OldStyle(new Trace(), bodies: 0) { CloseDownFails = true }, "old");
        system.Cycles(2);

        string text = Assert.Throws<InvalidOperationException>(() => system.Cycles(1)).Message;
        system.Cycles(3);

        Assert.Equal("On purpose.", text);
        Assert.Empty(system.Scheduler.ListAll());
        system.Trace.Expect(["step old", "step old", "crash old: InvalidOperationException"]);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-63")]
    public void Main_CloseDownThrows_BodyIsFinishedAlsoWithoutAScheduler()
    {
        OldStyle component = new(new Trace(), bodies: 0) { CloseDownFails = true };
        IEnumerator<Yield> body = component.CallMain();
        bool initialised = body.MoveNext();

        Assert.True(initialised);
        Assert.Throws<InvalidOperationException>(() => body.MoveNext());
        Assert.False(body.MoveNext());
    }

    [Fact]
    [Trait("Spec", "AX-CMP-64")]
    public void Stubs_NothingOverridden_ReturnOneNullOne()
    {
        Stub stub = new();

        Assert.Equal((1, null, 1), stub.Results());
    }

    [Fact]
    [Trait("Spec", "AX-CMP-64")]
    public void Main_NothingOverridden_RunsThreeStepsAndEnds()
    {
        SteppedScheduler system = new(TraceKinds.Step | TraceKinds.End);
        system.Activate(new Component(), "plain");

        system.RunToEnd();

        system.Trace.Expect(["step plain", "step plain", "step plain", "end plain"]);
    }

    private static List<object> YieldedBy(OldStyle component)
    {
        List<object> yielded = [];
        using IEnumerator<Yield> body = component.CallMain();
        while (body.MoveNext())
        {
            yielded.Add(body.Current.Value);
        }

        return yielded;
    }

    private sealed class OldStyle(Trace trace, int bodies) : Component
    {
        private int _calls;

        public object? Initial { get; init; } = 1;

        public object? Body { get; init; } = 1;

        public object? Last { get; init; }

        public object? Final { get; init; } = 1;

        public bool PauseInBody { get; init; }

        public bool CloseDownFails { get; init; }

        public IEnumerator<Yield> CallMain() => Main();

        protected override object? InitialiseComponent()
        {
            trace.Note("initialise");
            return Initial;
        }

        protected override object? MainBody()
        {
            trace.Note($"body {++_calls}");
            if (PauseInBody)
            {
                Pause();
            }

            return _calls <= bodies ? Body : Last;
        }

        protected override object? CloseDownComponent()
        {
            trace.Note("close down");
            return CloseDownFails ? throw new InvalidOperationException("On purpose.") : Final;
        }
    }

    private sealed class Stub : Component
    {
        public (object?, object?, object?) Results() => (InitialiseComponent(), MainBody(), CloseDownComponent());
    }
}
