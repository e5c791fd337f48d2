// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Runtime.InteropServices;

namespace Kamaelia.Internet;

/// <summary>What .NET does not say of a file: which one it is, and whether it is a socket.</summary>
/// <param name="Device">The device that it is on.</param>
/// <param name="Number">Its number there.</param>
/// <param name="IsSocket">Whether it is a socket.</param>
internal readonly record struct LinuxFile(ulong Device, ulong Number, bool IsSocket)
{
    private const int CurrentFolder = -100;
    private const int DoNotFollowLinks = 0x100;
    private const uint TypeAndNumber = 0x101;
    private const int ResultSize = 256;
    private const int ModeOffset = 28;
    private const int NumberOffset = 32;
    private const int DeviceOffset = 136;
    private const int TypeMask = 0xF000;
    private const int SocketType = 0xC000;

    /// <summary>Looks a file up.</summary>
    /// <param name="path">Its name; a link is not followed.</param>
    /// <returns>The file; null if there is none or it cannot be seen, and on systems other than Linux.</returns>
    public static unsafe LinuxFile? Find(string path)
    {
        byte* result = stackalloc byte[ResultSize];
        if (!OperatingSystem.IsLinux() || LinuxCalls.statx(CurrentFolder, path, DoNotFollowLinks, TypeAndNumber, result) != 0)
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = new(result, ResultSize);
        int mode = MemoryMarshal.Read<ushort>(bytes[ModeOffset..]);
        return new LinuxFile(
            MemoryMarshal.Read<ulong>(bytes[DeviceOffset..]),
            MemoryMarshal.Read<ulong>(bytes[NumberOffset..]),
            (mode & TypeMask) == SocketType);
    }
}
