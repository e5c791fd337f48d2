// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Runtime.InteropServices;
using Axon;
using Kamaelia.Chassis;
using Kamaelia.Internet;

namespace Examples;

/// <summary>What a server program has around its server: options, the line that says where it listens, Ctrl-C, and an exit status.</summary>
internal static class Serving
{
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(5);

    /// <summary>Serves until Ctrl-C or SIGTERM, which let open connections finish; a second one does not.</summary>
    /// <param name="args">See <see cref="ServingOptions"/>.</param>
    /// <param name="protocol">Makes the component that talks to one client.</param>
    /// <param name="options">How to serve.</param>
    /// <param name="companions">What else is activated with the server, and told to end after it.</param>
    /// <returns>The exit status: 0; 1 if it cannot serve; 2 for wrong options.</returns>
    public static int Run(string[] args, ProtocolFactory protocol, ServerOptions? options = null, params Component[] companions)
    {
        string program = AppDomain.CurrentDomain.FriendlyName;
        if (!ServingOptions.TryParse(args, out ServingOptions asked, out string? error))
        {
            Console.Error.WriteLine($"{program}: {error}\n{ServingOptions.Usage(program)}");
            return 2;
        }

        options ??= new ServerOptions();
        try
        {
            return Run(asked, protocol, options with { Tls = asked.Tls ? asked.MakeTls(options.Tls) : null }, companions);
        }
        catch (InvalidDataException exception)
        {
            Console.Error.WriteLine($"{program}: {exception.Message}");
            return 1;
        }
    }

    private static int Run(ServingOptions asked, ProtocolFactory protocol, ServerOptions options, Component[] companions)
    {
        // What a failing component costs is its own connection.
        Scheduler scheduler = new(new SchedulerOptions { Immortal = true, SpinBeforeParking = asked.Spin });
        scheduler.ComponentCrashed += (who, exception) => Console.Error.WriteLine($"{who.Name} failed: {exception}");
        Selector selector = new(new SelectorOptions { Poller = asked.Poller });
        Selector.SetSelectorServices(selector, scheduler.Tracker);
        selector.Activate(scheduler);

        ServerCore server = new(protocol, asked.EndPoint, options);
        server.Listening += endPoint => Console.WriteLine($"listening on {endPoint}");
        Operator @operator = new(server, companions);
        @operator.Activate(scheduler);

        // These are called on a thread of their own; the order is given on the scheduler's.
        int signals = 0;
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            ShutdownMicroprocess order = Interlocked.Increment(ref signals) == 1 ? new ServerShutdown(s_drain) : new ShutdownMicroprocess();
            scheduler.Post(() => @operator.Order(order));
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        scheduler.RunThreads();
        return @operator.ExitStatus;
    }

    /// <summary>Starts the server, gives it orders, and hears how it ended.</summary>
    [Inbox("control", "From the server: how it ended.")]
    [Outbox("order", "To the server: when to end.")]
    [Outbox("signal", "To the companions: how the server ended.")]
    private sealed class Operator(ServerCore server, Component[] companions) : AdaptiveCommsComponent
    {
        public int ExitStatus { get; private set; }

        public void Order(ShutdownMicroprocess order) => Send(order, "order");

        protected override IEnumerator<Yield> Main()
        {
            Link((this, "order"), (server, "control"));
            Link((server, "signal"), (this, "control"));
            server.Activate();
            foreach (Component companion in companions)
            {
                companion.Activate();
            }

            ShutdownMicroprocess? end = null;
            while (end is null)
            {
                yield return Pause();
                foreach (object? message in Inbox("control"))
                {
                    end ??= message as ShutdownMicroprocess;
                    if (message is ErrorInformation error)
                    {
                        Console.Error.WriteLine($"{error.Message}: {error.Exception?.Message}");
                    }
                }
            }

            if (end is BindFailed failure)
            {
                // The selector that was made above waits for its first user.
                Console.Error.WriteLine(failure);
                ExitStatus = 1;
                Scheduler!.Stop();
            }

            foreach (Component companion in companions)
            {
                Send(end, LinkTo(companion));
            }
        }

        private string LinkTo(Component companion)
        {
            string box = AddOutbox("signal");
            Link((this, box), (companion, "control"));
            return box;
        }
    }
}
