// Licensed under the Apache License, Version 2.0. See LICENSE.

using Net.Benchmarks;

// Our echo server beside a bare loop in C, Kestrel, and a plain server of tasks, each alone on the first core, the load on the second.
//   dotnet run -c Release --project benchmarks/Net.Benchmarks -- brief               all loads in less than five minutes
//   dotnet run -c Release --project benchmarks/Net.Benchmarks -- full                all loads, seven rounds of two seconds
//   dotnet run -c Release --project benchmarks/Net.Benchmarks -- brief|full NAME...  these only, and nothing is written to benchmarks/results
// Either may have --rounds N and --seconds S. This program is also one of the servers that it starts.
switch (args)
{
    case [SocketEcho.Command]:
        await SocketEcho.Run();
        return 0;
    default:
        return Suite.Run(args);
}
