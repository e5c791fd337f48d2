// Licensed under the Apache License, Version 2.0. See LICENSE.

using Microsoft.Extensions.Logging;

namespace Kamaelia.Chassis;

/// <summary>Every line that a chassis writes to a scheduler's logger; <see cref="ServerLog"/> has those of servers.</summary>
internal static partial class ChassisLog
{
    [LoggerMessage(211, LogLevel.Error, "{Chassis} could not make a component for {Request}.")]
    public static partial void NotMade(ILogger logger, Exception exception, string chassis, object? request);

    [LoggerMessage(212, LogLevel.Warning, "{Chassis} abandoned {Component}, which was told to stop and did not within {StopTimeout}.")]
    public static partial void Abandoned(ILogger logger, string chassis, string component, TimeSpan stopTimeout);

    [LoggerMessage(213, LogLevel.Warning, "{Supervisor}: {Component} of the child {Child} crashed. What is done: {Action}, after {Delay}.")]
    public static partial void ChildCrashed(
        ILogger logger, Exception exception, string supervisor, string component, string child, CrashAction action, TimeSpan delay);

    [LoggerMessage(214, LogLevel.Warning, "{Supervisor} stopped {Component}, its child {Child}, which was told to and did not within {StopTimeout}.")]
    public static partial void Stopped(ILogger logger, string supervisor, string component, string child, TimeSpan stopTimeout);
}
