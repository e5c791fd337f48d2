// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Ipc.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Reports an error as a message.</summary>
/// <param name="caller">Who met the error.</param>
/// <param name="exception">The exception, where there is one.</param>
/// <param name="message">Anything the sender wants to add.</param>
/// <remarks>Source: Axon/Ipc.py, <c>errorInformation</c>.</remarks>
public sealed class ErrorInformation(object? caller, Exception? exception = null, object? message = null) : Ipc
{
    /// <summary>Who met the error.</summary>
    public object? Caller { get; } = caller;

    /// <summary>The exception, or null.</summary>
    public Exception? Exception { get; } = exception;

    /// <summary>What the sender added, or null.</summary>
    public object? Message { get; } = message;
}
