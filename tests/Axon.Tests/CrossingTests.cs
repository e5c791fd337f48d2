// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

/// <summary>The lanes of a handle, in moments that no test can bring about from outside.</summary>
public class CrossingTests
{
    private readonly Component _owner = new();
    private readonly Component _receiver = new();
    private readonly SharedLane _data;
    private readonly SharedLane _control;
    private readonly Crossing _crossing;

    public CrossingTests()
    {
        _receiver.Link((_owner, "outbox"), (_receiver, "inbox"));
        _receiver.Link((_owner, "signal"), (_receiver, "inbox"));
        _data = new SharedLane(_owner.GetOutbox());
        _control = new SharedLane(_owner.GetOutbox("signal")) { After = [_data] };
        _crossing = new Crossing(_owner);
    }

    // One thread has put something in and was interrupted before its call, so another's is taken to be made already; that one then says goodbye.
    [Fact]
    [Trait("Spec", "AX-HND-04")]
    public void Control_CallOfTheDataIsStillToCome_ComesAfterTheData()
    {
        _data.Messages.Enqueue("one");
        _data.Messages.Enqueue("two");
        _control.Messages.Enqueue("goodbye");
        _crossing.Call(_control);

        _crossing.Move();

        Assert.Equal(["one", "two", "goodbye"], _receiver.Inbox());
    }

    [Fact]
    public void Control_DataDoesNotFitAtOnce_StillComesAfterIt()
    {
        _receiver.SetInboxSize("inbox", 1);
        _data.Messages.Enqueue("one");
        _data.Messages.Enqueue("two");
        _crossing.Call(_data);
        _crossing.Move();
        _control.Messages.Enqueue("goodbye");
        _crossing.Call(_control);

        Assert.Equal("one", _receiver.Recv());
        _crossing.Move();
        Assert.Equal("two", _receiver.Recv());
        _crossing.Move();

        Assert.Equal("goodbye", _receiver.Recv());
        Assert.False(_crossing.IsHeldUp);
    }
}
