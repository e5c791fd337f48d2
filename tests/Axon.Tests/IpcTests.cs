// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Reflection;
using Axon.TestKit;

namespace Axon.Tests;

public class IpcTests
{
    [Theory]
    [InlineData(typeof(ErrorInformation))]
    [InlineData(typeof(NewComponent))]
    [InlineData(typeof(Notify))]
    [InlineData(typeof(ProducerFinished))]
    [InlineData(typeof(Reactivate))]
    [InlineData(typeof(Shutdown))]
    [InlineData(typeof(ShutdownMicroprocess))]
    [InlineData(typeof(Status))]
    [InlineData(typeof(WaitComplete))]
    [InlineData(typeof(WouldBlock))]
    [Trait("Spec", "AX-IPC-01")]
    public void Message_EveryType_DerivesFromIpcDirectly(Type type)
    {
        Assert.Equal(typeof(Ipc), type.BaseType);
        Assert.True(typeof(Ipc).IsAbstract);
    }

    // A message type that was added and is not in the list above.
    [Fact]
    [Trait("Spec", "AX-IPC-01")]
    public void Message_TypesOfTheLibrary_AreTheTenOfAxon()
    {
        Assert.Equal(10, typeof(Ipc).Assembly.GetExportedTypes().Count(type => type.IsSubclassOf(typeof(Ipc))));
    }

    [Fact]
    [Trait("Spec", "AX-IPC-02")]
    public void NewComponent_NoArguments_IsEmpty()
    {
        Assert.Empty(new NewComponent().Components);
    }

    [Fact]
    [Trait("Spec", "AX-IPC-02")]
    public void NewComponent_Arguments_AreKeptInOrder()
    {
        Component a = new();
        Microprocess b = new();

        Assert.Equal([b, a, b], new NewComponent(b, a, b).Components);
    }

    [Fact]
    [Trait("Spec", "AX-IPC-02")]
    public void ShutdownMicroprocess_NoArguments_IsEmpty()
    {
        Assert.Empty(new ShutdownMicroprocess().Microprocesses);
    }

    [Fact]
    [Trait("Spec", "AX-IPC-02")]
    public void ShutdownMicroprocess_Arguments_AreKeptInOrder()
    {
        Component a = new();
        Microprocess b = new();

        Assert.Equal([b, a, b], new ShutdownMicroprocess(b, a, b).Microprocesses);
    }

    [Theory]
    [InlineData(typeof(Notify), 2)]
    [InlineData(typeof(Status), 1)]
    [InlineData(typeof(WouldBlock), 1)]
    [InlineData(typeof(ErrorInformation), 1)]
    [InlineData(typeof(Reactivate), 1)]
    [InlineData(typeof(WaitComplete), 1)]
    [Trait("Spec", "AX-IPC-03")]
    public void Constructor_FirstArguments_AreRequired(Type type, int required)
    {
        ConstructorInfo constructor = Assert.Single(type.GetConstructors());

        Assert.Equal(required, constructor.GetParameters().Count(parameter => !parameter.IsOptional));
    }

    [Fact]
    [Trait("Spec", "AX-IPC-03")]
    public void Constructor_RequiredArguments_AreKept()
    {
        object caller = new();
        Notify notify = new(caller, "payload");

        Assert.Same(caller, notify.Caller);
        Assert.Equal("payload", notify.Payload);
        Assert.Equal("ready", new Status("ready").Value);
        Assert.Same(caller, new WouldBlock(caller).Caller);
        Assert.Same(caller, new ErrorInformation(caller).Caller);
    }

    [Fact]
    [Trait("Spec", "AX-IPC-04")]
    public void ProducerFinished_NoArguments_HoldsNulls()
    {
        ProducerFinished finished = new();

        Assert.Null(finished.Caller);
        Assert.Null(finished.Message);
    }

    [Fact]
    [Trait("Spec", "AX-IPC-04")]
    public void ProducerFinished_Arguments_ByPositionAndByName()
    {
        object caller = new();
        ProducerFinished byPosition = new(caller, "done");
        ProducerFinished byName = new(message: "done", caller: caller);
        ProducerFinished messageOnly = new(message: "done");

        Assert.Equal((caller, "done"), (byPosition.Caller, byPosition.Message));
        Assert.Equal((caller, "done"), (byName.Caller, byName.Message));
        Assert.Equal((null, "done"), (messageOnly.Caller, messageOnly.Message));
    }

    [Fact]
    [Trait("Spec", "AX-IPC-05")]
    public void ErrorInformation_Arguments_AreCallerExceptionMessage()
    {
        object caller = new();
        TimeoutException exception = new();
        ErrorInformation all = new(caller, exception, "too slow");
        ErrorInformation callerOnly = new(caller);

        Assert.Same(caller, all.Caller);
        Assert.Same(exception, all.Exception);
        Assert.Equal("too slow", all.Message);
        Assert.Null(callerOnly.Exception);
        Assert.Null(callerOnly.Message);
    }

    [Fact]
    [Trait("Spec", "AX-IPC-06")]
    public void ProducerFinished_OnControl_LetsTheReceiverFinishWhatItHas()
    {
        SteppedScheduler system = new();
        Probe stage = system.Probe(system.Activate(new Stage()));
        ProducerFinished finished = new();
        stage.Feed(1, 2);
        stage.FeedTo("control", finished);

        system.RunToEnd();

        Assert.Equal([1, 2], stage.Collect());
        Assert.Same(finished, Assert.Single(stage.Collect("signal")));
    }

    [Fact]
    [Trait("Spec", "AX-IPC-06")]
    public void ShutdownMicroprocess_OnControl_StopsTheReceiverWithItsWorkUndone()
    {
        SteppedScheduler system = new();
        Probe stage = system.Probe(system.Activate(new Stage()));
        stage.FeedTo("control", new ShutdownMicroprocess());
        stage.Feed(1, 2);

        system.RunToEnd();

        Assert.Empty(stage.Collect());
        Assert.IsType<ShutdownMicroprocess>(Assert.Single(stage.Collect("signal")));
    }

    [Fact]
    [Trait("Spec", "AX-IPC-06")]
    public void Signal_OfOneThatEndsOfItsOwnAccord_IsAMessageOfItsOwn()
    {
        SteppedScheduler system = new();
        ScriptedSource source = system.Activate(new ScriptedSource(1));
        Probe probe = system.Probe(source);

        system.RunToEnd();

        Assert.Same(source, Assert.IsType<ProducerFinished>(Assert.Single(probe.Collect("signal"))).Caller);
    }

    [Theory]
    [InlineData(typeof(Shutdown))]
    [InlineData(typeof(ShutdownMicroprocess))]
    [Trait("Spec", "AX-IPC-07")]
    [Trait("Spec", "AX-IPC-08")]
    public void ShutdownMessages_BothKinds_EndAReceiverThatPassesTheSameObjectOn(Type kind)
    {
        object stop = kind == typeof(Shutdown) ? new Shutdown() : new ShutdownMicroprocess();
        SteppedScheduler system = new();
        Probe stage = system.Probe(system.Activate(new Stage()));
        Probe sink = system.Probe(system.Activate(new CollectingSink()));
        stage.FeedTo("control", stop);
        sink.FeedTo("control", stop);

        system.RunToEnd();

        Assert.Same(stop, Assert.Single(stage.Collect("signal")));
        Assert.Same(stop, Assert.Single(sink.Collect("signal")));
    }

    [Fact]
    [Trait("Spec", "AX-IPC-08")]
    public void ProducerFinished_ThroughThreeComponents_IsTheSameObjectAtTheEnd()
    {
        SteppedScheduler system = new();
        Stage[] stages = [system.Activate(new Stage()), system.Activate(new Stage()), system.Activate(new Stage())];
        foreach ((Stage from, Stage to) in stages.Zip(stages[1..]))
        {
            from.Link((from, "signal"), (to, "control"));
        }

        Probe first = system.Probe(stages[0]);
        Probe last = system.Probe(stages[2]);
        ProducerFinished finished = new();
        first.FeedTo("control", finished);

        system.RunToEnd();

        Assert.Same(finished, Assert.Single(last.Collect("signal")));
    }

    [Fact]
    public void WaitComplete_BodyAndTag_AreKeptAndNotEnumerated()
    {
        bool entered = false;
        IEnumerator<Yield> body = Body();
        WaitComplete detour = new(body, "detour");

        Assert.Same(body, detour.Body);
        Assert.Equal("detour", detour.Tag);
        Assert.Equal("", new WaitComplete(body).Tag);
        Assert.False(entered);

        IEnumerator<Yield> Body()
        {
            entered = true;
            yield return 1;
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-72")]
    public void WaitComplete_Null_Throws()
    {
        Assert.Throws<ArgumentNullException>("body", () => new WaitComplete(null!));
    }

    [Fact]
    public void Reactivate_Null_Throws()
    {
        Assert.Throws<ArgumentNullException>("original", () => new Reactivate(null!));
    }

    [Fact]
    public void ToString_OfAMessage_IsItsTypeName()
    {
        Assert.Equal("ProducerFinished", new ProducerFinished().ToString());
        Assert.Equal("SocketShutdown", new SocketShutdown().ToString());
    }

    private sealed class SocketShutdown : ProducerFinished;

    /// <summary>Hands on what it gets and keeps to the convention.</summary>
    private sealed class Stage : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                bool told = TryRecv(out object? order, "control");
                if (told && order is not ProducerFinished)
                {
                    Send(order, "signal");
                    yield break;
                }

                foreach (object? message in Inbox())
                {
                    Send(message);
                }

                if (told)
                {
                    Send(order, "signal");
                    yield break;
                }

                yield return Pause();
            }
        }
    }
}
