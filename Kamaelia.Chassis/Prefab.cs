// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Chassis/Prefab.py and Kamaelia/Experimental/Chassis.py. Copyright BBC and Kamaelia Contributors.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>Assemblies that are wanted often, ready wired.</summary>
public static class Prefab
{
    /// <summary>A playlist: each item that the chooser offers becomes a component, and the next is asked for when that has ended.</summary>
    /// <param name="chooser">
    /// Sends an item on <c>"outbox"</c> for a <see cref="Carousel.Next"/> on <c>"inbox"</c>, and a <see cref="ProducerFinished"/> on
    /// <c>"signal"</c> when there are no more; also has <c>"control"</c>.
    /// </param>
    /// <param name="carousel">
    /// A <see cref="Carousel"/>, or one with the same boxes. It must make the first request if the chooser waits to be asked, and must not
    /// if the chooser offers its first item by itself: the second would come at once, and the first component would be told to stop as soon
    /// as it runs.
    /// </param>
    /// <returns>
    /// A <see cref="Graphline"/> with the <c>"inbox"</c>, <c>"outbox"</c> and <c>"signal"</c> of the Carousel, and the chooser's
    /// <c>"control"</c>.
    /// </returns>
    /// <exception cref="ArgumentException">One of them is null or lacks a box, or both are the same.</exception>
    /// <remarks>
    /// <para><em>Example usage</em></para>
    /// <code>
    /// Prefab.JoinChooserToCarousel(
    ///     new ForwardIteratingChooser("first.txt", "second.txt"),
    ///     new Carousel&lt;string&gt;(fileName => new FileReader(fileName)))
    /// </code>
    /// <para><em>Shutdown</em>: a message on <c>"control"</c> goes to the chooser, which passes it on and ends if it is one to stop by: a
    /// <see cref="ProducerFinished"/> or a <see cref="ShutdownMicroprocess"/>. What it says on <c>"signal"</c>, that or its own
    /// <see cref="ProducerFinished"/>, ends the Carousel: after the component of its last item, or after telling that to stop. The same message
    /// leaves by <c>"signal"</c>, and nothing else does.</para>
    /// <para>Source: Kamaelia/Chassis/Prefab.py, <c>JoinChooserToCarousel</c>.</para>
    /// </remarks>
    public static Component JoinChooserToCarousel(Component chooser, Component carousel) => new Graphline
    {
        ["CHOOSER"] = chooser,
        ["CAROUSEL"] = carousel,
        ["CHOOSER", "outbox"] = ("CAROUSEL", "next"),
        ["CHOOSER", "signal"] = ("CAROUSEL", "control"),
        ["self", "inbox"] = ("CAROUSEL", "inbox"),
        ["self", "control"] = ("CHOOSER", "control"),
        ["CAROUSEL", "requestNext"] = ("CHOOSER", "inbox"),
        ["CAROUSEL", "outbox"] = ("self", "outbox"),
        ["CAROUSEL", "signal"] = ("self", "signal"),
    };

    /// <summary>A <see cref="Carousel"/> that is driven by its <c>"inbox"</c>, so that it can stand in a <see cref="Pipeline"/>.</summary>
    /// <param name="carousel">The Carousel, or one with the same boxes. What it requests is dropped.</param>
    /// <returns>
    /// A <see cref="Graphline"/> whose <c>"inbox"</c> is the Carousel's <c>"next"</c>, and whose <c>"data_inbox"</c> is its <c>"inbox"</c>.
    /// </returns>
    /// <exception cref="ArgumentException">It is null or lacks a box.</exception>
    /// <remarks>
    /// <para><em>Shutdown</em>: as the <see cref="Carousel"/>. A <see cref="ProducerFinished"/> lets it work off what was asked for, a
    /// <see cref="ShutdownMicroprocess"/> does not; it ends with its child, and the same message leaves by <c>"signal"</c>.</para>
    /// <para>Source: Kamaelia/Experimental/Chassis.py, <c>InboxControlledCarousel</c>.</para>
    /// </remarks>
    // PORT: differs. Python takes what makes a Carousel.
    public static Component InboxControlledCarousel(Component carousel) => new Graphline
    {
        ["CAROUSEL"] = carousel,
        ["self", "inbox"] = ("CAROUSEL", "next"),
        ["self", "data_inbox"] = ("CAROUSEL", "inbox"),
        ["self", "control"] = ("CAROUSEL", "control"),
        ["CAROUSEL", "outbox"] = ("self", "outbox"),
        ["CAROUSEL", "signal"] = ("self", "signal"),
    };
}
