// Licensed under the Apache License, Version 2.0. See LICENSE.

using Microsoft.Coyote.Runtime;

namespace Axon.Coyote;

/// <summary>Small systems of two or three threads. Each ends by itself; where a wake is lost it never does, and the engine says so.</summary>
internal static class Scenarios
{
    public static (string Name, Action Scenario)[] All { get; } =
    [
        ("Wake against park", WakeAgainstPark),
        ("Put against park", PutAgainstPark),
        ("Relay with a limit", RelayWithLimit),
        ("Linked in and out while it runs", LinkedWhileItRuns),
        ("Unlinked behind the last message", UnlinkedBehindLast),
        ("Box deleted while a sender waits", DeletedWhileSenderWaits),
        ("Store, two who count", StoreCounts),
    ];

    // Of the system call by which threads sleep on Linux the engine sees nothing; a monitor it knows.
    private static Scheduler NewScheduler() => new(new SchedulerOptions { Parker = new EventParker(TimeProvider.System, new MonitorSignal()) });

    // Two threads ask something of a scheduler that goes to sleep and wakes meanwhile.
    private static void WakeAgainstPark()
    {
        Scheduler scheduler = NewScheduler();
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
        Scheduler scheduler = NewScheduler();
        Handle handle = new Handle(new Counter(2)).Activate(scheduler);
        Thread run = Start(() => scheduler.RunThreads());
        handle.Put(1);
        handle.Put(2);
        run.Join();
    }

    private static void RelayWithLimit()
    {
        Scheduler here = NewScheduler();
        Scheduler there = NewScheduler();
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

    // The first answer must find its way.
    private static void LinkedWhileItRuns()
    {
        Scheduler here = NewScheduler();
        Scheduler there = NewScheduler();
        Thread? one = null;
        Body echo = new(EchoOnce);
        new Body(Asker(echo)).Activate(here);
        new Body(StartOther).Activate(there);
        echo.Activate(there);
        Thread other = Start(() => there.RunThreads());
        other.Join();
        one!.Join();

        // Whoever links must find the other scheduler at work.
        IEnumerator<Yield> StartOther(Body self)
        {
            one = Start(() => here.RunThreads());
            yield break;
        }
    }

    private static void UnlinkedBehindLast()
    {
        Scheduler here = NewScheduler();
        Scheduler there = NewScheduler();
        Counter counter = new(2);
        Linkage? linkage = null;
        Body sender = new(SendAndUnlink);
        linkage = sender.Link((sender, "outbox"), (counter, "inbox"));
        sender.Activate(here);
        counter.Activate(there);
        Thread one = Start(() => here.RunThreads());
        Thread other = Start(() => there.RunThreads());
        one.Join();
        other.Join();

        IEnumerator<Yield> SendAndUnlink(Body self)
        {
            self.Send(1);
            yield return 1;
            self.Send(2);
            self.Unlink(linkage!);
        }
    }

    private static void DeletedWhileSenderWaits()
    {
        Scheduler here = NewScheduler();
        Scheduler there = NewScheduler();
        Sender sender = new(3);
        Deleter deleter = new();
        sender.Link((sender, "outbox"), (deleter, deleter.Box), pipeWidth: 1);
        sender.Activate(here);
        deleter.Activate(there);
        Thread one = Start(() => here.RunThreads());
        Thread other = Start(() => there.RunThreads());
        one.Join();
        other.Join();
    }

    private static void StoreCounts()
    {
        Store store = new();
        Thread one = Start(Count);
        Thread other = Start(Count);
        one.Join();
        other.Join();
        int counted = (int)store.UseVar("count").Value!;
        if (counted != 6)
        {
            throw new InvalidOperationException($"Two counted to three each, and the store says {counted}.");
        }

        void Count()
        {
            for (int left = 3; left > 0;)
            {
                if (store.TryUseVar("count", out StmValue? copy))
                {
                    copy.Value = ((int?)copy.Value ?? 0) + 1;
                    SchedulingPoint.Interleave();
                    if (Commit(copy) == CommitResult.Committed)
                    {
                        left--;
                    }
                }

                SchedulingPoint.Yield();
            }
        }

        // Busy is no answer.
        static CommitResult Commit(StmValue copy)
        {
            CommitResult result = copy.TryCommit();
            while (result == CommitResult.Busy)
            {
                SchedulingPoint.Yield();
                result = copy.TryCommit();
            }

            return result;
        }
    }

    private static IEnumerator<Yield> EchoOnce(Body self)
    {
        object? message;
        while (!self.TryRecv(out message))
        {
            yield return self.Pause();
        }

        self.Send(message);
    }

    private static Func<Body, IEnumerator<Yield>> Asker(Component echo)
    {
        return Ask;

        IEnumerator<Yield> Ask(Body self)
        {
            self.Link((self, "outbox"), (echo, "inbox"));
            self.Send("question");
            self.Link((echo, "outbox"), (self, "inbox"));
            while (!self.TryRecv(out _))
            {
                yield return self.Pause();
            }
        }
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

    private sealed class Body(Func<Body, IEnumerator<Yield>> body) : Component
    {
        protected override IEnumerator<Yield> Main() => body(this);
    }

    private sealed class Deleter : AdaptiveCommsComponent
    {
        public Deleter()
        {
            Box = AddInbox("more");
        }

        public string Box { get; }

        protected override IEnumerator<Yield> Main()
        {
            while (!TryRecv(out _, Box))
            {
                yield return Pause();
            }

            DeleteInbox(Box);
        }
    }
}
