// Licensed under the Apache License, Version 2.0. See LICENSE.

using Akka.Actor;

namespace Axon.Benchmarks.Peers.Akka;

/// <summary>One that makes others, as many at once as ours does; each counts and stops.</summary>
internal static class AkkaSpawn
{
    private static readonly object s_go = new();

    /// <param name="host">The place.</param>
    /// <param name="sends">Whether each gets a message first.</param>
    /// <param name="operations">How many.</param>
    public static Action Prepare(AkkaHost host, bool sends, int operations)
    {
        Finish ready = new(1);
        Finish over = new(operations);
        IActorRef parent = host.Start(() => new Parent(operations, sends, ready, over));
        host.Venue.Wait(ready);
        return () =>
        {
            parent.Tell(s_go, ActorRefs.NoSender);
            host.Venue.Wait(over);

            // Not before: it would take children with it that have not had their turn.
            parent.Tell(PoisonPill.Instance, ActorRefs.NoSender);
            over.Check(operations);
        };
    }

    private sealed class Parent(int children, bool sends, Finish ready, Finish over) : UntypedActor
    {
        private readonly Props _props = AkkaHost.Describe(() => sends ? new Receiver(over) : new Child(over));
        private int _made;

        protected override void PreStart() => ready.Signal();

        protected override void OnReceive(object message)
        {
            for (int i = 0; i < Spawns.Brood && _made < children; i++, _made++)
            {
                IActorRef child = Context.ActorOf(_props);
                if (sends)
                {
                    child.Tell(s_go, ActorRefs.NoSender);
                }
            }

            if (_made < children)
            {
                Self.Tell(s_go, ActorRefs.NoSender);
            }
        }
    }

    private sealed class Child(Finish over) : UntypedActor
    {
        protected override void PreStart()
        {
            over.Signal(1);
            Context.Stop(Self);
        }

        protected override void OnReceive(object message)
        {
            // Nobody sends.
        }
    }

    private sealed class Receiver(Finish over) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            over.Signal(1);
            Context.Stop(Self);
        }
    }
}
