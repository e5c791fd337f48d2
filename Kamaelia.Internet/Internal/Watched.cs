// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>A socket that a selector knows, and who wants to hear of it.</summary>
/// <param name="socket">The socket.</param>
internal sealed class Watched(Socket socket)
{
    private Registration? _reader;
    private Registration? _writer;
    private Registration? _exceptional;

    /// <summary>The socket.</summary>
    public Socket Socket { get; } = socket;

    /// <summary>What somebody waits for.</summary>
    public Readiness Wanted { get; private set; }

    /// <summary>What the poller reports: may be more than is wanted, until a report comes that nobody wants.</summary>
    public Readiness Armed { get; set; }

    /// <summary>What it is to report from the next wait on.</summary>
    public Readiness Goal { get; set; }

    /// <summary>Whether the poller is to be told of a new goal.</summary>
    public bool IsChanged { get; set; }

    /// <summary>Who has it in its list; null when it was taken out.</summary>
    public SocketWait? KnownTo { get; set; }

    /// <summary>Its place in that list.</summary>
    public int Index { get; set; }

    /// <summary>Its place in the poller's table, or -1.</summary>
    public int Place { get; set; } = -1;

    /// <summary>The descriptor under which the poller filed it; the socket may be closed by now.</summary>
    public int Descriptor { get; set; } = -1;

    /// <summary>Notes who waits for one kind of readiness, for which nobody waits yet.</summary>
    public void Add(Registration registration)
    {
        Slot(registration.Readiness) = registration;
        Wanted |= registration.Readiness;
    }

    /// <summary>Who waits for one kind of readiness.</summary>
    public Registration? Waiting(Readiness readiness) => Slot(readiness);

    /// <summary>Takes out who waits for one kind of readiness, if somebody does.</summary>
    public bool TryTake(Readiness readiness, [NotNullWhen(true)] out Registration? registration)
    {
        ref Registration? slot = ref Slot(readiness);
        registration = slot;
        slot = null;
        Wanted &= ~readiness;
        return registration is not null;
    }

    private ref Registration? Slot(Readiness readiness)
    {
        switch (readiness)
        {
            case Readiness.Read:
                return ref _reader;
            case Readiness.Write:
                return ref _writer;
            default:
                return ref _exceptional;
        }
    }
}
