// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Tasks.Dataflow;

namespace Axon.Benchmarks.Peers.Dataflow;

/// <summary>Where blocks run.</summary>
internal sealed record DataflowPlace(string Setting, Venue Venue, TaskScheduler Scheduler)
{
    public static IReadOnlyList<DataflowPlace> All { get; } =
    [
        new("Dataflow", Venue.Pool, TaskScheduler.Default),
        new("Dataflow, 1 thread", Loop.Only, Loop.Only.Tasks),
    ];

    /// <param name="body">What is done with each message.</param>
    /// <param name="limit">How many messages it may hold.</param>
    /// <param name="manyWriters">Whether more than one posts.</param>
    public ActionBlock<object> Make(Action<object> body, int? limit = null, bool manyWriters = false) => new(body, Options(limit, manyWriters));

    public ActionBlock<object> Make(Func<object, Task> body, int? limit = null, bool manyWriters = false) => new(body, Options(limit, manyWriters));

    private ExecutionDataflowBlockOptions Options(int? limit, bool manyWriters) => new()
    {
        BoundedCapacity = limit ?? DataflowBlockOptions.Unbounded,
        MaxDegreeOfParallelism = 1,
        SingleProducerConstrained = !manyWriters,
        EnsureOrdered = false,
        TaskScheduler = Scheduler,
    };
}
