// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Internet;

/// <summary>What may be sent over a network: bytes, in any of the forms in which a program has them.</summary>
internal static class Payload
{
    public static bool TryGetBytes(object? message, out ReadOnlyMemory<byte> bytes)
    {
        switch (message)
        {
            case byte[] array:
                bytes = array;
                return true;
            case ReadOnlyMemory<byte> memory:
                bytes = memory;
                return true;
            case Memory<byte> memory:
                bytes = memory;
                return true;
            default:
                bytes = default;
                return false;
        }
    }
}
