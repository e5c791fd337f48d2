// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Reflection;
using Xunit.Sdk;

namespace Kamaelia.Internet.Tests;

/// <summary>Runs a theory over every poller that this system has.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachPollerAttribute : DataAttribute
{
    /// <summary>The pollers of this system.</summary>
    public static IReadOnlyList<PollerKind> Kinds { get; } =
        OperatingSystem.IsLinux() ? [PollerKind.Epoll, PollerKind.Select] : [PollerKind.Select];

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => Kinds.Select(kind => new object[] { kind });
}

/// <summary>A theory that needs what only Linux shows of a process.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    /// <param name="descriptors">How many open descriptors it needs.</param>
    public LinuxTheoryAttribute(int descriptors = 0)
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "Needs /proc/self, which this system does not have.";
        }
        else if (Descriptors.Limit < descriptors)
        {
            Skip = $"Needs {descriptors} open descriptors, and this process may have {Descriptors.Limit}.";
        }
    }
}

/// <summary>A fact about what only Linux does.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "On other systems a connection is .NET's socket from the beginning.";
}
