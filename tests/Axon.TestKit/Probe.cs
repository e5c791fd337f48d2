// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.TestKit;

/// <summary>The other end of all boxes of a component under test.</summary>
/// <remarks>
/// <para>It is never stepped, so it adds nothing to the order of events. What it feeds wakes the component, and so does collecting what
/// the component sent, as with any other neighbour.</para>
/// <para>Threads: the test's own, between cycles.</para>
/// </remarks>
public sealed class Probe
{
    private readonly AdaptiveCommsComponent _neighbour = new();
    private readonly Dictionary<string, string> _feeding = [];
    private readonly Dictionary<string, string> _collecting = [];

    /// <summary>Links to every outbox of a component that leads nowhere yet; internal ones, with an underscore in front, are its own.</summary>
    /// <param name="component">The component.</param>
    /// <param name="trace">The trace in which the probe is called <c>probe</c>, if there is one.</param>
    public Probe(Component component, Trace? trace = null)
    {
        ArgumentNullException.ThrowIfNull(component);
        Component = component;
        trace?.Name(_neighbour, "probe");
        foreach (string outbox in component.OutboxNames.Where(name => !name.StartsWith('_')))
        {
            if (component.GetOutbox(outbox).Linkage is null)
            {
                string inbox = _neighbour.AddInbox(outbox);
                _collecting.Add(outbox, inbox);
                _neighbour.Link((component, outbox), (_neighbour, inbox));
            }
        }
    }

    /// <summary>The component under test.</summary>
    public Component Component { get; }

    /// <summary>Sends messages to an inbox of the component.</summary>
    /// <param name="inbox">The inbox.</param>
    /// <param name="messages">The messages, in order.</param>
    /// <exception cref="NoSpaceInBoxException">The inbox is full.</exception>
    public void FeedTo(string inbox, params ReadOnlySpan<object?> messages)
    {
        string outbox = Feeding(inbox);
        foreach (object? message in messages)
        {
            _neighbour.Send(message, outbox);
        }
    }

    /// <summary>Sends messages to the component's <c>"inbox"</c>.</summary>
    /// <param name="messages">The messages, in order.</param>
    /// <exception cref="NoSpaceInBoxException">The inbox is full.</exception>
    public void Feed(params ReadOnlySpan<object?> messages) => FeedTo("inbox", messages);

    /// <summary>Takes everything that the component has sent through an outbox.</summary>
    /// <param name="outbox">The outbox.</param>
    public IReadOnlyList<object?> Collect(string outbox = "outbox") => [.. _neighbour.Inbox(Collecting(outbox))];

    /// <summary>Takes the oldest message that the component has sent through an outbox.</summary>
    /// <param name="outbox">The outbox.</param>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public object? CollectOne(string outbox = "outbox") => _neighbour.Recv(Collecting(outbox));

    /// <summary>How many messages wait to be collected.</summary>
    /// <param name="outbox">The outbox.</param>
    public int Waiting(string outbox = "outbox") => _neighbour.Waiting(Collecting(outbox));

    /// <summary>Limits what the probe holds of an outbox before the component's sends are refused.</summary>
    /// <param name="size">The limit in messages; null for none.</param>
    /// <param name="outbox">The outbox.</param>
    public void Limit(int? size, string outbox = "outbox") => _neighbour.SetInboxSize(Collecting(outbox), size);

    private string Feeding(string inbox)
    {
        if (!_feeding.TryGetValue(inbox, out string? outbox))
        {
            outbox = _neighbour.AddOutbox(inbox);
            _neighbour.Link((_neighbour, outbox), (Component, inbox));
            _feeding.Add(inbox, outbox);
        }

        return outbox;
    }

    private string Collecting(string outbox) => _collecting.TryGetValue(outbox, out string? inbox)
        ? inbox
        : throw new KeyNotFoundException($"The probe collects nothing from an outbox \"{outbox}\" of {Component.Name}: there is none, or it was linked before.");
}
