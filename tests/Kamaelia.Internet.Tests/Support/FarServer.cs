// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>A server in the test's hands: a listening socket.</summary>
internal sealed class FarServer
{
    private readonly World _world;
    private readonly Socket _listener;

    /// <param name="world">Where its clients live.</param>
    /// <param name="address">Where to listen. Default: 127.0.0.1.</param>
    /// <param name="listens">If not, it only takes the port: whoever connects is refused.</param>
    /// <param name="buffer">The size of its sockets' buffers. Default: the system's.</param>
    /// <param name="backlog">How many may wait to be accepted.</param>
    public FarServer(World world, string address = "127.0.0.1", bool listens = true, int? buffer = null, int backlog = 100)
    {
        _world = world;
        _listener = world.Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        if (buffer is { } size)
        {
            _listener.ReceiveBufferSize = size;
            _listener.SendBufferSize = size;
        }

        _listener.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        if (listens)
        {
            _listener.Listen(backlog);
        }
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public bool SomebodyWaits => _listener.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    /// <summary>One that answers nobody: as many wait to be accepted as may. Works so on Linux only.</summary>
    public static FarServer MakeFull(World world, string address = "127.0.0.1")
    {
        FarServer server = new(world, address, backlog: 0);
        for (int i = 0; i < 4; i++)
        {
            Socket socket = world.Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false });
            try
            {
                socket.Connect(IPAddress.Parse(address), server.Port);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.WouldBlock)
            {
                // One is connected in a moment, the others not before somebody is accepted.
            }
        }

        world.RunUntil(() => server.SomebodyWaits);
        return server;
    }

    /// <summary>Runs until somebody has connected.</summary>
    public Far Accept()
    {
        _world.RunUntil(() => SomebodyWaits, "somebody to connect");
        return new Far(_world.Own(_listener.Accept()));
    }
}
