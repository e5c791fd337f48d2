// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/IPC.py. Copyright BBC and Kamaelia Contributors.

using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>What a socket can be ready for.</summary>
[Flags]
public enum Readiness : byte
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
public abstract class SelectorMessage : Ipc
{
    private protected SelectorMessage(object? caller, Selectable selectable, Readiness readiness)
    {
        Caller = caller;
        Watchable = selectable;
        Readiness = readiness;
    }

    /// <summary>Who asks.</summary>
    public object? Caller { get; }

    /// <summary>The socket.</summary>
    public Socket Selectable => Watchable.Socket;

    /// <summary>For what.</summary>
    public Readiness Readiness { get; }

    /// <summary>The socket, whose .NET object need not be there.</summary>
    internal Selectable Watchable { get; }
}

/// <summary>The base of the requests for one notification.</summary>
public abstract class Registration : SelectorMessage
{
    // Null for one that hears of it directly, and whose inbox need not even be made.
    private Postbox? _targetBox;

    private protected Registration(object? caller, (Component Component, string Inbox) target, Selectable selectable, Readiness readiness)
        : base(caller, selectable, readiness)
    {
        Target = target;
        if (target.Component is not IHearsReadiness hearer || !hearer.Hears(readiness, target.Inbox))
        {
            _targetBox = target.Component.GetInbox(target.Inbox);
        }
    }

    /// <summary>The component and inbox to tell.</summary>
    public (Component Component, string Inbox) Target { get; }

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
public abstract class Withdrawal : SelectorMessage
{
    private protected Withdrawal(object? caller, Selectable selectable, Readiness readiness)
        : base(caller, selectable, readiness)
    {
    }
}

/// <summary>Asks the selector for one message when a socket can be read.</summary>
/// <remarks>Source: Kamaelia/IPC.py, <c>newReader</c>.</remarks>
public sealed class NewReader : Registration
{
    /// <summary>Asks for it.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="target">The component and inbox to tell.</param>
    /// <param name="selectable">The socket; it is what the message will be.</param>
    public NewReader(object? caller, (Component Component, string Inbox) target, Socket selectable)
        : base(caller, target, selectable, Readiness.Read)
    {
    }

    internal NewReader(object? caller, (Component Component, string Inbox) target, Selectable selectable)
        : base(caller, target, selectable, Readiness.Read)
    {
    }
}

/// <summary>Asks the selector for one message when a socket can be written.</summary>
/// <remarks>Source: Kamaelia/IPC.py, <c>newWriter</c>.</remarks>
public sealed class NewWriter : Registration
{
    /// <summary>Asks for it.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="target">The component and inbox to tell.</param>
    /// <param name="selectable">The socket; it is what the message will be.</param>
    public NewWriter(object? caller, (Component Component, string Inbox) target, Socket selectable)
        : base(caller, target, selectable, Readiness.Write)
    {
    }

    internal NewWriter(object? caller, (Component Component, string Inbox) target, Selectable selectable)
        : base(caller, target, selectable, Readiness.Write)
    {
    }
}

/// <summary>Asks the selector for one message when a socket has out-of-band data.</summary>
/// <remarks>Source: Kamaelia/IPC.py, <c>newExceptional</c>.</remarks>
public sealed class NewExceptional : Registration
{
    /// <summary>Asks for it.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="target">The component and inbox to tell.</param>
    /// <param name="selectable">The socket; it is what the message will be.</param>
    public NewExceptional(object? caller, (Component Component, string Inbox) target, Socket selectable)
        : base(caller, target, selectable, Readiness.Exceptional)
    {
    }
}

/// <summary>Takes back a <see cref="NewReader"/>; without one it means nothing.</summary>
/// <remarks>Source: Kamaelia/IPC.py, <c>removeReader</c>.</remarks>
public sealed class RemoveReader : Withdrawal
{
    /// <summary>Takes it back.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="selectable">The socket.</param>
    public RemoveReader(object? caller, Socket selectable)
        : base(caller, selectable, Readiness.Read)
    {
    }

    internal RemoveReader(object? caller, Selectable selectable)
        : base(caller, selectable, Readiness.Read)
    {
    }
}

/// <summary>Takes back a <see cref="NewWriter"/>; without one it means nothing.</summary>
/// <remarks>Source: Kamaelia/IPC.py, <c>removeWriter</c>.</remarks>
public sealed class RemoveWriter : Withdrawal
{
    /// <summary>Takes it back.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="selectable">The socket.</param>
    public RemoveWriter(object? caller, Socket selectable)
        : base(caller, selectable, Readiness.Write)
    {
    }

    internal RemoveWriter(object? caller, Selectable selectable)
        : base(caller, selectable, Readiness.Write)
    {
    }
}

/// <summary>Takes back a <see cref="NewExceptional"/>; without one it means nothing.</summary>
/// <remarks>Source: Kamaelia/IPC.py, <c>removeExceptional</c>.</remarks>
public sealed class RemoveExceptional : Withdrawal
{
    /// <summary>Takes it back.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="selectable">The socket.</param>
    public RemoveExceptional(object? caller, Socket selectable)
        : base(caller, selectable, Readiness.Exceptional)
    {
    }
}
