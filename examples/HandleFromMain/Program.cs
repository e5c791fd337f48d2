// Licensed under the Apache License, Version 2.0. See LICENSE.

// README: begin
using Axon;

using Background background = new Background().Start();
Handle reverser = new Handle(new Reverser()).Activate();

// Put and wait for the answer.
reverser.Put("stressed");
Console.WriteLine(reverser.Get(TimeSpan.FromSeconds(10)));

// Put many, and take the answers as they come, until the component has ended.
foreach (string word in new[] { "drawer", "lager", "smart" })
{
    reverser.Put(word);
}

reverser.Put(new ProducerFinished(), "control");
await foreach (object? answer in reverser.GetAllAsync())
{
    Console.WriteLine(answer);
}

Console.WriteLine(reverser.Get("signal") is ProducerFinished ? "It has ended." : "What was that?");

internal sealed class Reverser : Component
{
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            while (DataReady())
            {
                Send(new string([.. Recv<string>().Reverse()]));
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
// README: end
