// Licensed under the Apache License, Version 2.0. See LICENSE.

using Proto;

namespace Axon.Benchmarks.Peers.Proto;

internal static class ProtoPipeline
{
    private static readonly object s_end = new();
    private static readonly object s_go = new();

    /// <param name="host">The place.</param>
    /// <param name="stages">How many.</param>
    /// <param name="batch">How many messages the source sends before others have a turn.</param>
    /// <param name="window">How many may be under way: the last stage tells the source what has arrived, in halves of it.</param>
    /// <param name="operations">Hops.</param>
    public static Action Prepare(ProtoHost host, int stages, int batch, int? window, int operations)
    {
        int messages = operations / stages;
        Finish ready = new(stages + 1);
        Finish over = new(stages);
        PID? next = null;
        Stage? last = null;
        for (int i = 0; i < stages; i++)
        {
            Stage stage = new(next, i == 0 && window is { } size ? size / 2 : 0, ready, over);
            last ??= stage;
            next = host.Start(() => stage);
        }

        PID source = last!.Source = host.Start(() => new Source(next!, messages, batch, window, ready));
        host.Venue.Wait(ready);
        return () =>
        {
            host.Venue.Start(() => host.Root.Send(source, s_go));
            host.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private sealed class Source(PID next, int messages, int batch, int? window, Finish ready) : IActor
    {
        private int _sent;
        private int _room = window ?? int.MaxValue;

        public Task ReceiveAsync(IContext context)
        {
            switch (context.Message)
            {
                case Started:
                    ready.Signal();
                    return Task.CompletedTask;

                case int room:
                    _room += room;
                    break;

                case { } message when message != s_go:
                    return Task.CompletedTask;
            }

            for (int i = 0; _sent < messages && (window is null ? i < batch : _room > 0); i++, _sent++, _room--)
            {
                context.Send(next, Pipelines.Message);
            }

            if (_sent == messages)
            {
                context.Send(next, s_end);
                context.Stop(context.Self);

                // Once: what is still told about room is not looked at.
                _sent++;
            }
            else if (window is null)
            {
                context.Send(context.Self, s_go);
            }

            return Task.CompletedTask;
        }
    }

    private sealed class Stage(PID? next, int acknowledged, Finish ready, Finish over) : IActor
    {
        private readonly object _room = acknowledged;
        private int _passed;
        private int _untold;

        public PID Source { get; set; } = null!;

        public Task ReceiveAsync(IContext context)
        {
            object? message = context.Message;
            if (message == Pipelines.Message)
            {
                _passed++;
                if (next is not null)
                {
                    context.Send(next, message);
                }
                else if (acknowledged > 0 && ++_untold == acknowledged)
                {
                    _untold = 0;
                    context.Send(Source, _room);
                }
            }
            else if (message == s_end)
            {
                if (next is not null)
                {
                    context.Send(next, message);
                }

                over.Signal(_passed);
                context.Stop(context.Self);
            }
            else if (message is Started)
            {
                ready.Signal();
            }

            return Task.CompletedTask;
        }
    }
}
