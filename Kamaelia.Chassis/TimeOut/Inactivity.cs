// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/TimeOutCSA.py. Copyright BBC and Kamaelia Contributors.

using Axon;
using Kamaelia.Internet;

namespace Kamaelia.Chassis;

/// <summary>Closes a component, a connection for instance, from which nothing has been heard for a while.</summary>
/// <remarks>
/// <para><em>Example usage</em>: a server that closes the connections of clients who are silent for two seconds.</para>
/// <code>
/// internal sealed class ImpatientTcpServer(EndPoint endPoint, IReadOnlyList&lt;SocketOption&gt;? socketOptions, TcpServerOptions? options)
///     : TcpServer(endPoint, socketOptions, options)
/// {
///     protected override Component CreateCsa(ConnectedSocket socket, (Component Component, string Inbox) selectorService) =>
///         Inactivity.Chassis(base.CreateCsa(socket, selectorService), TimeSpan.FromSeconds(2));
/// }
///
/// ServerOptions impatient = new() { ServerFactory = (endPoint, options, tcp) => new ImpatientTcpServer(endPoint, options, tcp) };
/// new SimpleServer(() => new Echo(), 1500, impatient).Run();
/// </code>
/// <para>For TCP, <see cref="CsaOptions.IdleTimeout"/> does the same with less, and counts what is written to the peer.</para>
/// <para>Source: Kamaelia/Internet/TimeOutCSA.py.</para>
/// </remarks>
public static class Inactivity
{
    private static readonly TimeSpan s_defaultTimeout = TimeSpan.FromSeconds(2);

    // What goes by way of the monitor, and there through which boxes.
    private static readonly Dictionary<string, (string Inbox, string Outbox)> s_observed = new()
    {
        ["outbox"] = ("inbox", "outbox"),
        ["CreatorFeedback"] = ("inbox2", "outbox2"),
        ["peerFinished"] = ("inbox3", "outbox3"),
        ["signal"] = ("control", "signal"),
    };

    /// <summary>Puts a component into a chassis that sends it a <see cref="ProducerFinished"/> when it has sent nothing for a while.</summary>
    /// <param name="component">The component; it needs an inbox <c>"control"</c>.</param>
    /// <param name="timeout">For how long. Default: 2 seconds.</param>
    /// <param name="countSends">
    /// Whether what it takes out of its <c>"inbox"</c> counts, too: without that, a server that streams to a silent client is cut off. Default: no.
    /// </param>
    /// <returns>The chassis, with the boxes of the component but for those that begin with an underscore.</returns>
    /// <remarks>
    /// <para>What counts is a message out of <c>"outbox"</c>, <c>"CreatorFeedback"</c>, <c>"peerFinished"</c> or <c>"signal"</c>; these four go
    /// by way of an <see cref="ActivityMonitor"/>, and arrive a cycle later. All other boxes lead straight in and out. The time runs from the
    /// first step, in the scheduler's time. It closes once: a component that does not end on that stays as it is.</para>
    /// <para>The chassis ends with the component. If a receiver has no room for what the component said last, it waits for room, but not
    /// longer than <paramref name="timeout"/>.</para>
    /// <para>Source: Kamaelia/Internet/TimeOutCSA.py, <c>InactivityChassis</c>.</para>
    /// </remarks>
    /// <exception cref="ArgumentException">The component has no <c>"control"</c>, so nobody can close it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public static Graphline Chassis(Component component, TimeSpan? timeout = null, bool countSends = false)
    {
        ArgumentNullException.ThrowIfNull(component);
        Children.ThrowIfBoxIsMissing(component, ["control"], [], $"component {component.Name} that is to be closed", nameof(component));
        TimeSpan time = timeout ?? s_defaultTimeout;
        ResettableSender timer = new(time) { Message = new ProducerFinished() };
        InactivityGraphline chassis = new(component, timer, new ActivityMonitor { FlushTimeout = time });
        Wire(chassis, component);
        if (countSends)
        {
            chassis.Watch();
        }

        return chassis;
    }

    /// <summary>A maker of components that are made by another, and each closed by a time limit of its own.</summary>
    /// <param name="factory">Makes the component.</param>
    /// <param name="timeout">See <see cref="Chassis"/>.</param>
    /// <remarks>Source: Kamaelia/Internet/TimeOutCSA.py, <c>NoActivityTimeout</c>.</remarks>
    public static Func<Graphline> NoActivityTimeout(Func<Component> factory, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return () => Chassis(factory(), timeout);
    }

    /// <inheritdoc cref="NoActivityTimeout(Func{Component}, TimeSpan?)"/>
    public static Func<T, Graphline> NoActivityTimeout<T>(Func<T, Component> factory, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return argument => Chassis(factory(argument), timeout);
    }

    /// <inheritdoc cref="NoActivityTimeout(Func{Component}, TimeSpan?)"/>
    public static Func<T1, T2, Graphline> NoActivityTimeout<T1, T2>(Func<T1, T2, Component> factory, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return (first, second) => Chassis(factory(first, second), timeout);
    }

    /// <summary>As <see cref="NoActivityTimeout(Func{Component}, TimeSpan?)"/>, but the maker is given the time limit at each call.</summary>
    /// <param name="factory">Makes the component.</param>
    /// <remarks>Source: Kamaelia/Internet/TimeOutCSA.py, <c>ExtendedInactivity</c>.</remarks>
    public static Func<TimeSpan?, Graphline> Extended(Func<Component> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return timeout => Chassis(factory(), timeout);
    }

    /// <inheritdoc cref="Extended(Func{Component})"/>
    public static Func<TimeSpan?, T, Graphline> Extended<T>(Func<T, Component> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return (timeout, argument) => Chassis(factory(argument), timeout);
    }

    /// <inheritdoc cref="Extended(Func{Component})"/>
    public static Func<TimeSpan?, T1, T2, Graphline> Extended<T1, T2>(Func<T1, T2, Component> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return (timeout, first, second) => Chassis(factory(first, second), timeout);
    }

    // Not "_selectorSignal": whoever has one links it to the selector itself, and a box leads to one place only.
    private static void Wire(Graphline chassis, Component component)
    {
        foreach (string inbox in component.InboxNames.Where(IsPublic))
        {
            chassis["self", inbox] = ("OBJ", inbox);
        }

        foreach (string outbox in component.OutboxNames.Where(IsPublic))
        {
            if (s_observed.TryGetValue(outbox, out (string Inbox, string Outbox) line))
            {
                chassis["OBJ", outbox] = ("ACT", line.Inbox);
                chassis["ACT", line.Outbox] = ("self", outbox);
            }
            else
            {
                chassis["OBJ", outbox] = ("self", outbox);
            }
        }

        chassis["ACT", "observed"] = ("SHUTTERDOWNER", "inbox");
        chassis["SHUTTERDOWNER", "outbox"] = ("OBJ", "control");
    }

    private static bool IsPublic(string box) => !box.StartsWith('_');

    /// <summary>Ends with the component that it is for: the others are told.</summary>
    // PORT: differs. In Python the chassis stays until the timer's thread has run out.
    private sealed class InactivityGraphline : Graphline
    {
        private readonly Component _component;
        private readonly ResettableSender _timer;
        private readonly ActivityMonitor _monitor;
        private CollectionWatch? _watch;

        public InactivityGraphline(Component component, ResettableSender timer, ActivityMonitor monitor)
        {
            (_component, _timer, _monitor) = (component, timer, monitor);
            this["OBJ"] = component;
            this["ACT"] = monitor;
            this["SHUTTERDOWNER"] = timer;
        }

        /// <summary>Lets count, too, what the component takes out of its <c>"inbox"</c>.</summary>
        public void Watch()
        {
            _watch = new CollectionWatch(_timer);
            this["SENT"] = _watch;
            this["SENT", "watched"] = ("OBJ", "inbox");
        }

        internal override void ChildEnded(Component child)
        {
            if (child == _component)
            {
                // What it said last is with the monitor already.
                _monitor.End();
                Tell(_timer);
                Tell(_watch);
            }
        }

        private static void Tell(Component? part) => part?.GetInbox("control").TryAppend(new ShutdownMicroprocess());
    }

    /// <summary>Starts the countdown anew each time that somebody has taken something out of an inbox.</summary>
    /// <remarks>
    /// It is linked to that inbox and sends nothing there; but who collects wakes all who feed. So nothing is held up or comes in another
    /// order for being counted. To the timer it is not linked: else the timer's collecting would wake it, too.
    /// </remarks>
    [Inbox("control", "Shutdown.")]
    [Outbox("watched", "Leads to the inbox. Nothing is sent.")]
    private sealed class CollectionWatch(ResettableSender timer) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            yield return Pause();
            while (!DataReady("control"))
            {
                timer.GetInbox().TryAppend(null);
                yield return Pause();
            }
        }
    }
}
