// Licensed under the Apache License, Version 2.0. See LICENSE.

using Proto;

namespace Axon.Benchmarks.Peers.Proto;

internal static class ProtoFanIn
{
    private static readonly object s_go = new();

    public static Action Prepare(ProtoHost host, int producers, int operations)
    {
        Finish ready = new(producers + 1);
        Finish over = new(1);
        PID consumer = host.Start(() => new Consumer(operations, ready, over));
        PID[] actors = new PID[producers];
        for (int i = 0; i < producers; i++)
        {
            actors[i] = host.Start(() => new Producer(consumer, operations / producers, ready));
        }

        host.Venue.Wait(ready);
        return () =>
        {
            host.Venue.Start(() =>
            {
                foreach (PID producer in actors)
                {
                    host.Root.Send(producer, s_go);
                }
            });
            host.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private sealed class Producer(PID consumer, int messages, Finish ready) : IActor
    {
        private int _sent;

        public Task ReceiveAsync(IContext context)
        {
            object? message = context.Message;
            if (message == s_go)
            {
                for (int i = 0; i < FanIns.Turn && _sent < messages; i++, _sent++)
                {
                    context.Send(consumer, FanIns.Message);
                }

                if (_sent < messages)
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

    private sealed class Consumer(int messages, Finish ready, Finish over) : IActor
    {
        private int _received;

        public Task ReceiveAsync(IContext context)
        {
            object? message = context.Message;
            if (message == FanIns.Message)
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
