// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>Messages on their way from a chassis to an inbox of one child.</summary>
/// <remarks>
/// While that inbox is full, the messages wait here in order, and an outbox of the chassis is linked to it: so the chassis is woken when
/// the child takes something, as any producer is.
/// </remarks>
/// <param name="chassis">From whom. While a line is blocked it must be woken by collection.</param>
/// <param name="child">To whom.</param>
/// <param name="inbox">Which inbox of the child.</param>
/// <param name="outbox">What to call the outbox.</param>
// PORT: differs. Python links and unlinks "_cs" for every message and child; a full inbox is an exception in the chassis.
internal sealed class DeliveryLine(AdaptiveCommsComponent chassis, Component child, string inbox, string outbox)
{
    private readonly Queue<object?> _late = new();
    private string? _box;

    /// <summary>Whether messages wait for room.</summary>
    public bool IsBlocked => _late.Count > 0;

    /// <summary>Delivers a message now, or as soon as there is room. One that has ended needs no telling.</summary>
    public void Send(object? message)
    {
        if (child.IsStopped || (!IsBlocked && child.GetInbox(inbox).TryAppend(message)))
        {
            return;
        }

        _late.Enqueue(message);
        if (_box is null)
        {
            _box = chassis.AddOutbox(outbox, "Messages that wait for room.");
            chassis.Link((chassis, _box), (child, inbox));
        }
    }

    /// <summary>Delivers what waits, as far as there is room now.</summary>
    public void Retry()
    {
        if (_box is null)
        {
            return;
        }

        while (IsBlocked && (child.IsStopped || chassis.TrySend(_late.Peek(), _box)))
        {
            _late.Dequeue();
        }

        if (!IsBlocked)
        {
            chassis.DeleteOutbox(_box);
            _box = null;
        }
    }
}
