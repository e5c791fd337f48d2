// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Reactive.Subjects;

namespace Axon.Benchmarks.Peers.Rx;

internal static class RxFanOut
{
    private static readonly object s_message = new();

    public static Action Prepare(RxPlace place, int receivers, int operations)
    {
        int messages = operations / receivers;
        Finish over = new(receivers);
        Subject<object> subject = new();
        for (int i = 0; i < receivers; i++)
        {
            int received = 0;
            place.Observe(subject, _ =>
            {
                if (++received == messages)
                {
                    over.Signal(received);
                }
            });
        }

        return () =>
        {
            place.Venue.Start(() => Send(subject, messages));
            place.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private static async Task Send(Subject<object> to, int messages)
    {
        for (int sent = 0; sent < messages; sent++)
        {
            to.OnNext(s_message);
            await Task.Yield();
        }
    }
}
