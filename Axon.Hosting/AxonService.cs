// Licensed under the Apache License, Version 2.0. See LICENSE.

using Microsoft.Extensions.Hosting;

namespace Axon.Hosting;

/// <summary>Something that is activated when the host starts.</summary>
internal sealed record Activation(Action<Scheduler> Activate);

/// <summary>Runs the scheduler in the background for as long as the host lives.</summary>
internal sealed class AxonService(Scheduler scheduler, IEnumerable<Activation> activations) : BackgroundService
{
    // What cannot be made or linked keeps the host from starting, as other services do.
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (Activation activation in activations)
        {
            activation.Activate(scheduler);
        }

        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A run ends with the last component, and there may be others later.
        while (!stoppingToken.IsCancellationRequested)
        {
            Background background = new Background(scheduler).Start();
            using CancellationTokenRegistration stop = stoppingToken.Register(background.Stop);
            await background.Completion.ConfigureAwait(false);
        }
    }
}
