// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Internet;

/// <summary>Inboxes of which only counts whether something arrived.</summary>
internal static class Notifications
{
    /// <summary>Empties an inbox.</summary>
    /// <param name="component">Whose inbox it is.</param>
    /// <param name="box">The inbox.</param>
    /// <returns>Whether anything was in it.</returns>
    public static bool Drain(this Component component, string box)
    {
        bool any = false;
        while (component.TryRecv(out _, box))
        {
            any = true;
        }

        return any;
    }
}
