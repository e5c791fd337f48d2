// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/AxonExceptions.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Kept for systems that throw it themselves when arguments contradict each other; Axon does not.</summary>
/// <param name="message">Which arguments, and why they clash.</param>
/// <remarks>Source: Axon/AxonExceptions.py, <c>ArgumentsClash</c>.</remarks>
public sealed class ArgumentsClashException(string message) : AxonException(message);
