// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.TestKit;

/// <summary>Sends given messages, one a step, then a <see cref="ProducerFinished"/> on <c>"signal"</c>, and ends.</summary>
/// <remarks>Waits for room where the receiver is full. Stops early when it is told to on <c>"control"</c>, and passes that on.</remarks>
/// <param name="messages">The messages, in order.</param>
public sealed class ScriptedSource(params object?[] messages) : Component
{
    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        for (int sent = 0; sent < messages.Length;)
        {
            if (TryRecv(out object? stop, "control"))
            {
                Send(stop, "signal");
                yield break;
            }

            if (TrySend(messages[sent]))
            {
                sent++;
                yield return 1;
            }
            else
            {
                yield return Pause();
            }
        }

        Send(new ProducerFinished(this), "signal");
    }
}
