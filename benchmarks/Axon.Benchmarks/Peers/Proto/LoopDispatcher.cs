// Licensed under the Apache License, Version 2.0. See LICENSE.

using Proto.Mailbox;

namespace Axon.Benchmarks.Peers.Proto;

/// <summary>Has actors of Proto.Actor run on the one thread of the loop.</summary>
internal sealed class LoopDispatcher : IDispatcher
{
    public int Throughput => 1000;

    // What the mailbox runs catches its own exceptions.
    public void Schedule(Func<Task> runner) => Loop.Only.Post(static runner => { _ = ((Func<Task>)runner!)(); }, runner);
}
