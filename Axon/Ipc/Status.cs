// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Ipc.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Carries a status, whatever sender and receiver agree that to be.</summary>
/// <param name="value">The status.</param>
/// <remarks>Source: Axon/Ipc.py, <c>status</c>.</remarks>
public sealed class Status(object? value) : Ipc
{
    /// <summary>The status.</summary>
    public object? Value { get; } = value;
}
