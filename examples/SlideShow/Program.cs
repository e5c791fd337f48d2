// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Kamaelia.Chassis;

// Usage: SlideShow [--keys] [FILE ...]
bool keys = args.Contains("--keys");
string[] files = [.. args.Where(argument => argument != "--keys")];
if (files.Length == 0)
{
    files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "slides"), "*.txt");
    Array.Sort(files, StringComparer.Ordinal);
}

// README: begin
Component show = keys
    ? new Graphline
    {
        // Whoever is at the keyboard chooses. A slide stays until another is chosen.
        ["KEYS"] = new Keys(),
        ["CHOOSER"] = new Chooser(files),
        ["SLIDES"] = new Carousel<string>(file => new Slide(file, Timeout.InfiniteTimeSpan)),
        ["KEYS", "outbox"] = ("CHOOSER", "inbox"),
        ["KEYS", "signal"] = ("CHOOSER", "control"),
        ["CHOOSER", "outbox"] = ("SLIDES", "next"),
        ["CHOOSER", "signal"] = ("SLIDES", "control"),
        ["SLIDES", "outbox"] = ("self", "outbox"),
        ["SLIDES", "signal"] = ("self", "signal"),
    }
    // A slide stays for a while and ends; the Carousel asks the chooser for the next.
    : Prefab.JoinChooserToCarousel(
        new ForwardIteratingChooser(files),
        new Carousel<string>(file => new Slide(file, TimeSpan.FromSeconds(0.5))));

new Pipeline(show, new Screen()).Run();
// README: end

// Shows one file, and ends when its time is up, or when it is told to.
internal sealed class Slide(string file, TimeSpan time) : Component
{
    protected override IEnumerator<Yield> Main()
    {
        Send($"--- {Path.GetFileNameWithoutExtension(file)} ---");
        Send(File.Exists(file) ? File.ReadAllText(file).TrimEnd() : "(There is no such file.)");
        do
        {
            yield return Pause(time);
        }
        while (!TimedOut && !DataReady("control"));
    }
}

// What is typed, a line each, as what a chooser understands. A thread of its own, since reading the console waits.
internal sealed class Keys : ThreadedComponent
{
    protected override void ThreadMain()
    {
        while (Console.ReadLine() is { } key and not "q")
        {
            if (Meaning(key) is { } command)
            {
                Send(command);
            }
            else
            {
                Console.WriteLine("n: next  p: previous  f: first  l: last  q: quit");
            }
        }

        Send(new ProducerFinished(this), "signal");
    }

    private static string? Meaning(string key) => key switch
    {
        "n" or "" => "NEXT",
        "p" => "PREV",
        "f" => "FIRST",
        "l" => "LAST",
        _ => null,
    };
}

// Prints what arrives.
internal sealed class Screen : Component
{
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            foreach (object? text in Inbox())
            {
                Console.WriteLine(text);
            }

            if (DataReady("control"))
            {
                Console.WriteLine("--- The end. ---");
                yield break;
            }

            yield return Pause();
        }
    }
}
