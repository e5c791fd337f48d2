// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Text;
using Axon;
using Kamaelia.Chassis;
using Kamaelia.Internet;

string[] fortunes =
[
    "Who asks a question is a fool for a moment. Who does not ask is a fool for ever.",
    "The journey of a thousand messages begins with a single Send.",
    "A component that polls will never find rest.",
];

// A server, and when it listens a client for it: a chain of a connection and a printer. All of it on one thread.
ServerOptions here = new() { Tcp = new TcpServerOptions { Address = IPAddress.Loopback } };
SimpleServer server = new(() => new FortuneTeller(fortunes[1]), 0, here);
server.Listening += endPoint => new Pipeline(new TcpClient(endPoint), new Printer()).Activate();
server.Run();

// Tells one fortune, word by word, and closes the connection; then the server has done its work, too.
[Outbox("outbox", "Bytes for the client.")]
[Outbox("signal", "Close the connection.")]
[Outbox("serversignal", "Stop the server.")]
internal sealed class FortuneTeller(string fortune) : Component
{
    protected override IEnumerator<Yield> Main()
    {
        foreach (string word in fortune.Split(' '))
        {
            Send(Encoding.UTF8.GetBytes(word + " "));
            yield return Sleep(TimeSpan.FromMilliseconds(20));
        }

        Send("\n"u8.ToArray());
        Send(new ProducerFinished(this), "signal");
        Send(new ServerShutdown(drain: TimeSpan.FromSeconds(5)), "serversignal");
    }
}

// Prints what arrives until there is no more.
internal sealed class Printer : Component
{
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            while (TryRecv(out byte[]? bytes))
            {
                Console.Write(Encoding.UTF8.GetString(bytes!));
            }

            if (TryRecv(out object? goodbye, "control"))
            {
                Send(goodbye, "signal");
                yield break;
            }

            yield return Pause();
        }
    }
}
