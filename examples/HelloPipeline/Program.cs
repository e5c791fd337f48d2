// Licensed under the Apache License, Version 2.0. See LICENSE.

// README: begin
using Axon;
using Kamaelia.Chassis;

new Pipeline(
    new Words("hello", "from", "a", "pipeline"),
    new Shout(),
    new Number(),
    new Printer()).Run();

// Sends each word to whoever comes next, then says that there are no more.
internal sealed class Words(params string[] words) : Component
{
    protected override IEnumerator<Yield> Main()
    {
        foreach (string word in words)
        {
            Send(word);
            yield return 1; // let the others have their turn
        }

        Send(new ProducerFinished(this), "signal");
    }
}

// Passes each word on in capitals.
internal sealed class Shout : Component
{
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            while (DataReady())
            {
                Send(Recv<string>().ToUpperInvariant());
            }

            if (TryRecv(out object? goodbye, "control"))
            {
                Send(goodbye, "signal"); // tell the next one, and end
                yield break;
            }

            yield return Pause(); // sleep until a message arrives
        }
    }
}
// README: end

// Passes each word on with its number in front.
internal sealed class Number : Component
{
    protected override IEnumerator<Yield> Main()
    {
        int count = 0;
        while (true)
        {
            while (DataReady())
            {
                count++;
                Send($"{count}. {Recv()}");
            }

            if (TryRecv(out object? goodbye, "control"))
            {
                Send(goodbye, "signal");
                yield break;
            }

            yield return Pause();
        }
    }
}

// Prints whatever arrives.
internal sealed class Printer : Component
{
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            while (DataReady())
            {
                Console.WriteLine(Recv());
            }

            if (TryRecv(out object? goodbye, "control"))
            {
                Send(goodbye, "signal");
                yield break;
            }

            yield return Pause();
        }
    }
}
