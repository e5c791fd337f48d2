// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;

namespace Axon;

/// <summary>Makes of each component's life an activity, from activation to end: a span, in the words of OpenTelemetry.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// Scheduler scheduler = new(new SchedulerOptions { Listener = new SchedulerActivities() });
/// </code>
/// <para>The source is named <see cref="SourceName"/>. An activity is named by the component's type and bears <c>axon.component.name</c> and
/// <c>axon.component.id</c>; one that crashed has the status of an error, with the exception. Its parent is the activity in which the
/// scheduler is run, and none of them is current in any step.</para>
/// <para>Cost: nothing for a scheduler that has none; with one, a branch for each component unless somebody listens to the source.</para>
/// <para>Threads: as any listener. One object for each scheduler.</para>
/// </remarks>
public sealed class SchedulerActivities : SchedulerListener
{
    /// <summary>The name of the source: <c>Axon</c>.</summary>
    public const string SourceName = "Axon";

    private static readonly ActivitySource s_source = new(SourceName);

    private readonly Dictionary<Microprocess, Activity> _lives = [];

    /// <inheritdoc/>
    public override void Activated(Microprocess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        if (!s_source.HasListeners() || s_source.CreateActivity(process.GetType().Name, ActivityKind.Internal) is not { } life)
        {
            return;
        }

        life.SetTag("axon.component.name", process.Name).SetTag("axon.component.id", process.Id);
        Activity? current = Activity.Current;
        life.Start();
        Activity.Current = current;
        _lives[process] = life;
    }

    /// <inheritdoc/>
    public override void Ended(Microprocess process, Exception? exception)
    {
        if (!_lives.Remove(process, out Activity? life))
        {
            return;
        }

        if (exception is not null)
        {
            life.AddException(exception).SetStatus(ActivityStatusCode.Error, exception.Message);
        }

        Activity? current = Activity.Current;
        life.Stop();
        Activity.Current = current;
    }
}
