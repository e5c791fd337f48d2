// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Axon.TestKit;

namespace Kamaelia.Chassis.Tests;

/// <summary>Does nothing of its own: the test sends and receives for it, and says when it ends.</summary>
internal class Puppet : Component
{
    private bool _end;
    private Exception? _crash;

    /// <summary>Whether it is linked to anything at either end of any box.</summary>
    public bool IsLinked =>
        InboxNames.Any(box => GetInbox(box).Incoming.Any() || GetInbox(box).Linkage is not null) ||
        OutboxNames.Any(box => GetOutbox(box).Incoming.Any() || GetOutbox(box).Linkage is not null);

    public void End()
    {
        _end = true;
        Unpause();
    }

    public void Crash(Exception exception)
    {
        _crash = exception;
        Unpause();
    }

    protected override IEnumerator<Yield> Main()
    {
        while (!_end)
        {
            if (_crash is not null)
            {
                throw _crash;
            }

            yield return Pause();
        }
    }
}

/// <summary>A puppet with boxes beyond the standard ones.</summary>
[Inbox("inbox")]
[Inbox("control")]
[Inbox("video", "moving pictures")]
[Outbox("outbox")]
[Outbox("signal")]
[Outbox("audio", "sounds")]
internal sealed class Camera : Puppet;

/// <summary>Has none of the standard boxes.</summary>
[Inbox("in")]
[Outbox("out")]
internal sealed class Odd : Component;

/// <summary>Passes on what arrives, and ends when it is told to, passing that on too.</summary>
internal sealed class Relay : Component
{
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            while (TryRecv(out object? message))
            {
                Send(message);
            }

            if (TryRecv(out object? stop, "control"))
            {
                Send(stop, "signal");
                yield break;
            }

            yield return Pause();
        }
    }
}

/// <summary>Ends when anything arrives on <c>"control"</c>, and passes that on; reads nothing else.</summary>
internal sealed class Waiter : Component
{
    public object? Told { get; private set; }

    protected override IEnumerator<Yield> Main()
    {
        while (!DataReady("control"))
        {
            yield return Pause();
        }

        Told = Recv("control");
        Send(Told, "signal");
    }
}

/// <summary>Sends the same object in every step, for ever.</summary>
internal sealed class Fountain : Component
{
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            Send(this);
            yield return 1;
        }
    }
}

/// <summary>Counts what arrives.</summary>
internal sealed class Counter : Component
{
    public int Count { get; private set; }

    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            while (TryRecv(out object? _))
            {
                Count++;
            }

            yield return Pause();
        }
    }
}

internal static class SystemExtensions
{
    /// <summary>Activates a component and lets everything come to rest.</summary>
    public static T Start<T>(this SteppedScheduler system, T component, string? name = null)
        where T : Component
    {
        system.Activate(component, name);
        system.RunUntilIdle();
        return component;
    }

    /// <summary>Ends a puppet and lets everything come to rest.</summary>
    public static void End(this SteppedScheduler system, Puppet puppet)
    {
        puppet.End();
        system.RunUntilIdle();
    }

    public static int StepsOf(this SteppedScheduler system, Microprocess process)
    {
        string line = $"step {system.Trace.NameOf(process)}";
        return system.Trace.Lines.Count(recorded => recorded == line);
    }

    /// <summary>The linkages a chassis made, in the order it made them.</summary>
    public static IEnumerable<(Component, string, Component, string, Passthrough)> Wiring(this Component chassis) =>
        chassis.Postoffice.Linkages.Select(linkage =>
            (linkage.SourcePair.Component, linkage.SourcePair.Box, linkage.SinkPair.Component, linkage.SinkPair.Box, linkage.Passthrough));
}
