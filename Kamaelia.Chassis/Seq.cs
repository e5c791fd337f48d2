// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Chassis/Seq.py. Copyright BBC and Kamaelia Contributors.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>Components one after the other, presented as one component.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// new Pipeline(
///     new Seq("BEGIN", new OneShot("Hello"), () => new OneShot("Doctor"), "END"),
///     new ConsoleEchoer()).Run();
/// </code>
/// <para><em>How does it work?</em> A component of the sequence is activated when the one before has ended, and while it lives the
/// <c>"inbox"</c> and the <c>"outbox"</c> of the Seq are its own. Data that arrives before the first or between two waits for the next one;
/// data that one has not read when it ends is lost. A text is written out when its turn comes. A factory is called when its turn comes, and
/// its component takes its place; if it fails, or returns null or a component that is in use, the log says so and an
/// <see cref="ErrorInformation"/> on <c>"signal"</c>, and the sequence goes on.</para>
/// <para><em>Boxes</em></para>
/// <list type="table">
/// <item><term>inbox <c>"inbox"</c></term><description>data for the component whose turn it is</description></item>
/// <item><term>inbox <c>"control"</c></term><description>shutdown messages, see <em>Shutdown</em></description></item>
/// <item><term>outbox <c>"outbox"</c></term><description>what the component whose turn it is sends</description></item>
/// <item><term>outbox <c>"signal"</c></term><description>one shutdown message at the end; reports of failed factories</description></item>
/// <item><term>outbox <c>"_cs"</c></term><description>shutdown messages to the component whose turn it is (internal)</description></item>
/// </list>
/// <para><em>Shutdown</em>: what a component says on <c>"signal"</c> is dropped, so whoever comes after the Seq stays for the next one.
/// After the last it sends a <see cref="ProducerFinished"/> with itself as the caller. A <see cref="ProducerFinished"/> on
/// <c>"control"</c> is ignored. A <see cref="ShutdownMicroprocess"/> is passed to the component whose turn it is; when that has ended, no
/// other is started, and the message is sent on <c>"signal"</c>.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Cost: no step and no allocation for a message that passes.</para>
/// <para>Source: Kamaelia/Chassis/Seq.py.</para>
/// </remarks>
[Inbox("inbox", "Data for the component whose turn it is.")]
[Inbox("control", "Shutdown messages.")]
[Outbox("outbox", "What the component whose turn it is sends.")]
[Outbox("signal", "One shutdown message at the end.")]
[Outbox("_cs", "For signaling to subcomponents shutdown")]
public class Seq : Component
{
    private readonly object[] _sequence;
    private readonly Children _children;
    private ShutdownMicroprocess? _shutdown;
    private Linkage? _control;
    private bool _told;

    /// <summary>Makes a Seq; its components are neither linked nor activated before their turn.</summary>
    /// <param name="sequence">
    /// Any number of a <see cref="Component"/>, a text, or a <see cref="Func{TResult}"/> that makes a component.
    /// </param>
    /// <exception cref="ArgumentException">
    /// An item is null or none of these, or a component is there twice or lacks <c>"inbox"</c> or <c>"outbox"</c>.
    /// </exception>
    // PORT: differs. Python finds these errors when the item's turn comes, where they end the whole system.
    public Seq(params object[] sequence)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        WokenByCollection = false;
        _children = new Children(this);
        _sequence = sequence;
        Children all = new(this);
        for (int i = 0; i < sequence.Length; i++)
        {
            string place = $"item {i + 1} of {sequence.Length} in the Seq";
            switch (sequence[i])
            {
                case string or Func<Component?>:
                    break;
                case Component or null:
                    all.Add(sequence[i] as Component, place, nameof(sequence));
                    Children.ThrowIfBoxIsMissing((Component)sequence[i], ["inbox"], ["outbox"], place, nameof(sequence));
                    break;
                default:
                    throw new ArgumentException(
                        $"The {place} is {sequence[i]} ({sequence[i].GetType()}). Give a component, a text, or a function that makes a component.",
                        nameof(sequence));
            }
        }
    }

    /// <summary>Where the texts go, each with a line end. Default: the console.</summary>
    public TextWriter? Output { get; init; }

    /// <summary>
    /// How many messages were lost in here: unread when their component ended, or on <c>"control"</c> and no
    /// <see cref="ShutdownMicroprocess"/>.
    /// </summary>
    public long DroppedMessages => _children.Dropped;

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        foreach (object item in _sequence)
        {
            ReadControl();
            if (_shutdown is not null)
            {
                break;
            }

            if (item is string text)
            {
                Write(text);
            }
            else if ((item as Component ?? _children.TryMake((Func<Component?>)item, ["inbox"], item)) is { } component)
            {
                _children.Start(component);
                while (!HasEnded(component))
                {
                    yield return Pause();
                }
            }
        }

        // PORT: differs. Python crashes if the receiver is full; this waits until it has collected something.
        WokenByCollection = true;
        while (!TrySend(_shutdown ?? (Ipc)new ProducerFinished(this), "signal"))
        {
            yield return Pause();
        }
    }

    // PORT: differs. Python never looks at "control".
    private void ReadControl()
    {
        while (TryRecv(out object? message, "control"))
        {
            if (message is ShutdownMicroprocess shutdown)
            {
                _shutdown = shutdown;
            }
            else
            {
                _children.Dropped++;
            }
        }
    }

    private bool HasEnded(Component component)
    {
        ReadControl();
        if (_children.LetGoOfEnded())
        {
            return true;
        }

        if (_shutdown is not null && !_told && component.HasInbox("control"))
        {
            _control ??= Link((this, "_cs"), (component, "control"));
            _told = TrySend(_shutdown, "_cs");
            WokenByCollection = !_told;
        }

        return false;
    }

#pragma warning disable RS0030 // The texts of a sequence are for the user, as in Python, unless another place is given.
    private void Write(string text) => (Output ?? Console.Out).WriteLine(text);
#pragma warning restore RS0030
}
