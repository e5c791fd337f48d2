// Licensed under the Apache License, Version 2.0. See LICENSE.

using Microsoft.Extensions.Logging;

namespace Kamaelia.Chassis;

/// <summary>Every line that a connected server writes to a scheduler's logger.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(201, LogLevel.Error, "{Server} closed the connection of {Connection}: no protocol handler could be made for it.")]
    public static partial void NoHandler(ILogger logger, Exception exception, string server, ConnectionInfo connection);

    [LoggerMessage(202, LogLevel.Error, "{Server} stops: its {Listener} has ended.")]
    public static partial void ListenerEnded(ILogger logger, string server, string listener);

    [LoggerMessage(203, LogLevel.Error, "{Server} could not tell {Component} that its connection is closed: its control inbox is full.")]
    public static partial void ControlIsFull(ILogger logger, string server, string component);
}
