// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>What arrives on the <c>"control"</c> of a chassis, on its way to several children.</summary>
/// <param name="chassis">Whose <c>"control"</c> it is.</param>
/// <param name="listeners">Who is to hear it; asked once, when the first message is there.</param>
// PORT: differs. Python takes one message a step, which without a poll is one a wake; here none is left behind. Their order is the same.
internal sealed class ControlLines(AdaptiveCommsComponent chassis, Func<IEnumerable<Component>> listeners)
{
    private List<DeliveryLine>? _lines;

    /// <summary>The last <see cref="ShutdownMicroprocess"/> that came by, or null.</summary>
    public ShutdownMicroprocess? Shutdown { get; private set; }

    /// <summary>Whether messages wait for room.</summary>
    public bool AreBlocked => _lines?.Exists(line => line.IsBlocked) == true;

    /// <summary>Copies every message that is there, the same object, to all who live; who has no room gets it later.</summary>
    public void HandOut()
    {
        _lines?.ForEach(static line => line.Retry());

        while (chassis.TryRecv(out object? message, "control"))
        {
            Shutdown = message as ShutdownMicroprocess ?? Shutdown;
            foreach (DeliveryLine line in _lines ??= MakeLines())
            {
                line.Send(message);
            }
        }
    }

    // PORT: differs. A component without a "control" crashes the chassis in Python; here it is not told.
    private List<DeliveryLine> MakeLines() =>
        [.. listeners().Where(child => child.HasInbox("control")).Select(child => new DeliveryLine(chassis, child, "control", "_cs"))];
}
