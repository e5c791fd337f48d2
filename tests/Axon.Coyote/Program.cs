// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;
using Axon.Coyote;
using Microsoft.Coyote;
using Microsoft.Coyote.SystematicTesting;

// dotnet bin/Release/rewritten/Axon.Coyote.dll [schedules [seed [part of a scenario's name]]]; exit code 1 if a schedule ends in a deadlock. See README.md.
uint schedules = args is [string count, ..] ? uint.Parse(count, CultureInfo.InvariantCulture) : 1000;
uint seed = args is [_, string number] ? uint.Parse(number, CultureInfo.InvariantCulture) : 1;
string part = args is [_, _, string words] ? words : "";
int failures = 0;
foreach ((string name, Action scenario) in Scenarios.All.Where(each => each.Name.Contains(part, StringComparison.OrdinalIgnoreCase)))
{
    // Every interlocked and volatile operation is a place to switch threads at. The synchronization context is asked for and never set, which
    // the engine cannot see into and which changes nothing; without the last three lines it would fall back to random delays.
    Configuration configuration = Configuration.Create()
        .WithTestingIterations(schedules)
        .WithRandomGeneratorSeed(seed)
        .WithTelemetryEnabled(false)
        .WithAtomicOperationRaceCheckingEnabled(true)
        .WithVolatileOperationRaceCheckingEnabled(true)
        .WithLockAccessRaceCheckingEnabled(true)
        .WithCollectionAccessRaceCheckingEnabled(true)
        .WithSystematicFuzzingFallbackEnabled(false)
        .WithPartiallyControlledDataNondeterminismAllowed(true)
        .WithPartiallyControlledConcurrencyAllowed(true);
    using TestingEngine engine = TestingEngine.Create(configuration, scenario);
    engine.Run();
    Console.WriteLine(
        $"{name}: {engine.TestReport.NumOfExploredFairPaths} schedules of up to {engine.TestReport.MaxExploredFairSteps} steps, " +
        $"{engine.TestReport.NumOfFoundBugs} failed.");
    foreach (string report in engine.TestReport.BugReports)
    {
        Console.WriteLine(report);
        failures++;
    }
}

return failures == 0 ? 0 : 1;
