// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>What a selector is asked to watch: a socket, or a connection whose .NET object nobody has asked for yet.</summary>
/// <remarks>Equal to another if both are the same socket, whichever way they were given.</remarks>
internal readonly struct Selectable : IEquatable<Selectable>
{
    private readonly object _it;

    private Selectable(object? selectable)
    {
        ArgumentNullException.ThrowIfNull(selectable);
        _it = selectable;
    }

    /// <summary>The .NET object, made if it is not there yet.</summary>
    public Socket Socket => SocketIfMade ?? ((ConnectedSocket)_it).Socket;

    public bool IsClosed => _it is ConnectedSocket connection ? connection.IsClosed : ((Socket)_it).SafeHandle.IsClosed;

    /// <summary>The number by which the system knows it; if it is closed, somebody else's perhaps.</summary>
    public nint Descriptor => _it is ConnectedSocket connection ? connection.Descriptor : ((Socket)_it).SafeHandle.DangerousGetHandle();

    public static implicit operator Selectable(Socket selectable) => new((object)selectable);

    public static implicit operator Selectable(ConnectedSocket selectable) => new((object)selectable);

    private Socket? SocketIfMade => _it is ConnectedSocket connection ? connection.SocketIfMade : (Socket)_it;

    public bool Equals(Selectable other) => _it == other._it || (SocketIfMade is { } socket && socket == other.SocketIfMade);

    public override bool Equals(object? obj) => obj is Selectable other && Equals(other);

    // It stays the same when the .NET object is made, and after the end.
    public override int GetHashCode() => Descriptor.GetHashCode();

    /// <summary>Refuses one that is closed, in the way a system does that looks for itself.</summary>
    /// <exception cref="SocketException">It is closed.</exception>
    public void ThrowIfClosed()
    {
        if (IsClosed)
        {
            throw new SocketException((int)SocketError.NotSocket);
        }
    }
}
