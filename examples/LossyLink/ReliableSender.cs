// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace LossyLink;

/// <summary>Numbers what it sends, and sends it again until it is acknowledged.</summary>
/// <param name="window">How many packets may be under way.</param>
/// <param name="patience">How long to wait for an acknowledgement.</param>
[Inbox("inbox", "What is to be sent.")]
[Inbox("acknowledgements", "From the receiver.")]
[Inbox("control", "ProducerFinished: no more is to be sent.")]
[Outbox("outbox", "Packets.")]
[Outbox("signal", "ProducerFinished when all are acknowledged.")]
internal sealed class ReliableSender(int window, TimeSpan patience) : Component
{
    private readonly Dictionary<int, Packet> _underWay = [];

    // In the order in which they will be due again. One that is acknowledged meanwhile stays here until then.
    private readonly Queue<(TimeSpan Due, int Number)> _timers = new();

    private int _next;

    public int Sent { get; private set; }

    protected override IEnumerator<Yield> Main()
    {
        Ipc? finish = null;
        while (true)
        {
            while (TryRecv<Acknowledgement>(out Acknowledgement? acknowledgement, "acknowledgements"))
            {
                Forget(acknowledgement);
            }

            while (_timers.TryPeek(out var timer) && timer.Due <= Scheduler!.Time)
            {
                _timers.Dequeue();
                if (_underWay.TryGetValue(timer.Number, out Packet? packet))
                {
                    Transmit(packet);
                }
            }

            while (_underWay.Count < window && TryRecv(out object? content))
            {
                Packet packet = new(_next++, content);
                _underWay.Add(packet.Number, packet);
                Transmit(packet);
            }

            finish ??= TryRecv(out object? order, "control") ? order as ProducerFinished : null;
            if (finish is not null && !DataReady() && _underWay.Count == 0)
            {
                Send(finish, "signal");
                yield break;
            }

            yield return _timers.TryPeek(out var first) ? Pause(first.Due - Scheduler!.Time) : Pause();
        }
    }

    private void Transmit(Packet packet)
    {
        Sent++;
        Send(packet);
        _timers.Enqueue((Scheduler!.Time + patience, packet.Number));
    }

    private void Forget(Acknowledgement acknowledgement)
    {
        foreach (int number in _underWay.Keys.Where(number => number < acknowledgement.Next || acknowledgement.Early.Contains(number)))
        {
            _underWay.Remove(number);
        }
    }
}
