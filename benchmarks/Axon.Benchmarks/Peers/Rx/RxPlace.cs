// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace Axon.Benchmarks.Peers.Rx;

/// <summary>Where observers run: each behind a queue of its own, as actors are, by <c>ObserveOn</c>.</summary>
internal sealed record RxPlace(string Setting, Venue Venue, IScheduler? Scheduler)
{
    // The pool as it comes gives every observer a thread for good: a hundred of them for a fan-out, which is 10,000 times as slow.
    public static IReadOnlyList<RxPlace> All { get; } =
    [
        new("Rx", Venue.Pool, TaskPoolScheduler.Default.DisableOptimizations(typeof(ISchedulerLongRunning))),
        new("Rx, 1 thread", Loop.Only, null),
    ];

    /// <summary>A subject whose observer has its turns in this place.</summary>
    public Subject<object> Make(Action<object> body)
    {
        Subject<object> subject = new();
        Observe(subject, body);
        return subject;
    }

    public void Observe(IObservable<object> source, Action<object> body) =>
        (Scheduler is { } scheduler ? source.ObserveOn(scheduler) : source.ObserveOn(Loop.Only.Context)).Subscribe(body);
}
