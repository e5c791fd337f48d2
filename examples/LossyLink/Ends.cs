// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace LossyLink;

/// <summary>Where the stream begins: counts from 0, a number at a time.</summary>
internal sealed class Numbers(int count, TimeSpan interval) : Component
{
    protected override IEnumerator<Yield> Main()
    {
        for (int number = 0; number < count; number++)
        {
            Send(number);
            yield return Sleep(interval);
        }

        Send(new ProducerFinished(this), "signal");
    }
}

/// <summary>Writes down the numbers that come by.</summary>
internal sealed class Notes : Component
{
    private const int Columns = 20;

    private readonly List<int> _seen = [];

    public IReadOnlyList<int> Seen => _seen;

    public int Count => _seen.Count;

    public override string ToString() =>
        string.Join('\n', _seen.Chunk(Columns).Select(line => string.Concat(line.Select(number => $"{number,4}"))));

    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            while (TryRecv(out object? message))
            {
                _seen.Add(message is Packet packet ? packet.Number : (int)message!);
                Send(message);
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
