// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using Microsoft.Extensions.Logging;

namespace Kamaelia.Internet;

/// <summary>Every line that the network components write to a scheduler's logger.</summary>
internal static partial class Log
{
    [LoggerMessage(101, LogLevel.Error, "{Server} on {EndPoint} could not accept a connection, and will try again.")]
    public static partial void AcceptFailed(ILogger logger, Exception exception, string server, EndPoint? endPoint);

    [LoggerMessage(103, LogLevel.Error, "{Server} on {EndPoint} failed and ends.")]
    public static partial void ServerFailed(ILogger logger, Exception exception, string server, EndPoint endPoint);

    [LoggerMessage(102, LogLevel.Error, "{Server} on {EndPoint} closed a connection: nobody is linked to its protocolHandlerSignal.")]
    public static partial void NobodyHandlesConnections(ILogger logger, string server, EndPoint? endPoint);

    [LoggerMessage(104, LogLevel.Error, "{Adapter} met an error, and nobody is linked to its signal.")]
    public static partial void ConnectionFailed(ILogger logger, Exception exception, string adapter);

    [LoggerMessage(105, LogLevel.Error, "{Server} ends: {Failure}")]
    public static partial void CannotListen(ILogger logger, Exception exception, string server, BindFailed failure);
}
