// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>A <see cref="Supervisor"/> gave up, and this is its own crash. The one that was too many is the inner exception.</summary>
public sealed class RestartLimitExceededException : AxonException
{
    internal RestartLimitExceededException(Supervisor supervisor, string child, RestartPolicy policy, Exception? crash)
        : base(
            $"{supervisor.Name} gave up over its child \"{child}\", which {(crash is null ? "ended" : "crashed")}, after {policy.Restarts} restarts " +
            $"within {policy.Period}. Look at the inner exceptions, or allow for more with a {nameof(RestartPolicy)}.",
            crash)
    {
        Supervisor = supervisor;
        Child = child;
        Policy = policy;
    }

    /// <summary>Who gave up.</summary>
    public Supervisor Supervisor { get; }

    /// <summary>The name of the child that it gave up over.</summary>
    public string Child { get; }

    /// <summary>What was allowed.</summary>
    public RestartPolicy Policy { get; }
}
