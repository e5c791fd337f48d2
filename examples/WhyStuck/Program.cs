// Licensed under the Apache License, Version 2.0. See LICENSE.

// README: begin
using Axon;

Scheduler scheduler = new(new SchedulerOptions { Diagnose = true, Clock = new StoppedClock() });
scheduler.Stuck += report =>
{
    Console.Write(report);
    scheduler.Stop();
};

Eager one = new("one");
Eager other = new("other");
one.Link((one, "outbox"), (other, "inbox"), pipeWidth: 2);
one.Link((other, "outbox"), (one, "inbox"), pipeWidth: 2);
one.Activate(scheduler);
other.Activate(scheduler);
scheduler.RunThreads();

// Answers everything that it is sent with two messages: sooner or later both inboxes are full.
internal sealed class Eager(string name) : Component(tag: $"_{name}")
{
    protected override IEnumerator<Yield> Main()
    {
        Send("hello");
        while (true)
        {
            while (TryRecv(out object? message))
            {
                for (int i = 0; i < 2; i++)
                {
                    while (!TrySend(message))
                    {
                        yield return Pause(); // for room, which only the other could make
                    }
                }
            }

            yield return Pause();
        }
    }
}
// README: end

// So that the text is the same in every run.
internal sealed class StoppedClock : TimeProvider
{
    public override long GetTimestamp() => 0;
}
