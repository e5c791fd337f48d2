// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>Whole systems, after Axon's examples.</summary>
public class AcceptanceTests
{
    [Fact]
    [Trait("Spec", "AX-EX-01")]
    public void ProducerConsumer_InsideAWrapper_ChildrenOutliveItAndTheRunReturns()
    {
        SteppedScheduler system = new(TraceKinds.End);
        Wrapper wrapper = new();
        system.Trace.Name(wrapper.Producer, "producer");
        system.Trace.Name(wrapper.Consumer, "consumer");
        system.Activate(wrapper, "wrapper");

        int cycles = system.RunToEnd();

        // The producer goes on sending into a linkage that is gone: what it sends then is lost, and that is no error.
        Assert.Equal("hello 0", wrapper.Result);
        Assert.Equal(20, wrapper.Producer.Sent);
        Assert.InRange(wrapper.Consumer.Seen, 1, 19);
        system.Trace.Expect(["end wrapper", "end producer", "end consumer"]);
        Assert.InRange(cycles, 20, 40);
        Assert.Equal(0, wrapper.Postoffice.Count);
    }

    [Fact]
    [Trait("Spec", "AX-EX-02")]
    public void SynchronousLink_PipeWidthOne_TenMessagesArriveInOrderAndAllEnd()
    {
        SteppedScheduler system = new(TraceKinds.End);
        List<object?> received = [];
        int refused = 0;
        int mostWaiting = 0;
        system.Activate(new BoxScript(Parent), "parent");

        system.RunToEnd();

        Assert.Equal(Enumerable.Range(0, 10).Cast<object?>(), received);
        Assert.Equal(1, mostWaiting);
        Assert.True(refused > 0, "The producer was never refused: the link was not synchronous.");
        system.Trace.Expect(["end producer", "end consumer", "end parent"]);

        IEnumerator<Yield> Parent(Component self)
        {
            BoxScript producer = new(Produce);
            BoxScript consumer = new(Consume);
            system.Trace.Name(producer, "producer");
            system.Trace.Name(consumer, "consumer");
            self.Link((producer, "outbox"), (consumer, "inbox"), pipeWidth: 1);
            self.AddChildren(producer, consumer);
            foreach (Component child in self.ChildComponents())
            {
                child.Activate();
            }

            while (self.ChildComponents().Any(child => !child.IsStopped))
            {
                yield return self.Pause();
            }
        }

        IEnumerator<Yield> Produce(Component self)
        {
            for (int number = 0; number < 10; number++)
            {
                while (!Sends(self, number))
                {
                    yield return self.Pause();
                }
            }
        }

        // As ported code does it, with the exception.
        bool Sends(Component self, int number)
        {
            try
            {
                self.Send(number);
                return true;
            }
            catch (NoSpaceInBoxException)
            {
                refused++;
                return false;
            }
        }

        IEnumerator<Yield> Consume(Component self)
        {
            while (received.Count < 10)
            {
                mostWaiting = Math.Max(mostWaiting, self.Waiting());
                received.AddRange(self.Inbox());
                yield return self.Pause();
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-EX-03")]
    public void SystemShutdown_SchedulerStoppedAfterTwoSeconds_SleepersStopOverrideRunsAndTheRunReturns()
    {
        VirtualClock clock = new();
        Scheduler scheduler = new(new SchedulerOptions { Clock = clock, Parker = new ClockMover(clock) });
        List<TimeSpan> stoppedAt = [];
        Sleeper sleeper = new Sleeper(() => stoppedAt.Add(clock.Elapsed)).Activate(scheduler);
        BoxScript stopper = new BoxScript(Body).Activate(scheduler);

        scheduler.RunThreads();

        Assert.Equal([TimeSpan.FromSeconds(2)], stoppedAt);
        Assert.True(sleeper.IsStopped && stopper.IsStopped);
        Assert.Empty(scheduler.ListAll());

        IEnumerator<Yield> Body(Component self)
        {
            yield return self.Pause(TimeSpan.FromSeconds(2));
            scheduler.Stop();
            yield return 1;
        }
    }

    [Fact]
    [Trait("Spec", "AX-EX-04")]
    public void ImmortalCrasher_ComponentThrows_TheRunSurvivesAndReturnsNormally()
    {
        Scheduler scheduler = new(new SchedulerOptions { Immortal = true });
        List<(Microprocess, string)> crashes = [];
        scheduler.ComponentCrashed += (who, exception) => crashes.Add((who, exception.Message));
        int steps = 0;
        BoxScript crasher = new BoxScript(Crash).Activate(scheduler);
        BoxScript worker = new BoxScript(Work).Activate(scheduler);

        scheduler.RunThreads();

        Assert.Equal([(crasher, "On purpose.")], crashes);
        Assert.Equal(10, steps);
        Assert.True(crasher.IsStopped && worker.IsStopped);

        IEnumerator<Yield> Crash(Component self)
        {
            yield return 1;
            throw new InvalidOperationException("On purpose.");
        }

        IEnumerator<Yield> Work(Component self)
        {
            for (; steps < 10; steps++)
            {
                yield return 1;
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-EX-08")]
    public void WrapperWithPassthrough_DataAndProducerFinished_TravelThroughAndAllEndInOrder()
    {
        SteppedScheduler system = new(TraceKinds.End);
        PassingWrapper wrapper = new();
        system.Trace.Name(wrapper.First, "first");
        system.Trace.Name(wrapper.Last, "last");
        system.Activate(wrapper, "wrapper");
        Probe probe = system.Probe(wrapper);
        ProducerFinished finished = new();

        probe.Feed(1, 2, 3);
        system.RunUntilIdle();
        IReadOnlyList<object?> collected = probe.Collect();
        probe.Feed(4);
        probe.FeedTo("control", finished);
        system.RunToEnd();

        // Each child adds its letter; the wrapper itself touches nothing.
        Assert.Equal(["1ab", "2ab", "3ab"], collected);
        Assert.Equal(["4ab"], probe.Collect());
        Assert.Same(finished, Assert.Single(probe.Collect("signal")));
        system.Trace.Expect(["end first", "end last", "end wrapper"]);
    }

    // Makes and links everything in its constructor, before anything runs.
    [Inbox("inbox")]
    [Inbox("_input", "what the consumer made of it")]
    private sealed class Wrapper : Component
    {
        public Wrapper()
        {
            AddChildren(Producer, Consumer);
            Link((Producer, "outbox"), (Consumer, "inbox"));
            Link((Consumer, "outbox"), (this, "_input"));
        }

        public Greeter Producer { get; } = new();

        public Relay Consumer { get; } = new();

        public object? Result { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            yield return new NewComponent(Producer, Consumer);
            while (!DataReady("_input"))
            {
                yield return 1;
            }

            Result = Recv("_input");
        }
    }

    private sealed class Greeter : Component
    {
        public int Sent { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            while (Sent < 20)
            {
                Send($"hello {Sent++}");
                yield return 1;
            }
        }
    }

    private sealed class Relay : Component
    {
        public int Seen { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            for (int steps = 0; steps < 22; steps++)
            {
                if (TryRecv(out object? message))
                {
                    Seen++;
                    Send(message);
                }

                yield return 1;
            }
        }
    }

    private sealed class PassingWrapper : Component
    {
        public PassingWrapper()
        {
            AddChildren(First, Last);
            Link((this, "inbox"), (First, "inbox"), Passthrough.Inbox);
            Link((this, "control"), (First, "control"), Passthrough.Inbox);
            Link((First, "outbox"), (Last, "inbox"));
            Link((First, "signal"), (Last, "control"));
            Link((Last, "outbox"), (this, "outbox"), Passthrough.Outbox);
            Link((Last, "signal"), (this, "signal"), Passthrough.Outbox);
        }

        public Appender First { get; } = new("a");

        public Appender Last { get; } = new("b");

        protected override IEnumerator<Yield> Main()
        {
            yield return new NewComponent(First, Last);
            while (ChildComponents().Any(child => !child.IsStopped))
            {
                yield return Pause();
            }
        }
    }

    private sealed class Appender(string letter) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                foreach (object? message in Inbox())
                {
                    Send($"{message}{letter}");
                }

                if (TryRecv(out object? stop, "control"))
                {
                    Send(stop, "signal");
                    yield break;
                }

                yield return Pause();
            }
        }
    }

    private sealed class Sleeper(Action stopped) : Component
    {
        public override void Stop()
        {
            base.Stop();
            stopped();
        }

        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                yield return Pause();
            }
        }
    }

    // Waiting for a timer moves the clock to it, so a run of two seconds takes none.
    private sealed class ClockMover(VirtualClock clock) : IParker
    {
        public void Park(TimeSpan timeout)
        {
            if (timeout == Timeout.InfiniteTimeSpan)
            {
                throw new InvalidOperationException("Everybody sleeps and nothing will wake anybody.");
            }

            clock.Advance(timeout);
        }

        public void Unpark()
        {
        }
    }
}
