// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;

namespace Axon;

/// <summary>Who sleeps on a scheduler, what each one waits for, and whether that can ever come.</summary>
/// <remarks>
/// <para><see cref="Scheduler.WhyStuck"/> makes it. <see cref="ToString"/> is meant to be read, and shows a hundred of those who sleep.</para>
/// <para>Threads: any thread; it never changes.</para>
/// </remarks>
/// <param name="Scheduler">The name of the scheduler.</param>
/// <param name="IsStuck">
/// Whether nobody is awake, no timer runs, nothing from outside (a socket, a thread) is waited for, and all the same messages are unread or refused.
/// </param>
/// <param name="Awake">The names of those who are awake, or will be in the next cycle.</param>
/// <param name="Outside">The names of those who wait for something from outside.</param>
/// <param name="Waiters">Who sleeps, in the order of activation.</param>
/// <param name="Cycles">Rings of full boxes: each one in a ring waits for room in an inbox of the next, and the last for the first.</param>
/// <param name="IsComplete">Whether <see cref="Axon.Scheduler.Diagnose"/> was on; else it is not known since when, and whose refusals are guessed.</param>
public sealed record StuckReport(
    string Scheduler,
    bool IsStuck,
    IReadOnlyList<string> Awake,
    IReadOnlyList<string> Outside,
    IReadOnlyList<Waiter> Waiters,
    IReadOnlyList<IReadOnlyList<Refusal>> Cycles,
    bool IsComplete)
{
    /// <summary>The report, in plain text.</summary>
    public override string ToString() => StuckWriter.Write(this);
}

/// <summary>One who sleeps.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Slept">How long it has slept; null if nobody noted it.</param>
/// <param name="Where">Where its body stands; null where that cannot be found out.</param>
/// <param name="WakesIn">When its timed pause or sleep ends; null if it has none.</param>
/// <param name="Unread">Its inboxes in which messages wait.</param>
/// <param name="Empty">Its inboxes in which none wait, with the names of those whose boxes feed them.</param>
/// <param name="Refusals">Which of its messages found no room.</param>
public sealed record Waiter(
    string Name,
    TimeSpan? Slept,
    SourceLine? Where,
    TimeSpan? WakesIn,
    IReadOnlyList<BoxSnapshot> Unread,
    IReadOnlyList<(BoxSnapshot Inbox, IReadOnlyList<string> Feeders)> Empty,
    IReadOnlyList<Refusal> Refusals);

/// <summary>A message that found no room.</summary>
/// <param name="From">The box that it was given to.</param>
/// <param name="By">The full inbox.</param>
public sealed record Refusal(BoxSnapshot From, BoxSnapshot By);

/// <summary>A line of code.</summary>
/// <param name="File">The path of the file, as the compiler was given it.</param>
/// <param name="Line">The number of the line, from 1.</param>
/// <param name="Method">The name of the method.</param>
public sealed record SourceLine(string File, int Line, string Method)
{
    /// <summary>The name of the file without its folder, the line and the method: <c>Echo.cs:21, in Main</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{File[(File.LastIndexOfAny(['/', '\\']) + 1)..]}:{Line}, in {Method}");
}
