// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>An inbox of a threaded component: what arrives waits here until the component's next step moves it on to the thread.</summary>
/// <remarks>It sees each message, and so the component knows which of its boxes have something without looking at all of them.</remarks>
internal sealed class ThreadInbox : RealSink
{
    private readonly Crossing _crossing;

    public ThreadInbox(Component owner, string name, Crossing crossing, int queueLength)
        : base(owner, name, seesEach: true)
    {
        _crossing = crossing;
        Lane = new InLane(this, queueLength);
    }

    /// <summary>The way on to the thread.</summary>
    public InLane Lane { get; }

    private protected override bool StoreSeen(object? message)
    {
        if (LocalCount >= Limit)
        {
            return false;
        }

        Store(message);
        _crossing.Call(Lane);
        return true;
    }
}
