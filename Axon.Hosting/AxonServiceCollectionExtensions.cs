// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics.CodeAnalysis;
using Axon;
using Axon.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds an Axon scheduler and its components to a host.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
/// builder.Services
///     .AddAxon()
///     .AddComponent&lt;Printer&gt;()
///     .AddHandle(services => new Handle(new Reverser()));
/// await builder.Build().RunAsync();
/// </code>
/// <para>Whoever is made by the host can ask for the <see cref="Handle"/>, the component, or the <see cref="Scheduler"/>.</para>
/// </remarks>
public static class AxonServiceCollectionExtensions
{
    /// <summary>Adds a scheduler, as a singleton, and the service that runs it from the start of the host to its end.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="options">Changes the scheduler's options, which have the host's logger and, if it has one, its <see cref="TimeProvider"/>.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <remarks>
    /// <para>The scheduler waits when nothing is activated, and goes on when something is. When the host stops, everything on it is stopped
    /// and closed down. An exception that ends the run stops the host, unless the host's options say otherwise.</para>
    /// <para>A second call changes nothing.</para>
    /// </remarks>
    public static IServiceCollection AddAxon(this IServiceCollection services, Func<SchedulerOptions, SchedulerOptions>? options = null)
    {
        services.TryAddSingleton(provider =>
        {
            SchedulerOptions ofHost = new()
            {
                Logger = provider.GetService<ILogger<Scheduler>>(),
                Clock = provider.GetService<TimeProvider>() ?? TimeProvider.System,
            };
            return new Scheduler(options is null ? ofHost : options(ofHost));
        });
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AxonService>());
        return services;
    }

    /// <summary>Adds a component, as a singleton, that is activated when the host starts.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="make">Makes it, and links it to others.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddComponent<TComponent>(this IServiceCollection services, Func<IServiceProvider, TComponent> make)
        where TComponent : Component
    {
        services.AddSingleton(make);
        return services.AddActivation<TComponent>((component, scheduler) => component.Activate(scheduler));
    }

    /// <summary>Adds a component, as a singleton, that is activated when the host starts; its constructor is given what it asks for.</summary>
    /// <param name="services">The services of the host.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddComponent<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TComponent>(
        this IServiceCollection services)
        where TComponent : Component => services.AddComponent(provider => ActivatorUtilities.CreateInstance<TComponent>(provider));

    /// <summary>Adds a handle, as a singleton, that is activated with its component when the host starts.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="make">Makes it.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddHandle(this IServiceCollection services, Func<IServiceProvider, Handle> make)
    {
        services.AddSingleton(make);
        return services.AddActivation<Handle>((handle, scheduler) => handle.Activate(scheduler));
    }

    // All of the type, however often that is said: activating one a second time does nothing.
    private static IServiceCollection AddActivation<T>(this IServiceCollection services, Action<T, Scheduler> activate) =>
        services.AddSingleton(provider => new Activation(scheduler =>
        {
            foreach (T one in provider.GetServices<T>())
            {
                activate(one, scheduler);
            }
        }));
}
