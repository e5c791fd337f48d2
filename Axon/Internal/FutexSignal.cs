// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Runtime.InteropServices;

namespace Axon;

/// <summary>A signal on Linux: one word, and a system call only where somebody has to sleep or to be woken.</summary>
/// <remarks>A monitor's wait and wake take half as much processor time again to twice as much, and setting one that nobody waits for takes five times as long. Benchmark: <c>-- threads</c>, wake.</remarks>
internal sealed unsafe partial class FutexSignal : Signal
{
    private const int Nothing = 0;
    private const int IsSet = 1;
    private const int SomebodyWaits = 2;

    // Between threads of one process.
    private const int WaitPrivate = 128;
    private const int WakePrivate = 129;

    // The C library has no function for this call. On other architectures the time has another shape, too.
    private static readonly nint s_futex = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 202,
        Architecture.Arm64 => 98,
        _ => 0,
    };

    // Pinned: the kernel knows it by its address.
    private readonly int[] _word = GC.AllocateArray<int>(1, pinned: true);

    public static bool IsSupported => OperatingSystem.IsLinux() && s_futex != 0;

    public override void Set()
    {
        if (Interlocked.Exchange(ref _word[0], IsSet) == SomebodyWaits)
        {
            Futex(WakePrivate, 1, null);
        }
    }

    public override void Wait(int milliseconds)
    {
        // The kernel puts nobody to sleep if the word has changed by then.
        if (Interlocked.CompareExchange(ref _word[0], SomebodyWaits, Nothing) == Nothing)
        {
            Time time = new(milliseconds / 1000, milliseconds % 1000 * 1_000_000);
            Futex(WaitPrivate, SomebodyWaits, milliseconds < 0 ? null : &time);
        }

        Interlocked.Exchange(ref _word[0], Nothing);
    }

    // What it returns is of no use: woken, too late, changed or interrupted, whoever waits looks again.
    private void Futex(int operation, int value, Time* time)
    {
        fixed (int* word = _word)
        {
            syscall(s_futex, word, operation, value, time, null, 0);
        }
    }

    [LibraryImport("libc")]
    private static partial nint syscall(nint number, int* word, int operation, int value, Time* time, int* second, int third);

    private readonly record struct Time(long Seconds, long Nanoseconds);
}
