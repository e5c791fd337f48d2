// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>The file by which clients find a Unix domain socket.</summary>
/// <remarks>
/// The kernel leaves it behind when the socket is closed. The runtime deletes it then, by its name and whoever has made it; after a server
/// that was killed nobody does.
/// </remarks>
/// <param name="endPoint">What a socket has just been bound to.</param>
internal sealed class UnixSocketFile(UnixDomainSocketEndPoint endPoint)
{
    private readonly string _path = Path.GetFullPath(endPoint.ToString());
    private readonly LinuxFile? _mine = LinuxFile.Find(endPoint.ToString());

    /// <summary>Binds a socket; a file that a dead server left behind is replaced.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="endPoint">The address.</param>
    /// <exception cref="SocketException">It is not to be had.</exception>
    public static void Bind(Socket socket, UnixDomainSocketEndPoint endPoint)
    {
        string path = endPoint.ToString();
        try
        {
            socket.Bind(endPoint);
        }
        catch (SocketException exception) when (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
        {
            throw new SocketException((int)exception.SocketErrorCode, "There is no such folder");
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            if (LinuxFile.Find(path) is { IsSocket: false })
            {
                throw new SocketException((int)SocketError.AddressAlreadyInUse, "There is a file of that name, and it is not a socket");
            }

            if (!IsLeftBehind(endPoint, path))
            {
                throw;
            }

            Remove(path);
            socket.Bind(endPoint);
        }
    }

    /// <summary>Closes the socket, and removes the file if it is still the one that was made with it.</summary>
    /// <param name="socket">The socket that was bound.</param>
    public void Close(Socket socket)
    {
        // While the socket is open no other file can be taken for its own: numbers are not given twice.
        if (LinuxFile.Find(_path) is { } found && found != _mine)
        {
            // The descriptor alone, for the runtime would delete the other one's file: now, and when it collects the socket.
#pragma warning disable CA1816
            GC.SuppressFinalize(socket);
#pragma warning restore CA1816
            socket.SafeHandle.Dispose();
        }
        else
        {
            socket.Dispose();
        }
    }

    // Elsewhere a socket cannot be told from the files that must not be deleted, and refuse a connection as well.
    private static bool IsLeftBehind(UnixDomainSocketEndPoint endPoint, string path)
    {
        if (LinuxFile.Find(path) is null)
        {
            return false;
        }

        using Socket probe = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(endPoint);
            return false;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SocketException((int)SocketError.AccessDenied, $"The file that a dead server left there cannot be removed: {exception.Message}");
        }
    }
}
