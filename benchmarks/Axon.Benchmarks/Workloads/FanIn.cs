// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Bare;

namespace Axon.Benchmarks.Workloads;

/// <summary>Producers that all send to one consumer.</summary>
/// <param name="producers">How many.</param>
/// <param name="turn">How many messages each sends a step.</param>
internal sealed class FanIn(int producers, int turn = 1) : Workload
{
    private static readonly object s_message = new();

    public override string Name =>
        (producers == 1 ? "FanIn of 1 producer" : $"FanIn of {producers} producers") + (turn == 1 ? "" : $", {turn} messages a step");

    public override string Unit => "message";

    public override Action PrepareAxon(int operations)
    {
        Scheduler scheduler = new();
        Consumer consumer = new(operations);
        for (int i = 0; i < producers; i++)
        {
            Producer producer = new Producer(operations / producers, turn).Activate(scheduler);
            consumer.Link((producer, "outbox"), (consumer, "inbox"));
        }

        consumer.Activate(scheduler);
        return () =>
        {
            scheduler.RunThreads();
            Check(operations, consumer.Received, "messages");
        };
    }

    public override Action PrepareBare(int operations)
    {
        BareScheduler scheduler = new();
        Tally tally = new();
        BareBox inbox = new(new BareProcess(scheduler));
        for (int i = 0; i < producers; i++)
        {
            BareProcess producer = new(scheduler);
            producer.Start(BareProducer(producer, inbox, operations / producers, turn));
        }

        inbox.Reader.Start(BareConsumer(inbox, operations, tally));
        return () =>
        {
            scheduler.Run();
            Check(operations, tally.Total, "messages");
        };
    }

    private static IEnumerator<int> BareProducer(BareProcess self, BareBox box, int messages, int turn)
    {
        for (int sent = 0; sent < messages;)
        {
            for (int i = 0; i < turn && sent < messages; i++, sent++)
            {
                box.Push(s_message);
            }

            self.Wake();
            yield return 0;
        }
    }

    private static IEnumerator<int> BareConsumer(BareBox inbox, int messages, Tally tally)
    {
        int received = 0;
        while (true)
        {
            while (inbox.TryPop(out _))
            {
                received++;
            }

            if (received == messages)
            {
                tally.Total = received;
                yield break;
            }

            yield return 0;
        }
    }

    private sealed class Producer(int messages, int turn) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            for (int sent = 0; sent < messages;)
            {
                for (int i = 0; i < turn && sent < messages; i++, sent++)
                {
                    Send(s_message);
                }

                yield return 1;
            }
        }
    }

    private sealed class Consumer(int messages) : Component
    {
        public int Received { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                while (TryRecv(out object? _))
                {
                    Received++;
                }

                if (Received == messages)
                {
                    yield break;
                }

                yield return Pause();
            }
        }
    }
}
