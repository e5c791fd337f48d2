// Licensed under the Apache License, Version 2.0. See LICENSE.

using Proto;
using Proto.Mailbox;

namespace Axon.Benchmarks.Peers.Proto;

/// <summary>An actor system with one kind of dispatcher for the actors of benchmarks.</summary>
internal sealed class ProtoHost(string setting, Venue venue, IDispatcher dispatcher, ActorSystem system)
{
    /// <summary>The settings worth a turn. The synchronous dispatcher runs whoever is idle within the call that sends to him.</summary>
    public static IReadOnlyList<ProtoHost> All { get; } =
    [
        new("Proto.Actor", Venue.Pool, Dispatchers.DefaultDispatcher, new ActorSystem()),
        new("Proto.Actor, 1 thread", Loop.Only, new LoopDispatcher(), new ActorSystem()),
        new("Proto.Actor, synchronous", Venue.Here, Dispatchers.SynchronousDispatcher, new ActorSystem()),
    ];

    public string Setting => setting;

    public Venue Venue => venue;

    public IRootContext Root => system.Root;

    public Props Describe(Func<IActor> make) => Props.FromProducer(() => make()).WithDispatcher(dispatcher);

    public PID Start(Func<IActor> make) => Root.Spawn(Describe(make));
}
