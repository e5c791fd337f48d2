// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>
/// Where a line ported from Python would mean something else in C#: one test for each such trap that can be tested (section 22 of the
/// specification, whose numbers are the headings here).
/// </summary>
public class PortingTrapTests
{
    private readonly SteppedScheduler _system = new(TraceKinds.Scheduling);

    // ---- 1: bodies start late, keep their locals, and must be disposed.

    [Fact]
    [Trait("Spec", "AX-MP-04")]
    public void Main_Activated_IsEnteredInTheFirstStepOnly()
    {
        _system.Activate(new Microprocess(Body()), "m");

        _system.Trace.Note("activated");
        _system.RunToEnd();

        _system.Trace.Expect("""
            activated
            activate m
            step m
            local 1
            step m
            local 2
            end m
            """);

        IEnumerator<Yield> Body()
        {
            int local = 1;
            _system.Trace.Note($"local {local}");
            yield return 1;
            local++;
            _system.Trace.Note($"local {local}");
        }
    }

    [Theory]
    [InlineData("end")]
    [InlineData("stop")]
    [InlineData("crash")]
    [InlineData("system stop")]
    [Trait("Spec", "AX-MP-25")]
    public void Finally_WhateverTheEnd_RunsOnceAlsoInASubIteratorDrivenByHand(string end)
    {
        SteppedScheduler system = new(TraceKinds.Note, immortal: true);
        Microprocess process = system.Activate(new Microprocess(Outer()));
        system.Cycles(3);

        switch (end)
        {
            case "stop":
                process.Stop();
                break;
            case "system stop":
                system.Scheduler.Stop();
                break;
        }

        system.RunToEnd();

        system.Trace.Expect(["inner", "outer"]);

        IEnumerator<Yield> Outer()
        {
            try
            {
                // The scheduler knows the outer body only, so the outer one must see to the inner one.
                using IEnumerator<Yield> inner = Inner();
                while (inner.MoveNext())
                {
                    yield return inner.Current;
                }
            }
            finally
            {
                system.Trace.Note("outer");
            }
        }

        IEnumerator<Yield> Inner()
        {
            try
            {
                yield return 1;
                yield return 1;
                yield return end == "crash" ? throw new TimeoutException() : 1;
            }
            finally
            {
                system.Trace.Note("inner");
            }
        }
    }

    // ---- 2: no yield inside try and catch.

    [Fact]
    public void TrySend_FullInbox_IsTheWayToWaitForRoom()
    {
        Probe probe = _system.Probe(_system.Activate(new Waiter()));
        probe.Limit(1);

        _system.RunUntilIdle();
        Assert.Equal(["first"], probe.Collect());
        _system.RunToEnd();

        Assert.Equal(["second"], probe.Collect());
    }

    // ---- 3: an iterator that threw is over.

    [Fact]
    [Trait("Spec", "AX-SCH-51")]
    public void Crash_Mortal_TheComponentIsOverAndCannotBeResumed()
    {
        Microprocess crasher = _system.Activate(new Microprocess(Crash()), "crasher");
        _system.Activate(new ScriptedSource(1, 2), "source");
        Assert.Throws<TimeoutException>(() => _system.RunToEnd());

        _system.RunToEnd();

        _system.Trace.Expect("""
            activate crasher
            activate source
            step crasher
            crash crasher: TimeoutException
            step source
            step source
            step source
            end source
            """);
        Assert.True(crasher.IsStopped);
        Assert.Throws<InvalidOperationException>(() => crasher.Activate(_system.Scheduler));

        static IEnumerator<Yield> Crash()
        {
            yield return Throw();
            Assert.Fail("It was resumed.");
        }
    }

    // ---- 6: an iterator method runs late, any other method runs at once.

    [Fact]
    [Trait("Spec", "AX-MP-04")]
    public void Main_NotAnIteratorItself_IsCalledInTheFirstStep()
    {
        Eager eager = _system.Activate(new Eager(_system.Trace), "eager");
        _system.Trace.Note("activated");

        _system.Cycles(2);

        Assert.Equal(
            ["activated", "activate eager", "step eager", "Main is called", "the body begins"],
            _system.Trace.Lines);
        Assert.Same(_system.Scheduler, eager.SchedulerSeen);
    }

    // ---- 7: a main method that returns null.

    [Fact]
    [Trait("Spec", "AX-MP-24")]
    public void Main_ReturnsNull_FirstStepThrowsNamingTheComponent()
    {
        Microprocess process = new(tag: "-nobody");
        process.Activate(_system.Scheduler, mainMethod: () => null!);
        _system.Cycle();

        var exception = Assert.Throws<InvalidOperationException>(() => _system.Cycle());

        Assert.Equal(
            $"The main method of {process.Name} returned null instead of a body. Write it as an iterator, with 'yield return'.",
            exception.Message);
        Assert.True(process.IsStopped);
    }

    // ---- 8: sub-iterators.

    [Fact]
    public void SubIterator_CalledAndNotEnumerated_DoesNothing()
    {
        bool entered = false;
        _system.Activate(new Microprocess(Body()));

        _system.RunToEnd();

        Assert.False(entered);

        IEnumerator<Yield> Body()
        {
            Sub();
            yield return 1;
        }

        IEnumerator<Yield> Sub()
        {
            entered = true;
            yield return 1;
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-61")]
    [Trait("Spec", "AX-SCH-63")]
    public void SubIterator_DrivenByHand_PassesNewComponentAndWaitCompleteOn()
    {
        ScriptedSource child = new();
        _system.Trace.Name(child, "child");
        _system.Activate(new Microprocess(Outer()), "outer");

        _system.RunToEnd();

        _system.Trace.Expect("""
            activate outer
            step outer
            activate child
            step outer
            back from NewComponent
            step child
            end child
            step outer
            in the detour
            step outer
            step outer
            back from WaitComplete
            end outer
            """);

        IEnumerator<Yield> Outer()
        {
            using IEnumerator<Yield> sub = Sub();
            while (sub.MoveNext())
            {
                yield return sub.Current;
            }
        }

        IEnumerator<Yield> Sub()
        {
            yield return new NewComponent(child);
            _system.Trace.Note("back from NewComponent");
            yield return new WaitComplete(Detour());
            _system.Trace.Note("back from WaitComplete");
        }

        IEnumerator<Yield> Detour()
        {
            _system.Trace.Note("in the detour");
            yield return 1;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Spec", "AX-SCH-68")]
    public void Pause_InASubIterator_PausesTheComponent(bool asDetour)
    {
        Nested nested = _system.Activate(new Nested(asDetour));
        Probe probe = _system.Probe(nested);
        _system.RunUntilIdle();
        Assert.True(_system.Scheduler.IsPaused(nested));

        probe.Feed("wake up");
        _system.RunToEnd();

        Assert.Equal(["wake up"], probe.Collect());
    }

    // ---- 10: yielding allocates nothing.

    [Fact]
    public void Yield_NumbersAndPauses_AllocateNothing()
    {
        Scheduler scheduler = new();
        new Microprocess(Body()).Activate(scheduler);
        new Napper().Activate(scheduler);
        Cycles(10);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Cycles(1000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);

        void Cycles(int count)
        {
            for (int i = 0; i < count; i++)
            {
                scheduler.RunCycle();
            }
        }

        static IEnumerator<Yield> Body()
        {
            while (true)
            {
                yield return 1;
                yield return 1000;
            }
        }
    }

    // ---- 12: what Python takes for false.

    [Theory]
    [MemberData(nameof(FalseInPython))]
    [Trait("Spec", "AX-CMP-62")]
    public void MainBody_WhatPythonTakesForFalse_EndsTheComponent(object? result)
    {
        OldStyle component = _system.Activate(new OldStyle(result));

        _system.RunToEnd();

        Assert.Equal(1, component.Calls);
    }

    [Theory]
    [MemberData(nameof(TrueInPython))]
    [Trait("Spec", "AX-CMP-61")]
    public void MainBody_WhatPythonTakesForTrue_GoesOn(object result)
    {
        OldStyle component = _system.Activate(new OldStyle(result));

        _system.Cycles(5);

        Assert.Equal(3, component.Calls);
        Assert.False(component.IsStopped);
    }

    public static TheoryData<object?> FalseInPython() => [null, false, 0, "", Array.Empty<int>(), new List<string>()];

    public static TheoryData<object> TrueInPython() => [true, 1, -1, "0", new int[1], new object()];

    // ---- 13: a count that is used as truth.

    [Fact]
    [Trait("Spec", "AX-CMP-03")]
    public void DataReady_Messages_HasAFormForTruthAndOneForTheCount()
    {
        CollectingSink sink = new();
        Probe probe = _system.Probe(sink);
        Assert.Equal((false, 0), (sink.DataReady(), sink.Waiting()));

        probe.Feed(1, 2);

        Assert.Equal((true, 2), (sink.DataReady(), sink.Waiting()));
    }

    // ---- 15 and 16: bytes are bytes, messages are references, null is a message.

    [Fact]
    [Trait("Spec", "AX-CMP-08")]
    public void Send_Bytes_ArriveAsTheSameArray()
    {
        byte[] bytes = [104, 105];
        CollectingSink sink = _system.Activate(new CollectingSink());
        _system.Probe(sink).Feed(bytes);

        _system.RunUntilIdle();

        Assert.Same(bytes, Assert.Single(sink.Messages));
    }

    [Fact]
    [Trait("Spec", "AX-BOX-33")]
    public void Recv_NullMessage_IsToldFromAnEmptyInbox()
    {
        Component component = new();
        _system.Probe(component).Feed(null, null, null, null);

        Assert.True(component.DataReady());
        Assert.Equal("inbox", component.FirstReady());
        Assert.Null(component.Recv());
        Assert.Null(component.Recv<string>());
        Assert.True(component.TryRecv(out object? message));
        Assert.Null(message);
        Assert.True(component.TryRecv(out string? text));
        Assert.Null(text);
        Assert.False(component.TryRecv(out message));
        Assert.Throws<InvalidOperationException>(() => component.Recv());
    }

    [Fact]
    [Trait("Spec", "AX-BOX-33")]
    public void Inbox_NullMessages_DoNotEndTheEnumeration()
    {
        Component component = new();
        _system.Probe(component).Feed(null, 1, null);

        Assert.Equal([null, 1, null], component.Inbox());
    }

    // ---- 17: subclasses of messages count as their base.

    [Fact]
    public void Recv_SubclassOfTheTypeAskedFor_IsAccepted()
    {
        Component component = new();
        _system.Probe(component).FeedTo("control", new SocketShutdown());

        Assert.IsType<SocketShutdown>(component.Recv<ProducerFinished>("control"));
    }

    // ---- 18: declarations replace, and keep their order.

    [Fact]
    [Trait("Spec", "AX-CMP-09")]
    public void FirstReady_SeveralReady_IsTheFirstDeclaredWhateverArrivedFirst()
    {
        ManyBoxes component = new();
        Probe probe = _system.Probe(component);
        Assert.Equal(["zeta", "inbox", "alpha", "mu"], component.InboxNames);

        probe.FeedTo("mu", 1);
        Assert.Equal("mu", component.FirstReady());
        probe.FeedTo("alpha", 1);
        Assert.Equal("alpha", component.FirstReady());
        probe.FeedTo("zeta", 1);
        Assert.Equal("zeta", component.FirstReady());
        probe.FeedTo("inbox", 1);

        List<string> order = [];
        while (component.FirstReady() is { } name)
        {
            order.Add(name);
            component.Recv(name);
        }

        Assert.Equal(["zeta", "inbox", "alpha", "mu"], order);
        Assert.False(component.AnyReady());
    }

    [Fact]
    [Trait("Spec", "AX-CMP-02")]
    public void Boxes_DeclaredInASubclass_ReplaceTheInheritedOnes()
    {
        Assert.Throws<KeyNotFoundException>(() => new ManyBoxes().DataReady("control"));
        Assert.Equal(["outbox", "signal"], new ManyBoxes().OutboxNames);
    }

    // ---- 20: boxes are there once the base constructor has returned, and linking needs no activation.

    [Fact]
    public void Constructor_LinksAndSends_WorksBeforeActivation()
    {
        Wired wired = new();
        Assert.Equal(1, wired.Child.Waiting());

        _system.Activate(wired);
        _system.Activate(wired.Child);
        _system.RunUntilIdle();

        Assert.Equal(["from the constructor", "from the body"], wired.Child.Messages);
    }

    // ---- 21: naming a method again gives an equal delegate.

    [Fact]
    public void Events_MethodNamedAgain_RemovesTheSubscription()
    {
        List<Microprocess> crashed = [];
        SteppedScheduler system = new(immortal: true);
        system.Scheduler.ComponentCrashed += Heard;
        Microprocess first = system.Activate(new Microprocess(Crash()));
        system.RunToEnd();
        system.Scheduler.ComponentCrashed -= Heard;
        system.Activate(new Microprocess(Crash()));
        system.RunToEnd();

        Assert.Equal([first], crashed);

        void Heard(Microprocess process, Exception exception) => crashed.Add(process);

        static IEnumerator<Yield> Crash()
        {
            yield return Throw();
        }
    }

    [Fact]
    [Trait("Spec", "AX-MP-07")]
    public void Activate_MethodGroupAsMain_RunsThatInstead()
    {
        TwoMains process = new();
        process.Activate(_system.Scheduler, mainMethod: process.OtherMain);

        _system.RunToEnd();

        Assert.Equal(["other"], process.Ran);
    }

    // ---- 22: nothing is a singleton of the process.

    [Fact]
    [Trait("Spec", "AX-SCH-33")]
    public void Schedulers_Two_ShareNeitherComponentsNorServices()
    {
        SteppedScheduler other = new();
        CollectingSink sink = _system.Activate(new CollectingSink());
        sink.Tracker.RegisterService("sink", sink, "inbox");

        other.RunUntilIdle();

        Assert.False(other.Scheduler.Tracker.TryRetrieveService("sink", out _));
        Assert.Empty(other.Scheduler.ListAll());
        Assert.False(_system.Scheduler.IsIdle);
    }

    // ---- 28: exceptions keep who they are and where they came from.

    [Fact]
    [Trait("Spec", "AX-SCH-50")]
    public void Crash_OfAComponent_LeavesTheRunAsTheSameObjectWithItsStack()
    {
        Scheduler scheduler = new();
        List<Exception> heard = [];
        scheduler.ComponentCrashed += (_, exception) => heard.Add(exception);
        new Microprocess(Crash()).Activate(scheduler);

        TimeoutException thrown = Assert.Throws<TimeoutException>(() => scheduler.RunThreads());

        Assert.Same(thrown, Assert.Single(heard));
        Assert.Contains(nameof(Throw), thrown.StackTrace, StringComparison.Ordinal);

        static IEnumerator<Yield> Crash()
        {
            yield return Throw();
        }
    }

    // ---- 29: depth does not cost stack. In C# an overflow would take the whole process along.

    [Fact]
    [Trait("Spec", "AX-BOX-06")]
    [Trait("Spec", "AX-BOX-32")]
    public void Link_HundredThousandBoxesInARow_NeedsNoStack()
    {
        OnASmallStack(() =>
        {
            Component[] chain = NewComponents(100_000);
            Postoffice ledger = new();
            Linkage last = LinkInPairs(chain, (from, to) => ledger.Link((from, "inbox"), (to, "inbox"), Passthrough.Inbox));

            Component source = new();
            ledger.Link((source, "outbox"), (chain[0], "inbox"));

            source.Send("through all of them");
            Assert.Equal("through all of them", chain[^1].Recv());
            Assert.Throws<LinkageLoopException>(() => ledger.Link((chain[^1], "inbox"), (chain[0], "inbox"), Passthrough.Inbox));

            ledger.Unlink(last);
            source.Send("up to the cut");
            Assert.False(chain[^1].DataReady());
            Assert.Equal("up to the cut", last.Source.Owner.Recv());

            ledger.UnlinkAll();
            source.Send("nowhere");
            Assert.Equal(0, chain[0].Waiting());
        });
    }

    [Fact]
    [Trait("Spec", "AX-CMP-25")]
    public void Recv_HundredThousandOutboxesUpstream_NeedsNoStackAndWakesAll()
    {
        OnASmallStack(() =>
        {
            Component[] chain = NewComponents(100_000);
            Component sink = new();
            Postoffice ledger = new();
            LinkInPairs(chain, (from, to) => ledger.Link((from, "outbox"), (to, "outbox"), Passthrough.Outbox));
            ledger.Link((chain[^1], "outbox"), (sink, "inbox"));

            Scheduler scheduler = new();
            Array.ForEach(chain, component => component.Activate(scheduler, mainMethod: () => SleepFor(component)));
            while (!scheduler.IsIdle)
            {
                scheduler.RunCycle();
            }

            chain[0].Send("message");
            sink.Recv();
            scheduler.RunCycle();

            Assert.Equal(0, chain.Count(scheduler.IsPaused));
        });
    }

    [Fact]
    [Trait("Spec", "AX-SCH-66")]
    [Trait("Spec", "AX-SCH-71")]
    public void WaitComplete_HundredThousandDeep_NeedsNoStack()
    {
        const int Depth = 100_000;
        int disposed = 0;
        OnASmallStack(() =>
        {
            Scheduler scheduler = new();
            Microprocess process = new Microprocess(Body(Depth)).Activate(scheduler);
            for (int i = 0; i < Depth + 5; i++)
            {
                scheduler.RunCycle();
            }

            process.Stop();
            scheduler.RunCycle();
        });

        Assert.Equal(Depth + 1, disposed);

        IEnumerator<Yield> Body(int depth)
        {
            try
            {
                if (depth > 0)
                {
                    yield return new WaitComplete(Body(depth - 1));
                }

                while (true)
                {
                    yield return 1;
                }
            }
            finally
            {
                disposed++;
            }
        }
    }

    [Fact]
    public void Finally_ThrowsInNestedDetours_EachRunsAndTheFirstExceptionLeaves()
    {
        List<Exception> heard = [];
        _system.Scheduler.ComponentCrashed += (_, exception) => heard.Add(exception);
        Microprocess process = _system.Activate(new Microprocess(Body(2)));
        _system.Cycles(5);
        process.Stop();

        var exception = Assert.Throws<InvalidOperationException>(() => _system.RunToEnd());

        Assert.Equal("level 0", exception.Message);
        Assert.Equal(["level 0", "level 1", "level 2"], heard.Select(one => one.Message).Order());

        IEnumerator<Yield> Body(int level)
        {
            try
            {
                if (level > 0)
                {
                    yield return new WaitComplete(Body(level - 1));
                }

                while (true)
                {
                    yield return 1;
                }
            }
            finally
            {
                ThrowFrom($"level {level}");
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-CMP-29")]
    public void End_OfAChainOfTenThousandParents_NeedsNoStack()
    {
        OnASmallStack(() =>
        {
            Scheduler scheduler = new();
            Component? parent = null;
            for (int i = 0; i < 10_000; i++)
            {
                Component component = new();
                parent?.AddChildren(component);
                bool isLast = i == 9_999;
                component.Activate(scheduler, mainMethod: () => isLast ? EndNow() : UntilChildrenEnd(component));
                parent = component;
            }

            scheduler.RunThreads();

            Assert.Empty(scheduler.ListAll());
        });
    }

    // ---- 30: the clock is injected and monotonic.

    [Fact]
    [Trait("Spec", "AX-SCH-31")]
    public void Time_OfAScheduler_ComesFromItsClockAndStandsStillWithinACycle()
    {
        List<TimeSpan> seen = [];
        _system.Activate(new Microprocess(Look()));
        _system.Clock.Advance(TimeSpan.FromSeconds(7));

        _system.RunToEnd();

        Assert.Equal([7, 7, 10], seen.Select(time => time.TotalSeconds));

        IEnumerator<Yield> Look()
        {
            seen.Add(_system.Scheduler.Time);
            _system.Clock.Advance(TimeSpan.FromSeconds(3));
            seen.Add(_system.Scheduler.Time);
            yield return 1;
            seen.Add(_system.Scheduler.Time);
        }
    }

    /// <summary>Runs something on a thread with a quarter of a megabyte of stack: recursion would not get far there.</summary>
    private static void OnASmallStack(Action action)
    {
        Exception? failure = null;
        Thread thread = new(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
            },
            maxStackSize: 256 * 1024);
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "The thread does not end.");
        Assert.Null(failure);
    }

    private static Component[] NewComponents(int count) => [.. Enumerable.Range(0, count).Select(_ => new Component())];

    /// <summary>
    /// Links each to the next: in pairs, then pairs of pairs, because making a linkage costs the boxes upstream and downstream of it. One
    /// after the other it would take n squared.
    /// </summary>
    /// <returns>The linkage made last, in mid-chain.</returns>
    private static Linkage LinkInPairs(Component[] chain, Func<Component, Component, Linkage> link)
    {
        Linkage last = null!;
        for (int half = 1; half < chain.Length; half *= 2)
        {
            for (int i = half - 1; i + 1 < chain.Length; i += 2 * half)
            {
                last = link(chain[i], chain[i + 1]);
            }
        }

        return last;
    }

    private static Yield Throw() => throw new TimeoutException();

    private static void ThrowFrom(string place) => throw new InvalidOperationException(place);

    private static IEnumerator<Yield> EndNow()
    {
        yield break;
    }

    private static IEnumerator<Yield> SleepFor(Component component)
    {
        while (true)
        {
            yield return component.Pause();
        }
    }

    private static IEnumerator<Yield> UntilChildrenEnd(Component component)
    {
        while (component.ChildComponents().Any(child => !child.IsStopped))
        {
            yield return component.Pause();
        }
    }

    private sealed class SocketShutdown : ProducerFinished;

    [Inbox("zeta")]
    [Inbox("inbox")]
    [Inbox("alpha")]
    [Inbox("mu")]
    private sealed class ManyBoxes : Component;

    private sealed class Waiter : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            foreach (string message in (string[])["first", "second"])
            {
                while (!TrySend(message))
                {
                    yield return Pause();
                }
            }
        }
    }

    private sealed class Napper : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                Unpause();
                yield return Pause();
            }
        }
    }

    private sealed class Eager(Trace trace) : Microprocess
    {
        public Scheduler? SchedulerSeen { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            trace.Note("Main is called");
            SchedulerSeen = Scheduler.Current;
            return Body();
        }

        private IEnumerator<Yield> Body()
        {
            trace.Note("the body begins");
            yield return 1;
        }
    }

    private sealed class Nested(bool asDetour) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            if (asDetour)
            {
                yield return new WaitComplete(WaitForOne());
                yield break;
            }

            using IEnumerator<Yield> sub = WaitForOne();
            while (sub.MoveNext())
            {
                yield return sub.Current;
            }
        }

        private IEnumerator<Yield> WaitForOne()
        {
            while (!DataReady())
            {
                yield return Pause();
            }

            Send(Recv());
        }
    }

    private sealed class OldStyle(object? result) : Component
    {
        public int Calls { get; private set; }

        protected override object? MainBody()
        {
            Calls++;
            return result;
        }
    }

    private sealed class Wired : Component
    {
        public Wired()
        {
            Link((this, "outbox"), (Child, "inbox"));
            Send("from the constructor");
        }

        public CollectingSink Child { get; } = new();

        protected override IEnumerator<Yield> Main()
        {
            Send("from the body");
            yield return 1;
        }
    }

    private sealed class TwoMains : Microprocess
    {
        public List<string> Ran { get; } = [];

        public IEnumerator<Yield> OtherMain()
        {
            Ran.Add("other");
            yield return 1;
        }

        protected override IEnumerator<Yield> Main()
        {
            Ran.Add("main");
            yield return 1;
        }
    }
}
