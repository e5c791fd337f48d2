// Licensed under the Apache License, Version 2.0. See LICENSE.

using Akka.Configuration;
using Akka.Dispatch;

namespace Axon.Benchmarks.Peers.Akka;

/// <summary>Has a dispatcher of Akka.NET run on the one thread of the loop. Named in the configuration, and made by its name.</summary>
internal sealed class LoopExecutor(Config config, IDispatcherPrerequisites prerequisites) : ExecutorServiceConfigurator(config, prerequisites)
{
    public static string TypeName { get; } = $"{typeof(LoopExecutor).FullName}, {typeof(LoopExecutor).Assembly.GetName().Name}";

    public override ExecutorService Produce(string id) => new Service(id);

    private sealed class Service(string id) : ExecutorService(id)
    {
        public override void Execute(IRunnable run) => Loop.Only.Post(static run => ((IRunnable)run!).Run(), run);

        public override void Shutdown()
        {
            // The loop ends with the run.
        }
    }
}
