// Licensed under the Apache License, Version 2.0. See LICENSE.

using Proto;

namespace Axon.Benchmarks.Peers.Proto;

internal static class ProtoPingPong
{
    private static readonly object s_ball = new();

    public static Action Prepare(ProtoHost host, int operations)
    {
        Finish ready = new(2);
        Finish over = new(2);
        Player one = new(operations / 2, ready, over);
        Player other = new(operations / 2, ready, over);
        PID first = host.Start(() => one);
        one.Partner = host.Start(() => other);
        other.Partner = first;
        host.Venue.Wait(ready);
        return () =>
        {
            host.Venue.Start(() => host.Root.Send(first, s_ball));
            host.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private sealed class Player(int catches, Finish ready, Finish over) : IActor
    {
        private int _caught;

        // Told beforehand: a request that carries its sender costs an envelope each time.
        public PID Partner { get; set; } = null!;

        public Task ReceiveAsync(IContext context)
        {
            object? message = context.Message;
            if (message == s_ball)
            {
                context.Send(Partner, s_ball);
                if (++_caught == catches)
                {
                    over.Signal(_caught);
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
