// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/TCPServer.py. Copyright BBC and Kamaelia Contributors.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <content>The listening socket.</content>
public partial class TcpServer
{
    /// <summary>Makes a listening socket.</summary>
    /// <param name="suppliedPort">The port; 0 lets the system choose, null tries random ones.</param>
    /// <param name="host">The address to listen on. Default: all.</param>
    /// <param name="minRange">The least random port.</param>
    /// <param name="maxRange">The greatest random port.</param>
    /// <param name="maxListen">How many connections may wait in the kernel.</param>
    /// <returns>The socket, non-blocking, and its port.</returns>
    /// <exception cref="SocketException">The port is not to be had.</exception>
    /// <remarks>Source: Kamaelia/Internet/TCPServer.py, <c>makeTCPServerPort</c>.</remarks>
    public (Socket Listener, int Port) MakeTcpServerPort(
        int? suppliedPort = null,
        IPAddress? host = null,
        int minRange = 2000,
        int maxRange = 50000,
        int maxListen = 512)
    {
        if (suppliedPort is { } port)
        {
            return ListenOn(port);
        }

        // PORT: differs. Python tries one random port.
        const int Attempts = 32;
        Random random = Scheduler?.Random ?? Random.Shared;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return ListenOn(random.Next(minRange, maxRange + 1));
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < Attempts)
            {
            }
        }

        (Socket, int) ListenOn(int number)
        {
            Socket listener = Listen(new IPEndPoint(host ?? IPAddress.IPv6Any, number), maxListen);
            return (listener, ((IPEndPoint)listener.LocalEndPoint!).Port);
        }
    }

    private Socket Listen(EndPoint endPoint, int backlog)
    {
        // Both families on one socket, unless an address says which.
        bool everywhere = endPoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any);
        if (everywhere && !Socket.OSSupportsIPv6)
        {
            endPoint = new IPEndPoint(IPAddress.Any, ((IPEndPoint)endPoint).Port);
        }

        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            if (everywhere && Socket.OSSupportsIPv6)
            {
                socket.DualMode = true;
            }

            foreach (SocketOption option in SocketOptions)
            {
                socket.SetSocketOption(option.Level, option.Name, option.Value);
            }

            if (endPoint is UnixDomainSocketEndPoint path)
            {
                UnixSocketFile.Bind(socket, path);
            }
            else
            {
                socket.Bind(endPoint);
            }

            socket.Blocking = false;
            if (NoDelay)
            {
                // Linux hands it on to each connection.
                socket.NoDelay = true;
            }

            socket.Listen(backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void CloseListener(Socket listener)
    {
        if (_file is not null)
        {
            _file.Close(listener);
        }
        else
        {
            listener.Dispose();
        }
    }
}
