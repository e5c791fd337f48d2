// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Tasks.Dataflow;

namespace Axon.Benchmarks.Peers.Dataflow;

internal static class DataflowIdle
{
    public static Idle Make(DataflowPlace place, int count)
    {
        ActionBlock<object>[] blocks = new ActionBlock<object>[count];
        for (int i = 0; i < count; i++)
        {
            blocks[i] = place.Make(static _ => { });
        }

        return new Idle(blocks);
    }
}
