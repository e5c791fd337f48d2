// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Chassis/PAR.py. Copyright BBC and Kamaelia Contributors.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>Components side by side, their output merged, presented as one component. The name comes from occam.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// new Pipeline(
///     new Par(new Button("NEXT"), new Button("PREV"), new Button("FIRST"), new Button("LAST")),
///     new Chooser(files),
///     new Image()).Run();
/// </code>
/// <para>does the same as a <see cref="Graphline"/> that links the <c>"outbox"</c> of each button to the chooser.</para>
/// <para><em>How does it work?</em> In its first step it links the outboxes of all components to its own, and activates them in the order
/// given. From then on what they send goes straight on; the Par sleeps until a component ends or there is something to share out, and ends
/// with the last. Components that these make themselves are not waited for.</para>
/// <para><em>Boxes</em></para>
/// <list type="table">
/// <item><term>inbox <c>"inbox"</c></term><description>dropped, unless <see cref="InputPolicy"/> says who gets it</description></item>
/// <item><term>inbox <c>"control"</c></term><description>copied to all components, see <em>Shutdown</em></description></item>
/// <item><term>inbox <c>"_signal"</c></term><description>from the components' <c>"signal"</c> (internal)</description></item>
/// <item><term>outbox <c>"outbox"</c></term><description>what the components send, each one's in its order</description></item>
/// <item><term>outbox <c>"signal"</c></term><description>one shutdown message at the end, and see <see cref="SignalMode"/></description></item>
/// <item><term>outboxes <c>"_cs"</c>, <c>"_co"</c></term><description>shutdown messages and data to components (internal)</description></item>
/// </list>
/// <para><em>Shutdown</em>: every message on <c>"control"</c>, of any type, is copied to the <c>"control"</c> of each component that has not
/// ended. The Par waits until all have, however long that takes unless there is a <see cref="StopTimeout"/>. Then it sends the last
/// <see cref="ShutdownMicroprocess"/> that came, or else a new <see cref="ProducerFinished"/>, and ends. Without components it does so in
/// its first step.</para>
/// <para>While a component has no room for a message of <c>"inbox"</c>, those behind it wait: limit <c>"inbox"</c> if whoever sends them
/// shall be held up too.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Cost: no step and no allocation for a message that a component sends; a step for those that are shared out.</para>
/// <para>Source: Kamaelia/Chassis/PAR.py.</para>
/// </remarks>
[Inbox("inbox", "Data, shared out by the input policy.")]
[Inbox("control", "Shutdown messages for every component.")]
[Inbox("_signal", "What the components say on their signal.")]
[Outbox("outbox", "What the components send.")]
[Outbox("signal", "Shutdown messages.")]
[Outbox("_co", "For passing data to subcomponents based on a policy")]
[Outbox("_cs", "For signaling to subcomponents shutdown")]
public class Par : AdaptiveCommsComponent
{
    private readonly Component[] _components;
    private readonly Children _children;
    private readonly ControlLines _control;

    // What the components said on "signal" and is to be passed on.
    private readonly PendingSends _signals;

    private readonly Dictionary<Component, DeliveryLine> _inputLines = [];
    private TimeSpan? _deadline;

    /// <summary>Makes a Par; its components are neither linked nor activated before its first step.</summary>
    /// <param name="components">The components, each once. There may be none.</param>
    /// <exception cref="ArgumentException">One is null, or there twice, or lacks <c>"outbox"</c> or <c>"signal"</c>.</exception>
    // PORT: differs. Python finds these errors in the first step, where they end the whole system.
    public Par(params Component[] components)
    {
        ArgumentNullException.ThrowIfNull(components);
        WokenByCollection = false;
        _components = components;
        _children = new Children(this);
        _control = new ControlLines(this, () => _components);
        _signals = new PendingSends(this, "signal");
        for (int i = 0; i < components.Length; i++)
        {
            string place = $"component {i + 1} of {components.Length} in the Par";
            _children.Add(components[i], place, nameof(components));
            Children.ThrowIfBoxIsMissing(components[i], [], ["outbox", "signal"], place, nameof(components));
        }
    }

    /// <summary>Who gets what arrives on <c>"inbox"</c>. Default: <see cref="InputPolicies.Discard"/>.</summary>
    // PORT: differs. In Python any policy switches off the handling of "inbox" and "control", and there are none.
    public InputPolicy InputPolicy { get; init; } = InputPolicies.Discard;

    /// <summary>What happens to what the components say on <c>"signal"</c>. Default: <see cref="SignalMode.Aggregate"/>.</summary>
    // PORT: differs. Python passes everything through: N components that pass a shutdown message on make N + 1 of them.
    public SignalMode SignalMode { get; init; }

    /// <summary>
    /// How long components may take to end after the first <see cref="ShutdownMicroprocess"/>. Default: null, as long as they like.
    /// </summary>
    /// <remarks>
    /// Then those that are left are let go, which the log says and an <see cref="ErrorInformation"/> with a <see cref="TimeoutException"/>
    /// on <c>"signal"</c>. They live on, and what they send is dropped.
    /// </remarks>
    public TimeSpan? StopTimeout { get; init; }

    /// <summary>How many messages were lost in here: unread when their component ended, or given to nobody by the input policy.</summary>
    public long DroppedMessages => _children.Dropped;

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        _children.Adopt();
        LinkOutward();
        _children.Activate();
        while (!HasFinished())
        {
            yield return _deadline is { } deadline && _children.Left.Count > 0 ? Pause(deadline - Scheduler!.Time) : Pause();
        }
    }

    // PORT: differs. Python ends at once on a ShutdownMicroprocess: components that take their time go on as orphans.
    private bool HasFinished()
    {
        _signals.AddSignals("_signal");
        _control.HandOut();
        bool allEnded = _children.LetGoOfEnded() || TimeIsUp();
        HandOutInput();
        _signals.Pass();
        if (!allEnded || _signals.AreBlocked)
        {
            WokenByCollection = _control.AreBlocked || InputIsBlocked() || _signals.AreBlocked;
            return false;
        }

        // PORT: differs. Python crashes if the receiver is full; this waits until it has collected something.
        WokenByCollection = true;
        return TrySend(_control.Shutdown ?? (Ipc)new ProducerFinished(), "signal");
    }

    private void LinkOutward()
    {
        foreach (Component component in _children.Left)
        {
            _children.LinkOutward(component, "outbox", "outbox");
            if (SignalMode == SignalMode.PassThrough)
            {
                _children.LinkOutward(component, "signal", "signal");
            }
            else
            {
                Link((component, "signal"), (this, "_signal"));
            }
        }
    }

    private void HandOutInput()
    {
        foreach (DeliveryLine line in _inputLines.Values)
        {
            line.Retry();
        }

        while (!InputIsBlocked() && TryRecv(out object? message))
        {
            IReadOnlyList<Component> targets = _children.Left.Count == 0 ? [] : InputPolicy(message, _children.Left);
            if (targets.Count == 0)
            {
                _children.Dropped++;
            }

            for (int i = 0; i < targets.Count; i++)
            {
                InputLineTo(targets[i]).Send(message);
            }
        }
    }

    // A loop: it is asked for each message, and Any would allocate.
    private bool InputIsBlocked()
    {
        foreach (DeliveryLine line in _inputLines.Values)
        {
            if (line.IsBlocked)
            {
                return true;
            }
        }

        return false;
    }

    private DeliveryLine InputLineTo(Component component)
    {
        if (_inputLines.TryGetValue(component, out DeliveryLine? line))
        {
            return line;
        }

        if (!_components.Contains(component))
        {
            throw new InvalidOperationException(
                $"The input policy of {Name} chose {component.Name}, which is none of its components. Choose from those it is given.");
        }

        line = new DeliveryLine(this, component, "inbox", "_co");
        _inputLines.Add(component, line);
        return line;
    }

    private bool TimeIsUp()
    {
        if (_control.Shutdown is null || StopTimeout is not { } timeout)
        {
            return false;
        }

        _deadline ??= Scheduler!.Time + timeout;
        if (Scheduler!.Time < _deadline)
        {
            return false;
        }

        foreach (Component child in _children.Left)
        {
            ChassisLog.Abandoned(Scheduler.Logger, Name, child.Name, timeout);
            _signals.Add(new ErrorInformation(this, new TimeoutException($"{child.Name} did not end within {timeout}."), child));
        }

        _children.Abandon();
        return true;
    }
}
