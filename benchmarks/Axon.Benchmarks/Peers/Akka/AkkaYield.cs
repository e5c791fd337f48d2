// Licensed under the Apache License, Version 2.0. See LICENSE.

using Akka.Actor;

namespace Axon.Benchmarks.Peers.Akka;

/// <summary>Actors that send to themselves, so that others have a turn.</summary>
internal static class AkkaYield
{
    private static readonly object s_go = new();

    public static Action Prepare(AkkaHost host, int actors, int operations)
    {
        Finish ready = new(actors);
        Finish over = new(actors);
        IActorRef[] yielders = new IActorRef[actors];
        for (int i = 0; i < actors; i++)
        {
            yielders[i] = host.Start(() => new Yielder(operations / actors, ready, over));
        }

        host.Venue.Wait(ready);
        return () =>
        {
            foreach (IActorRef yielder in yielders)
            {
                yielder.Tell(s_go, ActorRefs.NoSender);
            }

            host.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private sealed class Yielder(int steps, Finish ready, Finish over) : UntypedActor
    {
        private int _done;

        protected override void PreStart() => ready.Signal();

        protected override void OnReceive(object message)
        {
            if (++_done < steps)
            {
                Self.Tell(message, ActorRefs.NoSender);
            }
            else
            {
                over.Signal(_done);
                Context.Stop(Self);
            }
        }
    }
}
