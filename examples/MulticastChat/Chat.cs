// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Text;
using Axon;
using Kamaelia.Chassis;
using Kamaelia.Internet;

namespace MulticastChat;

/// <summary>The chat: from the keyboard to the group, and from the group to the screen.</summary>
internal static class Chat
{
    /// <returns>The exit status: 0; 1 if this machine has no multicast.</returns>
    public static int Run(ChatOptions options)
    {
        Screen screen = new();
        new Pipeline(new Keyboard(), new Speaker(options.Name), options.MakeMember(options.Port), screen).Run();
        return screen.ExitStatus;
    }

    /// <summary>The text of a datagram, without what would move the cursor.</summary>
    public static string ToText(UdpPacket packet) =>
        string.Concat(Encoding.UTF8.GetString(packet.Data.Span).Where(character => !char.IsControl(character)));
}

/// <summary>Reads lines until there are no more, on a thread of its own: reading blocks.</summary>
internal sealed class Keyboard : ThreadedComponent
{
    protected override void ThreadMain()
    {
        while (Console.ReadLine() is { } line && line != "/quit")
        {
            Send(line);
        }

        Send(new ProducerFinished(this), "signal");
    }
}

/// <summary>Puts a name to each line, and says when it comes and goes.</summary>
internal sealed class Speaker(string name) : Component
{
    protected override IEnumerator<Yield> Main()
    {
        Say($"* {name} is here");
        object? goodbye;
        while (!TryRecv(out goodbye, "control"))
        {
            while (TryRecv(out string? line))
            {
                Say($"{name}: {line}");
            }

            yield return Pause();
        }

        Say($"* {name} has left");
        Send(goodbye, "signal");
    }

    private void Say(string text) => Send(Encoding.UTF8.GetBytes(text));
}

/// <summary>Shows what the group hears, and what went wrong.</summary>
internal sealed class Screen : Component
{
    public int ExitStatus { get; private set; }

    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            while (TryRecv(out UdpPacket? packet))
            {
                Console.WriteLine(Chat.ToText(packet!));
            }

            while (TryRecv(out object? message, "control"))
            {
                switch (message)
                {
                    case ErrorInformation error:
                        Console.Error.WriteLine($"MulticastChat: {error.Exception?.Message}");
                        break;
                    case BindFailed failure:
                        Console.Error.WriteLine($"MulticastChat: no multicast here: {failure}");
                        ExitStatus = 1;

                        // The keyboard still waits for a line.
                        Scheduler!.Stop();
                        yield break;
                    default:
                        yield break;
                }
            }

            yield return Pause();
        }
    }
}
