// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>A linkage would have led a box back to itself.</summary>
/// <remarks>Nothing was changed. A loop of <em>components</em> is fine; a loop of <em>boxes</em> has no inbox at its end.</remarks>
// PORT: differs. Python recurses without end.
public sealed class LinkageLoopException : AxonException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="source">The box that was to be linked.</param>
    /// <param name="sink">The box it was to feed, whose messages already end up in <paramref name="source"/>.</param>
    public LinkageLoopException(Postbox source, Postbox sink)
        : base(
            $"Linking the {source} to the {sink} would close a loop: what reaches the second already flows into the first. " +
            "End the chain in an inbox that a component reads.",
            source,
            sink)
    {
        Source = source;
        Sink = sink;
    }

    /// <summary>The box that was to be linked.</summary>
    public new Postbox Source { get; }

    /// <summary>The box it was to feed.</summary>
    public Postbox Sink { get; }
}
