// Licensed under the Apache License, Version 2.0. See LICENSE.

using Proto;

namespace Axon.Benchmarks.Peers.Proto;

/// <summary>Actors that send to themselves, so that others have a turn.</summary>
internal static class ProtoYield
{
    private static readonly object s_go = new();

    public static Action Prepare(ProtoHost host, int actors, int operations)
    {
        Finish ready = new(actors);
        Finish over = new(actors);
        PID[] yielders = new PID[actors];
        for (int i = 0; i < actors; i++)
        {
            yielders[i] = host.Start(() => new Yielder(operations / actors, ready, over));
        }

        host.Venue.Wait(ready);
        return () =>
        {
            host.Venue.Start(() =>
            {
                foreach (PID yielder in yielders)
                {
                    host.Root.Send(yielder, s_go);
                }
            });
            host.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private sealed class Yielder(int steps, Finish ready, Finish over) : IActor
    {
        private int _done;

        public Task ReceiveAsync(IContext context)
        {
            object? message = context.Message;
            if (message == s_go)
            {
                if (++_done < steps)
                {
                    context.Send(context.Self, s_go);
                }
                else
                {
                    over.Signal(_done);
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
