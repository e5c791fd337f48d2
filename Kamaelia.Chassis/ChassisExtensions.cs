// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Experimental/Chassis.py. Copyright BBC and Kamaelia Contributors.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>What is said of a component where it is put into a chassis.</summary>
public static class ChassisExtensions
{
    /// <summary>Limits an inbox of a component: <c>new Pipeline(new Reader(), new Decoder().Limit(5))</c>.</summary>
    /// <param name="component">The component.</param>
    /// <param name="size">How many messages fit: at least 1.</param>
    /// <param name="inbox">Which inbox. Default <c>"inbox"</c>; the others stay as they are.</param>
    /// <returns>The component.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is 0 or less.</exception>
    /// <exception cref="KeyNotFoundException">The component has no such inbox.</exception>
    /// <remarks>
    /// <para>A sender that finds the inbox full is refused, also through the boxes of a chassis, and woken when there is room: see
    /// <see cref="Component.TrySend"/>.</para>
    /// <para>Threads: the component's own thread only, or while nobody runs the scheduler.</para>
    /// <para>Source: Kamaelia/Experimental/Chassis.py, <c>Pipeline</c>.</para>
    /// </remarks>
    // PORT: differs. Python writes the limit in front of the component, and takes 0 for none.
    public static T Limit<T>(this T component, int size, string inbox = "inbox")
        where T : Component
    {
        ArgumentNullException.ThrowIfNull(component);
        ThrowIfNoLimit(size, nameof(size));
        component.SetInboxSize(inbox, size);
        return component;
    }

    internal static void ThrowIfNoLimit(int? size, string parameter)
    {
        if (size <= 0)
        {
            throw new ArgumentOutOfRangeException(
                parameter, size, "An inbox that is limited takes at least 1 message. Leave the limit out for one that takes any number.");
        }
    }
}
