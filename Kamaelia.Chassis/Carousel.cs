// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Chassis/Carousel.py. Copyright BBC and Kamaelia Contributors.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>One component at a time, made on demand and replaced by the next: makes something that ends usable again and again.</summary>
/// <remarks>
/// <para><em>Example usage</em>: whoever sends a file name gets the file, as often as they like.</para>
/// <code>
/// new Graphline
/// {
///     ["NAMES"] = new ConsoleReader("enter a file name> "),
///     ["READER"] = new Carousel&lt;string&gt;(fileName => new FileReader(fileName)),
///     ["OUTPUT"] = new ConsoleEchoer(),
///     ["NAMES", "outbox"] = ("READER", "next"),
///     ["READER", "outbox"] = ("OUTPUT", "inbox"),
/// }.Run();
/// </code>
/// <para><em>How does it work?</em> A message on <c>"next"</c> is given to the factory, and what that returns becomes the child: it gets
/// the <c>"inbox"</c> and the <c>"outbox"</c> of the Carousel, and is activated. When it ends and nothing waits on <c>"next"</c>, the
/// Carousel asks for more: <see cref="Next"/> on <c>"requestNext"</c>. A message that comes while a child runs replaces it: the child is
/// sent a <see cref="ShutdownMicroprocess"/>, and when it has ended, however long that takes, the next one is made. So of several that
/// wait each gets its child, and all but the last of these are told to stop at once.</para>
/// <para>Only the end of a child counts; what it says on <c>"signal"</c> is dropped. Data that arrives while there is no child waits for
/// the next one; data that a child has not read when it ends is lost.</para>
/// <para>A factory that fails, or returns null or a component that is in use, is reported in the log and by an
/// <see cref="ErrorInformation"/> on <c>"signal"</c>; for the rest it is as if the child had ended at once.</para>
/// <para><em>Boxes</em></para>
/// <list type="table">
/// <item><term>inbox <c>"inbox"</c></term><description>data for the child</description></item>
/// <item><term>inbox <c>"next"</c></term><description>what the factory makes the next child from</description></item>
/// <item><term>inbox <c>"control"</c></term><description>shutdown messages, see <em>Shutdown</em></description></item>
/// <item><term>outbox <c>"outbox"</c></term><description>what the child sends</description></item>
/// <item><term>outbox <c>"signal"</c></term><description>the shutdown message, at the end; reports of failed factories</description></item>
/// <item><term>outbox <c>"requestNext"</c></term><description><see cref="Next"/>: there is room for another child</description></item>
/// <item><term>outbox <c>"_signal"</c></term><description>shutdown messages to the child (internal)</description></item>
/// </list>
/// <para><em>Shutdown</em>: it ends by <c>"control"</c> only.</para>
/// <list type="table">
/// <listheader><term>Message</term><description>What the Carousel does</description></listheader>
/// <item>
/// <term><see cref="ProducerFinished"/></term>
/// <description>Makes a child for everything that waits on <c>"next"</c>, passes the message to the last child, and waits for its
/// end.</description>
/// </item>
/// <item>
/// <term><see cref="ShutdownMicroprocess"/></term>
/// <description>Drops what waits on <c>"next"</c>, passes the message to the child, also to one that was told to finish before, and waits
/// for its end.</description>
/// </item>
/// <item><term>any other</term><description>Drops it.</description></item>
/// </list>
/// <para>Then it sends that same message on <c>"signal"</c>, the last <see cref="ShutdownMicroprocess"/> before any
/// <see cref="ProducerFinished"/>, and ends. Once told, it asks for no more.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Cost: no step and no allocation for a message that passes.</para>
/// <para>Source: Kamaelia/Chassis/Carousel.py; Kamaelia/Experimental/Chassis.py.</para>
/// </remarks>
[Inbox("inbox", "Data for the child.")]
[Inbox("next", "Requests to replace the child.")]
[Inbox("control", "Shutdown messages.")]
[Outbox("outbox", "What the child sends.")]
[Outbox("signal", "Shutdown messages passed on.")]
[Outbox("requestNext", "For requesting a new child.")]
[Outbox("_signal", "Shutdown messages for the child.")]
public class Carousel : Component
{
    /// <summary>What is sent on <c>"requestNext"</c>: <c>NEXT</c>.</summary>
    public const string Next = "NEXT";

    private readonly Func<object?, Component?> _factory;
    private readonly bool _make1stRequest;
    private readonly Children _children;

    private ProducerFinished? _pleaseStop;
    private ShutdownMicroprocess? _mustStop;

    // The strongest order that the present child was given.
    private Order _told;

    // A request that found no room yet.
    private bool _owesRequest;

    /// <summary>Makes a Carousel without a child.</summary>
    /// <param name="componentFactory">Makes a new component from a message of <c>"next"</c>; called in the Carousel's own step.</param>
    /// <param name="make1stRequest">
    /// Whether it asks for the first child too. Default: no. For choosers that wait to be asked; one that offers its first item by itself
    /// would offer the second at once, which replaces the first: see <see cref="Prefab.JoinChooserToCarousel"/>.
    /// </param>
    public Carousel(Func<object?, Component?> componentFactory, bool make1stRequest = false)
    {
        ArgumentNullException.ThrowIfNull(componentFactory);
        WokenByCollection = false;
        _factory = componentFactory;
        _make1stRequest = make1stRequest;
        _children = new Children(this);
    }

    private enum Order
    {
        None,
        Finish,
        Stop,
    }

    /// <summary>The limit of each child's <c>"inbox"</c>, in messages. Default: null, as the factory made it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set: it is 0 or less.</exception>
    /// <remarks>Data that waited for the child all arrives; the limit holds for what comes after.</remarks>
    public int? BoxSize
    {
        get;
        init
        {
            ChassisExtensions.ThrowIfNoLimit(value, nameof(BoxSize));
            field = value;
        }
    }

    /// <summary>
    /// How many messages were lost in here: unread when a child ended, dropped from <c>"next"</c> by a shutdown, or no shutdown message.
    /// </summary>
    public long DroppedMessages => _children.Dropped;

    private bool IsOccupied => _children.Left.Count > 0;

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        if (_make1stRequest)
        {
            RequestNext();
        }

        while (!HasFinished())
        {
            yield return Pause();
        }
    }

    private bool HasFinished()
    {
        ReadControl();
        bool hasRoom = IsOccupied && _children.LetGoOfEnded();
        while (!IsOccupied && TryRecv(out object? request, "next"))
        {
            hasRoom = !TryMakeChild(request);
        }

        if (IsOccupied)
        {
            TellChild();
            return false;
        }

        if (_mustStop is not null || _pleaseStop is not null)
        {
            // PORT: differs. Python crashes if the receiver is full; this waits until it has collected something.
            WokenByCollection = true;
            return TrySend(_mustStop ?? (Ipc?)_pleaseStop, "signal");
        }

        if (hasRoom || _owesRequest)
        {
            RequestNext();
        }

        return false;
    }

    private void ReadControl()
    {
        while (TryRecv(out object? message, "control"))
        {
            switch (message)
            {
                case ProducerFinished finished:
                    _pleaseStop = finished;
                    break;
                case ShutdownMicroprocess shutdown:
                    _mustStop = shutdown;
                    break;
                default:
                    _children.Dropped++;
                    break;
            }
        }

        if (_mustStop is not null)
        {
            _children.Dropped += Inbox("next").Count();
        }
    }

    private bool TryMakeChild(object? request)
    {
        if (_children.TryMake(() => _factory(request), ["inbox", "control"], request) is not { } child)
        {
            return false;
        }

        if (BoxSize is { } size)
        {
            child.SetInboxSize("inbox", size);
        }

        _told = Order.None;
        _owesRequest = false;
        Link((this, "_signal"), (child, "control"));
        _children.Start(child);
        return true;
    }

    // PORT: differs. In Python a child is told once: an order to stop never reaches one that was told to finish. A full "control" is a crash.
    private void TellChild()
    {
        Order order = _mustStop is not null || DataReady("next") ? Order.Stop
            : _pleaseStop is not null ? Order.Finish
            : Order.None;
        if (order > _told && TrySend(order == Order.Finish ? _pleaseStop : _mustStop ?? new ShutdownMicroprocess(), "_signal"))
        {
            _told = order;
        }

        WokenByCollection = order > _told;
    }

    // PORT: differs. Python crashes if the receiver is full; this asks when it has collected something.
    private void RequestNext()
    {
        _owesRequest = !TrySend(Next, "requestNext");
        WokenByCollection = _owesRequest;
    }
}

/// <summary>A <see cref="Carousel"/> whose factory takes one type of message.</summary>
/// <typeparam name="T">The type; a message of another one is reported like a factory that fails.</typeparam>
/// <param name="componentFactory">Makes a new component from a message of <c>"next"</c>; called in the Carousel's own step.</param>
/// <param name="make1stRequest">Whether it asks for the first child too; see <see cref="Carousel"/>.</param>
public class Carousel<T>(Func<T, Component?> componentFactory, bool make1stRequest = false)
    : Carousel(Typed(componentFactory), make1stRequest)
{
    private static Func<object?, Component?> Typed(Func<T, Component?> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return request => request is T argument
            ? factory(argument)
            : throw new ArgumentException($"The factory takes {typeof(T)}, and was sent {request ?? "null"} ({request?.GetType()}) on \"next\".");
    }
}
