// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/idGen.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Hands out numbers that no two things in the process share.</summary>
/// <remarks>
/// <para>Threads: any thread.</para>
/// <para>Source: Axon/idGen.py.</para>
/// </remarks>
public static class IdGen
{
    private static int s_last;

    /// <summary>The next number; the first is 1, and each request of any kind takes one.</summary>
    public static int NumericId() => Interlocked.Increment(ref s_last);

    /// <summary>A new id spelled as the thing's type name, an underscore and the next number.</summary>
    /// <param name="thing">What the id is for; only its type counts.</param>
    public static string StringId(object thing) => Both(thing).Text;

    /// <summary>A new id in both forms.</summary>
    /// <param name="thing">What the id is for; only its type counts.</param>
    public static (int Number, string Text) Both(object thing)
    {
        ArgumentNullException.ThrowIfNull(thing);
        int number = NumericId();
        return (number, $"{thing.GetType().Name}_{number}");
    }
}
