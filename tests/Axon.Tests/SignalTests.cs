// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Axon.Tests;

/// <summary>What parks a thread and wakes it, of each kind that this system has.</summary>
public class SignalTests
{
    public static TheoryData<string> Kinds =>
        FutexSignal.IsSupported ? [nameof(MonitorSignal), nameof(FutexSignal)] : [nameof(MonitorSignal)];

    [Fact]
    public void Futex_IsThereOnLinuxOnTheUsualProcessors() => Assert.Equal(
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64,
        Signal.Make() is FutexSignal);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Set_BeforeTheWait_EndsItAtOnce_AndIsGoneThen(string kind)
    {
        Signal signal = Make(kind);
        signal.Set();
        signal.Set();

        signal.Wait(Timeout.Infinite);

        // Any single wait may end for nothing.
        Assert.Contains(Enumerable.Range(0, 10), _ => Duration(signal, 20) >= TimeSpan.FromMilliseconds(19));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Wait_NobodySets_EndsWhenTheTimeIsUp(string kind)
    {
        Signal signal = Make(kind);

        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(Duration(signal, 10) < Patience.Limit));
        Assert.True(Duration(signal, 0) < Patience.Limit);
    }

    // It would hang if one signal were lost, in whichever of its moments the other thread meets it.
    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Kind", "Stress")]
    public void TwoThreads_ThatWakeEachOther_NeverMissASignal(string kind)
    {
        const int Rounds = 20_000;
        Signal[] signals = [Make(kind), Make(kind)];
        int turn = 0;
        Thread[] threads = [Start(0), Start(1)];

        Assert.All(threads, thread => Assert.True(thread.Join(Patience.Limit), $"Stuck in turn {turn}."));
        Assert.Equal(2 * Rounds, turn);

        Thread Start(int mine)
        {
            Thread thread = new(() =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    while (Volatile.Read(ref turn) % 2 != mine)
                    {
                        signals[mine].Wait(Timeout.Infinite);
                    }

                    Volatile.Write(ref turn, turn + 1);
                    signals[1 - mine].Set();
                }
            })
            {
                IsBackground = true,
            };
            thread.Start();
            return thread;
        }
    }

    private static Signal Make(string kind) => kind == nameof(FutexSignal) ? new FutexSignal() : new MonitorSignal();

    private static TimeSpan Duration(Signal signal, int milliseconds)
    {
        long start = Stopwatch.GetTimestamp();
        signal.Wait(milliseconds);
        return Stopwatch.GetElapsedTime(start);
    }
}
