// Licensed under the Apache License, Version 2.0. See LICENSE.

using Akka.Actor;

namespace Axon.Benchmarks.Peers.Akka;

internal static class AkkaFanOut
{
    private static readonly object s_go = new();

    public static Action Prepare(AkkaHost host, int receivers, int operations)
    {
        int messages = operations / receivers;
        Finish ready = new(receivers + 1);
        Finish over = new(receivers);
        IActorRef[] to = new IActorRef[receivers];
        for (int i = 0; i < receivers; i++)
        {
            to[i] = host.Start(() => new Receiver(messages, ready, over));
        }

        IActorRef source = host.Start(() => new Source(to, messages, ready));
        host.Venue.Wait(ready);
        return () =>
        {
            source.Tell(s_go, ActorRefs.NoSender);
            host.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private sealed class Source(IActorRef[] to, int messages, Finish ready) : UntypedActor
    {
        private int _sent;

        protected override void PreStart() => ready.Signal();

        protected override void OnReceive(object message)
        {
            foreach (IActorRef receiver in to)
            {
                receiver.Tell(message, ActorRefs.NoSender);
            }

            if (++_sent < messages)
            {
                Self.Tell(message, ActorRefs.NoSender);
            }
            else
            {
                Context.Stop(Self);
            }
        }
    }

    private sealed class Receiver(int messages, Finish ready, Finish over) : UntypedActor
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
