// Licensed under the Apache License, Version 2.0. See LICENSE.

using Proto;

namespace Axon.Benchmarks.Peers.Proto;

internal static class ProtoRing
{
    public static Action Prepare(ProtoHost host, int members, int operations)
    {
        Finish ready = new(members);
        Finish over = new(members);
        Node[] ring = new Node[members];
        PID[] actors = new PID[members];
        for (int i = 0; i < members; i++)
        {
            Node node = ring[i] = new Node(ready, over);
            actors[i] = host.Start(() => node);
        }

        host.Venue.Wait(ready);
        for (int i = 0; i < members; i++)
        {
            ring[i].Next = actors[(i + 1) % members];
        }

        return () =>
        {
            host.Venue.Start(() => host.Root.Send(actors[0], new Token { Left = operations }));
            host.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private sealed class Node(Finish ready, Finish over) : IActor
    {
        private int _passed;

        public PID Next { get; set; } = null!;

        public Task ReceiveAsync(IContext context)
        {
            object? message = context.Message;
            if (message is Token token)
            {
                if (token.Left > 0)
                {
                    token.Left--;
                    _passed++;
                    context.Send(Next, token);
                }
                else
                {
                    // Another round, so that everybody ends.
                    over.Signal(_passed);
                    context.Send(Next, token);
                    context.Stop(context.Self);
                }
            }
            else if (message is Started)
            {
                ready.Signal();
            }

            return Task.CompletedTask;
        }
    }
}
