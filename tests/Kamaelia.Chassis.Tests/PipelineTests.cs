// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Axon.TestKit;

namespace Kamaelia.Chassis.Tests;

public class PipelineTests
{
    [Fact]
    [Trait("Spec", "CH-PIPE-01")]
    [Trait("Spec", "CH-PIPE-02")]
    [Trait("Spec", "CH-PIPE-03")]
    public void FirstStep_ThreeComponents_MakesTheseLinkages()
    {
        SteppedScheduler system = new();
        Puppet a = new();
        Puppet b = new();
        Puppet c = new();

        Pipeline pipeline = system.Start(new Pipeline(a, b, c));

        Assert.Equal(
            [
                (a, "outbox", b, "inbox", Passthrough.None),
                (a, "signal", b, "control", Passthrough.None),
                (b, "outbox", c, "inbox", Passthrough.None),
                (b, "signal", c, "control", Passthrough.None),
                (pipeline, "inbox", a, "inbox", Passthrough.Inbox),
                (pipeline, "control", a, "control", Passthrough.Inbox),
                (c, "outbox", pipeline, "outbox", Passthrough.Outbox),
                (c, "signal", pipeline, "signal", Passthrough.Outbox),
            ],
            pipeline.Wiring());
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-01")]
    public void Send_FirstOfTwo_ArrivesAtTheSecond()
    {
        SteppedScheduler system = new();
        Puppet a = new();
        Puppet b = new();
        system.Start(new Pipeline(a, b));

        a.Send("data");
        a.Send("end", "signal");

        Assert.Equal(["data"], b.Inbox());
        Assert.Equal(["end"], b.Inbox("control"));
    }

    [Theory]
    [InlineData("inbox")]
    [InlineData("control")]
    [Trait("Spec", "CH-PIPE-02")]
    public void Send_ToThePipeline_ArrivesAtTheFirst(string inbox)
    {
        SteppedScheduler system = new();
        Puppet a = new();
        Puppet b = new();
        Probe probe = system.Probe(system.Start(new Pipeline(a, b)));

        probe.FeedTo(inbox, "message");

        Assert.Equal(["message"], a.Inbox(inbox));
        Assert.False(b.AnyReady());
    }

    [Theory]
    [InlineData("outbox")]
    [InlineData("signal")]
    [Trait("Spec", "CH-PIPE-03")]
    public void Send_FromTheLast_LeavesThePipeline(string outbox)
    {
        SteppedScheduler system = new();
        Puppet b = new();
        Probe probe = system.Probe(system.Start(new Pipeline(new Puppet(), b)));

        b.Send("message", outbox);

        Assert.Equal(["message"], probe.Collect(outbox));
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-04")]
    public void FirstStep_ComponentsWithMoreBoxes_OnlyTheStandardFourAreLinked()
    {
        SteppedScheduler system = new();
        Camera a = new();
        Camera b = new();

        Pipeline pipeline = system.Start(new Pipeline(a, b));

        Assert.All(pipeline.Wiring(), link => Assert.DoesNotContain(link.Item2, (string[])["video", "audio"]));
        foreach (Camera camera in (Camera[])[a, b])
        {
            Assert.Null(camera.GetOutbox("audio").Linkage);
            Assert.Null(camera.GetInbox("video").Linkage);
            Assert.Empty(camera.GetInbox("video").Incoming);
        }
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-05")]
    public void FirstStep_ThreeComponents_ActivatedInTheOrderGiven()
    {
        SteppedScheduler system = new(TraceKinds.Activate | TraceKinds.Step);
        Puppet[] puppets = [new(), new(), new()];
        string[] names = ["B", "C", "A"];
        for (int i = 0; i < puppets.Length; i++)
        {
            system.Trace.Name(puppets[i], names[i]);
        }

        system.Start(new Pipeline(puppets));

        system.Trace.Expect(["activate Pipeline", "step Pipeline", "activate B", "activate C", "activate A", "step B", "step C", "step A"]);
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-06")]
    public void Send_BeforeTheFirstStep_ArrivesWhenLinked()
    {
        SteppedScheduler system = new();
        Puppet a = new();
        Pipeline pipeline = new(a, new Puppet());
        Probe probe = system.Probe(pipeline);
        probe.Feed(1, 2);
        probe.FeedTo("control", "stop");

        system.Activate(pipeline);
        system.Cycle();
        Assert.Equal(2, pipeline.Waiting());
        Assert.Equal(0, a.Waiting());

        system.Cycle();
        Assert.Equal([1, 2], a.Inbox());
        Assert.Equal(["stop"], a.Inbox("control"));
        Assert.Equal(0, pipeline.DroppedMessages);
    }

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(2, 0, 1)]
    [InlineData(1, 2, 0)]
    [Trait("Spec", "CH-PIPE-07")]
    public void Children_EndedOneByOne_EndsWithTheLast(int first, int second, int third)
    {
        SteppedScheduler system = new();
        Puppet[] children = [new(), new(), new()];
        Pipeline pipeline = system.Start(new Pipeline(children));

        system.End(children[first]);
        Assert.False(pipeline.IsStopped);
        system.End(children[second]);
        Assert.False(pipeline.IsStopped);
        system.End(children[third]);
        Assert.True(pipeline.IsStopped);
        Assert.Empty(pipeline.Postoffice.Linkages);
        Assert.Empty(system.Scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-07")]
    public void Children_AllEndedInOneCycle_EndsInTheNext()
    {
        SteppedScheduler system = new();
        Puppet[] children = [new(), new(), new()];
        Pipeline pipeline = system.Start(new Pipeline(children));
        Array.ForEach(children, child => child.End());

        system.Cycle();
        Assert.Equal(3, pipeline.ChildComponents().Count);
        system.Cycle();
        Assert.False(pipeline.IsStopped);
        system.Cycle();

        Assert.True(pipeline.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-07")]
    public void Child_EndedBeforeTheFirstStep_IsNotWaitedFor()
    {
        SteppedScheduler system = new();
        Puppet ended = system.Start(new Puppet());
        Puppet living = new();
        Pipeline pipeline = new(ended, living);
        system.End(ended);

        system.Start(pipeline);
        Assert.Equal([living], pipeline.ChildComponents());
        system.End(living);

        Assert.True(pipeline.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-08")]
    public void End_ChildrenThatSaySilent_NothingIsSent()
    {
        SteppedScheduler system = new();
        Puppet[] children = [new(), new()];
        Pipeline pipeline = new(children);
        Probe probe = system.Probe(pipeline);
        system.Start(pipeline);
        probe.FeedTo("control", new ProducerFinished(), new ShutdownMicroprocess());

        system.End(children[0]);
        system.End(children[1]);

        Assert.True(pipeline.IsStopped);
        Assert.Empty(probe.Collect("outbox"));
        Assert.Empty(probe.Collect("signal"));
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-09")]
    public void Shutdown_EachPassesItOn_MovesOneComponentAStepAndLeaves()
    {
        SteppedScheduler system = new(TraceKinds.Send | TraceKinds.End);
        Relay[] relays = [new(), new(), new()];
        for (int i = 0; i < relays.Length; i++)
        {
            system.Trace.Name(relays[i], $"R{i}");
        }

        Pipeline pipeline = system.Start(new Pipeline(relays));
        Probe probe = system.Probe(pipeline);
        ProducerFinished stop = new();
        probe.FeedTo("control", stop);
        system.RunToEnd();

        Assert.Same(stop, Assert.Single(probe.Collect("signal")));
        string text = stop.ToString()!;
        system.Trace.Expect(
        [
            $"send R0.signal -> R1.control: {text}",
            "end R0",
            $"send R1.signal -> R2.control: {text}",
            "end R1",
            $"send R2.signal -> probe.signal: {text}",
            "end R2",
            "end Pipeline",
        ]);
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-09")]
    public void Shutdown_MiddleDoesNotPassItOn_StopsThere()
    {
        SteppedScheduler system = new();
        Relay a = new();
        Puppet silent = new();
        Relay c = new();
        Pipeline pipeline = system.Start(new Pipeline(a, silent, c));

        system.Probe(pipeline).FeedTo("control", new ShutdownMicroprocess());
        system.RunUntilIdle();
        Assert.True(a.IsStopped);
        Assert.Equal(1, silent.Waiting("control"));
        system.End(silent);

        Assert.False(c.IsStopped);
        Assert.False(pipeline.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-10")]
    public void FirstStep_OneComponent_AllFourBoxesPassThrough()
    {
        SteppedScheduler system = new();
        Puppet only = new();
        Pipeline pipeline = system.Start(new Pipeline(only));
        Probe probe = system.Probe(pipeline);

        probe.Feed("in");
        probe.FeedTo("control", "stop");
        only.Send("out");
        only.Send("stopped", "signal");

        Assert.Equal(["in"], only.Inbox());
        Assert.Equal(["stop"], only.Inbox("control"));
        Assert.Equal(["out"], probe.Collect());
        Assert.Equal(["stopped"], probe.Collect("signal"));
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-11")]
    public void Circular_TwoComponents_LastFeedsFirstAndNothingLeaves()
    {
        SteppedScheduler system = new();
        Puppet a = new();
        Puppet b = new();
        Pipeline pipeline = system.Start(new Pipeline(a, b) { Circular = true });
        Probe probe = system.Probe(pipeline);

        b.Send("round");
        b.Send("round and round", "signal");
        probe.Feed("from outside");
        probe.FeedTo("control", "stop");

        Assert.Equal(["round", "from outside"], a.Inbox());
        Assert.Equal(["round and round", "stop"], a.Inbox("control"));
        Assert.Empty(probe.Collect());
        Assert.Empty(probe.Collect("signal"));
        Assert.DoesNotContain(pipeline.Wiring(), link => link.Item3 == pipeline);
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-11")]
    public void Circular_ShutdownPassedRound_EndsAll()
    {
        SteppedScheduler system = new();
        Pipeline pipeline = system.Start(new Pipeline(new Relay(), new Relay()) { Circular = true });

        system.Probe(pipeline).FeedTo("control", new ProducerFinished());
        system.RunToEnd();

        Assert.True(pipeline.IsStopped);
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-12")]
    public void Circular_OneComponent_FeedsItself()
    {
        SteppedScheduler system = new();
        Puppet only = new();
        system.Start(new Pipeline(only) { Circular = true });

        only.Send("to myself");
        only.Send("enough", "signal");

        Assert.Equal(["to myself"], only.Inbox());
        Assert.Equal(["enough"], only.Inbox("control"));
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-13")]
    public void Middle_Ended_PredecessorsMessagesAreDroppedAndSuccessorRuns()
    {
        SteppedScheduler system = new();
        Puppet a = new();
        Puppet b = new();
        Relay c = new();
        Pipeline pipeline = system.Start(new Pipeline(a, b, c));
        Probe ends = system.Probe(pipeline);

        system.End(b);
        a.Send("lost");
        Assert.Null(a.GetOutbox().Linkage);
        Assert.Null(a.GetOutbox("signal").Linkage);
        Assert.Equal(0, b.Waiting());

        Puppet outside = new();
        outside.Link((outside, "outbox"), (c, "inbox"));
        outside.Send("alive");
        system.RunUntilIdle();
        Assert.Equal(["alive"], ends.Collect());
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-14")]
    public void Child_EndedWithUnreadMessages_TheyAreLostAndCounted()
    {
        SteppedScheduler system = new();
        Puppet a = new();
        Puppet b = new();
        Puppet c = new();
        Pipeline pipeline = system.Start(new Pipeline(a, b, c));
        a.Send(1);
        a.Send(2);
        a.Send("stop", "signal");

        system.End(b);

        Assert.False(c.AnyReady());
        Assert.Equal(3, pipeline.DroppedMessages);
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-15")]
    public void Nested_SameComponentsAsInLine_SameMessagesInAndOut()
    {
        static (IReadOnlyList<object?> Data, int Signals, int Left) Run(Func<Component, Component, Component, Pipeline> build)
        {
            SteppedScheduler system = new();
            Pipeline pipeline = build(new ScriptedSource(1, 2, 3), new Relay(), new Relay());
            Probe probe = system.Probe(system.Activate(pipeline));
            system.RunToEnd();
            return (probe.Collect(), probe.Collect("signal").Count, system.Scheduler.ListAll().Count);
        }

        var inLine = Run((a, b, c) => new Pipeline(a, b, c));
        var nestedAtTheEnd = Run((a, b, c) => new Pipeline(a, new Pipeline(b, c)));
        var nestedAtTheBeginning = Run((a, b, c) => new Pipeline(new Pipeline(a, b), new Pipeline(new Pipeline(c))));

        Assert.Equal([1, 2, 3], inLine.Data);
        Assert.Equal(1, inLine.Signals);
        Assert.Equivalent(inLine, nestedAtTheEnd);
        Assert.Equivalent(inLine, nestedAtTheBeginning);
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-15")]
    public void Nested_StageInside_ReachesItsNeighbourOutside()
    {
        SteppedScheduler system = new();
        Puppet a = new();
        Puppet b = new();
        Puppet c = new();
        system.Start(new Pipeline(a, new Pipeline(b), c));

        a.Send("to b");
        b.Send("to c");
        b.Send("stop c", "signal");

        Assert.Equal(["to b"], b.Inbox());
        Assert.Equal(["to c"], c.Inbox());
        Assert.Equal(["stop c"], c.Inbox("control"));
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-16")]
    [Trait("Spec", "CH-GEN-08")]
    public void Constructor_NoComponents_ThrowsAtOnce()
    {
        Assert.Throws<ArgumentException>(() => new Pipeline());
        Assert.Throws<ArgumentNullException>(() => new Pipeline(null!));
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-17")]
    public void Backpressure_NextStageFull_SendThrowsAndRoomWakes()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Puppet a = new();
        Puppet b = new();
        b.SetInboxSize("inbox", 1);
        system.Start(new Pipeline(a, b));
        a.Send(1);
        Assert.Throws<NoSpaceInBoxException>(() => a.Send(2));
        Assert.False(a.TrySend(2));
        system.Trace.Name(a, "A");
        system.RunUntilIdle();
        system.Trace.Clear();

        Assert.Equal(1, b.Recv());
        system.RunUntilIdle();

        system.Trace.Expect(["wake A", "step A", "pause A"]);
        Assert.True(a.TrySend(2));
    }

    [Fact]
    [Trait("Spec", "CH-PIPE-17")]
    public void Backpressure_AcrossNestedPipelines_SourceSendsEverythingAndOnlyItIsWoken()
    {
        SteppedScheduler system = new(TraceKinds.Scheduling);
        Puppet reader = new();
        reader.SetInboxSize("inbox", 1);
        system.Start(new Pipeline(new Pipeline(new Pipeline(new ScriptedSource(1, 2, 3))), reader));
        List<object?> received = [];
        system.Trace.Clear();

        for (int i = 0; i < 3; i++)
        {
            received.Add(reader.Recv());
            system.RunUntilIdle();
        }

        Assert.Equal([1, 2, 3], received);
        Assert.DoesNotContain("step Pipeline", system.Trace.Lines.TakeWhile(line => line != "end ScriptedSource"));
    }

    [Fact]
    [Trait("Spec", "CH-GEN-01")]
    public void Run_OnItsOwn_RunsToTheEnd()
    {
        CollectingSink sink = new();
        Scheduler scheduler = new();
        new Pipeline(new ScriptedSource("a", "b"), new Relay(), sink).Activate(scheduler);

        scheduler.RunThreads();

        Assert.Equal(["a", "b"], sink.Messages);
        Assert.Empty(scheduler.ListAll());
    }

    [Fact]
    [Trait("Spec", "CH-GEN-05")]
    public void Stop_BeforeItsChildren_ItsLinkagesGoAndTheyLiveOn()
    {
        SteppedScheduler system = new();
        Puppet a = new();
        Puppet b = new();
        Pipeline pipeline = system.Start(new Pipeline(a, b));

        system.Scheduler.Post(pipeline.Stop);
        system.RunUntilIdle();

        Assert.False(a.IsLinked || b.IsLinked);
        Assert.Equal([a, b], system.Scheduler.ListAll());
    }
}
