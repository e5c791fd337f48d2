// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>What <see cref="DescriptorTests"/> runs in a process of its own, whose descriptors it uses up.</summary>
public static class Program
{
    /// <summary>The exit code of a run in which all went well; any other program would return 0.</summary>
    public const int AllWell = 42;

    public static int Main(string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        PollerKind kind = Enum.Parse<PollerKind>(arguments[0]);
        try
        {
            RunOut(kind);
            return AllWell;
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine(exception);
            return 1;
        }
    }

    private static void RunOut(PollerKind kind)
    {
        using World world = new(kind);
        Owner owner = new(Handler.Echo);
        TcpServer server = owner.Start(world);
        Far open = world.Dial(server.ListenPort);
        Echo(world, open);

        // The client has a descriptor, and nobody else gets one any more.
        using Socket late = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        List<Socket> hoard = Hoard();
        late.Connect(IPAddress.Loopback, server.ListenPort);
        world.RunUntil(() => world.Recorder.Logged.Count > 0, "a report that nobody can be accepted");
        world.Settle();
        Assert.Contains("accept", world.Recorder.Logged[0].Text, StringComparison.Ordinal);
        Assert.Single(owner.Announced);
        Assert.False(server.IsStopped);
        Echo(world, open);

        // Who wants to connect from here is told so, and ends.
        StageRig client = new StageRig(world, new TcpClient("127.0.0.1", server.ListenPort)).Activate();
        Assert.Equal(SocketError.TooManyOpenSockets, client.RunToEnd().SocketError);
        Echo(world, open);

        // Once there are some again, the one that waited is served after the pause.
        hoard.ForEach(socket => socket.Dispose());
        world.Advance(TimeSpan.FromMilliseconds(100));
        world.RunUntil(() => owner.Count == 2, "the second connection");
        Echo(world, new Far(late));
        Echo(world, open);
    }

    private static void Echo(World world, Far far)
    {
        long before = far.Count;
        far.Send([1, 2, 3]);
        world.RunUntil(() => far.Look().Count == before + 3, "an echo");
    }

    private static List<Socket> Hoard()
    {
        List<Socket> hoard = [];
        try
        {
            while (true)
            {
                hoard.Add(new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            }
        }
        catch (SocketException)
        {
            // That was the last one.
        }

        return hoard;
    }
}
