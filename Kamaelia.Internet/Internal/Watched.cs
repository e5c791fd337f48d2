// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>A socket that a selector knows, and who wants to hear of it.</summary>
/// <param name="selectable">The socket.</param>
internal sealed class Watched(Selectable selectable)
{
    private Registration? _reader;
    private Registration? _writer;
    private Registration? _exceptional;

    /// <summary>The socket.</summary>
    public Selectable Selectable { get; } = selectable;

    /// <summary>Its .NET object.</summary>
    public Socket Socket => Selectable.Socket;

    /// <summary>The number by which the system knows it; if it is closed, somebody else's perhaps.</summary>
    public int Descriptor { get; } = (int)selectable.Descriptor;

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

    /// <summary>By what the poller knows it, or -1: it does not.</summary>
    public int PollerKey { get; set; } = -1;

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
