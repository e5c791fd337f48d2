// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>Sees what happens on a scheduler, as it happens. Override what you want to see.</summary>
/// <remarks>
/// <para>Threads: scheduler thread only. A listener looks on: it must not send, pause, wake, or throw.</para>
/// <para>Cost: one predictable branch at each place when there is none.</para>
/// </remarks>
public abstract class SchedulerListener
{
    /// <summary>A new microprocess was accepted; its first step comes in the next cycle.</summary>
    /// <param name="process">The newcomer.</param>
    public virtual void Activated(Microprocess process)
    {
    }

    /// <summary>A step begins.</summary>
    /// <param name="process">Who is stepped.</param>
    public virtual void Stepped(Microprocess process)
    {
    }

    /// <summary>A message was put into the box at the end of the chain.</summary>
    /// <param name="from">The box it was given to.</param>
    /// <param name="destination">The inbox that stores it, or null: nothing is linked there and it was dropped.</param>
    /// <param name="message">The message.</param>
    public virtual void Sent(Postbox from, Postbox? destination, object? message)
    {
    }

    /// <summary>A message was refused because the inbox at the end of the chain is full.</summary>
    /// <param name="from">The box it was given to.</param>
    /// <param name="destination">The full inbox.</param>
    /// <param name="message">The message.</param>
    public virtual void Refused(Postbox from, Postbox destination, object? message)
    {
    }

    /// <summary>A message was taken out of an inbox.</summary>
    /// <param name="box">The inbox that stored it.</param>
    /// <param name="message">The message.</param>
    public virtual void Received(Postbox box, object? message)
    {
    }

    /// <summary>A microprocess fell asleep.</summary>
    /// <param name="process">Who sleeps.</param>
    public virtual void Paused(Microprocess process)
    {
    }

    /// <summary>A sleeper woke up.</summary>
    /// <param name="process">Who is awake again.</param>
    public virtual void Woken(Microprocess process)
    {
    }

    /// <summary>A linkage was made.</summary>
    /// <param name="linkage">The linkage.</param>
    public virtual void Linked(Linkage linkage)
    {
    }

    /// <summary>A linkage was taken away.</summary>
    /// <param name="linkage">The linkage.</param>
    public virtual void Unlinked(Linkage linkage)
    {
    }

    /// <summary>A box was added to a component.</summary>
    /// <param name="box">The box.</param>
    public virtual void BoxAdded(Postbox box)
    {
    }

    /// <summary>A box of a component was deleted; its linkages went before it.</summary>
    /// <param name="box">The box.</param>
    public virtual void BoxDeleted(Postbox box)
    {
    }

    /// <summary>What other threads asked for is taken up: activations, wakes, pauses, stops, posted actions.</summary>
    /// <param name="delay">How long the first of these requests had waited for the scheduler, by the scheduler's clock.</param>
    public virtual void Arrived(TimeSpan delay)
    {
    }

    /// <summary>Nobody is awake: the run is about to wait.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> when no timer runs.</param>
    public virtual void Parking(TimeSpan timeout)
    {
    }

    /// <summary>A microprocess ended and is closed down.</summary>
    /// <param name="process">Who ended.</param>
    /// <param name="exception">What ended it, or null for an ordinary end.</param>
    public virtual void Ended(Microprocess process, Exception? exception)
    {
    }
}
