// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Runtime.ExceptionServices;

namespace Axon;

/// <content>Who takes the crash of a component upon itself, in place of the scheduler.</content>
public partial class Component
{
    /// <summary>Whether it takes upon itself the crashes of its children, and of theirs.</summary>
    /// <remarks>Threads: any thread.</remarks>
    internal virtual bool ClaimsCrashes => false;

    /// <summary>Hears of a crash that it claimed, before anybody hears of the end of the crashed one and before that has a part of it.</summary>
    /// <param name="child">Its child: the crashed one, or an ancestor of that.</param>
    /// <param name="crashed">Who crashed.</param>
    /// <param name="crash">What it threw.</param>
    /// <remarks>
    /// Threads: this one's scheduler thread only. Where the crashed one belongs to another scheduler, it may have ended by then. An override
    /// must not throw, and wakes this component if that has anything to do.
    /// </remarks>
    internal virtual void ChildCrashed(Component child, Component crashed, Exception crash)
    {
    }

    /// <summary>Gives the crash to the nearest ancestor that claims it.</summary>
    // Breadth first: with several parents the nearest is meant, and a family that is a circle has an end. Boxes and families are left alone
    // while the lock is held: who claims does what it must behind it.
    internal sealed override bool IsCrashClaimed(Exception crash)
    {
        (Component Parent, Component Child)? claim;
        bool several = EnterFamilies();
        try
        {
            claim = FindClaim();
        }
        finally
        {
            LeaveFamilies(several);
        }

        if (claim is not { } found)
        {
            return false;
        }

        if (found.Parent.Scheduler is { RunsElsewhere: true } scheduler)
        {
            scheduler.Post(() => found.Parent.TakeCrash(found.Child, this, crash));
        }
        else
        {
            found.Parent.ChildCrashed(found.Child, this, crash);
        }

        return true;
    }

    /// <summary>It, its children, theirs and so on, each once, the nearest first.</summary>
    internal IReadOnlyList<Component> Family()
    {
        List<Component> family = [this];
        bool several = EnterFamilies();
        try
        {
            HashSet<Component> known = [this];
            for (int i = 0; i < family.Count; i++)
            {
                for (Tie? tie = family[i]._firstChild; tie is not null; tie = tie.NextChild)
                {
                    if (known.Add(tie.Child))
                    {
                        family.Add(tie.Child);
                    }
                }
            }
        }
        finally
        {
            LeaveFamilies(several);
        }

        return family;
    }

    private (Component Parent, Component Child)? FindClaim()
    {
        List<Component> line = [this];
        for (int i = 0; i < line.Count; i++)
        {
            for (Tie? tie = line[i]._firstParent; tie is not null; tie = tie.NextParent)
            {
                if (tie.Parent.ClaimsCrashes)
                {
                    return (tie.Parent, line[i]);
                }

                if (!line.Contains(tie.Parent))
                {
                    line.Add(tie.Parent);
                }
            }
        }

        return null;
    }

    // Who claimed it may have ended on the way here: then it is this scheduler's, like anything else that a posted action throws.
    private void TakeCrash(Component child, Component crashed, Exception crash)
    {
        if (!ClaimsCrashes)
        {
            ExceptionDispatchInfo.Throw(crash);
        }

        ChildCrashed(child, crashed, crash);
    }
}
