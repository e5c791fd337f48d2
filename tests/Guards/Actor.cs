// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Guards;

/// <summary>A component whose body is written where it is needed.</summary>
internal sealed class Actor(Func<Actor, IEnumerator<Yield>> body) : Component
{
    protected override IEnumerator<Yield> Main() => body(this);
}

/// <summary>The same for one that awaits.</summary>
internal sealed class AsyncActor(Func<AsyncActor, Task> body) : AsyncComponent
{
    protected override Task Main() => body(this);
}

/// <summary>Bodies that several systems use.</summary>
internal static class Bodies
{
    public static object Message { get; } = new();

    /// <summary>Takes whatever comes, and sleeps.</summary>
    public static Func<Actor, IEnumerator<Yield>> Consume(Action<int> count)
    {
        return Body;

        IEnumerator<Yield> Body(Actor self)
        {
            while (true)
            {
                while (self.TryRecv(out object? _))
                {
                    count(1);
                }

                yield return self.Pause();
            }
        }
    }

    /// <summary>Sends so many in each step.</summary>
    public static Func<Actor, IEnumerator<Yield>> Produce(int each)
    {
        return Body;

        IEnumerator<Yield> Body(Actor self)
        {
            while (true)
            {
                for (int i = 0; i < each; i++)
                {
                    self.Send(Message);
                }

                yield return 1;
            }
        }
    }

    /// <summary>Sends as long as there is room, and sleeps.</summary>
    public static IEnumerator<Yield> Fill(Actor self)
    {
        while (true)
        {
            while (self.TrySend(Message))
            {
            }

            yield return self.Pause();
        }
    }

    /// <summary>Sends on what comes, and sleeps; waits where there is no room.</summary>
    public static Func<Actor, IEnumerator<Yield>> Pass(Action<int> count)
    {
        return Body;

        IEnumerator<Yield> Body(Actor self)
        {
            while (true)
            {
                while (self.TryRecv(out object? message))
                {
                    while (!self.TrySend(message))
                    {
                        yield return self.Pause();
                    }

                    count(1);
                }

                yield return self.Pause();
            }
        }
    }

    public static IEnumerator<Yield> Sleep(Actor self)
    {
        while (true)
        {
            yield return self.Pause();
        }
    }
}
