// Licensed under the Apache License, Version 2.0. See LICENSE.

using Proto;

namespace Axon.Benchmarks.Peers.Proto;

/// <summary>One that makes others, as many at once as ours does; each counts and stops.</summary>
internal static class ProtoSpawn
{
    private static readonly object s_go = new();

    /// <param name="host">The place.</param>
    /// <param name="sends">Whether each gets a message first.</param>
    /// <param name="operations">How many.</param>
    public static Action Prepare(ProtoHost host, bool sends, int operations)
    {
        Finish ready = new(1);
        Finish over = new(operations);
        PID parent = host.Start(() => new Parent(host, operations, sends, ready, over));
        host.Venue.Wait(ready);
        return () =>
        {
            host.Venue.Start(() => host.Root.Send(parent, s_go));
            host.Venue.Wait(over);

            // Not before: it would take children with it that have not had their turn.
            host.Venue.Start(() => host.Root.Stop(parent));
            over.Check(operations);
        };
    }

    private sealed class Parent(ProtoHost host, int children, bool sends, Finish ready, Finish over) : IActor
    {
        private readonly Props _props = host.Describe(() => new Child(sends, over));
        private int _made;

        public Task ReceiveAsync(IContext context)
        {
            object? message = context.Message;
            if (message is Started)
            {
                ready.Signal();
            }
            else if (message == s_go)
            {
                for (int i = 0; i < Spawns.Brood && _made < children; i++, _made++)
                {
                    PID child = context.Spawn(_props);
                    if (sends)
                    {
                        context.Send(child, s_go);
                    }
                }

                if (_made < children)
                {
                    context.Send(context.Self, s_go);
                }
            }

            return Task.CompletedTask;
        }
    }

    private sealed class Child(bool receives, Finish over) : IActor
    {
        public Task ReceiveAsync(IContext context)
        {
            if (receives ? context.Message == s_go : context.Message is Started)
            {
                over.Signal(1);
                context.Stop(context.Self);
            }

            return Task.CompletedTask;
        }
    }
}
