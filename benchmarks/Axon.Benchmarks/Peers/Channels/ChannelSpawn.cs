// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Channels;

namespace Axon.Benchmarks.Peers.Channels;

internal static class ChannelSpawn
{
    /// <param name="place">The place.</param>
    /// <param name="sends">Whether each has a channel and gets a message; else it is a task and nothing else.</param>
    /// <param name="operations">How many.</param>
    public static Action Prepare(ChannelPlace place, bool sends, int operations)
    {
        Finish over = new(operations);
        return () =>
        {
            place.Venue.Start(() => Spawn(place, sends, operations, over));
            place.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private static async Task Spawn(ChannelPlace place, bool sends, int children, Finish over)
    {
        for (int made = 0; made < children;)
        {
            for (int i = 0; i < Spawns.Brood && made < children; i++, made++)
            {
                if (sends)
                {
                    Channel<object> inbox = place.Make();
                    _ = Receive(inbox, over);
                    inbox.Writer.TryWrite(Spawns.Message);
                }
                else
                {
                    _ = CountLater(place, over);
                }
            }

            if (!place.Inline)
            {
                await Task.Yield();
            }
        }
    }

    private static async Task Receive(ChannelReader<object> inbox, Finish over)
    {
        object message = await inbox.ReadAsync();
        over.Signal(message == Spawns.Message ? 1 : 0);
    }

    private static async Task CountLater(ChannelPlace place, Finish over)
    {
        if (!place.Inline)
        {
            await Task.Yield();
        }

        over.Signal(1);
    }
}
