// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Kamaelia.Chassis;

/// <content>What is done when a child ends.</content>
public partial class Supervisor
{
    // Crashes that were claimed and are to be dealt with in the next step.
    private readonly List<(SupervisedChild? Place, Component Child, Component Crashed, Exception Crash)> _crashes = [];

    // When children were restarted within the period.
    private readonly Queue<TimeSpan> _restarts = new();

    // Set when it gave up, and ends as soon as its children have.
    private RestartLimitExceededException? _failure;

    internal sealed override bool ClaimsCrashes => !IsStopped && Scheduler is not null;

    private bool RestartsTogether => Strategy != SupervisionStrategy.OneForOne;

    // What waits is taken back at once: in the next step the chassis in which it waits may have let go of the crashed one, and of it.
    internal sealed override void ChildCrashed(Component child, Component crashed, Exception crash)
    {
        SupervisedChild? place = _places.Values.FirstOrDefault(place => place.IsHere(child));
        if (place?.Present == child)
        {
            place.CutOff();
        }

        _crashes.Add((place, child, crashed, crash));
        RequestWake();
    }

    private void TakeCrashes()
    {
        // One that crashed while it was stopped for the crash of another is no second reason.
        foreach ((SupervisedChild? place, Component child, Component crashed, Exception crash) in _crashes)
        {
            if (place?.Present == child)
            {
                Decide(place, crashed, crash);
            }
            else
            {
                Report(place, child, crashed, crash);
            }
        }

        _crashes.Clear();
    }

    // It ends before it came to them: at least the log has them.
    private void ReportLate() => _crashes.ForEach(crash => Report(crash.Place, crash.Child, crash.Crashed, crash.Crash));

    private void LookForEnds()
    {
        foreach (SupervisedChild child in _places.Values)
        {
            child.LetGoOfEnded();
            if (child.Present is not { } component || !Children.HasEnded(component))
            {
                continue;
            }

            if (child.Spec.Restart != Restart.Permanent || child.IsToldToEnd || _finish is not null || _stop is not null || _failure is not null)
            {
                child.LetGo();
            }
            else if (MayRestart())
            {
                RestartFrom(child, child.NextDelay(Restarts, Scheduler!.Time, Scheduler.Random));
            }
            else
            {
                GiveUp(child, null, null);
            }
        }
    }

    /// <summary>What to do about a crash of a child, or of its factory.</summary>
    private void Decide(SupervisedChild child, Component? crashed, Exception crash)
    {
        bool isOver = child.Spec.Restart == Restart.Temporary || child.IsToldToStop || _stop is not null || _failure is not null;
        CrashAction action = isOver ? CrashAction.LetGo : MayRestart() ? CrashAction.Restart : CrashAction.GiveUp;
        TimeSpan delay = action == CrashAction.Restart ? child.NextDelay(Restarts, Scheduler!.Time, Scheduler.Random) : TimeSpan.Zero;
        CrashReport report = new(child.Name, crashed, crash, Count(child), action, delay);
        Report(report);
        switch (action)
        {
            case CrashAction.LetGo:
                End(child);
                break;
            case CrashAction.Restart:
                RestartFrom(child, delay);
                break;
            case CrashAction.GiveUp:
                GiveUp(child, crash, report);
                break;
        }
    }

    private void RestartFrom(SupervisedChild ended, TimeSpan delay)
    {
        TimeSpan due = Scheduler!.Time + delay;
        bool isReached = Strategy == SupervisionStrategy.OneForAll;
        foreach (SupervisedChild child in _places.Values)
        {
            isReached |= RestartsTogether && child == ended;
            if ((!isReached && child != ended) || child.HasFinished)
            {
                continue;
            }

            bool isOver = child != ended && (child.Spec.Restart == Restart.Temporary || child.IsToldToStop);
            End(child);
            child.Due = isOver ? null : due;
        }
    }

    private void GiveUp(SupervisedChild child, Exception? crash, CrashReport? report)
    {
        _failure = new RestartLimitExceededException(this, child.Name, Restarts, crash);
        _signals.Add(new ErrorInformation(this, _failure, report));
        foreach (SupervisedChild each in _places.Values)
        {
            End(each);
        }
    }

    private static void End(SupervisedChild child)
    {
        child.Due = null;
        if (child.Present is not null)
        {
            child.Stop();
        }
    }

    private void StartDue()
    {
        if (RestartsTogether && _places.Values.Any(child => child.IsStopping || child.Due > Scheduler!.Time))
        {
            return;
        }

        foreach (SupervisedChild child in _places.Values)
        {
            if (child.Due <= Scheduler!.Time && !child.IsStopping)
            {
                Start(child);
            }
        }
    }

    private void Start(SupervisedChild child)
    {
        try
        {
            child.Start(Scheduler!.Time);
        }
        catch (Exception exception)
        {
            Decide(child, null, exception);
        }
    }

    // Null: no start is to come, or it waits for the end of somebody, which is heard of.
    private TimeSpan? NextStart() =>
        RestartsTogether && _places.Values.Any(static child => child.IsStopping)
            ? null
            : _places.Values.Where(static child => !child.IsStopping).Min(static child => child.Due);

    private bool MayRestart()
    {
        if (Restarts.Restarts is not { } limit)
        {
            return true;
        }

        while (_restarts.TryPeek(out TimeSpan restart) && Scheduler!.Time - restart >= Restarts.Period)
        {
            _restarts.Dequeue();
        }

        if (_restarts.Count >= limit)
        {
            return false;
        }

        _restarts.Enqueue(Scheduler!.Time);
        return true;
    }

    private void Report(SupervisedChild? place, Component child, Component crashed, Exception crash) =>
        Report(new CrashReport(place?.Name ?? child.Name, crashed, crash, Count(place), CrashAction.LetGo, TimeSpan.Zero));

    private void Report(CrashReport report)
    {
        string crashed = report.Component?.Name ?? "The factory";
        ChassisLog.ChildCrashed(Scheduler!.Logger, report.Exception, Name, crashed, report.Child, report.Action, report.Delay);
        _reports.Add(report);
    }

    private static int Count(SupervisedChild? child) => child is null ? 0 : ++child.Crashes;
}
