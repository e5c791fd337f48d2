// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/AxonExceptions.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>A message was refused because the inbox at the end of the chain is at its limit.</summary>
/// <remarks>
/// <para>The message was not stored and nobody was woken; the sender still has it. Wait with <c>Pause()</c>: collecting from the full inbox
/// wakes whoever feeds it. Where a full box is an everyday matter use <see cref="Component.TrySend"/>, which does not throw.</para>
/// <para>Source: Axon/AxonExceptions.py, <c>noSpaceInBox</c>.</para>
/// </remarks>
public sealed class NoSpaceInBoxException : AxonException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="held">Messages held.</param>
    /// <param name="capacity">The limit, in messages.</param>
    /// <param name="box">The full box, where it is known.</param>
    public NoSpaceInBoxException(int held, int capacity, Postbox? box = null)
        : base(
            $"{(box is null ? "The box" : $"The {box}")} is full: it holds {held} of at most {capacity} messages. " +
            "The message was not sent. Pause() and send again when woken, use TrySend, or raise the limit with SetInboxSize.",
            held,
            capacity)
    {
        Held = held;
        Capacity = capacity;
        Box = box;
    }

    /// <summary>For a linkage that was not made, because what it would move does not fit.</summary>
    internal NoSpaceInBoxException(Postbox source, RealSink end)
        : base(
            $"Linking the {source} would move the {source.LocalCount} messages in it to the {end}, which holds {end.LocalCount} of at most " +
            $"{end.Limit}. Nothing was linked or moved. Collect from one of the two first, or raise the limit with SetInboxSize.",
            end.LocalCount,
            end.Limit)
    {
        Held = end.LocalCount;
        Capacity = end.Limit;
        Box = end;
    }

    /// <summary>Messages held when the message was refused.</summary>
    public int Held { get; }

    /// <summary>The limit of the box, in messages.</summary>
    public int Capacity { get; }

    /// <summary>The full box, or null where it is not known.</summary>
    public Postbox? Box { get; }
}
