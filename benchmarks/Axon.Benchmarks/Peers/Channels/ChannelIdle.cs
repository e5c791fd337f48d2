// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Channels;

namespace Axon.Benchmarks.Peers.Channels;

internal static class ChannelIdle
{
    // A method that reads, and its channel.
    public static Idle Make(ChannelPlace place, int count)
    {
        Channel<object>[] channels = new Channel<object>[count];
        Finish ready = new(count);
        for (int i = 0; i < count; i++)
        {
            Channel<object> channel = channels[i] = place.Make();
            place.Venue.Start(() =>
            {
                Task reads = Read(channel);
                ready.Signal();
                return reads;
            });
        }

        place.Venue.Wait(ready);
        return new Idle(channels);
    }

    private static async Task Read(ChannelReader<object> from)
    {
        while (await from.WaitToReadAsync())
        {
            while (from.TryRead(out _))
            {
            }
        }
    }
}
