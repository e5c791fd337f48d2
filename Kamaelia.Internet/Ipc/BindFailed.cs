// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;

namespace Kamaelia.Internet;

/// <summary>Says that a server could not listen, and ends; to others it is an order to shut down.</summary>
/// <param name="endPoint">Where it was to listen.</param>
/// <param name="exception">Why it could not.</param>
public sealed class BindFailed(EndPoint? endPoint, Exception exception) : ShutdownMicroprocess
{
    /// <summary>Where it was to listen.</summary>
    public EndPoint? EndPoint { get; } = endPoint;

    /// <summary>Why it could not.</summary>
    public Exception Exception { get; } = exception;

    /// <summary>Where, and why not.</summary>
    public override string ToString() => $"cannot listen on {EndPoint}: {Exception.Message}";
}
