// Licensed under the Apache License, Version 2.0. See LICENSE.

using Akka.Actor;

namespace Axon.Benchmarks.Peers.Akka;

internal static class AkkaIdle
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    // Children of one of ours, so that all of them can be ended together.
    public static Idle Make(AkkaHost host, int count)
    {
        Finish ready = new(count);
        IActorRef parent = host.Start(() => new Parent(count, ready));
        host.Venue.Wait(ready);
        return new Idle(null, () =>
        {
            Finish over = new(1);
            _ = parent.GracefulStop(s_patience).ContinueWith(_ => over.Signal(), TaskScheduler.Default);
            host.Venue.Wait(over);
        });
    }

    private sealed class Parent : UntypedActor
    {
        public Parent(int count, Finish ready)
        {
            Props props = AkkaHost.Describe(() => new Sleeper(ready));
            for (int i = 0; i < count; i++)
            {
                Context.ActorOf(props);
            }
        }

        protected override void OnReceive(object message)
        {
            // Nobody sends.
        }
    }

    private sealed class Sleeper : UntypedActor
    {
        // Kept in a field it would be part of what is measured.
        public Sleeper(Finish ready) => ready.Signal();

        protected override void OnReceive(object message)
        {
            // Nobody sends.
        }
    }
}
