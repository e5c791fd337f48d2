// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>Notes what a report needs and cannot be seen afterwards; warns when a system falls asleep that should not.</summary>
internal sealed class StuckWatch(Scheduler scheduler) : SchedulerListener
{
    private readonly Dictionary<Microprocess, Notes> _notes = [];

    // What was said last of a system that has not got going since.
    private string? _said;

    /// <summary>When one fell asleep; null if that was before anybody watched.</summary>
    public TimeSpan? AsleepSince(Microprocess process) => _notes.GetValueOrDefault(process)?.AsleepSince;

    /// <summary>Through which boxes one sent in vain in its last step, and where there is no room still; null if nobody watched it yet.</summary>
    public IEnumerable<Postbox>? RefusedBoxes(Microprocess process) => _notes.GetValueOrDefault(process)?.Refused.Where(box => box.IsFull);

    public override void Stepped(Microprocess process)
    {
        if (_notes.TryGetValue(process, out Notes? notes))
        {
            notes.Refused.Clear();
        }
    }

    public override void Refused(Postbox from, Postbox destination, object? message)
    {
        // What is put straight into an inbox does not say who did.
        if (from is NullSink)
        {
            NotesOn(from.Owner).Refused.Add(from);
        }
    }

    public override void Paused(Microprocess process) => NotesOn(process).AsleepSince = scheduler.Time;

    public override void Ended(Microprocess process, Exception? exception) => _notes.Remove(process);

    public override void Parking(TimeSpan timeout)
    {
        StuckExaminer examiner = new(scheduler, this);
        if (!scheduler.IsIdle || !examiner.IsStuck)
        {
            _said = null;
            return;
        }

        StuckReport report = examiner.Report();
        string what = (report with { Waiters = [.. report.Waiters.Select(waiter => waiter with { Slept = null })] }).ToString();
        if (what != _said)
        {
            _said = what;
            scheduler.SayStuck(report);
        }
    }

    private Notes NotesOn(Microprocess process)
    {
        if (!_notes.TryGetValue(process, out Notes? notes))
        {
            notes = new Notes();
            _notes.Add(process, notes);
        }

        return notes;
    }

    private sealed class Notes
    {
        public TimeSpan? AsleepSince { get; set; }

        public HashSet<Postbox> Refused { get; } = [];
    }
}
