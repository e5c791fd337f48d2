// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests.TestKit;

public class TraceTests
{
    [Fact]
    public void NameOf_Unnamed_IsTheTypeAndANumberFromTheSecondOn()
    {
        Trace trace = new();
        CollectingSink[] sinks = [new(), new(), new()];

        Assert.Equal(["CollectingSink", "CollectingSink2", "CollectingSink3"], sinks.Select(trace.NameOf));
        Assert.Equal("Component", trace.NameOf(new Component()));
        Assert.Equal("CollectingSink2", trace.NameOf(sinks[1]));
    }

    [Fact]
    public void NameOf_Named_IsThatNameAndTakesNoNumber()
    {
        Trace trace = new();
        CollectingSink named = new();
        trace.Name(named, "sink");

        Assert.Equal("sink", trace.NameOf(named));
        Assert.Equal("CollectingSink", trace.NameOf(new CollectingSink()));
    }

    [Fact]
    public void Lines_SameSystemTwice_AreTheSame()
    {
        string first = Run();

        Assert.Equal(first, Run());

        static string Run()
        {
            SteppedScheduler system = new();
            ScriptedSource source = system.Activate(new ScriptedSource(1, new ScriptedSource(), "two\r\nlines"));
            system.Probe(source);
            system.RunToEnd();
            return system.Trace.ToString();
        }
    }

    [Fact]
    public void Lines_EveryKindOfEvent_HasItsForm()
    {
        SteppedScheduler system = new(immortal: true);
        ScriptedSource source = system.Activate(new ScriptedSource(null, "refused"), "source");
        CollectingSink sink = system.Activate(new CollectingSink(), "sink");
        source.Link((source, "outbox"), (sink, "inbox"), pipeWidth: 1);
        system.Activate(new Microprocess(Crash()), "crasher");
        system.Trace.Note("here we go");

        system.Cycles(2);
        sink.Stop();
        system.RunToEnd();

        system.Trace.Expect("""
            link source.outbox -> sink.inbox
            here we go
            activate source
            activate sink
            activate crasher
            step source
            send source.outbox -> sink.inbox: null
            step sink
            receive sink.inbox: null
            step crasher
            crash crasher: TimeoutException
            step source
            send source.outbox -> sink.inbox: refused
            step sink
            end sink
            step source
            drop source.signal: ProducerFinished
            unlink source.outbox -> sink.inbox
            end source
            """);

        static IEnumerator<Yield> Crash()
        {
            yield return Throw();
        }

        static Yield Throw() => throw new TimeoutException();
    }

    [Fact]
    public void Lines_PauseWakeAndRefusal_HaveTheirForm()
    {
        SteppedScheduler system = new(TraceKinds.Pause | TraceKinds.Wake | TraceKinds.Send);
        Probe probe = system.Probe(system.Activate(new ScriptedSource(1, 2), "source"));
        probe.Limit(1);
        system.RunUntilIdle();
        probe.Collect();
        system.RunToEnd();

        system.Trace.Expect("""
            send source.outbox -> probe.outbox: 1
            refuse source.outbox -> probe.outbox: 2
            pause source
            wake source
            send source.outbox -> probe.outbox: 2
            send source.signal -> probe.signal: ProducerFinished
            """);
    }

    [Fact]
    public void Lines_Messages_AreShownTheSameInEveryRunAndOnOneLine()
    {
        SteppedScheduler system = new(TraceKinds.Send);
        CollectingSink sink = new();
        system.Trace.Name(sink, "sink");
        system.Activate(new ScriptedSource("a\nb\r\nc", new byte[3], sink, 1.5, ""), "source");

        system.RunToEnd();

        system.Trace.Expect("""
            drop source.outbox: a\nb\nc
            drop source.outbox: 3 bytes
            drop source.outbox: sink
            drop source.outbox: 1.5
            drop source.outbox:
            drop source.signal: ProducerFinished
            """);
    }

    [Theory]
    [InlineData(TraceKinds.None, 0)]
    [InlineData(TraceKinds.Step, 3)]
    [InlineData(TraceKinds.Activate | TraceKinds.End, 2)]
    [InlineData(TraceKinds.Scheduling, 6)]
    [InlineData(TraceKinds.All, 9)]
    public void Lines_KindsChosen_AreRecordedAndNoOthers(TraceKinds kinds, int lines)
    {
        SteppedScheduler system = new(kinds);
        system.Activate(new ScriptedSource(1, 2));
        system.Trace.Note("noted");

        system.RunToEnd();

        Assert.Equal(lines, system.Trace.Lines.Count);
    }

    [Fact]
    public void Clear_AfterEvents_ForgetsThemAndKeepsTheNames()
    {
        SteppedScheduler system = new(TraceKinds.Step);
        ScriptedSource first = system.Activate(new ScriptedSource(1, 2, 3));
        ScriptedSource second = system.Activate(new ScriptedSource(1, 2, 3));
        system.Cycles(2);

        system.Trace.Clear();
        Assert.Empty(system.Trace.Lines);
        system.Cycle();

        system.Trace.Expect(["step ScriptedSource", "step ScriptedSource2"]);
        Assert.Equal("ScriptedSource", system.Trace.NameOf(first));
        Assert.Equal("ScriptedSource2", system.Trace.NameOf(second));
    }

    [Fact]
    public void Expect_Equal_DoesNotThrow()
    {
        Trace trace = Noted("one", "two");

        trace.Expect(["one", "two"]);
        trace.Expect("one\n   two   \n\n");
        new Trace().Expect("");
    }

    [Fact]
    public void Expect_Different_ShowsBothSidesAligned()
    {
        Trace trace = Noted("activate A", "step A", "step B", "end A", "end B");

        var exception = Assert.Throws<TraceMismatchException>(() => trace.Expect("""
            activate A
            activate B
            step A
            end A
            step B
            end B
            """));

        Assert.Equal(
            """
            The trace differs (- expected, + actual):
                activate A
              - activate B
                step A
              - end A
                step B
              + end A
                end B

            """,
            exception.Message);
        Assert.Equal(["activate A", "activate B", "step A", "end A", "step B", "end B"], exception.Expected);
        Assert.Equal(["activate A", "step A", "step B", "end A", "end B"], exception.Actual);
    }

    [Fact]
    public void Expect_NothingHappened_ShowsAllAsMissing()
    {
        var exception = Assert.Throws<TraceMismatchException>(() => new Trace().Expect(["step A", "end A"]));

        Assert.Equal("The trace differs (- expected, + actual):\n  - step A\n  - end A\n", exception.Message);
    }

    [Fact]
    public void Expect_NothingWanted_ShowsAllAsSurplus()
    {
        var exception = Assert.Throws<TraceMismatchException>(() => Noted("step A", "end A").Expect(""));

        Assert.Equal("The trace differs (- expected, + actual):\n  + step A\n  + end A\n", exception.Message);
    }

    [Fact]
    public void Expect_SameLinesOtherOrder_Throws()
    {
        Assert.Throws<TraceMismatchException>(() => Noted("step A", "step B").Expect(["step B", "step A"]));
    }

    [Fact]
    public void Expect_AfterAMismatch_ExceptionKeepsWhatWasThen()
    {
        Trace trace = Noted("one");
        var exception = Assert.Throws<TraceMismatchException>(() => trace.Expect("two"));

        trace.Note("three");

        Assert.Equal(["one"], exception.Actual);
    }

    private static Trace Noted(params string[] lines)
    {
        Trace trace = new();
        Array.ForEach(lines, trace.Note);
        return trace;
    }
}
