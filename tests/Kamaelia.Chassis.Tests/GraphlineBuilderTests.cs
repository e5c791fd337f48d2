// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Kamaelia.Chassis.Tests;

/// <summary>The Graphline filled by its indexers.</summary>
[Trait("Spec", "CH-GRAPH-14")]
public class GraphlineBuilderTests
{
    [Fact]
    public void Initialiser_ComponentsAndLinkages_RunsLikeATable()
    {
        SteppedScheduler system = new();
        CollectingSink sink = new();
        Graphline graphline = new()
        {
            ["READ"] = new ScriptedSource(1, 2),
            ["OUT"] = sink,
            ["READ", "outbox"] = ("OUT", "inbox"),
            ["READ", "signal"] = ("OUT", "control"),
            ["OUT", "signal"] = ("self", "signal"),
        };
        Probe probe = system.Probe(system.Activate(graphline));

        system.RunToEnd();

        Assert.Equal([1, 2], sink.Messages);
        Assert.Single(probe.Collect("signal"));
    }

    [Fact]
    public void Initialiser_UnknownName_ThrowsAtOnceAndSaysWhatThereIs()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new Graphline
        {
            ["READ"] = new Puppet(),
            ["OUT"] = new Puppet(),
            ["RAED", "outbox"] = ("OUT", "inbox"),
        });

        Assert.Contains("\"RAED\"", exception.Message, StringComparison.Ordinal);
        Assert.Contains("READ, OUT", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Initialiser_LinkageBeforeItsComponent_ThrowsAtOnce()
    {
        Assert.Throws<ArgumentException>(() => new Graphline
        {
            ["OUT"] = new Puppet(),
            ["READ", "outbox"] = ("OUT", "inbox"),
            ["READ"] = new Puppet(),
        });
    }

    [Fact]
    public void Initialiser_UnknownBox_ThrowsAtOnceAndNamesIt()
    {
        Puppet puppet = new();

        ArgumentException exception = Assert.Throws<ArgumentException>(() => new Graphline
        {
            ["A"] = puppet,
            ["A", "outbxo"] = ("self", "outbox"),
        });

        Assert.Contains("\"outbxo\"", exception.Message, StringComparison.Ordinal);
        Assert.Contains(puppet.Name, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Indexer_NameOrBoxTwice_ThrowsAtOnce()
    {
        Graphline graphline = new() { ["A"] = new Puppet(), ["A", "outbox"] = ("self", "outbox") };

        Assert.Throws<ArgumentException>(() => graphline["A"] = new Puppet());
        Assert.Throws<ArgumentException>(() => graphline["A", "outbox"] = ("self", "signal"));
        Assert.Equal(("self", "outbox"), graphline["A", "outbox"]);
    }

    [Fact]
    [Trait("Spec", "CH-GRAPH-09")]
    public void Indexer_OwnBox_ExistsBeforeTheFirstStep()
    {
        Graphline graphline = new() { ["A"] = new Puppet(), ["", "video"] = ("A", "inbox") };

        Assert.Equal(["inbox", "control", "video"], graphline.InboxNames);
        Assert.Equal(("A", "inbox"), graphline["self", "video"]);
    }

    [Fact]
    public void Indexer_Read_SaysWhatWasGiven()
    {
        Puppet a = new();
        Graphline graphline = new() { ["A"] = a, ["A", "outbox"] = ("", "outbox") };

        Assert.Same(a, graphline["A"]);
        Assert.Equal(("self", "outbox"), graphline["A", "outbox"]);
        Assert.Throws<KeyNotFoundException>(() => graphline["B"]);
        Assert.Throws<KeyNotFoundException>(() => graphline["A", "signal"]);
    }

    [Fact]
    public void Indexer_AfterTheFirstStep_Throws()
    {
        SteppedScheduler system = new();
        Graphline graphline = system.Start(new Graphline { ["A"] = new Puppet() });

        Assert.Throws<InvalidOperationException>(() => graphline["B"] = new Puppet());
        Assert.Throws<InvalidOperationException>(() => graphline["A", "outbox"] = ("self", "outbox"));
    }
}
