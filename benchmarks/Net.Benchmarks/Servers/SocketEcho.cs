// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Net.Benchmarks;

/// <summary>The peer that needs no library: a task for each connection, which awaits its socket.</summary>
internal static class SocketEcho
{
    /// <summary>What this program is told to be this server.</summary>
    public const string Command = "serve-socket";

    // As much as our adapter reads at once.
    private const int BufferSize = 32 * 1024;

    /// <summary>Serves until it is killed.</summary>
    public static async Task Run()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        Console.WriteLine($"listening on {listener.LocalEndPoint}");
        while (true)
        {
            Socket socket = await listener.AcceptAsync().ConfigureAwait(false);
            socket.NoDelay = true;
            _ = Echo(socket);
        }
    }

    private static async Task Echo(Socket socket)
    {
        using (socket)
        {
            byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
            try
            {
                int count;
                while ((count = await socket.ReceiveAsync(buffer).ConfigureAwait(false)) > 0)
                {
                    for (int sent = 0; sent < count;)
                    {
                        sent += await socket.SendAsync(buffer.AsMemory(sent, count - sent)).ConfigureAwait(false);
                    }
                }

                socket.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // The client is gone.
            }
        }
    }
}
