// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Channels;

namespace Axon.Benchmarks.Peers.Channels;

internal static class ChannelFanOut
{
    private static readonly object s_message = new();

    public static Action Prepare(ChannelPlace place, int receivers, int operations)
    {
        Channel<object>[] channels = new Channel<object>[receivers];
        Finish over = new(receivers);
        for (int i = 0; i < receivers; i++)
        {
            Channel<object> channel = channels[i] = place.Make();
            place.Venue.Start(() => Receive(channel, over));
        }

        return () =>
        {
            place.Venue.Start(() => Send(channels, operations / receivers, yields: !place.Inline));
            place.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private static async Task Send(Channel<object>[] to, int messages, bool yields)
    {
        for (int sent = 0; sent < messages; sent++)
        {
            foreach (Channel<object> receiver in to)
            {
                receiver.Writer.TryWrite(s_message);
            }

            if (yields)
            {
                await Task.Yield();
            }
        }

        foreach (Channel<object> receiver in to)
        {
            receiver.Writer.Complete();
        }
    }

    private static async Task Receive(ChannelReader<object> from, Finish over)
    {
        int received = 0;
        while (await from.WaitToReadAsync())
        {
            while (from.TryRead(out _))
            {
                received++;
            }
        }

        over.Signal(received);
    }
}
