// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Component.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Axon;

/// <summary>A microprocess with inboxes and outboxes: the unit that Kamaelia systems are made of.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// public sealed class Doubler : Component
/// {
///     protected override IEnumerator&lt;Yield&gt; Main()
///     {
///         while (true)
///         {
///             while (TryRecv(out int number))
///             {
///                 Send(number * 2);
///             }
///
///             if (TryRecv(out object? stop, "control"))
///             {
///                 Send(stop, "signal");
///                 yield break;
///             }
///
///             yield return Pause();
///         }
///     }
/// }
/// </code>
/// <para><em>How does it work?</em> A component reads its own inboxes and writes to its own outboxes and knows nobody else. Whoever puts
/// components together links outboxes to inboxes. What is sent is in the other's inbox at once. A sleeping component is woken by a message
/// in any of its inboxes, by somebody collecting what one of its outboxes fed, and by the end of a child.</para>
/// <para><em>Boxes</em>, unless the class declares its own with <see cref="InboxAttribute"/> and <see cref="OutboxAttribute"/>: inboxes
/// <c>"inbox"</c> (data) and <c>"control"</c> (shutdown messages), outboxes <c>"outbox"</c> (data) and <c>"signal"</c> (shutdown messages
/// passed on).</para>
/// <para>Threads: the component's own thread only, that is from its own body, or while nobody runs the scheduler.</para>
/// <para>Source: Axon/Component.py.</para>
/// </remarks>
[Inbox("inbox", "Data to work on.")]
[Inbox("control", "Shutdown messages.")]
[Outbox("outbox", "Results.")]
[Outbox("signal", "Shutdown messages passed on.")]
[DebuggerDisplay("{ToString(),nq}")]
public partial class Component : Microprocess
{
    // A box is made when somebody first asks for it, and the array with the first of them: most components of a large system are idle, and
    // many boxes are never used. In the order declared.
    private BoxDeclarations _declared;
    private RealSink?[]? _inboxes;
    private NullSink?[]? _outboxes;
    private Postoffice? _postoffice;

    /// <summary>Makes a component with the boxes that its class declares.</summary>
    /// <param name="tag">Appended to the name.</param>
    public Component(string tag = "")
        : base(null, null, tag)
    {
        _declared = BoxDeclarations.Of(GetType());
    }

    /// <summary>The names of the inboxes: as declared, then as added.</summary>
    public IReadOnlyList<string> InboxNames => [.. _declared.InboxNames, .. AddedInboxes()];

    /// <summary>The names of the outboxes: as declared, then as added.</summary>
    public IReadOnlyList<string> OutboxNames => [.. _declared.OutboxNames, .. AddedOutboxes()];

    /// <summary>The linkages that this component made.</summary>
    public Postoffice Postoffice => _postoffice ??= new Postoffice(this);

    /// <summary>Whether it is woken when somebody collects what one of its outboxes fed. Default: yes.</summary>
    /// <remarks>
    /// <para>For containers whose outboxes only hand on what their children send: the child that sent is woken all the same, and the
    /// container is spared a step for each message that passes. One that waits for room itself (<see cref="TrySend"/>) must say yes.</para>
    /// </remarks>
    // PORT: differs. In Python every container on the way takes a step for every message that leaves it.
    protected bool WokenByCollection
    {
        get => (Flags & ProcessFlags.CollectionIgnored) == 0;
        set => Flags = value ? Flags & ~ProcessFlags.CollectionIgnored : Flags | ProcessFlags.CollectionIgnored;
    }

    /// <summary>Sends a message through an outbox: it is in the inbox at the end of the chain when the call returns.</summary>
    /// <param name="message">Any object, which is not copied; null is a message too, as <c>None</c> is in Python.</param>
    /// <param name="box">An outbox of this component.</param>
    /// <exception cref="NoSpaceInBoxException">The inbox at the end is at its limit. Nothing was stored, nobody woken.</exception>
    /// <exception cref="KeyNotFoundException">There is no such outbox.</exception>
    /// <remarks>
    /// <para>What is sent through an outbox that is not linked is dropped.</para>
    /// <para>Cost: O(1) in the length of the chain, which was resolved when the links were made; no allocation.</para>
    /// <para>Source: Axon/Component.py, <c>component.send</c>.</para>
    /// </remarks>
    public void Send(object? message, string box = "outbox") => FindOutbox(box).Append(message);

    /// <summary>As <see cref="Send"/>, but says false where that would throw because the inbox at the end is full.</summary>
    /// <param name="message">Any object; null is a message too.</param>
    /// <param name="box">An outbox of this component.</param>
    /// <returns>Whether the message was taken.</returns>
    /// <remarks>
    /// The way to wait for room, since C# cannot yield inside a <c>catch</c>:
    /// <c>while (!TrySend(message)) { yield return Pause(); }</c>. Whoever collects from the full inbox wakes this component.
    /// </remarks>
    /// <exception cref="KeyNotFoundException">There is no such outbox.</exception>
    public bool TrySend(object? message, string box = "outbox") => FindOutbox(box).TryAppend(message);

    /// <summary>Takes the oldest message out of an inbox.</summary>
    /// <param name="box">An inbox of this component.</param>
    /// <exception cref="InvalidOperationException">It is empty.</exception>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    /// <remarks>
    /// <para>Wakes the owner of every outbox that feeds the inbox. From an inbox that is linked onward it takes at the end of that chain.</para>
    /// <para>Source: Axon/Component.py, <c>component.recv</c>.</para>
    /// </remarks>
    public object? Recv(string box = "inbox") => FindInbox(box).Pop();

    /// <summary>Takes the oldest message out of an inbox, as the type it must have.</summary>
    /// <param name="box">An inbox of this component.</param>
    /// <exception cref="UnexpectedMessageException">It has another type; it stays in the box.</exception>
    /// <exception cref="InvalidOperationException">The inbox is empty.</exception>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public T Recv<T>(string box = "inbox")
    {
        RealSink inbox = FindInbox(box);
        ThrowUnlessNext<T>(inbox);
        return (T)inbox.Pop()!;
    }

    /// <summary>Takes the oldest message out of an inbox, if there is one.</summary>
    /// <param name="message">The message.</param>
    /// <param name="box">An inbox of this component.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public bool TryRecv(out object? message, string box = "inbox")
    {
        if (FindMadeInbox(box) is { } inbox)
        {
            return inbox.TryPop(out message);
        }

        message = null;
        return false;
    }

    /// <summary>Takes the oldest message out of an inbox, if there is one, as the type it must have.</summary>
    /// <param name="message">The message.</param>
    /// <param name="box">An inbox of this component.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="UnexpectedMessageException">It has another type; it stays in the box.</exception>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public bool TryRecv<T>([MaybeNullWhen(false)] out T message, string box = "inbox")
    {
        if (FindMadeInbox(box) is { } inbox)
        {
            return TryTake(inbox, out message);
        }

        message = default;
        return false;
    }

    /// <summary>Whether a message waits in an inbox.</summary>
    /// <param name="box">An inbox of this component.</param>
    /// <remarks>Looks at the component's own store: always false for an inbox that is linked onward.</remarks>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public bool DataReady(string box = "inbox") => FindMadeInbox(box) is { LocalCount: > 0 };

    /// <summary>How many messages wait in an inbox. Python's <c>dataReady</c> returns this.</summary>
    /// <param name="box">An inbox of this component.</param>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public int Waiting(string box = "inbox") => FindMadeInbox(box)?.LocalCount ?? 0;

    /// <summary>Whether a message waits in any inbox.</summary>
    public bool AnyReady() => FirstReady() is not null;

    /// <summary>The first inbox, in the order declared, in which a message waits; null if there is none.</summary>
    public string? FirstReady()
    {
        foreach (RealSink? inbox in _inboxes ?? [])
        {
            if (inbox is { LocalCount: > 0 })
            {
                return inbox.Name;
            }
        }

        return FirstReadyAdded();
    }

    /// <summary>Receives until the inbox is empty, also what arrives meanwhile.</summary>
    /// <param name="box">An inbox of this component.</param>
    /// <remarks>Source: Axon/Component.py, <c>component.Inbox</c>.</remarks>
    public IEnumerable<object?> Inbox(string box = "inbox")
    {
        while (TryRecv(out object? message, box))
        {
            yield return message;
        }
    }

    /// <summary>Connects two boxes; see <see cref="Postoffice.Link"/>.</summary>
    /// <param name="source">The component and box to read from; any component.</param>
    /// <param name="sink">The component and box to write to; any component.</param>
    /// <param name="passthrough">Which kinds of boxes are joined.</param>
    /// <param name="pipeWidth">A limit for the sink's box, in messages.</param>
    /// <param name="synchronous">Whether to limit the sink's box to one message.</param>
    /// <returns>The handle by which it can be removed.</returns>
    /// <remarks>The linkage lives until <see cref="Unlink(Linkage)"/> or the end of this component, its maker.</remarks>
    public Linkage Link(
        (Component Component, string Box) source,
        (Component Component, string Box) sink,
        Passthrough passthrough = Passthrough.None,
        int? pipeWidth = null,
        bool synchronous = false) => Postoffice.Link(source, sink, passthrough, pipeWidth, synchronous);

    /// <summary>Removes a linkage that this component made; any other is left alone.</summary>
    /// <param name="linkage">The handle.</param>
    public void Unlink(Linkage linkage) => _postoffice?.Unlink(linkage);

    /// <summary>Removes every linkage that this component made and that has the given one at either end.</summary>
    /// <param name="component">The component.</param>
    public void Unlink(Component component) => _postoffice?.Unlink(component);

    /// <summary>Limits an inbox.</summary>
    /// <param name="box">An inbox of this component.</param>
    /// <param name="size">The limit in messages; null for none.</param>
    /// <remarks>Messages above a lowered limit are kept; nothing more fits until fewer than the limit are held.</remarks>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public void SetInboxSize(string box, int? size) => FindInbox(box).Size = size;

    /// <summary>An inbox itself: fetched once and kept, it saves the search by name.</summary>
    /// <param name="name">An inbox of this component.</param>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public Postbox GetInbox(string name = "inbox") => FindInbox(name);

    /// <summary>An outbox itself: fetched once and kept, it saves the search by name.</summary>
    /// <param name="name">An outbox of this component.</param>
    /// <exception cref="KeyNotFoundException">There is no such outbox.</exception>
    public Postbox GetOutbox(string name = "outbox") => FindOutbox(name);

    /// <summary>What travels on an inbox, as far as its declaration says.</summary>
    /// <param name="name">An inbox of this component.</param>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public string DescribeInbox(string name)
    {
        int index = BoxDeclarations.Find(_declared.InboxNames, name);
        return index < 0 ? DescribeAdded(GetInbox(name)) : _declared.Inboxes[index].Description;
    }

    /// <summary>What travels on an outbox, as far as its declaration says.</summary>
    /// <param name="name">An outbox of this component.</param>
    /// <exception cref="KeyNotFoundException">There is no such outbox.</exception>
    public string DescribeOutbox(string name)
    {
        int index = BoxDeclarations.Find(_declared.OutboxNames, name);
        return index < 0 ? DescribeAdded(GetOutbox(name)) : _declared.Outboxes[index].Description;
    }

    /// <summary>The name and the boxes.</summary>
    public override string ToString() => $"Component {Name} [ {ListInboxes()}; {ListOutboxes()} ]";

    internal string ListInboxes() => $"inboxes {string.Join(", ", InboxNames)}";

    internal string ListOutboxes() => $"outboxes {string.Join(", ", OutboxNames)}";

    /// <summary>Makes an inbox, a declared one when somebody first asks for it. An override may give another kind: see <see cref="AttendedSink"/>.</summary>
    internal virtual RealSink MakeInbox(string name) => new(this, name);

    /// <summary>The boxes that somebody has asked for so far; the others hold nothing and are not linked.</summary>
    /// <remarks>Costs nothing for who has none: whoever is activated is asked. Benchmark: SchedulerBenchmarks.SpawnAndEnd.</remarks>
    internal virtual IEnumerable<Postbox> MadeBoxes() =>
        _inboxes is null && _outboxes is null ? [] : (_inboxes ?? []).Concat<Postbox?>(_outboxes ?? []).OfType<Postbox>();

    /// <summary>Whether something beside its scheduler may wake it: a socket, a thread, a task. Nobody can say then that it waits in vain.</summary>
    internal virtual bool IsWokenFromOutside => MadeBoxes().Any(static box => box.IsTiedElsewhere);

    /// <summary>The linkages that this component made; it gets no ledger for being asked.</summary>
    internal IReadOnlyList<Linkage> LinkagesMade() => _postoffice?.Linkages ?? [];

    /// <summary>Whether somebody has asked for an outbox so far: if not, nothing was sent there, and it is not linked.</summary>
    internal bool HasMadeOutbox(string name)
    {
        int index = BoxDeclarations.Find(_declared.OutboxNames, name);
        return index < 0 ? FindAddedOutbox(name) is not null : _outboxes?[index] is not null;
    }

    internal bool HasInbox(string name) => BoxDeclarations.Find(_declared.InboxNames, name) >= 0 || FindAddedInbox(name) is not null;

    internal bool HasOutbox(string name) => BoxDeclarations.Find(_declared.OutboxNames, name) >= 0 || FindAddedOutbox(name) is not null;

    internal static bool TryTake<T>(Postbox inbox, [MaybeNullWhen(false)] out T message)
    {
        ThrowUnlessNext<T>(inbox);
        bool any = inbox.TryPop(out object? found);
        message = any ? (T)found! : default;
        return any;
    }

    // What a component whose boxes change has beyond the declared ones: see AdaptiveCommsComponent.
    private protected virtual RealSink? FindAddedInbox(string name) => null;

    private protected virtual NullSink? FindAddedOutbox(string name) => null;

    private protected virtual string? FirstReadyAdded() => null;

    private protected virtual IEnumerable<string> AddedInboxes() => [];

    private protected virtual IEnumerable<string> AddedOutboxes() => [];

    private protected virtual string DescribeAdded(Postbox box) => "";

    internal KeyNotFoundException NoSuchInbox(string name) => new(
        $"{Name} has no inbox \"{name}\". It has {ListInboxes()}. Declare it on the class with [Inbox(\"{name}\")].");

    internal KeyNotFoundException NoSuchOutbox(string name) => new(
        $"{Name} has no outbox \"{name}\". It has {ListOutboxes()}. Declare it on the class with [Outbox(\"{name}\")].");

    /// <summary>Takes a declared inbox out of this component's set.</summary>
    /// <returns>The box, made if it was not there yet; null if no such inbox is declared.</returns>
    internal RealSink? RemoveDeclaredInbox(string name)
    {
        int index = BoxDeclarations.Find(_declared.InboxNames, name);
        if (index < 0)
        {
            return null;
        }

        RealSink removed = FindInbox(name);
        _inboxes = Without(_inboxes!, index);
        _declared = _declared.WithoutInbox(index);
        return removed;
    }

    /// <summary>As <see cref="RemoveDeclaredInbox"/>.</summary>
    internal NullSink? RemoveDeclaredOutbox(string name)
    {
        int index = BoxDeclarations.Find(_declared.OutboxNames, name);
        if (index < 0)
        {
            return null;
        }

        NullSink removed = FindOutbox(name);
        _outboxes = Without(_outboxes!, index);
        _declared = _declared.WithoutOutbox(index);
        return removed;
    }

    private static T?[] Without<T>(T?[] boxes, int index) => [.. boxes[..index], .. boxes[(index + 1)..]];

    // Every message comes by here. The names in programs are literals, of which the runtime keeps one each, and so are those declared:
    // comparing references finds them. They are compared in the list that all components of the class share, which is always at hand, and not box
    // by box. Benchmark: BoxBenchmarks.SendAndRecv, with a resolved box beside it.
    private RealSink FindInbox(string name) => FindMadeInbox(name) ?? MakeDeclaredInbox(name);

    // Null for one that is declared and that nobody has asked for yet: nobody can have put anything in. Whoever only looks makes none.
    private RealSink? FindMadeInbox(string name)
    {
        if ((Flags & ProcessFlags.ThreadChecked) != 0)
        {
            ThrowIfElsewhere();
        }

        if (_inboxes is { } inboxes)
        {
            string[] names = _declared.InboxNames;
            for (int i = 0; i < names.Length; i++)
            {
                if (ReferenceEquals(names[i], name))
                {
                    return inboxes[i];
                }
            }
        }

        return FindMadeInboxByText(name);
    }

    private NullSink FindOutbox(string name)
    {
        if ((Flags & ProcessFlags.ThreadChecked) != 0)
        {
            ThrowIfElsewhere();
        }

        if (_outboxes is { } outboxes)
        {
            string[] names = _declared.OutboxNames;
            for (int i = 0; i < names.Length; i++)
            {
                if (ReferenceEquals(names[i], name) && outboxes[i] is { } outbox)
                {
                    return outbox;
                }
            }
        }

        return FindOrMakeOutbox(name);
    }

    private void ThrowIfElsewhere()
    {
        if (Scheduler is { RunsElsewhere: true })
        {
            throw new InvalidOperationException(
                $"A box of {Name} was asked for on another thread than its scheduler's. Code gets there after ConfigureAwait(false) and in " +
                "Task.Run: leave these away, or hand over with Scheduler.Post.");
        }
    }

    private RealSink? FindMadeInboxByText(string name)
    {
        int index = BoxDeclarations.Find(_declared.InboxNames, name);
        return index < 0 ? FindAddedInbox(name) ?? throw NoSuchInbox(name) : _inboxes?[index];
    }

    private RealSink MakeDeclaredInbox(string name)
    {
        int index = BoxDeclarations.Find(_declared.InboxNames, name);
        return Keep(ref Table(ref _inboxes, _declared.InboxNames.Length)[index], MakeInbox(_declared.InboxNames[index]));
    }

    private NullSink FindOrMakeOutbox(string name)
    {
        int index = BoxDeclarations.Find(_declared.OutboxNames, name);
        if (index < 0)
        {
            return FindAddedOutbox(name) ?? throw NoSuchOutbox(name);
        }

        ref NullSink? place = ref Table(ref _outboxes, _declared.OutboxNames.Length)[index];
        if (place is { } outbox)
        {
            return outbox;
        }

        NullSink made = new(this, _declared.OutboxNames[index]);
        outbox = Keep(ref place, made);
        if (outbox == made)
        {
            TellParentsOfOutbox(outbox.Name);
        }

        return outbox;
    }

    // Who links a component of another scheduler asks for its box, perhaps at the moment in which that does so for the first time itself: both
    // must get the same. While there is one scheduler, nobody does.
    private static T Keep<T>(ref T? place, T made)
        where T : class => Scheduler.AreSeveral ? Interlocked.CompareExchange(ref place, made, null) ?? made : place = made;

    private static T[] Table<T>(ref T[]? place, int length) => place ?? Keep(ref place, new T[length]);

    private static void ThrowUnlessNext<T>(Postbox inbox)
    {
        if (inbox.Sink is { LocalCount: > 0 } sink)
        {
            ThrowUnless<T>(sink.Peek(), inbox);
        }
    }

    private protected static void ThrowUnless<T>(object? next, Postbox inbox)
    {
        if (next is not T && (next is not null || default(T) is not null))
        {
            throw new UnexpectedMessageException(inbox, typeof(T), next);
        }
    }
}
