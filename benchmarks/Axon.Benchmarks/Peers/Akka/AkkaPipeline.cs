// Licensed under the Apache License, Version 2.0. See LICENSE.

using Akka.Actor;

namespace Axon.Benchmarks.Peers.Akka;

internal static class AkkaPipeline
{
    private static readonly object s_end = new();
    private static readonly object s_go = new();

    /// <param name="host">The place.</param>
    /// <param name="stages">How many.</param>
    /// <param name="batch">How many messages the source sends before others have a turn.</param>
    /// <param name="window">
    /// How many may be under way: actors have no inboxes that refuse, so the last stage tells the source what has arrived, in halves of the window.
    /// </param>
    /// <param name="operations">Hops.</param>
    public static Action Prepare(AkkaHost host, int stages, int batch, int? window, int operations)
    {
        int messages = operations / stages;
        Finish ready = new(stages + 1);
        Finish over = new(stages);
        IActorRef next = ActorRefs.Nobody;
        Link source = new();
        for (int i = 0; i < stages; i++)
        {
            IActorRef to = next;
            int acknowledged = i == 0 && window is { } size ? size / 2 : 0;
            next = host.Start(() => new Stage(to, source, acknowledged, ready, over));
        }

        source.Actor = host.Start(() => new Source(next, messages, batch, window, ready));
        host.Venue.Wait(ready);
        return () =>
        {
            source.Actor.Tell(s_go, ActorRefs.NoSender);
            host.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private sealed class Link
    {
        public IActorRef Actor { get; set; } = ActorRefs.Nobody;
    }

    private sealed class Source(IActorRef next, int messages, int batch, int? window, Finish ready) : UntypedActor
    {
        private int _sent;
        private int _room = window ?? int.MaxValue;

        protected override void PreStart() => ready.Signal();

        protected override void OnReceive(object message)
        {
            if (message != s_go)
            {
                _room += (int)message;
            }

            for (int i = 0; _sent < messages && (window is null ? i < batch : _room > 0); i++, _sent++, _room--)
            {
                next.Tell(Pipelines.Message, ActorRefs.NoSender);
            }

            if (_sent == messages)
            {
                next.Tell(s_end, ActorRefs.NoSender);
                Context.Stop(Self);
            }
            else if (window is null)
            {
                Self.Tell(s_go, ActorRefs.NoSender);
            }
        }
    }

    private sealed class Stage(IActorRef next, Link source, int acknowledged, Finish ready, Finish over) : UntypedActor
    {
        private readonly object _room = acknowledged;
        private int _passed;
        private int _untold;

        protected override void PreStart() => ready.Signal();

        protected override void OnReceive(object message)
        {
            if (message == s_end)
            {
                next.Tell(message, ActorRefs.NoSender);
                over.Signal(_passed);
                Context.Stop(Self);
                return;
            }

            _passed++;
            if (acknowledged == 0)
            {
                next.Tell(message, ActorRefs.NoSender);
            }
            else if (++_untold == acknowledged)
            {
                _untold = 0;
                source.Actor.Tell(_room, ActorRefs.NoSender);
            }
        }
    }
}
