// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;
using System.Text;

namespace Axon;

/// <summary>Puts a report into words.</summary>
internal static class StuckWriter
{
    private const int MostWaiters = 100;
    private const int MostNames = 5;

    public static string Write(StuckReport report)
    {
        StringBuilder text = new();
        text.Append(report.Scheduler).Append(report.IsStuck ? " is stuck: " : " is not stuck: ").Append(Summary(report)).Append('\n');
        foreach (IReadOnlyList<Refusal> cycle in report.Cycles)
        {
            text.Append("These wait for each other, in a cycle of full boxes:\n");
            foreach (Refusal refusal in cycle)
            {
                text.Append($"  {refusal.From.Component} waits for room in {Full(refusal.By)}\n");
            }
        }

        // Those in trouble first; of a large system not all.
        foreach (Waiter waiter in report.Waiters.OrderBy(waiter => waiter is { Refusals: [], Unread: [] }).Take(MostWaiters))
        {
            Write(waiter, text);
        }

        if (report.Waiters.Count > MostWaiters)
        {
            text.Append($"{report.Waiters.Count - MostWaiters} more sleep.\n");
        }

        if (!report.IsComplete)
        {
            text.Append("Nobody noted since when they sleep and who was refused: set Diagnose on the scheduler. ")
                .Append("Whose outbox leads to a full inbox is taken to wait for room.\n");
        }

        return text.ToString();
    }

    private static string Summary(StuckReport report)
    {
        int unread = report.Waiters.SelectMany(waiter => waiter.Unread).Sum(box => box.Count);
        int refusals = report.Waiters.Sum(waiter => waiter.Refusals.Count);
        string left = $"{SnapshotWriter.Count(unread, "message")} unread, {SnapshotWriter.Count(refusals, "outbox", "outboxes")} refused";
        return report switch
        {
            { IsStuck: true } => $"everybody sleeps, no timer runs, {left}.",
            { Awake: [_, ..] } => $"awake are {Names(report.Awake)}.",
            { Waiters: [] } => "nobody is there.",
            { Outside: [_, ..] } => $"everybody sleeps, and something from outside may wake {Names(report.Outside)}; {left}.",
            _ when report.Waiters.Any(waiter => waiter.WakesIn is not null) => $"everybody sleeps, and a timer runs; {left}.",
            _ when unread + refusals > 0 => $"everybody sleeps, and another thread has asked for something; {left}.",
            _ => "everybody sleeps, and there is nothing to do.",
        };
    }

    private static void Write(Waiter waiter, StringBuilder text)
    {
        text.Append(waiter.Name).Append(" sleeps");
        if (waiter.Slept is { } slept)
        {
            text.Append($", for {Show(slept)}");
        }

        if (waiter.Where is { } where)
        {
            text.Append($", at {where}");
        }

        text.Append(waiter.WakesIn is { } wakesIn ? $"; its timer rings in {Show(wakesIn)}\n" : "\n");
        foreach (Refusal refusal in waiter.Refusals)
        {
            text.Append($"  outbox \"{refusal.From.Name}\" was refused by {Full(refusal.By)}\n");
        }

        foreach (BoxSnapshot box in waiter.Unread)
        {
            text.Append($"  inbox \"{box.Name}\" has {SnapshotWriter.Count(box.Count, "message")} unread\n");
        }

        foreach ((BoxSnapshot inbox, IReadOnlyList<string> feeders) in waiter.Empty)
        {
            text.Append($"  inbox \"{inbox.Name}\" is empty, fed by {Names(feeders)}\n");
        }
    }

    private static string Full(BoxSnapshot box) => $"{box}: {SnapshotWriter.Fill(box)}";

    private static string Show(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.######} s");

    private static string Names(IReadOnlyList<string> names) => names.Count switch
    {
        0 => "nobody",
        <= MostNames => string.Join(", ", names),
        _ => $"{string.Join(", ", names.Take(MostNames - 1))} and {names.Count - MostNames + 1} others",
    };
}
