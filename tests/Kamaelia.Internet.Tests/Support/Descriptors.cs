// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;

namespace Kamaelia.Internet.Tests;

/// <summary>The descriptors of this process, as Linux shows them.</summary>
internal static class Descriptors
{
    /// <summary>How many this process may have open.</summary>
    public static int Limit { get; } = ReadLimit();

    /// <summary>How many sockets, and other things that a poller makes, are open. Files of the runtime come and go.</summary>
    public static int CountSockets() => Directory.EnumerateFiles("/proc/self/fd")
        .Select(path => new FileInfo(path).LinkTarget)
        .Count(target => target is not null
            && (target.StartsWith("socket:", StringComparison.Ordinal) || target.StartsWith("anon_inode:", StringComparison.Ordinal)));

    private static int ReadLimit()
    {
        const string Limits = "/proc/self/limits";
        string? line = File.Exists(Limits)
            ? File.ReadLines(Limits).FirstOrDefault(text => text.StartsWith("Max open files", StringComparison.Ordinal))
            : null;
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 3 } words
            && int.TryParse(words[3], CultureInfo.InvariantCulture, out int limit)
            ? limit
            : int.MaxValue;
    }
}
