// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/AxonExceptions.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>A box that already feeds another one was to be linked again.</summary>
/// <remarks>
/// <para>Nothing was changed. Unlink the existing linkage first, or put a component between that sends to both.</para>
/// <para>Source: Axon/AxonExceptions.py, <c>BoxAlreadyLinkedToDestination</c>.</para>
/// </remarks>
// PORT: differs. Python documents (box, present target, wanted target) and passes something else; here each has a name.
public sealed class BoxAlreadyLinkedToDestinationException : AxonException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="source">The box that is linked already.</param>
    /// <param name="existingTarget">The box it feeds now.</param>
    /// <param name="requestedTarget">The box it was to feed.</param>
    public BoxAlreadyLinkedToDestinationException(Postbox source, Postbox existingTarget, Postbox requestedTarget)
        : base(
            $"The {source} already feeds the {existingTarget}, so it cannot feed the {requestedTarget} as well: a box has one destination. " +
            "Unlink the existing linkage first, or put a component between that sends to both.",
            source,
            existingTarget,
            requestedTarget)
    {
        Source = source;
        ExistingTarget = existingTarget;
        RequestedTarget = requestedTarget;
    }

    /// <summary>The box that is linked already.</summary>
    public new Postbox Source { get; }

    /// <summary>The box it feeds now.</summary>
    public Postbox ExistingTarget { get; }

    /// <summary>The box it was to feed.</summary>
    public Postbox RequestedTarget { get; }
}
