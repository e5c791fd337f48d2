// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Text;
using Axon;
using Kamaelia.Chassis;
using Kamaelia.Internet;

// Two peers on ports that the system chose. One speaks to a fixed receiver, the other answers whoever has spoken to it.
PostboxPeer answering = new("127.0.0.1");
SimplePeer asking = new("127.0.0.1", 0, "127.0.0.1", answering.LocalEndPoint!.Port);

// Datagrams know no end of a conversation. So when it is over, an order to shut down goes from one to the next.
new Graphline
{
    ["ASKER"] = new Asker("hello", "", "is anybody there", "goodbye"),
    ["ASKING"] = asking,
    ["ANSWERING"] = answering,
    ["SHOUTER"] = new Shouter(),
    ["ASKER", "outbox"] = ("ASKING", "inbox"),
    ["ASKING", "outbox"] = ("ASKER", "inbox"),
    ["ANSWERING", "outbox"] = ("SHOUTER", "inbox"),
    ["SHOUTER", "outbox"] = ("ANSWERING", "inbox"),
    ["ASKER", "signal"] = ("ASKING", "control"),
    ["ASKING", "signal"] = ("ANSWERING", "control"),
    ["ANSWERING", "signal"] = ("SHOUTER", "control"),
}.Run();

// Sends a datagram, waits for the one that answers it, and goes on to the next; after the last it has everybody end.
internal sealed class Asker(params string[] questions) : Component
{
    protected override IEnumerator<Yield> Main()
    {
        foreach (string question in questions)
        {
            Send(Encoding.UTF8.GetBytes(question));
            while (!DataReady())
            {
                yield return Pause();
            }

            Console.WriteLine($"\"{question}\" is answered with \"{Encoding.UTF8.GetString(Recv<UdpPacket>().Data.Span)}\"");
        }

        Send(new ShutdownMicroprocess(), "signal");
    }
}

// Sends back to everybody what they have sent, in capitals: a packet names the other end, whichever way it goes.
internal sealed class Shouter : Component
{
    protected override IEnumerator<Yield> Main()
    {
        while (!DataReady("control"))
        {
            while (TryRecv(out UdpPacket? packet))
            {
                string text = Encoding.UTF8.GetString(packet!.Data.Span);
                Send(packet with { Data = Encoding.UTF8.GetBytes(text.ToUpperInvariant()) });
            }

            yield return Pause();
        }

        Console.WriteLine("Both have ended.");
    }
}
