// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Coyote;

/// <summary>Small systems of two or three threads. Each ends by itself; where a wake is lost it never does, and the engine says so.</summary>
internal static class Scenarios
{
    public static (string Name, Action Scenario)[] All { get; } =
    [
        ("Wake against park", WakeAgainstPark),
        ("Put against park", PutAgainstPark),
        ("Relay with a limit", RelayWithLimit),
    ];

    // Two threads ask something of a scheduler that goes to sleep and wakes meanwhile.
    private static void WakeAgainstPark()
    {
        Scheduler scheduler = new();
        Sleeper sleeper = new Sleeper().Activate(scheduler);
        Thread run = Start(() => scheduler.RunThreads());
        Thread other = Start(() => scheduler.Post(static () => { }));
        scheduler.Post(() =>
        {
            sleeper.MayGo = true;
            sleeper.Unpause();
        });
        run.Join();
        other.Join();
    }

    private static void PutAgainstPark()
    {
        Scheduler scheduler = new();
        Handle handle = new Handle(new Counter(2)).Activate(scheduler);
        Thread run = Start(() => scheduler.RunThreads());
        handle.Put(1);
        handle.Put(2);
        run.Join();
    }

    private static void RelayWithLimit()
    {
        Scheduler here = new();
        Scheduler there = new();
        Sender sender = new(4);
        Counter counter = new(4);
        sender.Link((sender, "outbox"), (counter, "inbox"), pipeWidth: 2);
        sender.Activate(here);
        counter.Activate(there);
        Thread one = Start(() => here.RunThreads());
        Thread other = Start(() => there.RunThreads());
        one.Join();
        other.Join();
    }

    private static Thread Start(Action action)
    {
        Thread thread = new(() => action());
        thread.Start();
        return thread;
    }

    private sealed class Sleeper : Component
    {
        public bool MayGo { get; set; }

        protected override IEnumerator<Yield> Main()
        {
            while (!MayGo)
            {
                yield return Pause();
            }
        }
    }

    private sealed class Sender(int messages) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            for (int sent = 0; sent < messages;)
            {
                if (TrySend(sent))
                {
                    sent++;
                }
                else
                {
                    yield return Pause();
                }
            }
        }
    }

    private sealed class Counter(int messages) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            for (int received = 0; received < messages;)
            {
                while (TryRecv(out object? message))
                {
                    received++;
                }

                if (received < messages)
                {
                    yield return Pause();
                }
            }
        }
    }
}
