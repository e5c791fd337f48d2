// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers;

/// <summary>Where the code of peers runs: here, on the thread pool, which has every core.</summary>
internal class Venue
{
    public static Venue Pool { get; } = new();

    /// <summary>The caller's thread, for code that never waits for another one.</summary>
    public static Venue Here { get; } = new Caller();

    /// <summary>Starts something that begins to run in this place.</summary>
    public virtual void Start(Action action) => ThreadPool.UnsafeQueueUserWorkItem(static action => action(), action, preferLocal: false);

    /// <summary>Starts a method that goes on in this place after each await.</summary>
    /// <remarks>What it throws is nobody's to catch, and ends the program.</remarks>
    public void Start(Func<Task> main) => Start(async void () => await main());

    /// <summary>Waits until everybody is through.</summary>
    public virtual void Wait(Finish finish) => finish.Wait();

    private sealed class Caller : Venue
    {
        public override void Start(Action action) => action();
    }
}
