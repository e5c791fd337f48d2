// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Bare;

/// <summary>A body, and two flags.</summary>
/// <remarks>Each yield sleeps, unless something has called <see cref="Wake"/> during the step; to stay awake a body calls it itself.</remarks>
internal sealed class BareProcess(BareScheduler scheduler)
{
    public IEnumerator<int> Body = null!;
    public bool Awake;
    public bool Queued;

    public BareScheduler Scheduler { get; } = scheduler;

    public BareProcess Start(IEnumerator<int> body)
    {
        Body = body;
        Wake();
        return this;
    }

    public void Wake()
    {
        Awake = true;
        if (!Queued)
        {
            Queued = true;
            Scheduler.Join(this);
        }
    }

    public void WakeAfter(long delay) => Scheduler.SetTimer(this, delay);
}
