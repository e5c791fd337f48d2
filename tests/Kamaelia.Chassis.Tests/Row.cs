// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Kamaelia.Chassis.Tests;

/// <summary>Each chassis, used to put components in a row.</summary>
internal static class Row
{
    public static Component Pipeline(params Component[] components) => new Pipeline(components);

    /// <summary>A Graphline whose table does what a Pipeline does.</summary>
    public static Component Graphline(params Component[] components)
    {
        Dictionary<string, Component> named = [];
        Dictionary<(string, string), (string, string)> linkages = [];
        linkages[("self", "inbox")] = ("0", "inbox");
        linkages[("self", "control")] = ("0", "control");
        for (int i = 0; i < components.Length; i++)
        {
            bool last = i == components.Length - 1;
            named[$"{i}"] = components[i];
            linkages[($"{i}", "outbox")] = last ? ("self", "outbox") : ($"{i + 1}", "inbox");
            linkages[($"{i}", "signal")] = last ? ("self", "signal") : ($"{i + 1}", "control");
        }

        return new Graphline(named, linkages, strictNames: true);
    }

    /// <summary>A row as the one member of a Seq.</summary>
    public static Component Seq(params Component[] components) => new Seq(Pipeline(components));

    /// <summary>A row as the one component of a Par, which hands its input on.</summary>
    public static Component Par(params Component[] components) => new Par(Pipeline(components)) { InputPolicy = InputPolicies.Broadcast };

    /// <summary>A row as the child of a Supervisor.</summary>
    public static Component Supervisor(params Component[] components) =>
        new Supervisor(() => components.Length == 1 ? components[0] : Pipeline(components));

    /// <summary>A row as the child of a Carousel, which has been asked for it.</summary>
    public static Component Carousel(params Component[] components)
    {
        Carousel carousel = new(_ => components.Length == 1 ? components[0] : Pipeline(components));
        carousel.GetInbox("next").Append("the child");
        return carousel;
    }
}
