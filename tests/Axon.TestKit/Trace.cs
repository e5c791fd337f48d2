// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.TestKit;

/// <summary>Writes down what happens on a scheduler, a line an event, in names that are the same in every run.</summary>
/// <remarks>
/// <para>A microprocess is called what <see cref="Name"/> said, or else by its type: <c>Echo</c>, the next of that type <c>Echo2</c>.</para>
/// <para>Threads: the scheduler's.</para>
/// </remarks>
/// <param name="record">What is recorded.</param>
public sealed class Trace(TraceKinds record = TraceKinds.All) : SchedulerListener
{
    private readonly List<string> _lines = [];
    private readonly Dictionary<Microprocess, string> _names = [];
    private readonly Dictionary<string, int> _used = [];

    /// <summary>What happened, oldest first.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Says what a microprocess is called.</summary>
    /// <param name="process">The microprocess.</param>
    /// <param name="name">Its name in the trace.</param>
    public void Name(Microprocess process, string name) => _names[process] = name;

    /// <summary>What a microprocess is called.</summary>
    /// <param name="process">The microprocess.</param>
    public string NameOf(Microprocess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        if (!_names.TryGetValue(process, out string? name))
        {
            string type = process.GetType().Name;
            int number = _used[type] = _used.GetValueOrDefault(type) + 1;
            name = number == 1 ? type : $"{type}{number}";
            _names.Add(process, name);
        }

        return name;
    }

    /// <summary>Adds a line of the test's own, in its place among the events.</summary>
    /// <param name="text">The line.</param>
    public void Note(string text) => Add(TraceKinds.Note, text);

    /// <summary>Forgets what happened so far, but not the names.</summary>
    public void Clear() => _lines.Clear();

    /// <summary>Compares what happened with what should have, and throws with both side by side if they differ.</summary>
    /// <param name="expected">A line an event; indentation and empty lines do not count.</param>
    /// <exception cref="TraceMismatchException">They differ.</exception>
    public void Expect(string expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        Expect(expected.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Compares what happened with what should have, and throws with both side by side if they differ.</summary>
    /// <param name="expected">The events.</param>
    /// <exception cref="TraceMismatchException">They differ.</exception>
    public void Expect(IReadOnlyList<string> expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        if (!_lines.SequenceEqual(expected))
        {
            throw new TraceMismatchException(expected, [.. _lines]);
        }
    }

    /// <summary>What happened, a line an event.</summary>
    public override string ToString() => string.Join('\n', _lines);

    /// <inheritdoc/>
    public override void Activated(Microprocess process) => Add(TraceKinds.Activate, $"activate {NameOf(process)}");

    /// <inheritdoc/>
    public override void Stepped(Microprocess process) => Add(TraceKinds.Step, $"step {NameOf(process)}");

    /// <inheritdoc/>
    public override void Sent(Postbox from, Postbox? destination, object? message) =>
        Add(TraceKinds.Send, destination is null ? $"drop {NameOf(from)}: {Show(message)}" : $"send {NameOf(from)} -> {NameOf(destination)}: {Show(message)}");

    /// <inheritdoc/>
    public override void Refused(Postbox from, Postbox destination, object? message) =>
        Add(TraceKinds.Send, $"refuse {NameOf(from)} -> {NameOf(destination)}: {Show(message)}");

    /// <inheritdoc/>
    public override void Received(Postbox box, object? message) => Add(TraceKinds.Receive, $"receive {NameOf(box)}: {Show(message)}");

    /// <inheritdoc/>
    public override void Paused(Microprocess process) => Add(TraceKinds.Pause, $"pause {NameOf(process)}");

    /// <inheritdoc/>
    public override void Woken(Microprocess process) => Add(TraceKinds.Wake, $"wake {NameOf(process)}");

    /// <inheritdoc/>
    public override void Linked(Linkage linkage)
    {
        ArgumentNullException.ThrowIfNull(linkage);
        Add(TraceKinds.Link, $"link {NameOf(linkage.Source)} -> {NameOf(linkage.Sink)}");
    }

    /// <inheritdoc/>
    public override void Unlinked(Linkage linkage)
    {
        ArgumentNullException.ThrowIfNull(linkage);
        Add(TraceKinds.Link, $"unlink {NameOf(linkage.Source)} -> {NameOf(linkage.Sink)}");
    }

    /// <inheritdoc/>
    public override void Ended(Microprocess process, Exception? exception) =>
        Add(TraceKinds.End, exception is null ? $"end {NameOf(process)}" : $"crash {NameOf(process)}: {exception.GetType().Name}");

    // What the text form of a message shows must be the same in every run, and on one line.
    private string Show(object? message) => message switch
    {
        null => "null",
        byte[] bytes => $"{bytes.Length} bytes",
        Microprocess process => NameOf(process),
        _ => message.ToString()?.ReplaceLineEndings("\\n") ?? "",
    };

    private string NameOf(Postbox box) => $"{NameOf(box.Owner)}.{box.Name}";

    private void Add(TraceKinds kind, string line)
    {
        if ((record & kind) != 0)
        {
            _lines.Add(line.TrimEnd());
        }
    }
}
