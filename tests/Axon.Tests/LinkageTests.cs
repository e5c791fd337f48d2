// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

public class LinkageTests
{
    private readonly Component _source = new();
    private readonly Component _sink = new();

    [Fact]
    [Trait("Spec", "AX-LNK-01")]
    public void New_SourceOrSinkMissing_Throws()
    {
        Assert.Equal("source", Assert.Throws<ArgumentNullException>(() => new Linkage(null!, _sink)).ParamName);
        Assert.Equal("sink", Assert.Throws<ArgumentNullException>(() => new Linkage(_source, null!)).ParamName);
    }

    [Fact]
    [Trait("Spec", "AX-LNK-02")]
    [Trait("Spec", "AX-LNK-05")]
    public void New_SourceAndSinkOnly_IsOutboxToInboxAndConnectsNothing()
    {
        Linkage linkage = new(_source, _sink);
        _source.Send("lost");

        Assert.Equal((_source, "outbox"), linkage.SourcePair);
        Assert.Equal((_sink, "inbox"), linkage.SinkPair);
        Assert.Equal((Passthrough.None, 0), (linkage.Passthrough, (int)linkage.Passthrough));
        Assert.False(linkage.IsConnected);
        Assert.False(_sink.DataReady());
    }

    [Fact]
    [Trait("Spec", "AX-LNK-03")]
    [Trait("Spec", "AX-LNK-05")]
    public void New_BoxesByPositionOrName_AreTaken()
    {
        Linkage[] linkages =
        [
            new(_source, _sink, "signal", "control"),
            new(_source, _sink, sinkBox: "control", sourceBox: "signal"),
            new(sink: _sink, source: _source, sourceBox: "signal", sinkBox: "control"),
        ];

        Assert.All(linkages, linkage => Assert.Equal(((_source, "signal"), (_sink, "control")), (linkage.SourcePair, linkage.SinkPair)));
        Assert.Equal(3, linkages.Select(linkage => linkage.Id).Distinct().Count());
    }

    [Theory]
    [InlineData(0, "signal", "control")]
    [InlineData(1, "inbox", "control")]
    [InlineData(2, "signal", "outbox")]
    [Trait("Spec", "AX-LNK-04")]
    [Trait("Spec", "AX-LNK-05")]
    public void New_PassthroughNumber_SelectsTheKindsOfBoxes(int passthrough, string sourceBox, string sinkBox)
    {
        Linkage linkage = new(_source, _sink, sourceBox, sinkBox, (Passthrough)passthrough);

        Assert.Same(passthrough == 1 ? _source.GetInbox(sourceBox) : _source.GetOutbox(sourceBox), linkage.Source);
        Assert.Same(passthrough == 2 ? _sink.GetOutbox(sinkBox) : _sink.GetInbox(sinkBox), linkage.Sink);
        Assert.Equal(((_source, sourceBox), (_sink, sinkBox)), (linkage.SourcePair, linkage.SinkPair));
    }

    [Fact]
    [Trait("Spec", "AX-LNK-04")]
    public void New_OtherPassthroughNumber_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Linkage(_source, _sink, passthrough: (Passthrough)3));
    }

    [Fact]
    [Trait("Spec", "AX-LNK-06")]
    public void ToString_Linkage_HasAxonsForm()
    {
        Assert.Equal($"Link( source:[{_source.Name},outbox], sink:[{_sink.Name},inbox] )", new Linkage(_source, _sink).ToString());
    }

    [Fact]
    [Trait("Spec", "AX-LNK-07")]
    public void Link_PipeWidth_LimitsTheSinkBoxForEveryProducerAndStaysAfterUnlinking()
    {
        Component other = new();
        _sink.Link((other, "outbox"), (_sink, "inbox"));
        Linkage linkage = _sink.Link((_source, "outbox"), (_sink, "inbox"), pipeWidth: 2);

        bool[] taken = [other.TrySend(1), _source.TrySend(2), other.TrySend(3), _source.TrySend(4)];
        _sink.Unlink(linkage);

        Assert.Equal([true, true, false, false], taken);
        Assert.Equal(2, _sink.GetInbox().Size);
        Assert.False(other.TrySend(5));
        Assert.Null(_sink.GetInbox("control").Size);
    }

    [Fact]
    [Trait("Spec", "AX-LNK-07")]
    public void Link_PipeWidthBelowWhatMoves_KeepsTheMessagesAndLimitsFromThenOn()
    {
        _source.GetInbox().Append(1);
        _source.GetInbox().Append(2);

        _source.Link((_source, "inbox"), (_sink, "inbox"), Passthrough.Inbox, pipeWidth: 1);

        Assert.False(_source.GetInbox().TryAppend(3));
        Assert.Equal([1, 2], _sink.Inbox());
    }

    [Fact]
    [Trait("Spec", "AX-LNK-07")]
    public void Link_NoPipeWidth_LeavesALimitThatIsThere()
    {
        _sink.SetInboxSize("inbox", 3);

        _sink.Link((_source, "outbox"), (_sink, "inbox"));

        Assert.Equal(3, _sink.GetInbox().Size);
    }

    [Theory]
    [InlineData(true, null, 1)]
    [InlineData(false, null, null)]
    [InlineData(false, 4, 4)]
    [InlineData(true, 4, 4)]
    [Trait("Spec", "AX-LNK-08")]
    public void Link_Synchronous_IsPipeWidthOneAndFalseIsNoLimit(bool synchronous, int? pipeWidth, int? limit)
    {
        _sink.Link((_source, "outbox"), (_sink, "inbox"), pipeWidth: pipeWidth, synchronous: synchronous);

        Assert.Equal(limit, _sink.GetInbox().Size);
    }

    [Fact]
    [Trait("Spec", "AX-LNK-09")]
    public void SetSynchronous_NumberOrNothing_SetsOrLiftsTheLimitAndReturnsIt()
    {
        Linkage linkage = _sink.Link((_source, "outbox"), (_sink, "inbox"), pipeWidth: 1);

        List<(int?, int?)> seen = [(linkage.SetSynchronous(4), _sink.GetInbox().Size)];
        seen.Add((linkage.SetSynchronous(), _sink.GetInbox().Size));

        Assert.Equal([(4, 4), (null, null)], seen);
    }

    [Fact]
    [Trait("Spec", "AX-LNK-09")]
    public void SetSynchronous_SinkInMidChain_LimitsThatBoxAndNotTheEnd()
    {
        Component end = new();
        end.Link((_sink, "inbox"), (end, "inbox"), Passthrough.Inbox);
        Linkage linkage = end.Link((_source, "outbox"), (_sink, "inbox"));

        linkage.SetSynchronous(1);

        Assert.Equal((1, null), (_sink.GetInbox().Size, end.GetInbox().Size));
        Assert.True(_source.TrySend(1) && _source.TrySend(2));
    }

    [Fact]
    [Trait("Spec", "AX-LNK-10")]
    public void Link_Fails_LeavesTheLimitOfTheSinkUnchanged()
    {
        _sink.SetInboxSize("inbox", 2);
        Component wrapper = new();
        wrapper.GetInbox().Append(1);
        wrapper.GetInbox().Append(2);
        wrapper.GetInbox().Append(3);
        _source.Link((_source, "outbox"), (_source, "inbox"));

        Assert.Throws<BoxAlreadyLinkedToDestinationException>(() => _sink.Link((_source, "outbox"), (_sink, "inbox"), pipeWidth: 9));
        Assert.Throws<NoSpaceInBoxException>(() => _sink.Link((wrapper, "inbox"), (_sink, "inbox"), Passthrough.Inbox, pipeWidth: 9));
        Assert.Throws<LinkageLoopException>(() => _sink.Link((_sink, "inbox"), (_sink, "inbox"), Passthrough.Inbox, pipeWidth: 9));
        Assert.Throws<KeyNotFoundException>(() => _sink.Link((_source, "nobox"), (_sink, "inbox"), synchronous: true));

        Assert.Equal(2, _sink.GetInbox().Size);
    }
}
