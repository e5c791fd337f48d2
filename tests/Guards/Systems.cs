// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Guards;

/// <summary>The systems whose costs are counted; each is made anew, and runs for ever.</summary>
internal static class Systems
{
    private const int Stages = 10;

    public static Costs PingPong(bool isAsync = false, int sleepers = 0)
    {
        Steady steady = new();
        for (int i = 0; i < sleepers; i++)
        {
            new Actor(Bodies.Sleep).Activate(steady.Scheduler);
        }

        Component one = Player();
        Component other = Player();
        one.Link((one, "outbox"), (other, "inbox"));
        one.Link((other, "outbox"), (one, "inbox"));
        one.GetInbox().Append(Bodies.Message);
        one.Activate(steady.Scheduler);
        other.Activate(steady.Scheduler);
        return steady.Measure();

        Component Player() => isAsync ? new AsyncActor(PlayAsync) : new Actor(Bodies.Pass(count => steady.Done += count));

        async Task PlayAsync(AsyncActor self)
        {
            while (true)
            {
                object? ball = await self.Inbox().ReadAsync();
                steady.Done++;
                self.Send(ball);
            }
        }
    }

    /// <param name="batch">How many messages the source sends a step; null for as many as there is room for.</param>
    /// <param name="limit">How many messages an inbox may hold.</param>
    /// <param name="second">Whether every other stage is on a scheduler of its own.</param>
    public static Costs Pipeline(int? batch, int? limit = null, bool second = false)
    {
        Steady steady = new();
        Scheduler other = second ? steady.AddSecond() : steady.Scheduler;
        Component wiring = new();
        Component previous = new Actor(batch is { } each ? Bodies.Produce(each) : Bodies.Fill).Activate(steady.Scheduler);
        for (int i = 0; i < Stages; i++)
        {
            Actor stage = new(Bodies.Pass(count => steady.Done += count));
            stage.Activate(i % 2 == 0 ? other : steady.Scheduler);
            wiring.Link((previous, "outbox"), (stage, "inbox"), pipeWidth: limit);
            previous = stage;
        }

        return steady.Measure();
    }

    public static Costs FanIn(int producers)
    {
        Steady steady = new();
        Actor consumer = new Actor(Bodies.Consume(count => steady.Done += count)).Activate(steady.Scheduler);
        for (int i = 0; i < producers; i++)
        {
            Actor producer = new Actor(Bodies.Produce(1)).Activate(steady.Scheduler);
            consumer.Link((producer, "outbox"), (consumer, "inbox"));
        }

        return steady.Measure();
    }

    public static Costs FanOut(int receivers)
    {
        Steady steady = new();
        Spreader spreader = new(receivers);
        foreach (string outbox in spreader.Outboxes)
        {
            Actor receiver = new Actor(Bodies.Consume(count => steady.Done += count)).Activate(steady.Scheduler);
            spreader.Link((spreader, outbox), (receiver, "inbox"));
        }

        spreader.Activate(steady.Scheduler);
        return steady.Measure();
    }

    public static Costs Yielding()
    {
        Steady steady = new();
        new Actor(Body).Activate(steady.Scheduler);
        return steady.Measure();

        IEnumerator<Yield> Body(Actor self)
        {
            while (true)
            {
                steady.Done++;
                yield return 1;
            }
        }
    }

    public static Costs PauseAndWake()
    {
        Steady steady = new();
        Actor sleeper = new Actor(Sleep).Activate(steady.Scheduler);
        new Actor(Wake).Activate(steady.Scheduler);
        return steady.Measure();

        IEnumerator<Yield> Sleep(Actor self)
        {
            while (true)
            {
                yield return self.Pause();
                steady.Done++;
            }
        }

        IEnumerator<Yield> Wake(Actor self)
        {
            while (true)
            {
                sleeper.Unpause();
                yield return 1;
                yield return 1;
            }
        }
    }

    public static Costs Timers(int running)
    {
        Steady steady = new();
        for (int i = 0; i < running; i++)
        {
            int time = 1 + (i % 50);
            new Actor(self => Sleep(self, TimeSpan.FromMilliseconds(time))).Activate(steady.Scheduler);
        }

        return steady.Measure();

        IEnumerator<Yield> Sleep(Actor self, TimeSpan time)
        {
            while (true)
            {
                yield return self.Sleep(time);
                steady.Done++;
            }
        }
    }

    public static Costs SpawnAndEnd()
    {
        Steady steady = new();
        new Actor(Make).Activate(steady.Scheduler);
        return steady.Measure();

        IEnumerator<Yield> Make(Actor self)
        {
            while (true)
            {
                new Child(steady).Activate();
                yield return 1;
            }
        }
    }

    private sealed class Child(Steady steady) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            steady.Done++;
            yield break;
        }
    }

    private sealed class Spreader : AdaptiveCommsComponent
    {
        public Spreader(int receivers) => Outboxes = [.. Enumerable.Range(0, receivers).Select(_ => AddOutbox("copy"))];

        public IReadOnlyList<string> Outboxes { get; }

        protected override IEnumerator<Yield> Main()
        {
            Postbox[] outboxes = [.. Outboxes.Select(GetOutbox)];
            while (true)
            {
                foreach (Postbox outbox in outboxes)
                {
                    outbox.Append(Bodies.Message);
                }

                yield return 1;
            }
        }
    }
}
