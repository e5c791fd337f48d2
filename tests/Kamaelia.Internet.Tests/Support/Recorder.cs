// Licensed under the Apache License, Version 2.0. See LICENSE.

using Microsoft.Extensions.Logging;

namespace Kamaelia.Internet.Tests;

/// <summary>Counts the steps of each component and keeps what was sent, so that tests can ask for it by component and box.</summary>
internal sealed class Recorder : SchedulerListener, ILogger
{
    private readonly Dictionary<Microprocess, int> _steps = [];

    /// <summary>What was sent, in order.</summary>
    public List<(Postbox From, object? Message)> AllSent { get; } = [];

    /// <summary>Who ended, in order, and what ended them.</summary>
    public List<(Microprocess Process, Exception? Exception)> Ends { get; } = [];

    /// <summary>Lines written to the scheduler's logger.</summary>
    public List<(LogLevel Level, string Text, Exception? Exception)> Logged { get; } = [];

    /// <summary>All steps of all components.</summary>
    public int TotalSteps { get; private set; }

    /// <summary>Hears of every message in the moment it is sent.</summary>
    public Action<Postbox, object?>? OnSent { get; set; }

    public int StepsOf(Microprocess process) => _steps.GetValueOrDefault(process);

    /// <summary>The messages that a component sent through one of its boxes, in order.</summary>
    public IReadOnlyList<object?> Sent(Component component, string box) =>
        [.. AllSent.Where(sent => sent.From.Owner == component && sent.From.Name == box).Select(sent => sent.Message)];

    public override void Stepped(Microprocess process)
    {
        _steps[process] = StepsOf(process) + 1;
        TotalSteps++;
    }

    public override void Sent(Postbox from, Postbox? destination, object? message)
    {
        AllSent.Add((from, message));
        OnSent?.Invoke(from, message);
    }

    public override void Ended(Microprocess process, Exception? exception) => Ends.Add((process, exception));

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Logged.Add((logLevel, formatter(state, exception), exception));
}
