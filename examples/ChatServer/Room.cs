// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace ChatServer;

/// <summary>What chatters tell the room.</summary>
internal abstract record Event(Chatter Who);

internal sealed record Joined(Chatter Who) : Event(Who);

internal sealed record Left(Chatter Who) : Event(Who);

internal sealed record Said(Chatter Who, string Text) : Event(Who);

internal sealed record Renamed(Chatter Who, string Name) : Event(Who);

/// <summary>Knows who is there and by which name, and tells everybody what happens.</summary>
/// <remarks>An outbox for each chatter. No locks: chatters and room take turns on one thread.</remarks>
[Inbox("inbox", "Events.")]
[Inbox("control", "Anything: end.")]
[Outbox("signal", "Not used.")]
internal sealed class Room : AdaptiveCommsComponent
{
    private readonly Dictionary<Chatter, (string Name, string Box)> _members = [];
    private int _guests;

    protected override IEnumerator<Yield> Main()
    {
        while (!DataReady("control"))
        {
            foreach (object? message in Inbox())
            {
                Handle((Event)message!);
            }

            yield return Pause();
        }
    }

    private void Handle(Event happened)
    {
        switch (happened)
        {
            case Joined(Chatter who):
                Admit(who);
                break;
            case Left(Chatter who) when _members.Remove(who, out var member):
                DeleteOutbox(member.Box);
                TellAll($"* {member.Name} has left");
                break;
            case Said(Chatter who, string text) when _members.TryGetValue(who, out var member):
                TellAll($"{member.Name}: {text}");
                break;
            case Renamed(Chatter who, string name) when _members.TryGetValue(who, out var member):
                Rename(who, member, name);
                break;
        }
    }

    private void Admit(Chatter who)
    {
        string name;
        do
        {
            name = $"guest{++_guests}";
        }
        while (IsTaken(name));

        string others = _members.Count == 0 ? "nobody" : string.Join(", ", _members.Values.Select(member => member.Name));
        string box = AddOutbox("member");
        Link((this, box), (who, "room"));
        _members.Add(who, (name, box));
        Send($"* Welcome. You are {name}; here with you: {others}. /nick NAME changes your name, /quit leaves.", box);
        TellAll($"* {name} has joined");
    }

    private void Rename(Chatter who, (string Name, string Box) member, string name)
    {
        if (name.Length is 0 or > 20 || name.Any(char.IsWhiteSpace))
        {
            Send("* A name has 1 to 20 characters and no spaces", member.Box);
        }
        else if (IsTaken(name))
        {
            Send($"* The name {name} is taken", member.Box);
        }
        else
        {
            _members[who] = member with { Name = name };
            TellAll($"* {member.Name} is now {name}");
        }
    }

    private bool IsTaken(string name) => _members.Values.Any(member => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase));

    private void TellAll(string line)
    {
        foreach ((_, string box) in _members.Values)
        {
            Send(line, box);
        }
    }
}
