// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>Messages of a chassis' own, on their way out of one of its outboxes: they wait here while the receiver is full.</summary>
/// <param name="chassis">Whose outbox it is. While messages wait it must be woken by collection.</param>
/// <param name="outbox">Which one.</param>
internal sealed class PendingSends(Component chassis, string outbox)
{
    private readonly Queue<object?> _waiting = new();

    /// <summary>Whether messages wait for room.</summary>
    public bool AreBlocked => _waiting.Count > 0;

    /// <summary>Puts a message behind those that wait.</summary>
    public void Add(object? message) => _waiting.Enqueue(message);

    /// <summary>Takes what children said on their <c>"signal"</c>: shutdown messages are for the chassis and go no further.</summary>
    /// <param name="inbox">Where they said it.</param>
    public void AddSignals(string inbox)
    {
        while (chassis.TryRecv(out object? message, inbox))
        {
            if (message is not (ProducerFinished or ShutdownMicroprocess))
            {
                Add(message);
            }
        }
    }

    /// <summary>Sends what waits, as far as there is room now.</summary>
    public void Pass()
    {
        while (_waiting.TryPeek(out object? message) && chassis.TrySend(message, outbox))
        {
            _waiting.Dequeue();
        }
    }
}
