// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>An async component whose main a test writes itself.</summary>
internal sealed class AsyncActor(Func<AsyncActor, Task> main) : AsyncComponent
{
    public new CancellationToken Stopping => base.Stopping;

    /// <summary>Done at the beginning of <see cref="Stop"/>.</summary>
    public Action? OnStop { get; set; }

    /// <summary>Done in <see cref="CloseDown"/>.</summary>
    public Action? OnCloseDown { get; set; }

    public override void Stop()
    {
        OnStop?.Invoke();
        base.Stop();
    }

    protected internal override Ipc? CloseDown()
    {
        OnCloseDown?.Invoke();
        return base.CloseDown();
    }

    protected override Task Main() => main(this);
}

internal static class AsyncActorExtensions
{
    /// <summary>Makes and activates an async actor.</summary>
    public static AsyncActor StartAsync(this SteppedScheduler system, string name, Func<AsyncActor, Task> main) =>
        system.Activate(new AsyncActor(main), name);
}
