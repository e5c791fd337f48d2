// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Kamaelia.Chassis;
using Kamaelia.Internet.Simulate;
using LossyLink;

// A stream of numbers over a network that doubles, loses, jumbles and delays, and back in order by a protocol of two small components.
const int Count = 60;
ReliableSender sender = new(window: 16, patience: TimeSpan.FromMilliseconds(300));
ReliableReceiver receiver = new();
Notes onArrival = new();
Notes inOrder = new();
Graphline system = new()
{
    ["NUMBERS"] = new Numbers(Count, TimeSpan.FromMilliseconds(10)),
    ["SENDER"] = sender,
    ["THERE"] = new Pipeline(new Duplicate(), new Throwaway(0.2), new Reorder(5), MakeDelay(), onArrival),
    ["BACK"] = new Pipeline(new Throwaway(0.3), MakeDelay()),
    ["RECEIVER"] = receiver,
    ["NOTES"] = inOrder,

    ["NUMBERS", "outbox"] = ("SENDER", "inbox"),
    ["SENDER", "outbox"] = ("THERE", "inbox"),
    ["THERE", "outbox"] = ("RECEIVER", "inbox"),
    ["RECEIVER", "outbox"] = ("NOTES", "inbox"),
    ["RECEIVER", "acknowledgements"] = ("BACK", "inbox"),
    ["BACK", "outbox"] = ("SENDER", "acknowledgements"),

    // Who has finished says so to the next: the numbers, the sender when all are acknowledged, the network when it is empty.
    ["NUMBERS", "signal"] = ("SENDER", "control"),
    ["SENDER", "signal"] = ("THERE", "control"),
    ["THERE", "signal"] = ("RECEIVER", "control"),
    ["RECEIVER", "signal"] = ("BACK", "control"),
    ["BACK", "signal"] = ("NOTES", "control"),
};

// The same in every run: the dice are seeded, and time passes only when all wait for it.
SimulatedTime time = new();
Scheduler scheduler = new(new SchedulerOptions { Clock = time, Choices = new SeededDice(2010) });
system.Activate(scheduler);
time.Run(scheduler);

Console.WriteLine($"as they arrived:\n{onArrival}\n\nin order again:\n{inOrder}\n");
Console.WriteLine($"{Count} numbers took {sender.Sent} packets, of which {onArrival.Count} arrived with the doubles, " +
    $"{receiver.Acknowledged} acknowledgements, and {time.Elapsed.TotalSeconds:F2} seconds.");
return inOrder.Seen.SequenceEqual(Enumerable.Range(0, Count)) ? 0 : 1;

static Delay MakeDelay() => new(latency: TimeSpan.FromMilliseconds(40), jitter: TimeSpan.FromMilliseconds(30));

internal sealed class SeededDice(int seed) : SchedulerChoices
{
    public override Random Random { get; } = new(seed);
}
