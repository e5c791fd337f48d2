// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.ComponentModel;
using System.Globalization;
using Benchmarks.Common;

namespace Net.Benchmarks;

/// <summary>The programs that take part: those in C, built here, and those in C#.</summary>
internal sealed class Toolbox
{
    private const string Configuration =
#if DEBUG
        "Debug";
#else
        "Release";
#endif

    private static readonly TimeSpan s_compileTime = TimeSpan.FromMinutes(1);
    private static readonly string s_folder = AppContext.BaseDirectory;

    private Toolbox(string loadGenerator, string tlsLoadGenerator, string epollEcho)
    {
        string echo = Built("examples", "EchoServer");
        string kestrel = Built("benchmarks", "KestrelEcho");
        LoadGenerator = loadGenerator;
        TlsLoadGenerator = tlsLoadGenerator;
        C = new Contestant("C epoll", epollEcho) { IsCompiledAtRunTime = false };
        Ours = new Contestant("ours", echo, "--port", "0");
        OursSpinning = new Contestant("ours, spinning", echo, "--port", "0", "--spin", "50");
        Kestrel = new Contestant("Kestrel", kestrel);
        Servers =
        [
            C, Ours, Kestrel,
            new Contestant("Kestrel inline", kestrel, "inline"),
            new Contestant("async Socket", Environment.ProcessPath!, SocketEcho.Command),
        ];
        OursTls = new Contestant("ours", echo, "--port", "0", "--tls");
        KestrelTls = new Contestant("Kestrel", kestrel, "tls");
        TlsServers = [KestrelTls, OursTls, new Contestant("Kestrel inline", kestrel, "inline", "tls")];
    }

    /// <summary>How many files a process may have open, all of its connections among them.</summary>
    public static int OpenFileLimit { get; } = int.Parse(
        File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[4].Replace("unlimited", $"{int.MaxValue}", StringComparison.Ordinal),
        CultureInfo.InvariantCulture);

    public string LoadGenerator { get; }

    public string TlsLoadGenerator { get; }

    public Contestant C { get; }

    public Contestant Ours { get; }

    /// <summary>Ours, looking for a while before it sleeps: takes part where a client waits for each answer.</summary>
    public Contestant OursSpinning { get; }

    public Contestant Kestrel { get; }

    public Contestant OursTls { get; }

    public Contestant KestrelTls { get; }

    /// <summary>Those without TLS; the first is the yardstick.</summary>
    public IReadOnlyList<Contestant> Servers { get; }

    private IReadOnlyList<Contestant> TlsServers { get; }

    /// <summary>Builds what is written in C.</summary>
    /// <exception cref="InvalidOperationException">Something is missing; the message says what, and what to do.</exception>
    public static Toolbox Make() => new(Compile("loadgen"), Compile("tlsload"), Compile("epoll-echo"));

    /// <summary>Who takes part; the first is the yardstick.</summary>
    public IReadOnlyList<Contestant> ServersFor(Load load) => load.OverTls ? TlsServers : load == Catalogue.Echo1 ? [.. Servers, OursSpinning] : Servers;

    private static string Compile(string name)
    {
        string program = Path.Combine(s_folder, name);
        try
        {
            Child.Run("cc", ["-O2", "-Wall", "-o", program, Path.Combine(s_folder, "native", name + ".c")], s_compileTime);
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException(
                $"There is no C compiler: cc cannot be started ({exception.Message}). The load generators and the yardstick are written in C; install gcc or clang.");
        }

        return program;
    }

    private static string Built(string parent, string project)
    {
        string program = Path.Combine(Environs.Root, parent, project, "bin", Configuration, "net10.0", project);
        return File.Exists(program) ? program : throw new InvalidOperationException($"There is no {program}. Build {parent}/{project} with -c {Configuration}.");
    }
}
