// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>Finds out who waits for whom.</summary>
/// <param name="scheduler">Whose system.</param>
/// <param name="watch">Who noted what can be seen no more, if somebody did.</param>
internal sealed class StuckExaminer(Scheduler scheduler, StuckWatch? watch)
{
    // Without those who are awake in the next cycle.
    private readonly Microprocess[] _asleep =
    [
        .. scheduler.ListAll().Where(process => scheduler.IsPaused(process) && (process.Flags & ProcessFlags.WakeAsked) == 0),
    ];

    // Cheap to ask: it is asked whenever a watched system falls asleep.
    public bool IsStuck =>
        scheduler.IsEverybodyAsleep
        && scheduler.TimeToNextTimer() is null
        && !_asleep.Any(IsWokenFromOutside)
        && _asleep.Any(process => RefusedBoxes(process).Any() || Inboxes(process).Any(box => box.LocalCount > 0));

    public StuckReport Report()
    {
        SnapshotTaker taker = new(scheduler);
        using SourceLines lines = new();
        return new StuckReport(
            scheduler.Name,
            IsStuck,
            [.. scheduler.ListAll().Except(_asleep).Select(process => process.Name)],
            [.. _asleep.Where(IsWokenFromOutside).Select(process => process.Name)],
            [.. _asleep.Select(process => Describe(process, taker, lines))],
            [.. Cycles().Select(cycle => cycle.Select(box => ToRefusal(box, taker)).ToArray())],
            watch is not null);
    }

    private static bool IsWokenFromOutside(Microprocess process) => process is Component { IsWokenFromOutside: true };

    private static IEnumerable<Postbox> Inboxes(Microprocess process) =>
        process is Component component ? component.MadeBoxes().Where(box => box is RealSink) : [];

    private static Refusal ToRefusal(Postbox box, SnapshotTaker taker) => new(taker.Picture(box), taker.Picture(box.Sink!));

    // Where nobody watched, a sleeper is taken to wait for room wherever there is none.
    private IEnumerable<Postbox> RefusedBoxes(Microprocess process) =>
        watch?.RefusedBoxes(process) ?? (process as Component)?.MadeBoxes().Where(box => box is NullSink && box.IsFull) ?? [];

    private Waiter Describe(Microprocess process, SnapshotTaker taker, SourceLines lines) => new(
        process.Name,
        scheduler.TimeNow - watch?.AsleepSince(process),
        lines.Find(process.PresentBody),
        scheduler.TimeToTimerOf(process),
        [.. Inboxes(process).Where(box => box.LocalCount > 0).Select(taker.Picture)],
        [.. Inboxes(process).Where(box => box.LocalCount == 0 && box.Outgoing is null).Select(box => (taker.Picture(box), Feeders(box)))],
        [.. RefusedBoxes(process).Select(box => ToRefusal(box, taker))]);

    private static List<string> Feeders(Postbox inbox)
    {
        List<string> feeders = [];
        for (Postbox? feeder = inbox.NextUpstream(inbox); feeder is not null; feeder = feeder.NextUpstream(inbox))
        {
            if (feeder is NullSink { FirstIncoming: null })
            {
                feeders.Add(feeder.Owner.Name);
            }
        }

        return feeders;
    }

    // Who waits for room elsewhere waits for somebody who cannot be seen from here.
    private IEnumerable<Postbox> RefusedHere(Microprocess process) => RefusedBoxes(process).Where(box => box.Sink is not RelayEntry);

    /// <summary>Rings in the graph that leads from each sleeper through a refused box to the owner of the full inbox; a ring is given by its boxes.</summary>
    /// <remarks>A walk in depth, without recursion: a ring is found where it comes back to somebody on the present way.</remarks>
    private IEnumerable<Postbox[]> Cycles()
    {
        HashSet<Microprocess> asleep = [.. _asleep];
        HashSet<Microprocess> visited = [];
        foreach (Microprocess start in _asleep)
        {
            List<Postbox> way = [];
            Stack<IEnumerator<Postbox>> open = new();
            if (visited.Add(start))
            {
                open.Push(RefusedHere(start).GetEnumerator());
            }

            while (open.TryPeek(out IEnumerator<Postbox>? boxes))
            {
                way.RemoveRange(open.Count - 1, way.Count - open.Count + 1);
                if (!boxes.MoveNext())
                {
                    open.Pop();
                    continue;
                }

                way.Add(boxes.Current);
                Component next = boxes.Current.Sink!.Owner;
                int back = way.FindIndex(box => box.Owner == next);
                if (back >= 0)
                {
                    yield return way[back..].ToArray();
                }
                else if (asleep.Contains(next) && visited.Add(next))
                {
                    open.Push(RefusedHere(next).GetEnumerator());
                }
            }
        }
    }
}
