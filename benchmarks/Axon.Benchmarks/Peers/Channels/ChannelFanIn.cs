// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Channels;

namespace Axon.Benchmarks.Peers.Channels;

internal static class ChannelFanIn
{
    public static Action Prepare(ChannelPlace place, int producers, int operations)
    {
        Channel<object> channel = place.Make(manyWriters: producers > 1);
        Finish over = new(1);
        place.Venue.Start(() => Consume(channel, operations, over));
        return () =>
        {
            for (int i = 0; i < producers; i++)
            {
                place.Venue.Start(() => Produce(channel, operations / producers, yields: !place.Inline));
            }

            place.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private static async Task Produce(ChannelWriter<object> to, int messages, bool yields)
    {
        for (int sent = 0; sent < messages;)
        {
            for (int i = 0; i < FanIns.Turn && sent < messages; i++, sent++)
            {
                to.TryWrite(FanIns.Message);
            }

            if (yields)
            {
                await Task.Yield();
            }
        }
    }

    private static async Task Consume(ChannelReader<object> from, int messages, Finish over)
    {
        int received = 0;
        while (received < messages && await from.WaitToReadAsync())
        {
            while (from.TryRead(out _))
            {
                received++;
            }
        }

        over.Signal(received);
    }
}
