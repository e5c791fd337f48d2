// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/TimeOutCSA.py. Copyright BBC and Kamaelia Contributors.

using Axon;
using Kamaelia.Internet;

namespace Kamaelia.Chassis;

/// <summary>Looks, when it is told to, whether anything is left on its scheduler, and says so if not.</summary>
/// <remarks>
/// <para><em>Example usage</em>: lets a program end whose only other part is a clock.</para>
/// <code>
/// new Graphline
/// {
///     ["CLOCK"] = new PeriodicWakeup(TimeSpan.FromSeconds(10)),
///     ["LAST"] = new WakeableIntrospector(),
///     ["CLOCK", "outbox"] = ("LAST", "inbox"),
///     ["LAST", "signal"] = ("CLOCK", "control"),
/// }.Activate();
/// </code>
/// <para><em>How does it work?</em> Whoever is of these types does not count, by itself or in any number: <see cref="WakeableIntrospector"/>,
/// <see cref="PeriodicWakeup"/>, and the chassis around them, <see cref="Graphline"/> and <see cref="Pipeline"/>, which end with what is in
/// them.</para>
/// <para><em>Boxes</em>: <c>"inbox"</c> anything: look; <c>"control"</c> shutdown messages; <c>"signal"</c> see <em>Shutdown</em>;
/// <c>"outbox"</c> is not used.</para>
/// <para><em>Shutdown</em>: a <see cref="ProducerFinished"/> or <see cref="ShutdownMicroprocess"/> on <c>"control"</c> is passed on by
/// <c>"signal"</c>, and it ends. When nothing is left it says a <see cref="ProducerFinished"/> of its own there, and ends.</para>
/// <para>Cost: a pass over the scheduler's list of all microprocesses for each time it is told to look.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/TimeOutCSA.py, <c>WakeableIntrospector</c>.</para>
/// </remarks>
// PORT: differs. Python compares names without their digits, of which it knows three, also looks in its first step, when the rest of the system
// may not have been started yet, and ignores "control".
[Inbox("inbox", "Anything: look.")]
[Inbox("control", "Shutdown.")]
[Outbox("outbox", "Not used.")]
[Outbox("signal", "ProducerFinished when nothing is left; shutdown messages passed on.")]
public sealed class WakeableIntrospector : Component
{
    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        Ipc? end = null;
        while (end is null)
        {
            yield return Pause();
            while (end is null && TryRecv(out object? order, "control"))
            {
                end = order is ProducerFinished or ShutdownMicroprocess ? (Ipc)order : null;
            }

            if (this.Drain("inbox") && !Scheduler!.ListAll().Any(Counts))
            {
                end ??= new ProducerFinished(this);
            }
        }

        while (!TrySend(end, "signal"))
        {
            yield return Pause();
        }
    }

    private static bool Counts(Microprocess process) => process is not (WakeableIntrospector or PeriodicWakeup or Graphline or Pipeline);
}
