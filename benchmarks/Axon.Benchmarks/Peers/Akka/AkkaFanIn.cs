// Licensed under the Apache License, Version 2.0. See LICENSE.

using Akka.Actor;

namespace Axon.Benchmarks.Peers.Akka;

internal static class AkkaFanIn
{
    private static readonly object s_go = new();

    /// <param name="host">The place.</param>
    /// <param name="producers">How many.</param>
    /// <param name="operations">Messages of all of them.</param>
    public static Action Prepare(AkkaHost host, int producers, int operations)
    {
        Finish ready = new(producers + 1);
        Finish over = new(1);
        IActorRef consumer = host.Start(() => new Consumer(operations, ready, over));
        IActorRef[] actors = new IActorRef[producers];
        for (int i = 0; i < producers; i++)
        {
            actors[i] = host.Start(() => new Producer(consumer, operations / producers, ready));
        }

        host.Venue.Wait(ready);
        return () =>
        {
            foreach (IActorRef producer in actors)
            {
                producer.Tell(s_go, ActorRefs.NoSender);
            }

            host.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private sealed class Producer(IActorRef consumer, int messages, Finish ready) : UntypedActor
    {
        private int _sent;

        protected override void PreStart() => ready.Signal();

        protected override void OnReceive(object message)
        {
            for (int i = 0; i < FanIns.Turn && _sent < messages; i++, _sent++)
            {
                consumer.Tell(FanIns.Message, ActorRefs.NoSender);
            }

            if (_sent < messages)
            {
                Self.Tell(s_go, ActorRefs.NoSender);
            }
            else
            {
                Context.Stop(Self);
            }
        }
    }

    private sealed class Consumer(int messages, Finish ready, Finish over) : UntypedActor
    {
        private int _received;

        protected override void PreStart() => ready.Signal();

        protected override void OnReceive(object message)
        {
            if (++_received == messages)
            {
                over.Signal(_received);
                Context.Stop(Self);
            }
        }
    }
}
