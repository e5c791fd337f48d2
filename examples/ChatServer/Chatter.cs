// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Text;
using Axon;

namespace ChatServer;

/// <summary>One client: makes lines of its bytes and bytes of the room's lines.</summary>
[Inbox("inbox", "Bytes from the client.")]
[Inbox("control", "The client has left, or the server closes.")]
[Inbox("room", "Lines from the room.")]
[Outbox("outbox", "Bytes for the client.")]
[Outbox("signal", "Close the connection.")]
[Outbox("toRoom", "What the client does.")]
internal sealed class Chatter(Room room) : Component
{
    private const int LongestLine = 1000;

    private readonly List<byte> _line = [];
    private bool _leaves;

    protected override IEnumerator<Yield> Main()
    {
        Link((this, "toRoom"), (room, "inbox"));
        Send(new Joined(this), "toRoom");
        while (true)
        {
            foreach (object? bytes in Inbox())
            {
                Read((byte[])bytes!);
            }

            foreach (object? line in Inbox("room"))
            {
                Tell((string)line!);
            }

            // Whatever is said there means that this is over: the client is gone, or the server wants to end.
            _leaves |= DataReady("control");
            if (_leaves)
            {
                break;
            }

            yield return Pause();
        }

        Send(new Left(this), "toRoom");
        Send(new ProducerFinished(this), "signal");
    }

    private void Read(byte[] bytes)
    {
        foreach (byte value in bytes)
        {
            if (value == '\n')
            {
                Obey(ToText());
                _line.Clear();
            }
            else if (_line.Count < LongestLine)
            {
                _line.Add(value);
            }
        }
    }

    // Without what would move the cursors of the others.
    private string ToText() => string.Concat(Encoding.UTF8.GetString([.. _line]).Where(character => !char.IsControl(character))).Trim();

    private void Obey(string line)
    {
        if (line == "/quit")
        {
            Tell("* Goodbye");
            _leaves = true;
        }
        else if (line.StartsWith("/nick ", StringComparison.Ordinal))
        {
            Send(new Renamed(this, line["/nick ".Length..].Trim()), "toRoom");
        }
        else if (line.StartsWith('/'))
        {
            Tell("* There is /nick NAME and /quit");
        }
        else if (line.Length > 0 && !_leaves)
        {
            Send(new Said(this, line), "toRoom");
        }
    }

    private void Tell(string line)
    {
        // Full: the client has not read for a thousand lines.
        _leaves |= !TrySend(Encoding.UTF8.GetBytes(line + "\n"));
    }
}
