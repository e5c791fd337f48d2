// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>An inbox that somebody attends: a message is dealt with the moment it arrives, in the sender's step, and never stored.</summary>
/// <remarks>
/// For a service that thousands of components talk to, such as a selector. Through an ordinary inbox each request would cost a step of the
/// service, and collecting it would wake every one of its thousands of clients, as the rules of boxes want. It sees each message by the way
/// that a full box takes, so ordinary inboxes pay nothing for this one.
/// </remarks>
/// <param name="owner">Whose box it is.</param>
/// <param name="name">Its name.</param>
/// <param name="attend">Deals with a message. Must not throw: the sender did nothing wrong.</param>
/// <param name="feederLeft">Hears that a linkage leading here was taken away, if that matters.</param>
internal sealed class AttendedSink(Component owner, string name, Action<object?> attend, Action? feederLeft = null) : RealSink(owner, name, seesEach: true)
{
    private protected override bool KeepsMessages => false;

    internal override void FeederLeft() => feederLeft?.Invoke();

    private protected override bool StoreSeen(object? message)
    {
        attend(message);
        return true;
    }
}
