// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Kamaelia.Chassis.Tests;

public class LimitTests
{
    private readonly SteppedScheduler _system = new();

    [Fact]
    [Trait("Spec", "CH-EXP-01")]
    [Trait("Spec", "CH-EXP-02")]
    public void Pipeline_LimitOfOne_HoldsForThatInboxOnly()
    {
        Puppet a = new();
        Puppet b = new();
        _system.Start(new Pipeline(a, b.Limit(2)));

        a.Send(1);
        a.Send(2);

        Assert.False(a.TrySend(3));
        Assert.Null(b.GetInbox("control").Size);
        Assert.Null(a.GetInbox().Size);
        b.Recv();
        Assert.True(a.TrySend(3));
    }

    [Fact]
    [Trait("Spec", "CH-EXP-01")]
    [Trait("Spec", "CH-EXP-02")]
    public void Graphline_BoxSizes_HoldForTheseInboxesOnly()
    {
        Puppet a = new();
        Puppet b = new();

        Graphline graphline = new()
        {
            ["A"] = a,
            ["B"] = b,
            ["A", "outbox"] = ("B", "inbox"),
            BoxSizes = new Dictionary<(string, string), int> { [("B", "inbox")] = 1, [("A", "control")] = 17 },
        };
        _system.Start(graphline);

        Assert.True(a.TrySend(1));
        Assert.False(a.TrySend(2));
        Assert.Equal(17, a.GetInbox("control").Size);
        Assert.Null(a.GetInbox().Size);
        Assert.Null(b.GetInbox("control").Size);
    }

    [Theory]
    [InlineData("C", "inbox", 1)]
    [InlineData("A", "outbox", 1)]
    [InlineData("A", "inbox", 0)]
    [InlineData("A", "inbox", -1)]
    [Trait("Spec", "CH-EXP-05")]
    [Trait("Spec", "CH-GEN-08")]
    public void Graphline_WrongBoxSize_ThrowsAndNamesIt(string component, string box, int size)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new Graphline
        {
            ["A"] = new Puppet(),
            BoxSizes = new Dictionary<(string, string), int> { [(component, box)] = size },
        });

        Assert.Contains($"(\"{component}\", \"{box}\")", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [Trait("Spec", "CH-EXP-05")]
    public void Limit_NoLimitAtAll_Throws(int size) => Assert.Throws<ArgumentOutOfRangeException>(() => new Puppet().Limit(size));
}
