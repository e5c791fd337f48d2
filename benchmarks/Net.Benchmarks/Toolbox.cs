// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;

namespace Net.Benchmarks;

/// <summary>The programs that take part: two in C, built here, and two of ours.</summary>
internal sealed class Toolbox
{
    private const string Configuration =
#if DEBUG
        "Debug";
#else
        "Release";
#endif

    private static readonly string s_folder = AppContext.BaseDirectory;

    private Toolbox(string loadGenerator, string epollEcho)
    {
        LoadGenerator = loadGenerator;
        Servers =
        [
            new Contestant("C epoll", epollEcho),
            new Contestant("ours", Built("examples", "EchoServer"), "--port", "0"),
            new Contestant("Kestrel", Built("benchmarks", "KestrelEcho")),
            new Contestant("Kestrel inline", Built("benchmarks", "KestrelEcho"), "inline"),
        ];
    }

    public string LoadGenerator { get; }

    /// <summary>The yardstick, ours, and the peers.</summary>
    public IReadOnlyList<Contestant> Servers { get; }

    public Contestant Yardstick => Servers[0];

    public Contestant Ours => Servers[1];

    /// <summary>Builds what is written in C.</summary>
    /// <exception cref="InvalidOperationException">There is no C compiler, or no Linux.</exception>
    public static Toolbox Make() => new(Compile("loadgen"), Compile("epoll-echo"));

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it printed.</returns>
    public static string Run(string program, params IEnumerable<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with status {process.ExitCode}.");
    }

    private static string Compile(string name)
    {
        string program = Path.Combine(s_folder, name);
        Run("cc", "-O2", "-Wall", "-o", program, Path.Combine(s_folder, "native", name + ".c"));
        return program;
    }

    private static string Built(string parent, string project)
    {
        DirectoryInfo? root = new(s_folder);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Axon.sln")))
        {
            root = root.Parent;
        }

        return Path.Combine(root!.FullName, parent, project, "bin", Configuration, "net10.0", project);
    }
}

/// <summary>A server that takes part.</summary>
internal sealed record Contestant(string Name, string Program, params string[] Arguments);
