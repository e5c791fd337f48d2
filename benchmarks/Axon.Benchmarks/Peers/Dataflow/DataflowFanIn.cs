// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Tasks.Dataflow;

namespace Axon.Benchmarks.Peers.Dataflow;

internal static class DataflowFanIn
{
    public static Action Prepare(DataflowPlace place, int producers, int operations)
    {
        Finish over = new(1);
        int received = 0;
        ActionBlock<object> consumer = place.Make(Consume, manyWriters: producers > 1);
        return () =>
        {
            for (int i = 0; i < producers; i++)
            {
                place.Venue.Start(() => Produce(consumer, operations / producers));
            }

            place.Venue.Wait(over);
            over.Check(operations);
        };

        void Consume(object message)
        {
            if (++received == operations)
            {
                over.Signal(received);
            }
        }
    }

    private static async Task Produce(ActionBlock<object> to, int messages)
    {
        for (int sent = 0; sent < messages;)
        {
            for (int i = 0; i < FanIns.Turn && sent < messages; i++, sent++)
            {
                to.Post(FanIns.Message);
            }

            await Task.Yield();
        }
    }
}
