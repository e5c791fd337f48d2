// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Chassis/Graphline.py. Copyright BBC and Kamaelia Contributors.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>Shutdown messages on their way from a Graphline to the <c>"control"</c> of one child.</summary>
/// <remarks>
/// While the child's inbox is full, the messages wait here in order, and an outbox of the Graphline is linked to that inbox: so the
/// Graphline is woken when the child takes something, as any producer is.
/// </remarks>
/// <param name="graphline">From whom.</param>
/// <param name="child">To whom.</param>
// PORT: differs. Python links and unlinks "_cs" for every message and child; a full inbox is an exception in the Graphline.
internal sealed class ControlLine(Graphline graphline, Component child)
{
    private readonly Queue<object?> _late = new();
    private string? _box;

    /// <summary>Whether messages wait for room.</summary>
    public bool IsBlocked => _late.Count > 0;

    /// <summary>Delivers a message now, or as soon as there is room. One that has ended needs no telling.</summary>
    public void Send(object? message)
    {
        if (child.IsStopped || (!IsBlocked && child.GetInbox("control").TryAppend(message)))
        {
            return;
        }

        _late.Enqueue(message);
        if (_box is null)
        {
            _box = graphline.AddOutbox("_cs", "Shutdown messages that wait for room.");
            graphline.Link((graphline, _box), (child, "control"));
        }
    }

    /// <summary>Delivers what waits, as far as there is room now.</summary>
    public void Retry()
    {
        if (_box is null)
        {
            return;
        }

        while (IsBlocked && (child.IsStopped || graphline.TrySend(_late.Peek(), _box)))
        {
            _late.Dequeue();
        }

        if (!IsBlocked)
        {
            graphline.DeleteOutbox(_box);
            _box = null;
        }
    }
}
