// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

/// <summary>The way of a message allocates nothing once the boxes and the lists of the scheduler have grown.</summary>
public class BoxAllocationTests
{
    private const int Cycles = 5_000;

    private static readonly object s_message = new();

    // Shared and boxed once, so that the number itself costs nothing.
    private static readonly object s_number = 7;

    private readonly Scheduler _scheduler = new();
    private int _done;

    [Fact]
    public void SendPauseWakeRecv_BetweenTwoComponents_AllocatesNothing()
    {
        BoxScript ping = new(Echo);
        BoxScript pong = new(Echo);
        ping.Link((ping, "outbox"), (pong, "inbox"));
        ping.Link((pong, "outbox"), (ping, "inbox"));
        ping.GetInbox().Append(s_message);

        AssertAllocatesNothing(atLeast: Cycles, ping, pong);

        IEnumerator<Yield> Echo(Component self)
        {
            while (true)
            {
                while (self.DataReady())
                {
                    self.Send(self.Recv());
                    _done++;
                }

                yield return self.Pause();
            }
        }
    }

    [Fact]
    public void TrySendTryRecv_WithRefusals_AllocatesNothing()
    {
        BoxScript producer = new(Produce);
        BoxScript consumer = new(Consume);
        producer.Link((producer, "outbox"), (consumer, "inbox"), pipeWidth: 3);

        AssertAllocatesNothing(atLeast: Cycles, producer, consumer);

        IEnumerator<Yield> Produce(Component self)
        {
            while (true)
            {
                while (self.TrySend(s_number))
                {
                }

                yield return self.Pause();
            }
        }

        IEnumerator<Yield> Consume(Component self)
        {
            while (true)
            {
                while (self.TryRecv(out int number))
                {
                    _done += number / 7;
                }

                if (self.TryRecv(out object? _, "control") || self.AnyReady())
                {
                    yield break;
                }

                yield return self.Pause();
            }
        }
    }

    [Fact]
    public void RecvOfType_ThroughPassthroughs_AllocatesNothing()
    {
        BoxScript producer = new(Produce);
        BoxScript consumer = new(Consume);
        BoxIdler outer = new();
        BoxIdler inner = new();
        producer.Link((producer, "outbox"), (outer, "outbox"), Passthrough.Outbox);
        producer.Link((outer, "outbox"), (inner, "inbox"));
        producer.Link((inner, "inbox"), (consumer, "inbox"), Passthrough.Inbox);

        AssertAllocatesNothing(atLeast: Cycles, producer, consumer, outer, inner);

        IEnumerator<Yield> Produce(Component self)
        {
            while (true)
            {
                self.Send("text");
                yield return 1;
            }
        }

        IEnumerator<Yield> Consume(Component self)
        {
            while (true)
            {
                while (self.DataReady())
                {
                    _done += self.Recv<string>().Length / 4;
                }

                yield return self.Pause();
            }
        }
    }

    [Fact]
    public void FanIn_AHundredProducersIntoOneConsumer_AllocatesNothing()
    {
        BoxScript consumer = new(Consume);
        BoxScript[] producers = [.. Enumerable.Range(0, 100).Select(_ => new BoxScript(Produce))];
        foreach (BoxScript producer in producers)
        {
            consumer.Link((producer, "outbox"), (consumer, "inbox"));
        }

        AssertAllocatesNothing(atLeast: Cycles, [consumer, .. producers]);

        IEnumerator<Yield> Produce(Component self)
        {
            while (true)
            {
                self.Send(s_message);
                yield return self.Pause();
            }
        }

        IEnumerator<Yield> Consume(Component self)
        {
            while (true)
            {
                while (self.TryRecv(out object? _))
                {
                    _done++;
                }

                yield return self.Pause();
            }
        }
    }

    [Fact]
    public void SendRecv_AddedBoxesOfAnAdaptiveComponent_AllocatesNothing()
    {
        AdaptiveBoxIdler adaptive = new();
        string inbox = adaptive.AddInbox("client");
        string outbox = adaptive.AddOutbox("client");
        BoxScript client = new(Exchange);
        client.Link((client, "outbox"), (adaptive, inbox));
        client.Link((adaptive, outbox), (client, "inbox"));

        AssertAllocatesNothing(atLeast: Cycles, adaptive, client);

        IEnumerator<Yield> Exchange(Component self)
        {
            while (true)
            {
                self.Send(s_message);
                adaptive.Send(adaptive.Recv(inbox), outbox);
                self.Recv();
                _done++;
                yield return 1;
            }
        }
    }

    private void AssertAllocatesNothing(int atLeast, params Component[] components)
    {
        foreach (Component component in components)
        {
            component.Activate(_scheduler);
        }

        for (int i = 0; i < 200; i++)
        {
            _scheduler.RunCycle();
        }

        int doneBefore = _done;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Cycles; i++)
        {
            _scheduler.RunCycle();
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // First that there was anything to measure.
        Assert.InRange(_done - doneBefore, atLeast, int.MaxValue);
        Assert.Equal(0, allocated);
    }
}
