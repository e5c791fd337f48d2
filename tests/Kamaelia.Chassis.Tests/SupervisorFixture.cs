// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Axon.TestKit;

namespace Kamaelia.Chassis.Tests;

/// <summary>A system with a supervisor in it, on a mortal scheduler unless told otherwise; every crash is on purpose.</summary>
internal sealed class SupervisorFixture
{
    public SupervisorFixture(bool immortal = false)
    {
        System = new SteppedScheduler(TraceKinds.None, immortal);
        System.Scheduler.ComponentCrashed += (who, _) => Uncaught.Add(who);
    }

    public SteppedScheduler System { get; }

    public VirtualClock Clock => System.Clock;

    /// <summary>All puppets that the factories have made, oldest first.</summary>
    public List<NamedPuppet> Made { get; } = [];

    /// <summary>Crashes that the scheduler reported.</summary>
    public List<Microprocess> Uncaught { get; } = [];

    public Probe Probe { get; private set; } = null!;

    /// <summary>The present puppet of that name.</summary>
    public NamedPuppet this[string name] => Made.FindLast(puppet => puppet.Called == name)!;

    public Func<Component?> Factory(string name) => () =>
    {
        Made.Add(new NamedPuppet(name));
        return Made[^1];
    };

    public Supervisor Start(Supervisor supervisor)
    {
        Probe = System.Probe(supervisor);
        return System.Start(supervisor);
    }

    public void Crash(string name, string text = "on purpose")
    {
        this[name].Crash(new InvalidTimeZoneException(text));
        System.RunUntilIdle();
    }

    public CrashReport Report() => Assert.IsType<CrashReport>(Probe.CollectOne("crashes"));

    public IReadOnlyList<CrashReport> Reports() => [.. Probe.Collect("crashes").Cast<CrashReport>()];

    public void Advance(double seconds)
    {
        Clock.Advance(TimeSpan.FromSeconds(seconds));
        System.RunUntilIdle();
    }
}

internal sealed class NamedPuppet(string name) : Puppet
{
    public string Called => name;
}

/// <summary>Passes on what arrives; a <see cref="Poison"/> kills it. Ends when it is told to, passing that on.</summary>
internal sealed class Taster : Component
{
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            while (TryRecv(out object? message))
            {
                if (message is Poison)
                {
                    throw new InvalidTimeZoneException("poisoned");
                }

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

internal sealed record Poison;
