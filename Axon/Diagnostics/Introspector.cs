// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Introspector.py. Copyright BBC and Kamaelia Contributors.

using System.Globalization;
using System.Text;

namespace Axon;

/// <summary>Tells, as lines of text, what components there are on its scheduler and how they are wired: first all of it, then what changes.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// new Pipeline(new Introspector(), new ConsoleEchoer()).Activate();
/// </code>
/// <para><em>How does it work?</em> The first message is <c>DEL ALL</c>, for a viewer that has something on its screen. Each message after it
/// says how the system differs from what was said before, in whole lines:</para>
/// <code>
/// DEL LINK "(8, 'o', 'outbox')" "(9, 'i', 'inbox')"
/// DEL NODE "(9, 'i', 'inbox')"
/// ADD NODE "8" "Echo_8" randompos component
/// ADD NODE "(8, 'i', 'inbox')" "inbox" randompos inbox
/// ADD LINK "8" "(8, 'i', 'inbox')"
/// ADD LINK "(8, 'o', 'outbox')" "(9, 'i', 'inbox')"
/// </code>
/// <para>in that order. A node that goes takes its links to and from its component along. Quotes and backslashes in names have a backslash
/// before them. It sleeps until somebody is activated or ends, or a box or linkage comes or goes; then it looks once, however much
/// has changed. What those who are not active do among themselves is told with the next change.</para>
/// <para>It ends, with a <see cref="ProducerFinished"/>, when the last of those it watched has ended: whoever is only there for what it sends
/// does not count. Alone from the beginning, it waits.</para>
/// <para><em>Boxes</em>: <c>"outbox"</c> sends strings of one line or more; <c>"control"</c> takes a <see cref="ShutdownMicroprocess"/> or
/// <see cref="ProducerFinished"/>, which is passed on through <c>"signal"</c>. <c>"inbox"</c> is not used. Where its receiver is full it waits,
/// and then tells the difference to what was said last.</para>
/// <para>Cost: a pass over the whole system for each cycle in which its topology changed; beside that nothing.</para>
/// <para>Source: Axon/Introspector.py.</para>
/// </remarks>
// PORT: differs. Python looks in every cycle, and so keeps the processor busy and its scheduler alive for ever.
[Inbox("inbox", "Not used.")]
[Inbox("control", "Shutdown messages.")]
[Outbox("outbox", "What there is and what changes: lines of text.")]
[Outbox("signal", "Shutdown messages passed on.")]
public sealed class Introspector : Component
{
    private readonly Watch _watch;

    // What was said: name and type of each node by its id, and from where to where the links between boxes go.
    private Dictionary<string, Node> _nodes = [];
    private HashSet<(string From, string To)> _links = [];

    private bool _sawOthers;

    /// <summary>Makes an introspector; it watches the scheduler on which it is activated.</summary>
    /// <param name="tag">Appended to the name.</param>
    public Introspector(string tag = "")
        : base(tag)
    {
        _watch = new Watch(this);
        WokenByCollection = false;
    }

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        Scheduler scheduler = Scheduler!;
        scheduler.AddListener(_watch);
        while (!TrySay("DEL ALL\n"))
        {
            yield return Pause();
        }

        yield return 1;
        while (true)
        {
            while (TryRecv(out object? message, "control"))
            {
                if (message is ShutdownMicroprocess or ProducerFinished)
                {
                    Send(message, "signal");
                    yield break;
                }
            }

            foreach (object? unused in Inbox())
            {
                // Nobody has business here.
            }

            if (_watch.HasChanged)
            {
                _watch.HasChanged = !TryTellChanges(scheduler.TakeSnapshot());
                if (IsLastOne(scheduler))
                {
                    Send(new ProducerFinished(this), "signal");
                    yield break;
                }
            }

            yield return Pause();
        }
    }

    /// <inheritdoc/>
    protected internal override Ipc? CloseDown()
    {
        Scheduler!.RemoveListener(_watch);
        return base.CloseDown();
    }

    private static Dictionary<string, Node> NodesOf(SystemSnapshot snapshot)
    {
        Dictionary<string, Node> nodes = [];
        foreach (ComponentSnapshot component in snapshot.Components.Where(component => component.IsComponent))
        {
            string id = component.Id.ToString(CultureInfo.InvariantCulture);
            nodes.Add(id, new Node(component.Name, "component", null));
            foreach (BoxSnapshot box in component.Boxes)
            {
                nodes.Add(box.Id, new Node(box.Name, box.IsInbox ? "inbox" : "outbox", id));
            }
        }

        return nodes;
    }

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private bool TryTellChanges(SystemSnapshot snapshot)
    {
        Dictionary<string, Node> nodes = NodesOf(snapshot);
        HashSet<(string From, string To)> links = [.. snapshot.Linkages.Select(linkage => (linkage.From.Id, linkage.To.Id))];
        string changes = Changes(nodes, links);
        if (changes.Length > 0 && !TrySay(changes))
        {
            return false;
        }

        (_nodes, _links) = (nodes, links);
        return true;
    }

    private string Changes(Dictionary<string, Node> nodes, HashSet<(string From, string To)> links)
    {
        StringBuilder lines = new();
        foreach ((string from, string to) in _links.Where(link => !links.Contains(link)))
        {
            lines.Append($"DEL LINK {Quote(from)} {Quote(to)}\n");
        }

        foreach (string id in _nodes.Keys.Where(id => !nodes.ContainsKey(id)))
        {
            lines.Append($"DEL NODE {Quote(id)}\n");
        }

        foreach ((string id, Node node) in nodes.Where(node => !_nodes.ContainsKey(node.Key)))
        {
            lines.Append($"ADD NODE {Quote(id)} {Quote(node.Name)} randompos {node.Type}\n");
            if (node.Component is not null)
            {
                lines.Append($"ADD LINK {Quote(node.Component)} {Quote(id)}\n");
            }
        }

        foreach ((string from, string to) in links.Where(link => !_links.Contains(link)))
        {
            lines.Append($"ADD LINK {Quote(from)} {Quote(to)}\n");
        }

        return lines.ToString();
    }

    // Who collects wakes it only when it waits for room.
    private bool TrySay(string lines)
    {
        bool said = TrySend(lines);
        WokenByCollection = !said;
        return said;
    }

    // Others are all but those whom a way leads to from its own outboxes.
    private bool IsLastOne(Scheduler scheduler)
    {
        HashSet<Microprocess> audience = [this];
        Queue<Component> toFollow = new([this]);
        while (toFollow.TryDequeue(out Component? component))
        {
            foreach (Postbox box in component.MadeBoxes())
            {
                if (box.Outgoing?.Sink.Owner is { } next && audience.Add(next) && next.Scheduler == scheduler)
                {
                    toFollow.Enqueue(next);
                }
            }
        }

        bool others = scheduler.ListAll().Any(process => !audience.Contains(process));
        bool last = _sawOthers && !others;
        _sawOthers |= others;
        return last;
    }

    private sealed record Node(string Name, string Type, string? Component);

    private sealed class Watch(Introspector introspector) : SchedulerListener
    {
        public bool HasChanged { get; set; } = true;

        public override void Activated(Microprocess process) => Note();

        public override void Ended(Microprocess process, Exception? exception) => Note();

        public override void Linked(Linkage linkage) => Note();

        public override void Unlinked(Linkage linkage) => Note();

        public override void BoxAdded(Postbox box) => Note();

        public override void BoxDeleted(Postbox box) => Note();

        private void Note()
        {
            HasChanged = true;
            introspector.RequestWake();
        }
    }
}
