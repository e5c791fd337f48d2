// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/IPC.py. Copyright BBC and Kamaelia Contributors.

using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>What a socket can be ready for.</summary>
[Flags]
public enum Readiness
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Something can be read, or the end of the stream, or an error.</summary>
    Read = 1,

    /// <summary>Something can be written, or a connection attempt is over.</summary>
    Write = 2,

    /// <summary>Out-of-band data.</summary>
    Exceptional = 4,
}

/// <summary>The base of the requests to a selector.</summary>
/// <param name="caller">Who asks.</param>
/// <param name="selectable">The socket.</param>
/// <param name="readiness">For what.</param>
public abstract class SelectorMessage(object? caller, Socket selectable, Readiness readiness) : Ipc
{
    /// <summary>Who asks.</summary>
    public object? Caller { get; } = caller;

    /// <summary>The socket.</summary>
    public Socket Selectable { get; } = selectable ?? throw new ArgumentNullException(nameof(selectable));

    /// <summary>For what.</summary>
    public Readiness Readiness { get; } = readiness;
}

/// <summary>The base of the requests for one notification.</summary>
/// <param name="caller">Who asks.</param>
/// <param name="target">The component and inbox to tell.</param>
/// <param name="selectable">The socket.</param>
/// <param name="readiness">For what.</param>
public abstract class Registration(object? caller, (Component Component, string Inbox) target, Socket selectable, Readiness readiness)
    : SelectorMessage(caller, selectable, readiness)
{
    /// <summary>The component and inbox to tell.</summary>
    public (Component Component, string Inbox) Target { get; } = target;

    // Null for one that hears of it directly, and whose inbox need not even be made.
    private Postbox? _targetBox = target.Component is IHearsReadiness hearer && hearer.Hears(readiness, target.Inbox)
        ? null
        : target.Component.GetInbox(target.Inbox);

    /// <summary>Its number in the order of all that a selector was asked, while it waits.</summary>
    internal long Order { get; set; }

    /// <summary>The selector that was asked, which counts it, while it waits.</summary>
    internal Selector? Selector { get; set; }

    /// <summary>What the selector that was asked last knows of the socket: asking again need not look it up.</summary>
    internal Watched? Watched { get; set; }

    /// <summary>Tells the target that the socket is ready.</summary>
    /// <returns>Whether it was taken: the inbox may be full.</returns>
    internal bool TryTell()
    {
        if (_targetBox is null)
        {
            if (Target.Component.Scheduler?.Listener is null)
            {
                ((IHearsReadiness)Target.Component).Hear(Readiness);
                return true;
            }

            // Whoever observes the system is to see the message.
            _targetBox = Target.Component.GetInbox(Target.Inbox);
        }

        return _targetBox.TryAppend(Selectable);
    }
}

/// <summary>The base of the requests that take one back.</summary>
/// <param name="caller">Who asks.</param>
/// <param name="selectable">The socket.</param>
/// <param name="readiness">For what.</param>
public abstract class Withdrawal(object? caller, Socket selectable, Readiness readiness) : SelectorMessage(caller, selectable, readiness);

/// <summary>Asks the selector for one message when a socket can be read.</summary>
/// <param name="caller">Who asks.</param>
/// <param name="target">The component and inbox to tell.</param>
/// <param name="selectable">The socket; it is what the message will be.</param>
/// <remarks>Source: Kamaelia/IPC.py, <c>newReader</c>.</remarks>
public sealed class NewReader(object? caller, (Component Component, string Inbox) target, Socket selectable)
    : Registration(caller, target, selectable, Readiness.Read);

/// <summary>Asks the selector for one message when a socket can be written.</summary>
/// <param name="caller">Who asks.</param>
/// <param name="target">The component and inbox to tell.</param>
/// <param name="selectable">The socket; it is what the message will be.</param>
/// <remarks>Source: Kamaelia/IPC.py, <c>newWriter</c>.</remarks>
public sealed class NewWriter(object? caller, (Component Component, string Inbox) target, Socket selectable)
    : Registration(caller, target, selectable, Readiness.Write);

/// <summary>Asks the selector for one message when a socket has out-of-band data.</summary>
/// <param name="caller">Who asks.</param>
/// <param name="target">The component and inbox to tell.</param>
/// <param name="selectable">The socket; it is what the message will be.</param>
/// <remarks>Source: Kamaelia/IPC.py, <c>newExceptional</c>.</remarks>
public sealed class NewExceptional(object? caller, (Component Component, string Inbox) target, Socket selectable)
    : Registration(caller, target, selectable, Readiness.Exceptional);

/// <summary>Takes back a <see cref="NewReader"/>; without one it means nothing.</summary>
/// <param name="caller">Who asks.</param>
/// <param name="selectable">The socket.</param>
/// <remarks>Source: Kamaelia/IPC.py, <c>removeReader</c>.</remarks>
public sealed class RemoveReader(object? caller, Socket selectable) : Withdrawal(caller, selectable, Readiness.Read);

/// <summary>Takes back a <see cref="NewWriter"/>; without one it means nothing.</summary>
/// <param name="caller">Who asks.</param>
/// <param name="selectable">The socket.</param>
/// <remarks>Source: Kamaelia/IPC.py, <c>removeWriter</c>.</remarks>
public sealed class RemoveWriter(object? caller, Socket selectable) : Withdrawal(caller, selectable, Readiness.Write);

/// <summary>Takes back a <see cref="NewExceptional"/>; without one it means nothing.</summary>
/// <param name="caller">Who asks.</param>
/// <param name="selectable">The socket.</param>
/// <remarks>Source: Kamaelia/IPC.py, <c>removeExceptional</c>.</remarks>
public sealed class RemoveExceptional(object? caller, Socket selectable) : Withdrawal(caller, selectable, Readiness.Exceptional);
