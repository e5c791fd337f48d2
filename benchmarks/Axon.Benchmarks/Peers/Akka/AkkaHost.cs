// Licensed under the Apache License, Version 2.0. See LICENSE.

using Akka.Actor;
using Akka.Configuration;

namespace Axon.Benchmarks.Peers.Akka;

/// <summary>An actor system with one kind of dispatcher for the actors of benchmarks.</summary>
internal sealed class AkkaHost
{
    private const string Dispatcher = "benchmark-dispatcher";

    private readonly ActorSystem _system;

    private AkkaHost(string setting, Venue venue, string dispatcher)
    {
        Setting = setting;
        Venue = venue;
        _system = ActorSystem.Create(
            "peers",
            ConfigurationFactory.ParseString($$"""
                akka { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off, log-dead-letters-during-shutdown = off }
                {{Dispatcher}} { {{dispatcher}} }
                """));
    }

    /// <summary>The settings worth a turn. The throughput is how many messages an actor takes before the next one has its turn.</summary>
    public static IReadOnlyList<AkkaHost> All { get; } =
    [
        new("Akka", Venue.Pool, "type = Dispatcher, executor = default-executor, throughput = 100"),
        new("Akka, 1 thread", Loop.Only, $"type = Dispatcher, executor = \"{LoopExecutor.TypeName}\", throughput = 1000"),
        new(
            "Akka, fork-join of 1",
            Venue.Pool,
            "type = ForkJoinDispatcher, throughput = 1000, dedicated-thread-pool { thread-count = 1, deadlock-timeout = 3s, threadtype = background }"),
    ];

    public string Setting { get; }

    public Venue Venue { get; }

    public IScheduler Scheduler => _system.Scheduler;

    /// <summary>The properties of an actor of this place: made once for all that are alike, since making them is slow.</summary>
    public static Props Describe(Func<ActorBase> make) => Props.CreateBy(new Maker(make)).WithDispatcher(Dispatcher);

    public IActorRef Start(Props props) => _system.ActorOf(props);

    public IActorRef Start(Func<ActorBase> make) => Start(Describe(make));

    private sealed class Maker(Func<ActorBase> make) : IIndirectActorProducer
    {
        public Type ActorType => typeof(ActorBase);

        public ActorBase Produce() => make();

        public void Release(ActorBase actor)
        {
            // Nothing to give back.
        }
    }
}
