// Licensed under the Apache License, Version 2.0. See LICENSE.

using Akka.Actor;

namespace Axon.Benchmarks.Peers.Akka;

/// <summary>Each answers whoever has sent the ball.</summary>
internal static class AkkaPingPong
{
    private static readonly object s_ball = new();

    public static Action Prepare(AkkaHost host, int operations)
    {
        Finish ready = new(2);
        Finish over = new(2);
        IActorRef one = host.Start(() => new Player(operations / 2, ready, over));
        IActorRef other = host.Start(() => new Player(operations / 2, ready, over));
        host.Venue.Wait(ready);
        return () =>
        {
            one.Tell(s_ball, other);
            host.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private sealed class Player(int catches, Finish ready, Finish over) : UntypedActor
    {
        private int _caught;

        protected override void PreStart() => ready.Signal();

        protected override void OnReceive(object message)
        {
            Sender.Tell(message, Self);
            if (++_caught == catches)
            {
                over.Signal(_caught);
                Context.Stop(Self);
            }
        }
    }
}
