// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Text;

namespace Kamaelia.Internet.Tests;

/// <summary>What tests send.</summary>
internal static class Bytes
{
    /// <summary>Bytes that tell a lost, doubled or misplaced block: the pattern repeats at no length that anybody reads or writes.</summary>
    public static byte[] Pattern(int length, int start = 0)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)((i + start) % 251);
        }

        return bytes;
    }

    public static byte[] Of(string text) => Encoding.UTF8.GetBytes(text);

    public static byte[] Join(IEnumerable<object?> messages) => [.. messages.SelectMany(message => Assert.IsType<byte[]>(message))];

    /// <summary>As <c>Assert.Equal</c>, with a message of readable length for millions of bytes.</summary>
    public static void AssertSame(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        int common = expected.CommonPrefixLength(actual);
        Assert.True(
            expected.Length == actual.Length && common == expected.Length,
            $"{actual.Length} bytes instead of {expected.Length}; the first {common} are right.");
    }
}
