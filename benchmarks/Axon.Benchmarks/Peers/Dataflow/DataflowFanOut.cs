// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Tasks.Dataflow;

namespace Axon.Benchmarks.Peers.Dataflow;

internal static class DataflowFanOut
{
    private static readonly object s_message = new();

    public static Action Prepare(DataflowPlace place, int receivers, int operations)
    {
        int messages = operations / receivers;
        Finish over = new(receivers);
        ActionBlock<object>[] to = new ActionBlock<object>[receivers];
        for (int i = 0; i < receivers; i++)
        {
            int received = 0;
            to[i] = place.Make(_ =>
            {
                if (++received == messages)
                {
                    over.Signal(received);
                }
            });
        }

        return () =>
        {
            place.Venue.Start(() => Send(to, messages));
            place.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private static async Task Send(ActionBlock<object>[] to, int messages)
    {
        for (int sent = 0; sent < messages; sent++)
        {
            foreach (ActionBlock<object> receiver in to)
            {
                receiver.Post(s_message);
            }

            await Task.Yield();
        }
    }
}
