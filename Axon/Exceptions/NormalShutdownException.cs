// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/AxonExceptions.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Kept for systems that throw it themselves; Axon does not.</summary>
/// <remarks>Source: Axon/AxonExceptions.py, <c>normalShutdown</c>.</remarks>
public sealed class NormalShutdownException() : AxonException("The component asked for a normal shutdown.");
