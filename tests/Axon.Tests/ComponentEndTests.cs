// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

public class ComponentEndTests
{
    private readonly SteppedScheduler _system = new(TraceKinds.Wake | TraceKinds.Link | TraceKinds.End);

    [Fact]
    [Trait("Spec", "AX-CMP-50")]
    public void CloseDown_ParentsAndLinkages_WakesInOrderOfAdoptionThenUnlinks()
    {
        BoxIdler second = Sleeping("second");
        BoxIdler first = Sleeping("first");
        BoxIdler child = Sleeping("child");
        first.AddChildren(child);
        second.AddChildren(child);
        child.Link((child, "outbox"), (first, "inbox"));
        child.Link((child, "signal"), (second, "control"));
        _system.Trace.Clear();

        child.Stop();
        _system.RunUntilIdle();

        // A sleeper is woken to end. The parents' wakes take effect at the end of that cycle, in the order in which they were asked for.
        _system.Trace.Expect(
            """
            wake child
            unlink child.outbox -> first.inbox
            unlink child.signal -> second.control
            end child
            wake first
            wake second
            """);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-50")]
    public void CloseDown_ParentsAndLinkages_ParentsAreAskedBeforeTheLinkagesGo()
    {
        UnlinkWatcher watcher = new();
        Scheduler scheduler = new(new SchedulerOptions { Listener = watcher });
        BoxIdler parent = new BoxIdler().Activate(scheduler);
        BoxIdler child = new BoxIdler().Activate(scheduler);
        parent.AddChildren(child);
        child.Link((child, "outbox"), (parent, "inbox"));
        scheduler.RunCycle();
        scheduler.RunCycle();
        watcher.Parent = parent;

        child.Stop();
        scheduler.RunCycle();
        scheduler.RunCycle();

        Assert.Equal([true], watcher.ParentAskedAtUnlink);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-50")]
    public void CloseDown_CalledDirectly_ReturnsNothingAndUnlinks()
    {
        BoxIdler component = new();
        Linkage linkage = component.Link((component, "outbox"), (component, "inbox"));

        Ipc? result = component.CloseDown();

        Assert.Null(result);
        Assert.False(linkage.IsConnected);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-51")]
    [Trait("Spec", "AX-PO-08")]
    public void End_MakerOfLinkages_OnlyItsOwnAreRemoved()
    {
        BoxIdler maker = Sleeping("maker");
        BoxIdler other = Sleeping("other");
        Linkage own = maker.Link((other, "outbox"), (other, "inbox"));
        Linkage asSource = other.Link((maker, "outbox"), (other, "control"));
        Linkage asSink = other.Link((other, "signal"), (maker, "inbox"));

        maker.Stop();
        _system.RunUntilIdle();

        Assert.Equal([false, true, true], new[] { own, asSource, asSink }.Select(linkage => linkage.IsConnected));
        Assert.Equal(0, maker.Postoffice.Count);
        Assert.Equal([asSource, asSink], other.Postoffice.Linkages);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-52")]
    public void End_MessagesDeliveredBefore_StayAndCanBeReceived()
    {
        BoxIdler maker = Sleeping("maker");
        BoxIdler consumer = Sleeping("consumer");
        maker.Link((maker, "outbox"), (consumer, "inbox"));
        maker.Send("one");
        maker.Send("two");

        maker.Stop();
        _system.RunUntilIdle();

        Assert.True(maker.IsStopped);
        Assert.Equal(["one", "two"], consumer.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-CMP-53")]
    public void Send_ToADeadComponent_IsLegalAndSilent()
    {
        BoxIdler producer = Sleeping("producer");
        BoxIdler dead = Sleeping("dead");
        producer.Link((producer, "outbox"), (dead, "inbox"));
        dead.Stop();
        _system.RunUntilIdle();
        _system.Trace.Clear();

        producer.Send("into the void");
        bool taken = producer.TrySend("again");
        _system.RunUntilIdle();

        Assert.True(taken);
        Assert.Empty(_system.Trace.Lines);
        Assert.Equal(1, dead.Steps);
        Assert.Equal([producer], _system.Scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "AX-CMP-53")]
    public void Recv_WhatADeadComponentFed_WakesTheLivingFeedersOnly()
    {
        BoxIdler dead = Sleeping("dead");
        BoxIdler living = Sleeping("living");
        BoxIdler consumer = Sleeping("consumer");
        consumer.Link((dead, "outbox"), (consumer, "inbox"));
        consumer.Link((living, "outbox"), (consumer, "inbox"));
        dead.Send("last words");
        dead.Stop();
        _system.RunUntilIdle();
        _system.Trace.Clear();

        object? received = consumer.Recv();
        _system.RunUntilIdle();

        Assert.Equal("last words", received);
        _system.Trace.Expect(["wake living"]);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-54")]
    [Trait("Spec", "AX-PO-10")]
    public void End_BoxOfALinkageWasDeleted_TheOtherLinkagesGoAndNothingIsThrown()
    {
        BoxIdler maker = Sleeping("maker");
        AdaptiveBoxIdler adaptive = _system.Activate(new AdaptiveBoxIdler(), "adaptive");
        _system.RunUntilIdle();
        Linkage[] linkages =
        [
            maker.Link((maker, "outbox"), (adaptive, "inbox")),
            maker.Link((adaptive, "outbox"), (maker, "inbox")),
            maker.Link((maker, "signal"), (maker, "control")),
        ];
        adaptive.DeleteInbox("inbox");
        adaptive.AddInbox("inbox");
        adaptive.DeleteOutbox("outbox");

        maker.Stop();
        _system.RunUntilIdle();

        Assert.All(linkages, linkage => Assert.False(linkage.IsConnected));
        Assert.Equal(0, maker.Postoffice.Count);
        Assert.Equal([adaptive], _system.Scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "AX-CMP-50")]
    public void End_ByACrash_WakesParentsAndUnlinksAsAnyOther()
    {
        SteppedScheduler immortal = new(TraceKinds.Wake, immortal: true);
        BoxIdler parent = immortal.Activate(new BoxIdler(), "parent");
        BoxIdler consumer = immortal.Activate(new BoxIdler(), "consumer");
        immortal.RunUntilIdle();
        BoxScript crasher = new(Body);
        parent.AddChildren(crasher);
        Linkage linkage = crasher.Link((crasher, "outbox"), (consumer, "inbox"));

        immortal.Activate(crasher);
        immortal.RunUntilIdle();

        Assert.False(linkage.IsConnected);
        Assert.Equal(2, parent.Steps);
        Assert.Equal("before the crash", consumer.Recv());

        IEnumerator<Yield> Body(Component self)
        {
            self.Send("before the crash");
            yield return 1;
            throw new InvalidOperationException("On purpose.");
        }
    }

    private BoxIdler Sleeping(string name)
    {
        BoxIdler idler = _system.Activate(new BoxIdler(), name);
        _system.RunUntilIdle();
        return idler;
    }

    private sealed class UnlinkWatcher : SchedulerListener
    {
        public BoxIdler? Parent { get; set; }

        public List<bool> ParentAskedAtUnlink { get; } = [];

        public override void Unlinked(Linkage linkage) => ParentAskedAtUnlink.Add((Parent!.Flags & ProcessFlags.WakeAsked) != 0);
    }
}
