// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Tasks.Dataflow;

namespace Axon.Benchmarks.Peers.Dataflow;

/// <summary>Blocks that post to themselves, so that others have a turn.</summary>
internal static class DataflowYield
{
    private static readonly object s_go = new();

    public static Action Prepare(DataflowPlace place, int blocks, int operations)
    {
        Finish over = new(blocks);
        ActionBlock<object>[] yielders = new ActionBlock<object>[blocks];
        for (int i = 0; i < blocks; i++)
        {
            int at = i;
            int done = 0;
            yielders[i] = place.Make(message =>
            {
                if (++done < operations / blocks)
                {
                    yielders[at].Post(message);
                }
                else
                {
                    over.Signal(done);
                }
            });
        }

        return () =>
        {
            place.Venue.Start(() => Array.ForEach(yielders, static yielder => yielder.Post(s_go)));
            place.Venue.Wait(over);
            over.Check(operations);
        };
    }
}
