// Licensed under the Apache License, Version 2.0. See LICENSE.

using Microsoft.Extensions.Logging;

namespace Axon;

/// <summary>Every line that Axon writes to a scheduler's logger.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "{Component} does not override Main: it runs one empty step and ends.")]
    public static partial void MainNotOverridden(ILogger logger, string component);

    [LoggerMessage(2, LogLevel.Error, "{Component} crashed and was closed down.")]
    public static partial void Crashed(ILogger logger, Exception exception, string component);

    [LoggerMessage(3, LogLevel.Debug, "{Scheduler} was asked to stop and closes down {Count} microprocesses.")]
    public static partial void ShuttingDown(ILogger logger, string scheduler, int count);

    [LoggerMessage(4, LogLevel.Error, "The thread of {Component} failed after the component was stopped.")]
    public static partial void ThreadFailedAfterStop(ILogger logger, Exception exception, string component);

    [LoggerMessage(5, LogLevel.Warning, "{Component} has ended, and its main goes on waiting again and again: it was left where it is.")]
    public static partial void MainIgnoresEnd(ILogger logger, string component);

    [LoggerMessage(20, LogLevel.Warning, "{Report}")]
    public static partial void Stuck(ILogger logger, StuckReport report);

    [LoggerMessage(21, LogLevel.Debug, "{Time} | {Section} | {Text}")]
    public static partial void DebugNote(ILogger logger, string time, string section, string text);

    [LoggerMessage(22, LogLevel.Warning, "The debug section {Section} is not configured, so its notes are left out. The first was: {Text}")]
    public static partial void UnknownDebugSection(ILogger logger, string section, string text);
}
