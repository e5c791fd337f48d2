// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers.Dataflow;

internal static class DataflowSpawn
{
    public static Action Prepare(DataflowPlace place, int operations)
    {
        Finish over = new(operations);
        return () =>
        {
            place.Venue.Start(() => Spawn(place, operations, over));
            place.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private static async Task Spawn(DataflowPlace place, int children, Finish over)
    {
        Action<object> count = message => over.Signal(message == Spawns.Message ? 1 : 0);
        for (int made = 0; made < children;)
        {
            for (int i = 0; i < Spawns.Brood && made < children; i++, made++)
            {
                place.Make(count).Post(Spawns.Message);
            }

            await Task.Yield();
        }
    }
}
