// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace LossyLink;

/// <summary>Puts packets in order, drops what it has already, and acknowledges each.</summary>
[Inbox("inbox", "Packets.")]
[Inbox("control", "ProducerFinished: no more will come.")]
[Outbox("outbox", "What they carry, in order.")]
[Outbox("acknowledgements", "To the sender.")]
[Outbox("signal", "Passed on.")]
internal sealed class ReliableReceiver : Component
{
    private readonly SortedDictionary<int, object?> _early = [];
    private int _next;

    public int Acknowledged { get; private set; }

    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            while (TryRecv<Packet>(out Packet? packet))
            {
                if (packet.Number >= _next)
                {
                    _early.TryAdd(packet.Number, packet.Content);
                }

                while (_early.Remove(_next, out object? content))
                {
                    Send(content);
                    _next++;
                }

                Acknowledged++;
                Send(new Acknowledgement(_next, [.. _early.Keys]), "acknowledgements");
            }

            if (TryRecv(out object? finish, "control"))
            {
                Send(finish, "signal");
                yield break;
            }

            yield return Pause();
        }
    }
}
