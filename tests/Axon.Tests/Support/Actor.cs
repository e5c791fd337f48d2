// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>A component whose body and end a test writes itself.</summary>
internal sealed class Actor(Func<Actor, IEnumerator<Yield>> body, string tag = "") : Component(tag)
{
    /// <summary>Done at the beginning of <see cref="Stop"/>.</summary>
    public Action? Stopping { get; set; }

    /// <summary>Done in <see cref="CloseDown"/>; what it returns is the result.</summary>
    public Func<Ipc?>? ClosingDown { get; set; }

    public override void Stop()
    {
        Stopping?.Invoke();
        base.Stop();
    }

    /// <summary>Has both ends of the end written into a trace: <c>stop A</c>, <c>closedown A</c>.</summary>
    public Actor NoteEnd(Trace trace)
    {
        Stopping = () => trace.Note($"stop {trace.NameOf(this)}");
        ClosingDown = () =>
        {
            trace.Note($"closedown {trace.NameOf(this)}");
            return null;
        };
        return this;
    }

    protected internal override Ipc? CloseDown()
    {
        Ipc? result = ClosingDown?.Invoke();
        base.CloseDown();
        return result;
    }

    protected override IEnumerator<Yield> Main() => body(this);
}

/// <summary>Bodies that many tests use.</summary>
internal static class Bodies
{
    public static IEnumerator<Yield> Endless(Actor self)
    {
        while (true)
        {
            yield return 1;
        }
    }

    public static IEnumerator<Yield> Asleep(Actor self)
    {
        while (true)
        {
            yield return self.Pause();
        }
    }

    /// <summary>Ends in its first step.</summary>
    public static IEnumerator<Yield> Empty(Actor self)
    {
        yield break;
    }

    /// <summary>So many steps, and one more in which it ends.</summary>
    public static Func<Actor, IEnumerator<Yield>> Steps(int count)
    {
        return Body;

        IEnumerator<Yield> Body(Actor self)
        {
            for (int i = 0; i < count; i++)
            {
                yield return 1;
            }
        }
    }

    /// <summary>One action a step, and one more step in which it ends.</summary>
    public static Func<Actor, IEnumerator<Yield>> Script(params Action<Actor>[] actions)
    {
        return Body;

        IEnumerator<Yield> Body(Actor self)
        {
            foreach (Action<Actor> action in actions)
            {
                action(self);
                yield return 1;
            }
        }
    }

    /// <summary>Yields these, one a step, and ends in one step more.</summary>
    public static Func<Actor, IEnumerator<Yield>> Yielding(params Yield[] values)
    {
        return Body;

        IEnumerator<Yield> Body(Actor self)
        {
            foreach (Yield value in values)
            {
                yield return value;
            }
        }
    }

    /// <summary>The same action in every step, for ever.</summary>
    public static Func<Actor, IEnumerator<Yield>> Each(Action<Actor> action)
    {
        return Body;

        IEnumerator<Yield> Body(Actor self)
        {
            while (true)
            {
                action(self);
                yield return 1;
            }
        }
    }

    /// <summary>Throws in its first step.</summary>
    public static Func<Actor, IEnumerator<Yield>> Throwing(Exception exception) => Script(_ => throw exception);
}

internal static class SteppedSchedulerExtensions
{
    /// <summary>Makes and activates an actor.</summary>
    public static Actor Start(this SteppedScheduler system, string name, Func<Actor, IEnumerator<Yield>> body) =>
        system.Activate(new Actor(body), name);

    /// <summary>Makes an actor that is activated later, under a name in the trace.</summary>
    public static Actor Make(this SteppedScheduler system, string name, Func<Actor, IEnumerator<Yield>> body)
    {
        Actor actor = new(body);
        system.Trace.Name(actor, name);
        return actor;
    }

    /// <summary>Does cycles until everybody activated so far has taken a first step and a sleeper sleeps, and forgets the trace of that.</summary>
    public static void Settle(this SteppedScheduler system)
    {
        // One cycle to be accepted, one for the first step.
        system.Cycles(2);
        system.Trace.Clear();
    }
}
