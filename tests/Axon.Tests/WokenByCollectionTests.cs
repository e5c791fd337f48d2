// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

public class WokenByCollectionTests
{
    private readonly SteppedScheduler _system = new(TraceKinds.Step);
    private readonly Sleeper _sender = new();
    private readonly Sleeper _container = new();
    private readonly Sleeper _receiver = new();

    [Fact]
    [Trait("Spec", "AX-CMP-23")]
    [Trait("Spec", "AX-CMP-25")]
    public void Recv_ThroughAContainer_WakesEveryOutboxOwner()
    {
        LinkThroughContainer();

        _receiver.Recv();
        _system.RunUntilIdle();

        Assert.Equal(["step container", "step sender"], _system.Trace.Lines.Order());
    }

    [Fact]
    public void Recv_ContainerDoesNotCare_WakesOnlyTheSender()
    {
        _container.Cares = false;
        LinkThroughContainer();

        _receiver.Recv();
        _system.RunUntilIdle();

        Assert.Equal(["step sender"], _system.Trace.Lines);
    }

    [Fact]
    public void Recv_SenderThatDoesNotCare_SleepsUntilItCaresAgain()
    {
        _sender.Cares = false;
        LinkThroughContainer();
        _receiver.Recv();
        _system.RunUntilIdle();
        Assert.DoesNotContain("step sender", _system.Trace.Lines);

        _sender.Cares = true;
        _receiver.Recv();
        _system.RunUntilIdle();
        Assert.Contains("step sender", _system.Trace.Lines);
    }

    [Fact]
    public void Send_ToOneThatDoesNotCareForCollections_WakesIt()
    {
        _container.Cares = false;
        LinkThroughContainer();
        _sender.Link((_sender, "signal"), (_container, "control"));

        _sender.Send("message", "signal");
        _system.RunUntilIdle();

        Assert.Contains("step container", _system.Trace.Lines);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-23")]
    public void Recv_InTheCycleInWhichTheSenderPauses_TheWakeWinsAndItKeepsItsPlace()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        _receiver.Link((_sender, "outbox"), (_receiver, "inbox"));
        _sender.Send("message");
        system.Activate(_sender, "sender");
        Collector collector = system.Activate(new Collector(_receiver), "collector");
        system.Cycle();
        system.Trace.Clear();

        system.Cycles(2);

        Assert.Equal("message", collector.Collected);
        system.Trace.Expect(["step sender", "step collector", "end collector", "step sender", "pause sender"]);
    }

    private void LinkThroughContainer()
    {
        _system.Activate(_sender, "sender");
        _system.Activate(_container, "container");
        _container.Link((_sender, "outbox"), (_container, "outbox"), Passthrough.Outbox);
        _container.Link((_container, "outbox"), (_receiver, "inbox"));
        _sender.Send(1);
        _sender.Send(2);
        _system.RunUntilIdle();
        _system.Trace.Clear();
    }

    private sealed class Collector(Component from) : Component
    {
        public object? Collected { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            Collected = from.Recv();
            yield break;
        }
    }

    private sealed class Sleeper : Component
    {
        public bool Cares
        {
            get => WokenByCollection;
            set => WokenByCollection = value;
        }

        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                yield return Pause();
            }
        }
    }
}
