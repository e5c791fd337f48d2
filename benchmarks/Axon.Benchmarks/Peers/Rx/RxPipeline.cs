// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Reactive.Subjects;

namespace Axon.Benchmarks.Peers.Rx;

internal static class RxPipeline
{
    private static readonly object s_end = new();

    public static Action Prepare(RxPlace place, int stages, int batch, int operations)
    {
        Finish over = new(stages);
        Subject<object>? next = null;
        for (int i = 0; i < stages; i++)
        {
            next = place.Make(new Stage(next, over).Pass);
        }

        return () =>
        {
            place.Venue.Start(() => Feed(next!, operations / stages, batch));
            place.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private static async Task Feed(Subject<object> to, int messages, int batch)
    {
        for (int sent = 0; sent < messages;)
        {
            for (int i = 0; i < batch && sent < messages; i++, sent++)
            {
                to.OnNext(Pipelines.Message);
            }

            await Task.Yield();
        }

        to.OnNext(s_end);
    }

    private sealed class Stage(Subject<object>? next, Finish over)
    {
        private int _passed;

        public void Pass(object message)
        {
            next?.OnNext(message);
            if (message == s_end)
            {
                over.Signal(_passed);
            }
            else
            {
                _passed++;
            }
        }
    }
}
