// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>Sleeps for ever and touches none of its boxes: they are in the hands of the test.</summary>
internal sealed class BoxIdler(string tag = "") : Component(tag)
{
    public int Steps { get; private set; }

    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            Steps++;
            yield return Pause();
        }
    }
}

/// <summary>As <see cref="BoxIdler"/>, with boxes that can be added and deleted.</summary>
internal sealed class AdaptiveBoxIdler : AdaptiveCommsComponent
{
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            yield return Pause();
        }
    }
}

/// <summary>Runs a body that the test wrote down where it is used.</summary>
internal sealed class BoxScript(Func<Component, IEnumerator<Yield>> body) : Component
{
    protected override IEnumerator<Yield> Main() => body(this);
}

/// <summary>Sleeping components on a stepped scheduler, and the question who is woken by what.</summary>
internal sealed class BoxBench
{
    public SteppedScheduler System { get; } = new(TraceKinds.Wake);

    public BoxIdler Idler(string name) => Add(new BoxIdler(), name);

    public T Add<T>(T component, string name)
        where T : Component
    {
        System.Activate(component, name);
        System.RunUntilIdle();
        return component;
    }

    /// <summary>The names of those whom an action wakes, in alphabetical order, once each; all are asleep again afterwards.</summary>
    /// <remarks>The order of wakes among the feeders of one box is nobody's business.</remarks>
    public IEnumerable<string> WokenBy(Action action)
    {
        System.Trace.Clear();
        action();
        System.RunUntilIdle();
        return System.Trace.Lines.Select(line => line["wake ".Length..]).Order(StringComparer.Ordinal).ToArray();
    }
}
