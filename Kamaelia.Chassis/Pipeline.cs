// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Chassis/Pipeline.py. Copyright BBC and Kamaelia Contributors.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>Components in a row, each one's output the next one's input, presented as one component.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// new Pipeline(
///     new FileReader("poem.txt"),
///     new UpperCase(),
///     new ConsoleEchoer()).Run();
/// </code>
/// <para><em>How does it work?</em> In its first step it links <c>"outbox"</c> to <c>"inbox"</c> and <c>"signal"</c> to
/// <c>"control"</c> between neighbours, its own inboxes to the first and the last one's outboxes to its own, and activates them in the
/// order given. From then on a message goes straight from box to box; the Pipeline sleeps until one of its components ends, takes that
/// one out, and ends with the last. What is sent towards a component that has ended is dropped. Components that these make themselves are
/// not waited for.</para>
/// <para><em>Boxes</em></para>
/// <list type="table">
/// <item><term>inbox <c>"inbox"</c></term><description>data for the first component</description></item>
/// <item><term>inbox <c>"control"</c></term><description>shutdown messages for the first component</description></item>
/// <item><term>outbox <c>"outbox"</c></term><description>what the last component sends; nothing if circular</description></item>
/// <item><term>outbox <c>"signal"</c></term><description>shutdown messages of the last component; nothing if circular</description></item>
/// </list>
/// <para><em>Shutdown</em>: the Pipeline takes no part in it. A <see cref="ProducerFinished"/> or <see cref="ShutdownMicroprocess"/> on
/// <c>"control"</c> reaches the first component; each one that passes it on moves it one step, and from the last it leaves by
/// <c>"signal"</c>. One that does not pass it on stops it there. The Pipeline ends when all its components have, and says nothing of its
/// own.</para>
/// <para>Messages that waited for the first step arrive however small the first component's inbox is; what comes later is held to its
/// limit.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Cost: no step and no allocation for a message that passes, however deep Pipelines are nested.</para>
/// <para>Source: Kamaelia/Chassis/Pipeline.py.</para>
/// </remarks>
public class Pipeline : Component
{
    private readonly Children _children;

    /// <summary>Makes a pipeline; its components are neither linked nor activated before its first step.</summary>
    /// <param name="components">The components, first to last: at least one, each once.</param>
    /// <exception cref="ArgumentException">
    /// There is none, or one is null, or there twice, or lacks one of the four boxes that are linked.
    /// </exception>
    // PORT: differs. Python finds these errors in the first step, where they end the whole system.
    public Pipeline(params Component[] components)
    {
        ArgumentNullException.ThrowIfNull(components);
        if (components.Length == 0)
        {
            throw new ArgumentException("A Pipeline needs at least one component.", nameof(components));
        }

        WokenByCollection = false;
        _children = new Children(this);
        for (int i = 0; i < components.Length; i++)
        {
            string place = $"component {i + 1} of {components.Length} in the Pipeline";
            _children.Add(components[i], place, nameof(components));
            Children.ThrowIfBoxIsMissing(components[i], ["inbox", "control"], ["outbox", "signal"], place, nameof(components));
        }
    }

    /// <summary>Whether the last component feeds the first one instead of the Pipeline's own outboxes. Default: no.</summary>
    /// <remarks>What arrives in the Pipeline's own inboxes reaches the first component all the same.</remarks>
    public bool Circular { get; init; }

    /// <summary>How many messages were lost in here: unread when their component ended, or sent to the Pipeline when its first one had.</summary>
    public long DroppedMessages => _children.Dropped;

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        _children.Adopt();
        LinkInARow();
        _children.Activate();
        while (!ChildrenDone())
        {
            yield return Pause();
        }
    }

    /// <summary>Takes out the components that have ended, with their linkages.</summary>
    /// <returns>Whether none is left.</returns>
    /// <remarks>Threads: the component's own thread only. Source: Kamaelia/Chassis/Pipeline.py, <c>Pipeline.childrenDone</c>.</remarks>
    protected bool ChildrenDone() => _children.Done();

    private void LinkInARow()
    {
        IReadOnlyList<Component> components = _children.Left;
        Component first = components[0];
        Component last = components[^1];
        for (int i = 1; i < components.Count; i++)
        {
            LinkToNext(components[i - 1], components[i]);
        }

        _children.LinkInward("inbox", first, "inbox");
        _children.LinkInward("control", first, "control");
        if (Circular)
        {
            LinkToNext(last, first);
        }
        else
        {
            _children.LinkOutward(last, "outbox", "outbox");
            _children.LinkOutward(last, "signal", "signal");
        }
    }

    private void LinkToNext(Component component, Component next)
    {
        Link((component, "outbox"), (next, "inbox"));
        Link((component, "signal"), (next, "control"));
    }
}
