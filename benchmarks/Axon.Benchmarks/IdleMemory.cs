// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks.Bare;

namespace Axon.Benchmarks;

/// <summary>How many bytes a component takes that was activated and sleeps, its share of the scheduler's tables included.</summary>
internal static class IdleMemory
{
    private const int Components = 100_000;

    private static readonly string[] s_inboxes = ["inbox", "control"];
    private static readonly string[] s_outboxes = ["outbox", "signal"];

    public static void Print(TextWriter output)
    {
        // The first measurement pays for what is made once in a process.
        Measure(_ => { });

        output.WriteLine($"| {Components:N0} idle components | bytes each |");
        output.WriteLine("| --- | ---: |");
        output.WriteLine($"| bare loop: a process, its body, one box | {MeasureBare():F0} |");
        output.WriteLine($"| four standard boxes, none touched | {Measure(_ => { }):F0} |");
        output.WriteLine($"| all four boxes made | {Measure(MakeBoxes):F0} |");
        output.WriteLine($"| in pairs, linked outbox to inbox and signal to control | {Measure(LinkInPairs):F0} |");
        output.WriteLine($"| the same, after a message went through | {Measure(LinkAndSend):F0} |");
    }

    private static double Measure(Action<Idle[]> afterwards)
    {
        Idle[] components = new Idle[Components];
        Scheduler scheduler = new();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < components.Length; i++)
        {
            components[i] = new Idle().Activate(scheduler);
        }

        Settle(scheduler);
        afterwards(components);
        Settle(scheduler);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        if (!scheduler.IsIdle || scheduler.ListAll().Count != Components)
        {
            throw new InvalidOperationException("Not all of them are there and asleep.");
        }

        GC.KeepAlive(components);
        return (after - before) / (double)Components;
    }

    // A cycle to take them in, one to step them, one to let them leave the run queue, and the same again for whoever was woken.
    private static void Settle(Scheduler scheduler)
    {
        for (int i = 0; i < 4; i++)
        {
            scheduler.RunCycle();
        }
    }

    private static void MakeBoxes(Idle[] components)
    {
        foreach (Idle component in components)
        {
            foreach (string name in s_inboxes)
            {
                component.GetInbox(name);
            }

            foreach (string name in s_outboxes)
            {
                component.GetOutbox(name);
            }
        }
    }

    // Each pair by its first member, as a component that has a helper does it.
    private static void LinkInPairs(Idle[] components)
    {
        for (int i = 0; i < components.Length; i += 2)
        {
            Idle one = components[i];
            Idle other = components[i + 1];
            one.Link((one, "outbox"), (other, "inbox"));
            one.Link((one, "signal"), (other, "control"));
        }
    }

    private static void LinkAndSend(Idle[] components)
    {
        LinkInPairs(components);
        for (int i = 0; i < components.Length; i += 2)
        {
            components[i].Send(components);
            if (components[i + 1].Recv() != components)
            {
                throw new InvalidOperationException("The message did not arrive.");
            }
        }
    }

    private static double MeasureBare()
    {
        BareBox[] boxes = new BareBox[Components];
        BareScheduler scheduler = new();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < boxes.Length; i++)
        {
            boxes[i] = new BareBox(new BareProcess(scheduler));
            boxes[i].Reader.Start(BareIdle());
        }

        scheduler.Run();
        long after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(boxes);
        GC.KeepAlive(scheduler);
        return (after - before) / (double)Components;
    }

    private static IEnumerator<int> BareIdle()
    {
        while (true)
        {
            yield return 0;
        }
    }

    private sealed class Idle : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                yield return Pause();
            }
        }
    }
}
