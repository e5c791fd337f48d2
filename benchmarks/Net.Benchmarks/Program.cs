// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;
using Net.Benchmarks;

// Our echo server beside a bare loop in C and beside Kestrel, each alone on the first core, the load on the second.
//   dotnet run -c Release --project benchmarks/Net.Benchmarks -- [ROUNDS] [SECONDS] [NAME...]
if (!OperatingSystem.IsLinux() || Environment.ProcessorCount < 2)
{
    Console.Error.WriteLine("This wants Linux, two cores, and a C compiler.");
    return 1;
}

double[] numbers = [.. args.Where(argument => double.TryParse(argument, CultureInfo.InvariantCulture, out _)).Select(argument => double.Parse(argument, CultureInfo.InvariantCulture))];
string[] names = [.. args.Where(argument => !double.TryParse(argument, CultureInfo.InvariantCulture, out _))];
int rounds = numbers.Length > 0 ? (int)numbers[0] : 3;
double seconds = numbers.Length > 1 ? numbers[1] : 3;
Toolbox tools = Toolbox.Make();
Dictionary<string, Action> parts = new()
{
    ["echo"] = () => new Contest("Echo, 50 connections, 32 bytes", "echo", "-c 50", "rps", "requests/s", processorTime: "srv_cpu_us_per_req").Run(tools, rounds, seconds, Console.Out),
    ["echo1000"] = () => new Contest("Echo, 1,000 connections, 32 bytes", "echo", "-c 1000", "rps", "requests/s", processorTime: "srv_cpu_us_per_req").Run(tools, rounds, seconds, Console.Out),
    ["pipelined"] = () => new Contest("Echo, 50 connections, 16 under way in each", "echo", "-c 50 -d 16", "rps", "requests/s", processorTime: "srv_cpu_us_per_req").Run(tools, rounds, seconds, Console.Out),
    ["stream"] = () => new Contest("A stream there and back, 4 connections", "stream", "-c 4", "mbps_in", "MB/s").Run(tools, rounds, seconds, Console.Out),
    ["churn"] = () => new Contest("Connect, one echo, close", "churn", "-c 10", "cps", "connections/s", processorTime: "srv_cpu_us_per_conn").Run(tools, rounds, seconds, Console.Out),
    ["slow"] = () => new Contest("Ten busy connections beside 50 that never read", "slow", "-k 50", "rps", "requests/s", processorTime: "srv_cpu_us_per_req").Run(tools, rounds, seconds, Console.Out),
    ["idle"] = () => Endurance.Idle(tools, rounds, seconds, Console.Out),
    ["others"] = () => Endurance.Churn(tools, rounds, seconds, Console.Out),
    ["leftovers"] = () => Endurance.Leftovers(tools, Console.Out),
    ["rest"] = () => Endurance.Rest(tools, Console.Out),
};
if (names.FirstOrDefault(name => !parts.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no {unknown}. There are: {string.Join(", ", parts.Keys)}.");
    return 2;
}

foreach ((string name, Action part) in parts)
{
    if (names.Length == 0 || names.Contains(name))
    {
        part();
    }
}

return 0;
