// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Channels;

namespace Axon.Benchmarks.Peers.Channels;

internal static class ChannelPipeline
{
    /// <param name="place">The place.</param>
    /// <param name="stages">How many.</param>
    /// <param name="batch">How many messages the source sends before others have a turn.</param>
    /// <param name="limit">How many messages a channel holds.</param>
    /// <param name="operations">Hops.</param>
    public static Action Prepare(ChannelPlace place, int stages, int batch, int? limit, int operations)
    {
        Channel<object>[] channels = new Channel<object>[stages];
        for (int i = 0; i < channels.Length; i++)
        {
            channels[i] = place.Make(limit);
        }

        Finish over = new(stages);
        for (int i = 0; i < channels.Length; i++)
        {
            ChannelReader<object> from = channels[i];
            ChannelWriter<object>? to = i + 1 < channels.Length ? channels[i + 1].Writer : null;
            place.Venue.Start(() => Pass(from, to, over));
        }

        return () =>
        {
            place.Venue.Start(() => Feed(channels[0], operations / stages, batch, yields: limit is null && !place.Inline));
            place.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private static async Task Feed(ChannelWriter<object> to, int messages, int batch, bool yields)
    {
        for (int sent = 0; sent < messages;)
        {
            for (int i = 0; i < batch && sent < messages; i++, sent++)
            {
                if (!to.TryWrite(Pipelines.Message))
                {
                    await to.WriteAsync(Pipelines.Message);
                }
            }

            if (yields)
            {
                await Task.Yield();
            }
        }

        to.Complete();
    }

    private static async Task Pass(ChannelReader<object> from, ChannelWriter<object>? to, Finish over)
    {
        int passed = 0;
        while (await from.WaitToReadAsync())
        {
            while (from.TryRead(out object? message))
            {
                passed++;
                if (to?.TryWrite(message) == false)
                {
                    await to.WriteAsync(message);
                }
            }
        }

        to?.Complete();
        over.Signal(passed);
    }
}
