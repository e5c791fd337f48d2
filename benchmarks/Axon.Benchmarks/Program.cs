// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.Benchmarks;
using Axon.Benchmarks.Peers;
using BenchmarkDotNet.Running;

switch (args)
{
    case ["memory"]:
        IdleMemory.Print(Console.Out);
        break;

    case ["threads", .. string[] options]:
        ThreadsRunner.Run(options, Console.Out);
        break;

    case ["quick", .. string[] options]:
        QuickRunner.Run(options, Console.Out);
        break;

    case ["peers", .. string[] options]:
        PeersRunner.Run(options, Console.Out);
        break;

    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, new BenchmarkConfig());
        break;
}
