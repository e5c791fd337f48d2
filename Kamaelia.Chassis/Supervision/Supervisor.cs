// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using Axon;

namespace Kamaelia.Chassis;

/// <summary>Components with names that are made anew when they crash, wired by a table of linkages, presented as one component.</summary>
/// <remarks>
/// <para><em>Example usage</em>: a parser that may fail over what it is sent, between two that must not suffer from it.</para>
/// <code>
/// new Pipeline(
///     new Reader(),
///     new Supervisor(() => new Parser()),
///     new Writer()).Run();
/// </code>
/// <para>and several, with a table as in a <see cref="Graphline"/>:</para>
/// <code>
/// new Supervisor
/// {
///     ["PARSER"] = new(() => new Parser()),
///     ["STORE"] = new(() => new Store()) { Restart = Restart.Permanent },
///     ["self", "inbox"] = ("PARSER", "inbox"),
///     ["PARSER", "outbox"] = ("STORE", "inbox"),
///     Strategy = SupervisionStrategy.RestForOne,
///     Restarts = new RestartPolicy { Restarts = 5, Period = TimeSpan.FromMinutes(1), Delay = TimeSpan.FromSeconds(1) },
/// }
/// </code>
/// <para><em>How does it work?</em> In its first step it makes the linkages of the table, calls the factories in the order they were named,
/// and activates what they make. All linkages end in boxes of the Supervisor, which stay; only the last hop is made for each component. When
/// one crashes, nobody else sees anything of it: the Supervisor takes the crash upon itself, whether the scheduler is immortal or not, and
/// puts another component in its place, as the <see cref="ChildSpec"/>, the <see cref="RestartPolicy"/> and the
/// <see cref="SupervisionStrategy"/> say. The message that was being worked on is lost. Those that waited in the crashed one's inboxes and
/// those that come while the place is empty are its successor's, in order; a limit of the inbox holds meanwhile.</para>
/// <para><em>A chassis as a child</em>: a crash of any component inside it, down to the next Supervisor, is a crash of the child. It is
/// stopped, with all components inside, and made anew as a whole. What waited where its inboxes led is handed on; what was on its way inside
/// is lost, and so is what had gone to another scheduler. Inside means adopted (<see cref="Component.AddChildren"/>), at any depth.</para>
/// <para><em>Too many crashes</em>: when the <see cref="RestartPolicy"/> allows no more, it stops all children, says so by an
/// <see cref="ErrorInformation"/> on <c>"signal"</c>, and crashes itself, with a <see cref="RestartLimitExceededException"/>. A Supervisor
/// around it takes that for the crash of a child; without one the scheduler does with it what it does with every crash.</para>
/// <para>Each crash stands in the log too. <see cref="Scheduler.ComponentCrashed"/> is not raised for a crash that a Supervisor
/// took upon itself.</para>
/// <para><em>Boxes</em></para>
/// <list type="table">
/// <item><term>inbox <c>"inbox"</c></term><description>as the table says; what arrives is dropped if it says nothing</description></item>
/// <item><term>inbox <c>"control"</c></term><description>copied to the children, see <em>Shutdown</em></description></item>
/// <item><term>inbox <c>"_signal"</c></term><description>from the <c>"signal"</c> of children where the table says nothing of it (internal)</description></item>
/// <item><term>outbox <c>"outbox"</c></term><description>as the table says</description></item>
/// <item><term>outbox <c>"signal"</c></term><description>one shutdown message at the end; what children say that is none</description></item>
/// <item><term>outbox <c>"crashes"</c></term><description>a <see cref="CrashReport"/> for each crash</description></item>
/// <item><term>outboxes <c>"_cs"</c></term><description>shutdown messages to a child (internal)</description></item>
/// </list>
/// <para>every other box of the Supervisor that the table names, and an inbox for each inbox of a child that it names (internal). Without a
/// table, an only child has the <c>"inbox"</c> and the <c>"outbox"</c> of the Supervisor.</para>
/// <para><em>Shutdown</em></para>
/// <list type="table">
/// <listheader><term>Message</term><description>What the Supervisor does</description></listheader>
/// <item>
/// <term><see cref="ProducerFinished"/></term>
/// <description>Copies it to the <c>"control"</c> of each child where no entry of the table ends. One that crashes over it is still
/// restarted, and its successor is told again; one that ends has ended, also a permanent one.</description>
/// </item>
/// <item>
/// <term><see cref="ShutdownMicroprocess"/></term>
/// <description>The same, but nobody is restarted any more. Those that have not ended after <see cref="StopTimeout"/> are stopped.</description>
/// </item>
/// <item><term>any other</term><description>Copies it.</description></item>
/// </list>
/// <para>What the table leads to the <c>"control"</c> of a child is read by the Supervisor and handed on, so that it holds for the successor
/// too. What children say on <c>"signal"</c> is no end: a child has ended when it has terminated and no other is to come. When all have, the
/// Supervisor sends the last <see cref="ShutdownMicroprocess"/> that came on <c>"control"</c>, or else the last
/// <see cref="ProducerFinished"/>, or else a new one, and ends. When it is stopped itself, or crashes, it stops its children.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Cost: no step and no allocation for a message that passes, but for <c>"control"</c>; a step for those that come while a place is
/// empty.</para>
/// <para>Source: none in Python, where nothing notices a crash. The model is Erlang/OTP's <c>supervisor</c>.</para>
/// </remarks>
[Inbox("inbox", "As wired.")]
[Inbox("control", "Shutdown messages for every child whose control is not wired.")]
[Inbox("_signal", "What the children say on their signal.")]
[Outbox("outbox", "As wired.")]
[Outbox("signal", "One shutdown message at the end, and what children say that is none.")]
[Outbox("crashes", "A CrashReport for each crash of a child.")]
[DebuggerDisplay("{Name,nq}: {_places.Count} children")]
public partial class Supervisor : AdaptiveCommsComponent
{
    private readonly Dictionary<string, SupervisedChild> _places = [];
    private readonly Children _children;
    private readonly LinkageTable _linkages;
    private readonly PendingSends _signals;
    private readonly PendingSends _reports;
    private bool _started;

    // The orders that came on "control".
    private ProducerFinished? _finish;
    private ShutdownMicroprocess? _stop;

    // When the children are to have ended that were told to stop.
    private TimeSpan? _deadline;

    /// <summary>Makes a Supervisor without children, to be given them by its indexers before its first step: children first, then linkages.</summary>
    /// <remarks>Each is checked as it is given. Left empty it ends in its first step.</remarks>
    public Supervisor()
    {
        WokenByCollection = false;
        _children = new Children(this);
        _linkages = new LinkageTable("Supervisor", _places.Keys);
        _signals = new PendingSends(this, "signal");
        _reports = new PendingSends(this, "crashes");
    }

    /// <summary>Makes a Supervisor with one child, called <c>"child"</c>, that has its <c>"inbox"</c> and its <c>"outbox"</c>.</summary>
    /// <param name="factory">Makes a new component each time; see <see cref="ChildSpec"/>.</param>
    /// <param name="restart">Which of its ends make the Supervisor put another in its place.</param>
    public Supervisor(Func<Component?> factory, Restart restart = Restart.Transient)
        : this()
    {
        this["child"] = new ChildSpec(factory) { Restart = restart };
    }

    /// <summary>How often children are restarted, and after what delay. Default: three times within five seconds, at once.</summary>
    public RestartPolicy Restarts
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(value));
    }

    = new();

    /// <summary>Who is replaced together with a child. Default: nobody else.</summary>
    public SupervisionStrategy Strategy { get; init; }

    /// <summary>
    /// How long children may take to end after the first <see cref="ShutdownMicroprocess"/> on <c>"control"</c>, before they are stopped.
    /// Default: null, as long as they like.
    /// </summary>
    public TimeSpan? StopTimeout { get; init; }

    /// <summary>How many messages were lost in here: unread when their child ended for good, or sent to where no child is or will be.</summary>
    public long DroppedMessages => _children.Dropped;

    /// <summary>The child of that name.</summary>
    /// <param name="name">Any name that is not taken; not <c>"self"</c> and not empty, which stand for the Supervisor.</param>
    /// <exception cref="ArgumentException">Set: the name is taken, or the child is null.</exception>
    /// <exception cref="InvalidOperationException">Set: the Supervisor has taken its first step.</exception>
    /// <exception cref="KeyNotFoundException">Get: there is none.</exception>
    /// <remarks>Threads: the component's own thread only, or while nobody runs the scheduler.</remarks>
    public ChildSpec this[string name]
    {
        get => _places.TryGetValue(name, out SupervisedChild? child)
            ? child.Spec
            : throw new KeyNotFoundException($"{Name} has no child \"{name}\". It has {_linkages.ListNames()}.");
        set => AddPlace(name, value);
    }

    /// <summary>Where a box leads: the name of a child, or <c>"self"</c>, and a box of it.</summary>
    /// <param name="child">The name of a child; or <c>"self"</c> or an empty name for the Supervisor.</param>
    /// <param name="box">An outbox of that child; or an inbox of the Supervisor, made if it does not exist, but not <c>"control"</c>.</param>
    /// <exception cref="ArgumentException">
    /// Set: there is no such child, the box leads somewhere already, or one end is a box that the Supervisor uses itself: <c>"control"</c>,
    /// <c>"signal"</c>, <c>"crashes"</c>. Whether a child has the box is seen when it is made.
    /// </exception>
    /// <exception cref="InvalidOperationException">Set: the Supervisor has taken its first step.</exception>
    /// <exception cref="KeyNotFoundException">Get: the table does not say.</exception>
    /// <remarks>Threads: the component's own thread only, or while nobody runs the scheduler.</remarks>
    public (string Child, string Box) this[string child, string box]
    {
        get => _linkages[child, box];
        set
        {
            ThrowIfStarted();
            _linkages.Add((child, box), value, MakeOwnBoxes, nameof(value));
        }
    }

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        _started = true;
        LinkByTable();
        foreach (SupervisedChild child in _places.Values)
        {
            child.Due = Scheduler!.Time;
        }

        while (!HasFinished())
        {
            yield return Pause(TimeToWait());
        }

        if (_failure is not null)
        {
            throw _failure;
        }
    }

    /// <inheritdoc/>
    protected internal override Ipc? CloseDown()
    {
        try
        {
            ReportLate();
            foreach (Component component in _places.Values.Select(child => child.Present).OfType<Component>().SelectMany(child => child.Family()))
            {
                component.Stop();
            }
        }
        finally
        {
            base.CloseDown();
        }

        return null;
    }

    private bool HasFinished()
    {
        _signals.AddSignals("_signal");
        TakeCrashes();
        LookForEnds();
        HandOutControl();
        StopLate();
        StartDue();
        DropStrays();
        _signals.Pass();
        _reports.Pass();
        if (!_places.Values.All(static child => child.HasFinished))
        {
            WokenByCollection = AreBlocked();
            return false;
        }

        if (_failure is not null)
        {
            // Nobody waits for room now: whoever is above must hear of the crash, and the log has it all.
            return true;
        }

        WokenByCollection = true;
        return !AreBlocked() && TrySend(_stop ?? _finish ?? (Ipc)new ProducerFinished(this), "signal");
    }

    private bool AreBlocked() =>
        _signals.AreBlocked || _reports.AreBlocked || _places.Values.Any(static child => child.IsBlocked);

    private void HandOutControl()
    {
        while (TryRecv(out object? message, "control"))
        {
            _finish = message as ProducerFinished ?? _finish;
            _stop = message as ShutdownMicroprocess ?? _stop;
            foreach (SupervisedChild child in _places.Values.Where(static child => child.ControlInlet is null))
            {
                child.Tell(message);
            }
        }

        foreach (SupervisedChild child in _places.Values)
        {
            while (child.ControlInlet is { } inlet && TryRecv(out object? message, inlet))
            {
                child.Tell(message);
            }

            child.PassControl();
            if (_stop is not null)
            {
                child.Due = null;
            }
        }
    }

    private void StopLate()
    {
        if (_stop is null || StopTimeout is not { } timeout)
        {
            return;
        }

        _deadline ??= Scheduler!.Time + timeout;
        if (Scheduler!.Time < _deadline)
        {
            return;
        }

        foreach (SupervisedChild child in _places.Values.Where(static child => child.Present is not null))
        {
            ChassisLog.Stopped(Scheduler.Logger, Name, child.Present!.Name, child.Name, timeout);
            child.Stop();
        }
    }

    // Nobody reads these: left where they are they would only pile up. But when it gives up they are for who may come in its own place.
    private void DropStrays()
    {
        if (_failure is not null)
        {
            return;
        }

        if (!_linkages.LeadsOn(LinkageTable.Self, "inbox") && DataReady())
        {
            _children.Dropped += Inbox().Count();
        }

        foreach (SupervisedChild child in _places.Values.Where(static child => child.HasFinished))
        {
            child.DropUnread();
        }
    }

    private TimeSpan TimeToWait()
    {
        TimeSpan? next = NextStart();
        if (_deadline is { } deadline && _places.Values.Any(static child => child.Present is not null) && !(next < deadline))
        {
            next = deadline;
        }

        TimeSpan wait = next - Scheduler!.Time ?? Timeout.InfiniteTimeSpan;
        return next is not null && wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
