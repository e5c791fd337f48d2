// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>What a <see cref="Par"/> does with what its components say on <c>"signal"</c>.</summary>
public enum SignalMode
{
    /// <summary>
    /// Keeps each <see cref="ProducerFinished"/> and <see cref="ShutdownMicroprocess"/> to itself and passes on the rest: one shutdown
    /// message leaves, when the last component has ended.
    /// </summary>
    Aggregate,

    /// <summary>
    /// Passes on everything, and adds its own shutdown message at the end, as in Python: whoever comes next may end with the first of the
    /// components.
    /// </summary>
    PassThrough,
}
