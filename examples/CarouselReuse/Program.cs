// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Kamaelia.Chassis;

// A reader reads one poem and ends. The Carousel makes a new one for each title, and the chooser says which is next.
new Pipeline(
    Prefab.JoinChooserToCarousel(
        new ForwardIteratingChooser("The Owl", "Nobody", "The Eagle"),
        new Carousel<string>(title => new PoemReader(title))),
    new Printer()).Run();

// Sends the lines of one poem, and ends.
internal sealed class PoemReader(string title) : Component
{
    private static readonly Dictionary<string, string[]> s_poems = new()
    {
        ["The Owl"] = ["Alone and warming his five wits,", "The white owl in the belfry sits."],
        ["The Eagle"] = ["He clasps the crag with crooked hands;", "Close to the sun in lonely lands."],
    };

    protected override IEnumerator<Yield> Main()
    {
        Send($"{title}:");
        foreach (string line in s_poems.GetValueOrDefault(title, ["(not on the shelf)"]))
        {
            yield return 1;
            Send($"  {line}");
        }
    }
}

// Prints what arrives.
internal sealed class Printer : Component
{
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            foreach (object? line in Inbox())
            {
                Console.WriteLine(line);
            }

            if (DataReady("control"))
            {
                Console.WriteLine(Recv("control") is ProducerFinished ? "No more titles." : "Stopped.");
                yield break;
            }

            yield return Pause();
        }
    }
}
