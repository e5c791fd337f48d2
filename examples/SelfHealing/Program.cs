// Licensed under the Apache License, Version 2.0. See LICENSE.

// README: begin
using Axon;
using Kamaelia.Chassis;

new Graphline
{
    ["SENSOR"] = new Sensor("20", "22", "24", "?!", "10", "11", "offline", "30"),
    ["AVERAGE"] = new Supervisor(() => new Average()) { Restarts = new RestartPolicy { Restarts = 5, Period = TimeSpan.FromMinutes(1) } },
    ["PRINTER"] = new Printer("average"),
    ["CRASHES"] = new Printer("crash"),
    ["SENSOR", "outbox"] = ("AVERAGE", "inbox"),
    ["SENSOR", "signal"] = ("AVERAGE", "control"),
    ["AVERAGE", "outbox"] = ("PRINTER", "inbox"),
    ["AVERAGE", "crashes"] = ("CRASHES", "inbox"),
    ["AVERAGE", "signal"] = ("PRINTER", "control"),
    ["PRINTER", "signal"] = ("CRASHES", "control"),
}.Run();

// Knows nothing of bad readings: one that it cannot read is its end. The next Average begins anew, with the readings behind the bad one.
internal sealed class Average : Component
{
    protected override IEnumerator<Yield> Main()
    {
        int count = 0;
        int sum = 0;
        while (true)
        {
            while (DataReady())
            {
                sum += Read(Recv<string>());
                count++;
                Send($"{sum / count} of {count}");
            }

            if (TryRecv(out object? goodbye, "control"))
            {
                Send(goodbye, "signal");
                yield break;
            }

            yield return Pause();
        }
    }

    private static int Read(string text) => int.TryParse(text, out int degrees)
        ? degrees
        : throw new FormatException($"\"{text}\" is no temperature.");
}
// README: end

// Sends all its readings at once.
internal sealed class Sensor(params string[] readings) : Component
{
    protected override IEnumerator<Yield> Main()
    {
        foreach (string reading in readings)
        {
            Send(reading);
        }

        Send(new ProducerFinished(this), "signal");
        yield break;
    }
}

// Prints what arrives.
internal sealed class Printer(string title) : Component
{
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            foreach (object? message in Inbox())
            {
                Console.WriteLine($"{title}: {(message is CrashReport report ? Tell(report) : message)}");
            }

            if (TryRecv(out object? goodbye, "control"))
            {
                Send(goodbye, "signal");
                yield break;
            }

            yield return Pause();
        }
    }

    private static string Tell(CrashReport report) => $"{report.Exception.Message} Number {report.Count}, what is done: {report.Action}";
}
