// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Runtime.ExceptionServices;

namespace Axon;

/// <content>
/// What a step here wants done by other threads: linkages joined and parted, components activated. It is kept until the cycle is over, and
/// then each of them gets its part in one piece. So a component of another scheduler never runs between two linkages that were made for it
/// in one step, as it never does on one scheduler.
/// </content>
public sealed partial class Scheduler
{
    // Null for almost all.
    private List<Errand>? _errands;

    /// <summary>Does something with boxes of this scheduler's: at once where they are this thread's, and else on its thread.</summary>
    /// <remarks>Threads: any thread. What is asked for by one thread is done in the order asked.</remarks>
    internal void Do(Action action)
    {
        if (!RunsElsewhere)
        {
            action();
        }
        else if (t_current is { } stepping)
        {
            stepping.AddErrand(new Errand(Outermost, null, action));
        }
        else
        {
            Outermost.Post(action);
        }
    }

    private void AddFromStepElsewhere(Microprocess process) =>
        t_current!.AddErrand(new Errand(Outermost, process, () => Take(process, Request.Activate)));

    private void AddErrand(Errand errand)
    {
        (_errands ??= []).Add(errand);

        // Or the cycle would not look.
        _arrived = true;
    }

    private void HandOutErrands()
    {
        if (_errands is { } errands)
        {
            _errands = null;
            foreach (Errand errand in errands)
            {
                if (errand.Activated is { } process)
                {
                    process.Flags |= ProcessFlags.HandedOver;
                }
            }

            foreach (IGrouping<Scheduler, Action> part in errands.GroupBy(static errand => errand.There, static errand => errand.Action))
            {
                Scheduler there = part.Key;
                there.Post(() => there.CarryOutEach(part));
            }
        }
    }

    // One that fails takes nothing away from the others.
    private void CarryOutEach(IEnumerable<Action> actions)
    {
        Exception? failure = null;
        foreach (Action action in actions)
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failure = First(failure, exception, this);
            }
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private readonly record struct Errand(Scheduler There, Microprocess? Activated, Action Action);
}
