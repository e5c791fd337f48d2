// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;
using System.Text;
using Axon;
using Kamaelia.Chassis;
using Kamaelia.Internet;

namespace MulticastChat;

/// <summary>Three members in one process, each of which speaks when it has heard the one before; shows what each of them has heard.</summary>
internal static class Demo
{
    private static readonly (string Name, string Text)[] s_conversation =
    [
        ("ada", "Is anybody there?"),
        ("ben", "I am."),
        ("cleo", "So am I."),
        ("ada", "Who else?"),
        ("ben", "Nobody, I think."),
    ];

    /// <returns>The exit status: 0; 1 if this machine has no multicast.</returns>
    public static int Run(ChatOptions options)
    {
        Member[] members = [.. s_conversation.Select(said => said.Name).Distinct().Select(name => new Member(name, s_conversation))];
        try
        {
            // It only finds a port for all, and keeps it until they have it.
            MulticastTransceiver first = options.MakeMember(0, throws: true);
            foreach (Member member in members)
            {
                new Pipeline(options.MakeMember(first.LocalEndPoint!.Port, throws: true), member) { Circular = true }.Activate();
            }

            first.Stop();
        }
        catch (SocketException exception)
        {
            Console.Error.WriteLine($"MulticastChat: no multicast here: {exception.Message}");
            return 1;
        }

        Scheduler.Default.RunThreads();
        foreach (Member member in members)
        {
            Console.WriteLine($"{member.Called} has heard\n  {string.Join("\n  ", member.Heard)}");
        }

        if (members.Any(member => member.Heard.Count < s_conversation.Length))
        {
            Console.Error.WriteLine("MulticastChat: no multicast here: what was said to the group has not reached everybody");
            return 1;
        }

        return 0;
    }
}

/// <summary>Says its part of a conversation, each line when it has heard the one before.</summary>
internal sealed class Member(string name, (string Name, string Text)[] conversation) : Component
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public string Called => name;

    public List<string> Heard { get; } = [];

    protected override IEnumerator<Yield> Main()
    {
        foreach ((string speaker, string text) in conversation)
        {
            if (speaker == name)
            {
                Send(Encoding.UTF8.GetBytes($"{name}: {text}"));
            }

            for (TimeSpan due = Scheduler!.Time + s_patience; !DataReady() && Scheduler.Time < due;)
            {
                yield return Pause(due - Scheduler.Time);
            }

            if (!TryRecv(out UdpPacket? packet))
            {
                break;
            }

            Heard.Add(Chat.ToText(packet!));
        }

        Send(new ShutdownMicroprocess(), "signal");
    }
}
