// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Channels;

namespace Axon.Benchmarks.Peers.Channels;

internal static class ChannelPingPong
{
    private static readonly object s_ball = new();

    public static Action Prepare(ChannelPlace place, int operations)
    {
        Channel<object> one = place.Make();
        Channel<object> other = place.Make();
        Finish over = new(2);
        return () =>
        {
            place.Venue.Start(() => Play(one, other, operations / 2, over));
            place.Venue.Start(() => Play(other, one, operations / 2, over));
            place.Venue.Start(() => { one.Writer.TryWrite(s_ball); });
            place.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private static async Task Play(ChannelReader<object> from, ChannelWriter<object> to, int catches, Finish over)
    {
        int caught = 0;
        while (caught < catches && await from.WaitToReadAsync())
        {
            while (caught < catches && from.TryRead(out object? ball))
            {
                caught++;
                to.TryWrite(ball);
            }
        }

        over.Signal(caught);
    }
}
