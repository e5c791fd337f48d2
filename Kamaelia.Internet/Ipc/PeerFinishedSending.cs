// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Internet;

/// <summary>Says that the peer will send nothing more, but may still be sent to.</summary>
/// <param name="caller">The connection's adapter.</param>
public sealed class PeerFinishedSending(object? caller = null) : ProducerFinished(caller);
