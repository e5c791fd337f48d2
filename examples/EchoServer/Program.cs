// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Security;
using Axon;
using Examples;
using Kamaelia.Chassis;
using Kamaelia.Internet;

// A client that sends and does not read is held up: nothing more is read from it until it has taken what it was sent.
ServerOptions options = new()
{
    Tcp = new TcpServerOptions { Csa = new CsaOptions { SendQueueLimit = 4, ReadWhileBlocked = false } },
    Tls = new SslServerAuthenticationOptions { ApplicationProtocols = [new("echo")] }, // with --tls
};
return Serving.Run(args, _ => new EchoProtocol(), options);

// Sends back whatever its client says.
internal sealed class EchoProtocol : Component
{
    public EchoProtocol() => SetInboxSize("inbox", 4);

    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            while (TryRecv(out object? bytes))
            {
                while (!TrySend(bytes))
                {
                    yield return Pause(); // until the client has taken some
                }
            }

            if (TryRecv(out object? goodbye, "control"))
            {
                Send(goodbye, "signal"); // closes the connection when all is written
                yield break;
            }

            yield return Pause(); // until something arrives
        }
    }
}
