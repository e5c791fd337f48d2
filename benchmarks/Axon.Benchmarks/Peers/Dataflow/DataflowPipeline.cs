// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Tasks.Dataflow;

namespace Axon.Benchmarks.Peers.Dataflow;

internal static class DataflowPipeline
{
    // A message like others, not a call of Complete: with a constrained producer that call can go unnoticed, and the block never completes.
    private static readonly object s_end = new();

    /// <param name="place">The place.</param>
    /// <param name="stages">How many.</param>
    /// <param name="batch">How many messages the source sends before others have a turn.</param>
    /// <param name="limit">How many messages a block holds.</param>
    /// <param name="operations">Hops.</param>
    public static Action Prepare(DataflowPlace place, int stages, int batch, int? limit, int operations)
    {
        Finish over = new(stages);
        ActionBlock<object>? next = null;
        for (int i = 0; i < stages; i++)
        {
            Stage stage = new(next, over);
            next = limit is null ? place.Make(stage.Pass) : place.Make(stage.PassAsync, limit);
        }

        return () =>
        {
            place.Venue.Start(() => Feed(next!, operations / stages, batch, limit is null));
            place.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private static async Task Feed(ActionBlock<object> to, int messages, int batch, bool yields)
    {
        for (int sent = 0; sent < messages;)
        {
            for (int i = 0; i < batch && sent < messages; i++, sent++)
            {
                if (!to.Post(Pipelines.Message))
                {
                    await to.SendAsync(Pipelines.Message);
                }
            }

            if (yields)
            {
                await Task.Yield();
            }
        }

        await to.SendAsync(s_end);
    }

    private sealed class Stage(ActionBlock<object>? next, Finish over)
    {
        private int _passed;

        public void Pass(object message)
        {
            Count(message);
            next?.Post(message);
        }

        public Task PassAsync(object message)
        {
            Count(message);
            return next is null || next.Post(message) ? Task.CompletedTask : next.SendAsync(message);
        }

        private void Count(object message)
        {
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
