// Licensed under the Apache License, Version 2.0. See LICENSE.

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Axon.Hosting.Tests;

public class AxonServiceTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Host_StartsAndStops_ComponentsAreActivatedAndClosedDown()
    {
        using IHost host = Build(services => services.AddAxon().AddComponent<Sleeper>().AddHandle(_ => new Handle(new Doubler())));
        Sleeper sleeper = host.Services.GetRequiredService<Sleeper>();
        Handle doubler = host.Services.GetRequiredService<Handle>();
        Assert.Null(sleeper.Scheduler);

        await host.StartAsync();
        doubler.Put(21);
        Assert.Equal(42, await doubler.GetAsync().WaitAsync(s_patience));
        Assert.Same(host.Services.GetRequiredService<Scheduler>(), sleeper.Scheduler);
        await host.StopAsync();

        Assert.True(sleeper.HasStopped);
        Assert.True(doubler.Completion.IsCompleted);
    }

    [Fact]
    public async Task Host_LastComponentHasEnded_LaterOnesRunAllTheSame()
    {
        using IHost host = Build(services => services.AddAxon());
        Scheduler scheduler = host.Services.GetRequiredService<Scheduler>();
        await host.StartAsync();

        for (int round = 0; round < 100; round++)
        {
            Handle once = new Handle(new Doubler()).Activate(scheduler);
            once.Put(round);
            once.Put("end", "control");
            Assert.Equal(2 * round, await once.GetAsync().WaitAsync(s_patience));
            await once.Completion.WaitAsync(s_patience);
        }

        await host.StopAsync();
    }

    [Fact]
    public async Task Component_Throws_HostStopsAndTheExceptionIsLogged()
    {
        using CollectingLogger logger = new();
        using IHost host = Build(
            services => services.AddAxon().AddComponent(_ => new Crasher()),
            logging => logging.AddProvider(logger));
        await host.StartAsync();

        await host.WaitForShutdownAsync().WaitAsync(s_patience);

        Assert.Contains(logger.Exceptions, exception => exception.Message == "On purpose.");
    }

    [Fact]
    public async Task Options_LoggerOfTheHostAndWhatIsChanged()
    {
        using CollectingLogger logger = new();
        using IHost host = Build(
            services => services.AddAxon(options => options with { Immortal = true }).AddAxon().AddComponent(_ => new Crasher()).AddHandle(_ => new Handle(new Doubler())),
            logging => logging.AddProvider(logger));
        await host.StartAsync();
        Handle doubler = host.Services.GetRequiredService<Handle>();
        doubler.Put(1);

        Assert.Equal(2, await doubler.GetAsync().WaitAsync(s_patience));
        Assert.True(host.Services.GetRequiredService<Scheduler>().Immortal);
        await host.StopAsync();
        Assert.Single(logger.Exceptions);
    }

    [Fact]
    public async Task SeveralHandles_AreAllActivated()
    {
        using IHost host = Build(services => services.AddAxon().AddHandle(_ => new Handle(new Doubler())).AddHandle(_ => new Handle(new Doubler())));
        await host.StartAsync();

        foreach (Handle handle in host.Services.GetServices<Handle>())
        {
            handle.Put(4);
            Assert.Equal(8, await handle.GetAsync().WaitAsync(s_patience));
        }

        Assert.Equal(2, host.Services.GetServices<Handle>().Count());
        await host.StopAsync();
    }

    private static IHost Build(Action<IServiceCollection> configure, Action<ILoggingBuilder>? logging = null)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        logging?.Invoke(builder.Logging);
        configure(builder.Services);
        return builder.Build();
    }

    private sealed class Sleeper(IHostEnvironment environment) : Component
    {
        public bool HasStopped { get; private set; }

        public override void Stop()
        {
            base.Stop();
            HasStopped = environment is not null;
        }

        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                yield return Pause();
            }
        }
    }

    private sealed class Doubler : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                while (TryRecv(out int number))
                {
                    Send(2 * number);
                }

                if (DataReady("control"))
                {
                    yield break;
                }

                yield return Pause();
            }
        }
    }

    private sealed class Crasher : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            yield return 1;
            throw new InvalidOperationException("On purpose.");
        }
    }

    private sealed class CollectingLogger : ILoggerProvider, ILogger
    {
        private readonly List<Exception> _exceptions = [];

        public IReadOnlyList<Exception> Exceptions
        {
            get
            {
                lock (_exceptions)
                {
                    return [.. _exceptions];
                }
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is not null)
            {
                lock (_exceptions)
                {
                    _exceptions.Add(exception);
                }
            }
        }

        public void Dispose()
        {
        }
    }
}
