// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

public class ComponentWakeTests
{
    private readonly BoxBench _bench = new();

    [Fact]
    [Trait("Spec", "AX-CMP-20")]
    public void Pause_NothingHappens_StaysAsleep()
    {
        BoxIdler idler = _bench.Idler("idler");
        int before = idler.Steps;

        _bench.System.Cycles(50);

        Assert.Equal((1, 1), (before, idler.Steps));
        Assert.True(_bench.System.Scheduler.IsPaused(idler));
    }

    [Theory]
    [InlineData("inbox")]
    [InlineData("control")]
    [Trait("Spec", "AX-CMP-21")]
    [Trait("Spec", "AX-CMP-22")]
    public void Send_ToSleeper_WakesTheReceiverAndNotTheSender(string box)
    {
        BoxIdler producer = _bench.Idler("producer");
        BoxIdler consumer = _bench.Idler("consumer");
        consumer.Link((producer, "outbox"), (consumer, box));

        Assert.Equal(["consumer"], _bench.WokenBy(() => producer.Send(1)));
        Assert.Equal(["consumer"], _bench.WokenBy(() => Assert.True(producer.TrySend(2))));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-21")]
    public void Send_ToInboxThatHoldsMessages_WakesAgain()
    {
        BoxIdler producer = _bench.Idler("producer");
        BoxIdler consumer = _bench.Idler("consumer");
        consumer.Link((producer, "outbox"), (consumer, "inbox"));
        _bench.WokenBy(() => producer.Send(1));

        // The first message was not read; the second must not be slept through.
        Assert.Equal(["consumer"], _bench.WokenBy(() => producer.Send(2)));
        Assert.Equal((2, 3), (consumer.Waiting(), consumer.Steps));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-22")]
    [Trait("Spec", "AX-BOX-03")]
    public void Send_UnlinkedOutbox_WakesNobody()
    {
        BoxIdler producer = _bench.Idler("producer");
        _bench.Idler("bystander");

        Assert.Empty(_bench.WokenBy(() => producer.Send(1)));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-23")]
    public void Recv_FromInboxThatIsFed_WakesTheProducer()
    {
        BoxIdler producer = _bench.Idler("producer");
        BoxIdler consumer = _bench.Idler("consumer");
        consumer.Link((producer, "outbox"), (consumer, "inbox"));
        for (int i = 0; i < 4; i++)
        {
            producer.Send(i);
        }

        _bench.System.RunUntilIdle();

        Assert.Equal(["producer"], _bench.WokenBy(() => consumer.Recv()));
        Assert.Equal(["producer"], _bench.WokenBy(() => consumer.Recv<int>()));
        Assert.Equal(["producer"], _bench.WokenBy(() => consumer.TryRecv(out object? _)));
        Assert.Equal(["producer"], _bench.WokenBy(() => consumer.TryRecv(out int _)));
        Assert.Empty(_bench.WokenBy(() => consumer.TryRecv(out object? _)));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-24")]
    [Trait("Spec", "AX-BOX-07")]
    public void Send_ThroughChain_WakesOnlyTheOwnerOfTheFinalInbox()
    {
        Chain chain = new(_bench);

        Assert.Equal(["inner"], _bench.WokenBy(() => chain.Producer.Send(1)));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-25")]
    [Trait("Spec", "AX-BOX-18")]
    public void Recv_AtTheEndOfAChain_WakesOwnersOfOutboxesOnly()
    {
        Chain chain = new(_bench);
        _bench.WokenBy(() => chain.Producer.Send(1));

        // Not the wrapper of the consumer, whose inbox is passed through, nor the consumer itself.
        Assert.Equal(["producer", "producerWrapper"], _bench.WokenBy(() => chain.Inner.Recv()));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-26")]
    [Trait("Spec", "AX-BOX-19")]
    public void Recv_FeederWasCutOff_WakesOnlyThoseStillConnected()
    {
        Chain chain = new(_bench);
        _bench.WokenBy(() => chain.Producer.Send(1));
        chain.Maker.Unlink(chain.ProducerToWrapper);

        Assert.Equal(["producerWrapper"], _bench.WokenBy(() => chain.Inner.Recv()));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-27")]
    [Trait("Spec", "AX-BOX-19")]
    public void Recv_FeederWasCutOffAndLinkedAgain_IsWoken()
    {
        Chain chain = new(_bench);
        _bench.WokenBy(() => chain.Producer.Send(1));
        chain.Maker.Unlink(chain.ProducerToWrapper);
        chain.Maker.Link((chain.Producer, "outbox"), (chain.ProducerWrapper, "outbox"), Passthrough.Outbox);

        Assert.Equal(["producer", "producerWrapper"], _bench.WokenBy(() => chain.Inner.Recv()));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-28")]
    [Trait("Spec", "AX-BOX-19")]
    public void Recv_FeederWasLinkedAfterTheSend_IsWokenToo()
    {
        Chain chain = new(_bench);
        BoxIdler late = _bench.Idler("late");
        _bench.WokenBy(() => chain.Producer.Send(1));
        chain.Maker.Link((late, "signal"), (chain.Wrapper, "inbox"));

        Assert.Equal(["late", "producer", "producerWrapper"], _bench.WokenBy(() => chain.Inner.Recv()));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-28")]
    [Trait("Spec", "AX-BOX-19")]
    public void Recv_FeederLinkedBetweenTwoCollectionsOfOneCycle_IsWokenToo()
    {
        BoxIdler first = _bench.Idler("first");
        BoxIdler second = _bench.Idler("second");
        BoxIdler late = _bench.Idler("late");
        BoxIdler consumer = _bench.Idler("consumer");
        consumer.Link((first, "outbox"), (consumer, "inbox"));
        consumer.Link((second, "outbox"), (consumer, "inbox"));
        _bench.WokenBy(() =>
        {
            first.Send(1);
            first.Send(2);
        });

        // Feeders are woken once a cycle; one that joins after that was not woken yet.
        Assert.Equal(
            ["first", "late", "second"],
            _bench.WokenBy(() =>
            {
                consumer.Recv();
                consumer.Link((late, "outbox"), (consumer, "inbox"));
                consumer.Recv();
            }));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-28")]
    [Trait("Spec", "AX-BOX-19")]
    public void Recv_FeederLinkedWhileTheInboxWasForwarded_IsWokenAfterTheCut()
    {
        BoxIdler first = _bench.Idler("first");
        BoxIdler second = _bench.Idler("second");
        BoxIdler late = _bench.Idler("late");
        BoxIdler wrapper = _bench.Idler("wrapper");
        BoxIdler child = _bench.Idler("child");
        wrapper.Link((first, "outbox"), (wrapper, "inbox"));
        wrapper.Link((second, "outbox"), (wrapper, "inbox"));
        first.Send(1);
        _bench.System.RunUntilIdle();

        // All in one cycle: the newcomer is announced to the end of the chain, which then is cut off.
        Assert.Equal(
            ["first", "late", "second", "wrapper"],
            _bench.WokenBy(() =>
            {
                wrapper.Recv();
                Linkage onward = wrapper.Link((wrapper, "inbox"), (child, "inbox"), Passthrough.Inbox);
                wrapper.Link((late, "outbox"), (wrapper, "inbox"));
                wrapper.Unlink(onward);
                first.Send(2);
                wrapper.Recv();
            }));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-23")]
    [Trait("Spec", "AX-CMP-25")]
    public void Recv_ManyMessagesFromAHundredProducers_WakesEachOncePerCycle()
    {
        BoxIdler consumer = _bench.Idler("consumer");
        BoxIdler[] producers = FanIn(consumer, 100);

        // Cycle after cycle: what is saved within one must not be missing in the next.
        for (int cycle = 0; cycle < 3; cycle++)
        {
            foreach (BoxIdler producer in producers)
            {
                producer.Send(cycle);
            }

            _bench.System.RunUntilIdle();
            List<object?> collected = [];
            IEnumerable<string> woken = _bench.WokenBy(() => collected.AddRange(consumer.Inbox()));

            Assert.Equal(100, collected.Count);
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"p{i:00}"), woken);
        }
    }

    [Fact]
    [Trait("Spec", "AX-CMP-23")]
    [Trait("Spec", "AX-CMP-25")]
    public void Recv_ManyMessagesFromAHundredProducers_AsksThemForTheFirstMessageOnly()
    {
        BoxIdler consumer = _bench.Idler("consumer");
        BoxIdler[] producers = FanIn(consumer, 100);
        foreach (BoxIdler producer in producers)
        {
            producer.Send(1);
        }

        _bench.System.RunUntilIdle();
        consumer.Recv();
        int asked = producers.Count(IsAsked);

        // A request that is listed already is not listed twice, so a second walk would leave no trace. Hide the first one to see it.
        foreach (BoxIdler producer in producers)
        {
            producer.Flags &= ~ProcessFlags.WakeAsked;
        }

        int collected = consumer.Inbox().Count();

        Assert.Equal((100, 99, 0), (asked, collected, producers.Count(IsAsked)));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-23")]
    public void Recv_ProducersRefusedAndAsleepAgain_AreWokenByTheNextCyclesCollection()
    {
        SteppedScheduler system = new(TraceKinds.None);
        int refusals = 0;
        List<object?> received = [];
        Component consumer = system.Activate(new BoxScript(Consume));
        consumer.SetInboxSize("inbox", 2);
        for (int i = 0; i < 20; i++)
        {
            Component producer = system.Activate(new BoxScript(Produce));
            consumer.Link((producer, "outbox"), (consumer, "inbox"));
        }

        system.RunUntil(() => received.Count == 100);

        // Only the wakes on collection bring anybody back: one that was lost would leave the system asleep, and the budget would run out.
        Assert.Equal(Enumerable.Range(0, 20).SelectMany(_ => Enumerable.Range(0, 5)).Order(), received.Cast<int>().Order());
        Assert.True(refusals > 100, $"{refusals} refusals: the box was to be contended.");

        IEnumerator<Yield> Produce(Component self)
        {
            for (int number = 0; number < 5; number++)
            {
                while (!self.TrySend(number))
                {
                    refusals++;
                    yield return self.Pause();
                }
            }
        }

        IEnumerator<Yield> Consume(Component self)
        {
            while (true)
            {
                received.AddRange(self.Inbox());
                yield return self.Pause();
            }
        }
    }

    [Theory]
    [InlineData("return")]
    [InlineData("stop")]
    [InlineData("crash")]
    [InlineData("stopped asleep")]
    [Trait("Spec", "AX-CMP-29")]
    public void End_OfAChildInAnyWay_WakesTheParent(string way)
    {
        SteppedScheduler system = new(TraceKinds.Wake | TraceKinds.End, immortal: true);
        BoxIdler parent = system.Activate(new BoxIdler(), "parent");
        BoxScript child = new(Body);
        BoxScript bystander = new(Body);
        parent.AddChildren(child);
        system.RunUntilIdle();
        system.Activate(child, "child");
        system.RunUntilIdle();
        if (way == "stopped asleep")
        {
            child.Stop();
        }

        system.RunUntilIdle();

        Assert.Contains("wake parent", system.Trace.Lines);
        Assert.Equal(2, parent.Steps);
        Assert.True(child.IsStopped);
        Assert.False(bystander.IsStopped);

        IEnumerator<Yield> Body(Component self)
        {
            yield return 1;
            switch (way)
            {
                case "stop":
                    self.Stop();
                    break;
                case "crash":
                    throw new InvalidOperationException("On purpose.");
                case "stopped asleep":
                    while (true)
                    {
                        yield return self.Pause();
                    }
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-CMP-30")]
    public void Link_AndUnlink_WakeNobodyUnlessMessagesMove()
    {
        BoxIdler maker = _bench.Idler("maker");
        BoxIdler producer = _bench.Idler("producer");
        BoxIdler wrapper = _bench.Idler("wrapper");
        BoxIdler child = _bench.Idler("child");
        Linkage? made = null;
        Linkage? passed = null;

        Assert.Empty(_bench.WokenBy(() => made = maker.Link((producer, "outbox"), (wrapper, "inbox"))));
        Assert.Empty(_bench.WokenBy(() => passed = maker.Link((wrapper, "inbox"), (child, "inbox"), Passthrough.Inbox)));
        Assert.Empty(_bench.WokenBy(() => maker.Unlink(passed!)));
        _bench.WokenBy(() => producer.Send(1));
        Assert.Empty(_bench.WokenBy(() => maker.Unlink(made!)));
        Assert.Equal(["child"], _bench.WokenBy(() => passed = maker.Link((wrapper, "inbox"), (child, "inbox"), Passthrough.Inbox)));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-30")]
    public void TimeAndTheActivityOfOthers_UnrelatedSleeper_SleepsOn()
    {
        BoxIdler sleeper = _bench.Idler("sleeper");
        BoxIdler producer = _bench.Idler("producer");
        BoxIdler consumer = _bench.Idler("consumer");
        consumer.Link((producer, "outbox"), (consumer, "inbox"));

        _bench.System.Clock.Advance(TimeSpan.FromDays(1));
        for (int i = 0; i < 10; i++)
        {
            _bench.WokenBy(() => producer.Send(i));
            _bench.WokenBy(() => consumer.Recv());
        }

        Assert.Equal(1, sleeper.Steps);
        Assert.Equal((11, 11), (producer.Steps, consumer.Steps));
    }

    [Fact]
    [Trait("Spec", "AX-CMP-31")]
    public void Wake_SeveralEventsInOneCycle_FoldIntoOneStep()
    {
        BoxIdler producer = _bench.Idler("producer");
        BoxIdler consumer = _bench.Idler("consumer");
        consumer.Link((producer, "outbox"), (consumer, "inbox"));
        consumer.Link((producer, "signal"), (consumer, "control"));
        int before = consumer.Steps;

        IEnumerable<string> woken = _bench.WokenBy(() =>
        {
            producer.Send(1);
            producer.Send(2);
            producer.Send(3, "signal");
        });

        Assert.Equal(["consumer"], woken);
        Assert.Equal(before + 1, consumer.Steps);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-31")]
    public void Wake_MessageTakenBeforeTheStep_IsForNothing()
    {
        BoxIdler producer = _bench.Idler("producer");
        BoxIdler consumer = _bench.Idler("consumer");
        consumer.Link((producer, "outbox"), (consumer, "inbox"));
        int before = consumer.Steps;

        _bench.WokenBy(() =>
        {
            producer.Send(1);
            consumer.Recv();
        });

        Assert.Equal(before + 1, consumer.Steps);
        Assert.False(consumer.AnyReady());
    }

    private static bool IsAsked(BoxIdler producer) => (producer.Flags & ProcessFlags.WakeAsked) != 0;

    private BoxIdler[] FanIn(BoxIdler consumer, int count)
    {
        BoxIdler[] producers = [.. Enumerable.Range(0, count).Select(i => _bench.Idler($"p{i:00}"))];
        foreach (BoxIdler producer in producers)
        {
            consumer.Link((producer, "outbox"), (consumer, "inbox"));
        }

        return producers;
    }

    // producer.outbox -> producerWrapper.outbox -> wrapper.inbox -> inner.inbox, made by somebody who is none of them.
    private sealed class Chain
    {
        public Chain(BoxBench bench)
        {
            Maker = bench.Idler("maker");
            Producer = bench.Idler("producer");
            ProducerWrapper = bench.Idler("producerWrapper");
            Wrapper = bench.Idler("wrapper");
            Inner = bench.Idler("inner");
            ProducerToWrapper = Maker.Link((Producer, "outbox"), (ProducerWrapper, "outbox"), Passthrough.Outbox);
            Maker.Link((ProducerWrapper, "outbox"), (Wrapper, "inbox"));
            Maker.Link((Wrapper, "inbox"), (Inner, "inbox"), Passthrough.Inbox);
        }

        public BoxIdler Maker { get; }

        public BoxIdler Producer { get; }

        public BoxIdler ProducerWrapper { get; }

        public BoxIdler Wrapper { get; }

        public BoxIdler Inner { get; }

        public Linkage ProducerToWrapper { get; }
    }
}
