// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers.Channels;

/// <summary>Methods that await nothing but the others' turns. No channel takes part.</summary>
internal static class TaskYield
{
    public static Action Prepare(ChannelPlace place, int methods, int operations)
    {
        Finish over = new(methods);
        return () =>
        {
            for (int i = 0; i < methods; i++)
            {
                place.Venue.Start(() => Yield(operations / methods, over));
            }

            place.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private static async Task Yield(int steps, Finish over)
    {
        int done = 0;
        for (; done < steps; done++)
        {
            await Task.Yield();
        }

        over.Signal(done);
    }
}
