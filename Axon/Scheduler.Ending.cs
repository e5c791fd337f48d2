// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Scheduler.py. Copyright BBC and Kamaelia Contributors.

using System.Runtime.ExceptionServices;

namespace Axon;

/// <content>How microprocesses end: by themselves, by a crash, with the whole system.</content>
public sealed partial class Scheduler
{
    /// <summary>Ends one: out of the table, <c>Stop</c>, bodies disposed, <c>CloseDown</c>, and its result obeyed.</summary>
    /// <param name="process">Who ends.</param>
    /// <param name="crash">What its body threw, or null.</param>
    /// <returns>The first exception of all, or null: each of these acts gets its turn whatever the others throw.</returns>
    private Exception? End(Microprocess process, Exception? crash)
    {
        if ((process.Flags & ProcessFlags.Paused) == 0)
        {
            _awake--;
        }

        process.Flags &= ProcessFlags.WakeAsked | ProcessFlags.PauseAsked;
        _table.Remove(process);
        if (process.TimerIfAny is { } timer)
        {
            _timers.Remove(timer);
        }

        Exception? failure = crash;
        try
        {
            process.StopUnlessStopped();
        }
        catch (Exception exception)
        {
            failure = First(failure, exception, process);
        }

        // A loop and no recursion: detours nest to any depth.
        while (process.TakeBody() is { } body)
        {
            try
            {
                body.Dispose();
            }
            catch (Exception exception)
            {
                failure = First(failure, exception, process);
            }
        }

        try
        {
            KnockOn(process.CloseDown());
        }
        catch (Exception exception)
        {
            failure = First(failure, exception, process);
        }

        process.LeaveScheduler();
        Group?.NoteEnded();
        Listener?.Ended(process, failure);
        return failure;
    }

    // The first one is what the caller reports or throws; whatever follows is reported here, so that nothing is lost.
    private Exception First(Exception? first, Exception next, Microprocess process)
    {
        if (first is null)
        {
            return next;
        }

        Report(process, next);
        return first;
    }

    private void KnockOn(Ipc? result)
    {
        switch (result)
        {
            case Reactivate reactivate:
                reactivate.Original.Start(this, null, null);
                break;

            case ShutdownMicroprocess shutdown:
                // PORT: differs. Python raises KeyError out of the scheduler whenever another microprocess is left.
                foreach (Microprocess process in shutdown.Microprocesses)
                {
                    // One that is ending now, as its own list may name it, has heard its Stop.
                    if (process.Scheduler == this && !process.IsStopped)
                    {
                        process.Stop();
                    }
                }

                break;
        }
    }

    private void Report(Microprocess process, Exception exception)
    {
        exception.Data["Axon.Component"] = process.Name;
        Log.Crashed(Logger, exception, process.Name);
        ComponentCrashed?.Invoke(process, exception);
    }

    /// <summary>Stops and closes down everybody, in the order of activation, also whoever is activated by that.</summary>
    private void ShutDown()
    {
        Log.ShuttingDown(Logger, Name, _table.Count);
        Exception? failure = null;
        TakeRequests();
        ClearQueue();
        while (_table.First is { } process)
        {
            if (End(process, null) is { } exception)
            {
                Report(process, exception);
                failure ??= exception;
            }

            TakeRequests();
        }

        ClearQueue();
        _stopAsked = false;
        if (failure is not null && !Immortal)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    // Before anybody ends: if a posted action throws in between, the next run must not find in the queue who has ended already. The pass
    // itself may be half done, after a crash.
    private void ClearQueue()
    {
        Array.Clear(_queue, 0, _queued);
        _queued = 0;
        _next = 0;
        _anyGaps = false;
    }
}
