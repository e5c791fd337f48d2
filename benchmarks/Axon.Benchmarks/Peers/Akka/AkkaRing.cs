// Licensed under the Apache License, Version 2.0. See LICENSE.

using Akka.Actor;

namespace Axon.Benchmarks.Peers.Akka;

internal static class AkkaRing
{
    public static Action Prepare(AkkaHost host, int members, int operations)
    {
        Finish ready = new(members);
        Finish over = new(members);
        Member[] ring = new Member[members];
        IActorRef[] actors = new IActorRef[members];
        for (int i = 0; i < members; i++)
        {
            Member member = ring[i] = new Member();
            actors[i] = host.Start(() => new Node(member, ready, over));
        }

        host.Venue.Wait(ready);
        for (int i = 0; i < members; i++)
        {
            ring[i].Next = actors[(i + 1) % members];
        }

        return () =>
        {
            actors[0].Tell(new Token { Left = operations }, ActorRefs.NoSender);
            host.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private sealed class Member
    {
        public IActorRef Next { get; set; } = ActorRefs.Nobody;
    }

    private sealed class Node(Member member, Finish ready, Finish over) : UntypedActor
    {
        private int _passed;

        protected override void PreStart() => ready.Signal();

        protected override void OnReceive(object message)
        {
            Token token = (Token)message;
            if (token.Left > 0)
            {
                token.Left--;
                _passed++;
                member.Next.Tell(token, ActorRefs.NoSender);
                return;
            }

            // Another round, so that everybody ends.
            over.Signal(_passed);
            member.Next.Tell(token, ActorRefs.NoSender);
            Context.Stop(Self);
        }
    }
}
