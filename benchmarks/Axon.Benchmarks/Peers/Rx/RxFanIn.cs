// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Reactive.Subjects;

namespace Axon.Benchmarks.Peers.Rx;

internal static class RxFanIn
{
    public static Action Prepare(RxPlace place, int producers, int operations)
    {
        Finish over = new(1);
        int received = 0;
        Subject<object> subject = new();

        // A subject is for one caller at a time.
        bool synchronized = producers > 1 && place.Venue == Venue.Pool;
        IObserver<object> to = synchronized ? Subject.Synchronize(subject) : subject;
        place.Observe(subject, Consume);
        return () =>
        {
            for (int i = 0; i < producers; i++)
            {
                place.Venue.Start(() => Produce(to, operations / producers));
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

    private static async Task Produce(IObserver<object> to, int messages)
    {
        for (int sent = 0; sent < messages;)
        {
            for (int i = 0; i < FanIns.Turn && sent < messages; i++, sent++)
            {
                to.OnNext(FanIns.Message);
            }

            await Task.Yield();
        }
    }
}
