// Licensed under the Apache License, Version 2.0. See LICENSE.

using Proto;

namespace Axon.Benchmarks.Peers.Proto;

internal static class ProtoIdle
{
    // Children of one of ours, so that all of them can be ended together.
    public static Idle Make(ProtoHost host, int count)
    {
        Finish ready = new(count);
        PID parent = host.Start(() => new Parent(host, count, ready));
        host.Venue.Wait(ready);
        return new Idle(null, () =>
        {
            Finish over = new(1);
            _ = host.Root.StopAsync(parent).ContinueWith(_ => over.Signal(), TaskScheduler.Default);
            host.Venue.Wait(over);
        });
    }

    private sealed class Parent(ProtoHost host, int count, Finish ready) : IActor
    {
        public Task ReceiveAsync(IContext context)
        {
            if (context.Message is Started)
            {
                Props props = host.Describe(() => new Sleeper(ready));
                for (int i = 0; i < count; i++)
                {
                    context.Spawn(props);
                }
            }

            return Task.CompletedTask;
        }
    }

    private sealed class Sleeper : IActor
    {
        // Kept in a field it would be part of what is measured.
        public Sleeper(Finish ready) => ready.Signal();

        public Task ReceiveAsync(IContext context) => Task.CompletedTask;
    }
}
