// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Chassis/Graphline.py. Copyright BBC and Kamaelia Contributors.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>Components with names, wired by a table of linkages, presented as one component.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// new Graphline
/// {
///     ["RC"] = new ByteRateControl(rate),
///     ["RFA"] = new PromptedFileReader(fileName),
///     ["RC", "outbox"] = ("RFA", "inbox"),
///     ["RFA", "outbox"] = ("self", "outbox"),
///     ["RFA", "signal"] = ("RC", "control"),
///     ["RC", "signal"] = ("self", "signal"),
///     ["self", "control"] = ("RFA", "control"),
/// }
/// </code>
/// <para><em>How does it work?</em> In its first step it makes the linkages of the table, in its order, and activates all components,
/// linked or not, in the order they were named. From then on a message goes straight from box to box; the Graphline sleeps until a
/// component ends, takes that one out, and ends with the last. Components that these make themselves are not waited for.</para>
/// <para><c>"self"</c>, or an empty name, stands for the Graphline. An entry that starts there leads from an inbox of the Graphline to an
/// inbox; one that ends there leads from an outbox to an outbox of the Graphline. Own boxes that do not exist yet are made on the spot, so
/// others can link to them before the first step. Several entries may end at the same box, but each starts at another one: put a component
/// between that sends to both.</para>
/// <para><em>Boxes</em></para>
/// <list type="table">
/// <item><term>inbox <c>"inbox"</c></term><description>as the table says; what arrives is dropped if it says nothing</description></item>
/// <item><term>inbox <c>"control"</c></term><description>as the table says; else copied to the components, see <em>Shutdown</em></description></item>
/// <item><term>outbox <c>"outbox"</c></term><description>as the table says</description></item>
/// <item><term>outbox <c>"signal"</c></term><description>as the table says; else one message at the end, see <em>Shutdown</em></description></item>
/// <item><term>outbox <c>"_cs"</c></term><description>shutdown messages to components (internal)</description></item>
/// </list>
/// <para>and every other box of the Graphline that the table names.</para>
/// <para><em>Shutdown</em></para>
/// <list type="table">
/// <listheader><term>The table</term><description>What the Graphline does</description></listheader>
/// <item><term>has own <c>"control"</c> as a source</term><description>Nothing: messages go along that linkage only.</description></item>
/// <item>
/// <term>has not</term>
/// <description>Copies every message on <c>"control"</c>, of any type, to the <c>"control"</c> of each component where no entry of the
/// table ends, and goes on. It remembers the last <see cref="ShutdownMicroprocess"/>.</description>
/// </item>
/// <item><term>has own <c>"signal"</c> as a sink</term><description>Nothing: what comes along that linkage is all.</description></item>
/// <item>
/// <term>has not</term>
/// <description>When all components have ended it sends the <see cref="ShutdownMicroprocess"/> that it remembered, or else a new
/// <see cref="ProducerFinished"/>.</description>
/// </item>
/// </list>
/// <para>So a table that wires own <c>"control"</c> takes over: a component that nobody tells to stop keeps the Graphline alive.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Cost: no step and no allocation for a message that passes along the table.</para>
/// <para>Source: Kamaelia/Chassis/Graphline.py.</para>
/// </remarks>
// PORT: differs. Python writes own boxes into a dictionary of the class, so every later Graphline has them too.
[Inbox("inbox", "As wired.")]
[Inbox("control", "Shutdown messages, as wired or for every component whose control is not.")]
[Outbox("outbox", "As wired.")]
[Outbox("signal", "Shutdown messages, as wired or one at the end.")]
[Outbox("_cs", "For signaling to subcomponents shutdown")]
public class Graphline : AdaptiveCommsComponent
{
    private const string Self = LinkageTable.Self;

    private readonly Dictionary<string, Component> _components = [];
    private readonly Children _children;
    private readonly LinkageTable _linkages;
    private readonly ControlLines _control;
    private bool _signalIsWired;
    private bool _started;

    /// <summary>Makes an empty Graphline, to be filled by its indexers before its first step.</summary>
    /// <remarks>
    /// Components first, then linkages. Each is checked as it is given, and names are strict: only <c>"self"</c> and an empty name stand
    /// for the Graphline. Left empty it ends in its first step.
    /// </remarks>
    public Graphline()
    {
        WokenByCollection = false;
        _children = new Children(this);
        _control = new ControlLines(this, ComponentsToTell);
        _linkages = new LinkageTable("Graphline", _components.Keys);
    }

    /// <summary>Makes a Graphline from a table, as in Python.</summary>
    /// <param name="components">The components by name, each once. They are activated in this order.</param>
    /// <param name="linkages">Where each box leads. May be empty.</param>
    /// <param name="strictNames">
    /// Whether a name that no component has is an error, unless it is <c>"self"</c> or empty. Default: no, it stands for the Graphline.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A component is null or there twice, lacks a box that the table names, or a linkage contradicts another or does not touch a component.
    /// </exception>
    // PORT: differs. Python finds these errors in the first step, where they end the whole system.
    public Graphline(
        IReadOnlyDictionary<string, Component> components,
        IReadOnlyDictionary<(string Component, string Box), (string Component, string Box)> linkages,
        bool strictNames = false)
        : this()
    {
        ArgumentNullException.ThrowIfNull(components);
        ArgumentNullException.ThrowIfNull(linkages);
        _linkages.StrictNames = strictNames;
        foreach ((string name, Component component) in components)
        {
            AddComponent(name, component, nameof(components));
        }

        foreach (((string Component, string Box) source, (string Component, string Box) sink) in linkages)
        {
            AddLinkage(source, sink, nameof(linkages));
        }
    }

    /// <summary>How many messages were lost in here: unread when their component ended, or sent to an inbox of the Graphline that leads nowhere.</summary>
    public long DroppedMessages => _children.Dropped;

    /// <summary>Limits of inboxes, in messages, by component and inbox. Default: none. To be given after the components.</summary>
    /// <exception cref="ArgumentException">Set: there is no such component or inbox, or a limit is 0 or less.</exception>
    /// <remarks>The same as <see cref="ChassisExtensions.Limit"/> for each of the components.</remarks>
    public IReadOnlyDictionary<(string Component, string Box), int> BoxSizes
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
            foreach (((string component, string box), int size) in value)
            {
                LimitInbox(component, box, size, nameof(value));
            }
        }
    } = new Dictionary<(string Component, string Box), int>();

    /// <summary>The component of that name.</summary>
    /// <param name="name">Any name that is not taken; not <c>"self"</c> and not empty, which stand for the Graphline.</param>
    /// <exception cref="ArgumentException">Set: the name is taken, or the component is null or here already.</exception>
    /// <exception cref="InvalidOperationException">Set: the Graphline has taken its first step.</exception>
    /// <exception cref="KeyNotFoundException">Get: there is none.</exception>
    /// <remarks>Threads: the component's own thread only, or while nobody runs the scheduler.</remarks>
    public Component this[string name]
    {
        get => _components.TryGetValue(name, out Component? component)
            ? component
            : throw new KeyNotFoundException($"{Name} has no component \"{name}\". It has {_linkages.ListNames()}.");
        set => AddComponent(name, value, nameof(value));
    }

    /// <summary>Where a box leads: the name of a component, or <c>"self"</c>, and a box of it.</summary>
    /// <param name="component">The name of a component; or <c>"self"</c> or an empty name for the Graphline.</param>
    /// <param name="box">An outbox of that component; or an inbox of the Graphline, made if it does not exist.</param>
    /// <exception cref="ArgumentException">Set: there is no such component or box, or the box leads somewhere already.</exception>
    /// <exception cref="InvalidOperationException">Set: the Graphline has taken its first step.</exception>
    /// <exception cref="KeyNotFoundException">Get: the table does not say.</exception>
    /// <remarks>Threads: the component's own thread only, or while nobody runs the scheduler.</remarks>
    public (string Component, string Box) this[string component, string box]
    {
        get => _linkages[component, box];
        set => AddLinkage((component, box), value, nameof(value));
    }

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        _started = true;
        _children.Adopt();
        LinkByTable();
        _children.Activate();
        while (!HasFinished())
        {
            yield return Pause();
        }
    }

    /// <summary>Takes out the components that have ended, with their linkages.</summary>
    /// <returns>Whether none is left.</returns>
    /// <remarks>Threads: the component's own thread only. Source: Kamaelia/Chassis/Graphline.py, <c>Graphline.childrenDone</c>.</remarks>
    protected bool ChildrenDone() => _children.Done();

    private bool HasFinished()
    {
        HandOutControl();
        if (!ChildrenDone())
        {
            return false;
        }

        if (_signalIsWired)
        {
            return true;
        }

        // PORT: differs. Python crashes if the receiver is full; this waits until it has collected something.
        WokenByCollection = true;
        return TrySend(_control.Shutdown ?? (Ipc)new ProducerFinished(), "signal");
    }

    private void LinkByTable()
    {
        foreach (((string source, string sourceBox), (string sink, string sinkBox)) in _linkages.Entries)
        {
            if (source == Self)
            {
                _children.LinkInward(sourceBox, _components[sink], sinkBox);
            }
            else if (sink == Self)
            {
                _children.LinkOutward(_components[source], sourceBox, sinkBox);
            }
            else
            {
                Link((_components[source], sourceBox), (_components[sink], sinkBox));
            }
        }
    }

    private void HandOutControl()
    {
        if (!_linkages.LeadsOn(Self, "control"))
        {
            _control.HandOut();
            WokenByCollection = _control.AreBlocked;
        }
    }

    private IEnumerable<Component> ComponentsToTell()
    {
        HashSet<string> wired = [.. _linkages.Entries.Values.Where(sink => sink.Box == "control").Select(sink => sink.Component)];
        return _components.Where(named => !wired.Contains(named.Key)).Select(named => named.Value);
    }

    private void AddComponent(string name, Component component, string parameter)
    {
        ThrowIfStarted();
        ArgumentNullException.ThrowIfNull(name);
        if (name is "" or Self || _components.ContainsKey(name))
        {
            throw new ArgumentException(
                name is "" or Self
                    ? $"A component cannot be called \"{name}\", which stands for the Graphline itself. Give it another name."
                    : $"The Graphline has a component \"{name}\" already: {_components[name].Name}. Give the new one another name.",
                parameter);
        }

        _children.Add(component, $"component \"{name}\" of the Graphline", parameter);
        _components.Add(name, component);
    }

    private void LimitInbox(string component, string box, int size, string parameter)
    {
        try
        {
            this[component].Limit(size, box);
        }
        catch (Exception exception) when (exception is KeyNotFoundException or ArgumentException)
        {
            throw new ArgumentException(
                $"The limit {size} of (\"{component}\", \"{box}\") cannot be set: {exception.Message}", parameter, exception);
        }
    }

    private void AddLinkage((string Component, string Box) source, (string Component, string Box) sink, string parameter)
    {
        ThrowIfStarted();
        _linkages.Add(source, sink, MakeOwnBoxes, parameter);
        _signalIsWired |= sink.Box == "signal" && _linkages.Canonical(sink.Component) == Self;
    }

    /// <summary>Sees to it that both boxes exist: makes those of the Graphline, throws for those of a component.</summary>
    private void MakeOwnBoxes((string Component, string Box) source, (string Component, string Box) sink)
    {
        if (source.Component == Self)
        {
            string description = _components[sink.Component].DescribeInbox(sink.Box);
            if (!InboxNames.Contains(source.Box))
            {
                AddInbox(source.Box, description);
            }
        }
        else if (sink.Component == Self)
        {
            string description = _components[source.Component].DescribeOutbox(source.Box);
            if (!OutboxNames.Contains(sink.Box))
            {
                AddOutbox(sink.Box, description);
            }
        }
        else
        {
            _components[source.Component].GetOutbox(source.Box);
            _components[sink.Component].GetInbox(sink.Box);
        }
    }

    private void ThrowIfStarted()
    {
        if (_started)
        {
            throw new InvalidOperationException($"{Name} has made its linkages already. Give it components and linkages before it runs.");
        }
    }
}
