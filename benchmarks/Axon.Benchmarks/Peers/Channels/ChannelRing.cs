// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Channels;

namespace Axon.Benchmarks.Peers.Channels;

internal static class ChannelRing
{
    public static Action Prepare(ChannelPlace place, int members, int operations)
    {
        Channel<object>[] ring = new Channel<object>[members];
        for (int i = 0; i < members; i++)
        {
            ring[i] = place.Make();
        }

        Finish over = new(members);
        for (int i = 0; i < members; i++)
        {
            int at = i;
            place.Venue.Start(() => Pass(ring[at], ring[(at + 1) % members], over));
        }

        return () =>
        {
            place.Venue.Start(() => { ring[0].Writer.TryWrite(new Token { Left = operations }); });
            place.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private static async Task Pass(ChannelReader<object> from, ChannelWriter<object> to, Finish over)
    {
        int passed = 0;
        while (await from.WaitToReadAsync())
        {
            while (from.TryRead(out object? message))
            {
                Token token = (Token)message;
                if (token.Left == 0)
                {
                    // Another round, so that everybody ends.
                    over.Signal(passed);
                    to.TryWrite(token);
                    return;
                }

                token.Left--;
                passed++;
                to.TryWrite(token);
            }
        }
    }
}
