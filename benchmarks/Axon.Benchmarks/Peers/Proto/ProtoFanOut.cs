// Licensed under the Apache License, Version 2.0. See LICENSE.

using Proto;

namespace Axon.Benchmarks.Peers.Proto;

internal static class ProtoFanOut
{
    private static readonly object s_go = new();

    public static Action Prepare(ProtoHost host, int receivers, int operations)
    {
        int messages = operations / receivers;
        Finish ready = new(receivers + 1);
        Finish over = new(receivers);
        PID[] to = new PID[receivers];
        for (int i = 0; i < receivers; i++)
        {
            to[i] = host.Start(() => new Receiver(messages, ready, over));
        }

        PID source = host.Start(() => new Source(to, messages, ready));
        host.Venue.Wait(ready);
        return () =>
        {
            host.Venue.Start(() => host.Root.Send(source, s_go));
            host.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private sealed class Source(PID[] to, int messages, Finish ready) : IActor
    {
        private int _sent;

        public Task ReceiveAsync(IContext context)
        {
            object? message = context.Message;
            if (message == s_go)
            {
                foreach (PID receiver in to)
                {
                    context.Send(receiver, s_go);
                }

                if (++_sent < messages)
                {
                    context.Send(context.Self, s_go);
                }
                else
                {
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

    private sealed class Receiver(int messages, Finish ready, Finish over) : IActor
    {
        private int _received;

        public Task ReceiveAsync(IContext context)
        {
            object? message = context.Message;
            if (message == s_go)
            {
                if (++_received == messages)
                {
                    over.Signal(_received);
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
