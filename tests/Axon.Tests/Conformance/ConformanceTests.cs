// Licensed under the Apache License, Version 2.0. See LICENSE.

using static Axon.Tests.Conformance.Traced;

namespace Axon.Tests.Conformance;

/// <summary>Same events in the same order as Axon: each program is written twice, and its trace was recorded from the original.</summary>
/// <remarks>How the traces were made: README.md. This part: the order of steps, pausing, waking, activating, ending.</remarks>
public sealed partial class ConformanceTests
{
    private readonly Scenario _scenario = new();

    [Fact]
    [Trait("Spec", "AX-SCH-01")]
    [Trait("Spec", "AX-SCH-02")]
    [Trait("Spec", "AX-SCH-03")]
    [Trait("Spec", "AX-SCH-06")]
    [Trait("Spec", "AX-SCH-26")]
    [Trait("Spec", "AX-SCH-60")]
    public void RoundRobin_AsInAxon()
    {
        _scenario.Run(
            Make("A", Steps(3)),
            Make("B", Steps(1)),
            Make("C", Steps(6)),
            Make("D", Steps(0)),
            Make("E", Various),
            Make("F", Steps(2)),
            Make("G", Steps(5)));
        _scenario.ShouldHaveWritten("round_robin");

        static IEnumerator<Yield> Various(Traced me)
        {
            me.Log("yield", 1);
            yield return 1;
            me.Log("yield", 0);
            yield return 0;
            me.Log("yield", "None");
            yield return null;
            me.Log("yield", 7);
            yield return 7;
            me.Log("end");
        }
    }

    [Fact]
    [Trait("Spec", "AX-MP-04")]
    [Trait("Spec", "AX-MP-06")]
    [Trait("Spec", "AX-MP-14")]
    [Trait("Spec", "AX-MP-15")]
    [Trait("Spec", "AX-SCH-04")]
    [Trait("Spec", "AX-SCH-05")]
    [Trait("Spec", "AX-SCH-61")]
    public void Activation_InMidCycle_AsInAxon()
    {
        _scenario.Run(Make("clock", Clock(8)), Make("A", A), Make("B", B), Make("C", C));
        _scenario.ShouldHaveWritten("activation");

        IEnumerator<Yield> ActivatesInFirstStep(Traced me)
        {
            me.Log("step", 1);
            Make("W", Steps(2)).Activate();
            me.Log("step", 1, "goes on");
            yield return 1;
            me.Log("step", 2);
            yield return 1;
            me.Log("end");
        }

        static IEnumerator<Yield> Receiver(Traced me)
        {
            for (int step = 0; step < 3; step++)
            {
                me.Log("step", step);
                me.ReceiveAll();
                yield return 1;
            }

            me.Log("end");
        }

        IEnumerator<Yield> A(Traced me)
        {
            me.Log("step", 1);
            Traced x = Make("X", ActivatesInFirstStep);
            x.Activate();
            yield return 1;
            me.Log("step", 2);
            x.Activate();
            Traced v = Make("V", Receiver);
            me.Link((me, "outbox"), (v, "inbox"));
            me.Send("before activation");
            v.Activate();
            me.Send("after activation");
            yield return 1;
            me.Log("step", 3);
            me.Send("in the cycle of its first step");
            Traced t = Make("T", Steps(2));
            t.Pause();
            t.Activate();
            t.Pause();
            yield return 1;
            me.Log("step", 4);
            yield return 1;
            me.Log("end");
        }

        IEnumerator<Yield> B(Traced me)
        {
            me.Log("step", 1);
            yield return new NewComponent(Make("Y", Steps(2)), Make("Z", Steps(1)));
            me.Log("step", 2);
            yield return new NewComponent();
            me.Log("step", 3);
            yield return new NewComponent(Make("Q", Steps(0)));
            me.Log("end");
        }

        IEnumerator<Yield> C(Traced me)
        {
            me.Log("step", 1);
            yield return 1;
            me.Log("end");
            Make("U", Steps(2)).Activate();
        }
    }

    [Fact]
    [Trait("Spec", "AX-MP-06")]
    public void Activation_OfSleeper_AsInAxon()
    {
        Traced s1 = Make("S1", Sleeper);
        Traced s2 = Make("S2", Sleeper);
        _scenario.Run(Make("clock", Clock(12)), s1, s2, Make("A", Again), Make("B", Steps(12)));
        _scenario.ShouldHaveWritten("activation_wakes");

        static IEnumerator<Yield> Sleeper(Traced me)
        {
            for (int step = 1; step < 5; step++)
            {
                me.Log("step", step);
                me.Pause();
                yield return 1;
            }

            me.Log("end");
        }

        IEnumerator<Yield> Again(Traced me)
        {
            for (int step = 1; step < 13; step++)
            {
                me.Log("step", step);
                if (step is 1 or 3 or 4 or 6)
                {
                    s2.Activate();
                    s1.Activate();
                }

                yield return 1;
            }

            me.Log("end");
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-10")]
    [Trait("Spec", "AX-SCH-12")]
    [Trait("Spec", "AX-SCH-19")]
    public void PauseAndWake_InTheSameCycle_AsInAxon()
    {
        Traced process = Make("P", P);
        _scenario.Run(Make("clock", Clock(13)), Make("E", Early), process, Make("L", Late), Make("N", Steps(12)));
        _scenario.ShouldHaveWritten("pause_wake_same_cycle");

        static IEnumerator<Yield> P(Traced me)
        {
            me.Log("step", 1, "pauses, woken later in the cycle");
            me.Pause();
            yield return 1;
            me.Log("step", 2, "awake");
            yield return 1;
            me.Log("step", 3, "woken earlier in the cycle, pauses");
            me.Pause();
            yield return 1;
            me.Log("step", 4, "pauses and wakes itself");
            me.Pause();
            me.Unpause();
            yield return 1;
            me.Log("step", 5, "wakes and pauses itself");
            me.Unpause();
            me.Pause();
            yield return 1;
            me.Log("step", 6, "pauses for long");
            me.Pause();
            yield return 1;
            me.Log("step", 7, "pauses twice, woken before and after");
            me.Pause();
            me.Pause();
            yield return 1;
            me.Log("step", 8, "pauses and ends");
            me.Pause();
        }

        IEnumerator<Yield> Early(Traced me)
        {
            for (int cycle = 1; cycle < 13; cycle++)
            {
                if (cycle is 3 or 10)
                {
                    me.Log("wakes P");
                    process.Unpause();
                }

                yield return 1;
            }
        }

        IEnumerator<Yield> Late(Traced me)
        {
            for (int cycle = 1; cycle < 13; cycle++)
            {
                if (cycle is 1 or 9 or 10)
                {
                    me.Log("wakes P");
                    process.Unpause();
                }

                yield return 1;
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-05")]
    [Trait("Spec", "AX-SCH-13")]
    [Trait("Spec", "AX-SCH-14")]
    [Trait("Spec", "AX-SCH-15")]
    [Trait("Spec", "AX-SCH-16")]
    [Trait("Spec", "AX-SCH-17")]
    [Trait("Spec", "AX-SCH-18")]
    public void Sleepers_JoinAtTheEnd_AsInAxon()
    {
        Traced s1 = Make("S1", Sleeper(3));
        Traced s2 = Make("S2", Sleeper(3));
        Traced s3 = Make("S3", Sleeper(4));
        Traced ended = Make("ended", Steps(1));
        Traced never = Make("never", Steps(1));
        _scenario.Run(
            Make("clock", Clock(16)),
            Make("E", Waker(new() { [2] = [s1], [5] = [s3, s2], [8] = [s2, s2, never], [9] = [ended], [13] = [s3] })),
            s1,
            s2,
            ended,
            s3,
            Make("L", Waker(new() { [2] = [s3], [6] = [s3, s1], [10] = [s1, s2], [11] = [s1, s2, s3], [14] = [ended, never] })),
            Make("N", Steps(15)));
        _scenario.ShouldHaveWritten("sleepers");

        static Func<Traced, IEnumerator<Yield>> Sleeper(int naps)
        {
            return Body;

            IEnumerator<Yield> Body(Traced me)
            {
                for (int step = 1; step <= naps; step++)
                {
                    me.Log("step", step, "pauses");
                    me.Pause();
                    yield return 1;
                }

                me.Log("end");
            }
        }

        static Func<Traced, IEnumerator<Yield>> Waker(Dictionary<int, Traced[]> plan)
        {
            return Body;

            IEnumerator<Yield> Body(Traced me)
            {
                for (int cycle = 1; cycle < 16; cycle++)
                {
                    foreach (Traced other in plan.GetValueOrDefault(cycle, []))
                    {
                        me.Log("wakes", other.Label);
                        other.Unpause();
                    }

                    yield return 1;
                }

                me.Log("end");
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-11")]
    [Trait("Spec", "AX-SCH-12")]
    [Trait("Spec", "AX-SCH-15")]
    [Trait("Spec", "AX-SCH-16")]
    public void PauseOfAnother_AsInAxon()
    {
        Traced b = Make("B", Steps(9));
        Traced c = Make("C", Steps(9));
        Traced ended = Make("ended", Steps(0));
        Traced never = Make("never", Steps(1));
        _scenario.Run(
            Make("clock", Clock(13)),
            Make("A", Acts(new()
            {
                [2] = [("pauses", c)],
                [3] = [("pauses", ended), ("pauses", never)],
                [5] = [("wakes", c), ("wakes", b)],
                [7] = [("pauses", c)],
                [8] = [("wakes", b)],
                [9] = [("pauses", b), ("pauses", c)],
                [11] = [("wakes", b), ("wakes", c)],
            })),
            b,
            ended,
            c,
            Make("D", Acts(new() { [2] = [("pauses", b)], [7] = [("wakes", c)], [8] = [("pauses", b)], [9] = [("pauses", b)] })));
        _scenario.ShouldHaveWritten("pause_other");

        static Func<Traced, IEnumerator<Yield>> Acts(Dictionary<int, (string Verb, Traced Other)[]> plan)
        {
            return Body;

            IEnumerator<Yield> Body(Traced me)
            {
                for (int cycle = 1; cycle < 13; cycle++)
                {
                    me.Log("step", cycle);
                    foreach ((string verb, Traced other) in plan.GetValueOrDefault(cycle, []))
                    {
                        me.Log(verb, other.Label);
                        if (verb == "pauses")
                        {
                            other.Pause();
                        }
                        else
                        {
                            other.Unpause();
                        }
                    }

                    yield return 1;
                }

                me.Log("end");
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-05")]
    [Trait("Spec", "AX-SCH-14")]
    [Trait("Spec", "AX-SCH-61")]
    [Trait("Spec", "AX-CMP-21")]
    public void WakesAndActivations_OfOneCycle_AsInAxon()
    {
        Traced s1 = Make("S1", Sleeper);
        Traced s2 = Make("S2", Sleeper);
        Traced s3 = Make("S3", Sleeper);
        Traced s4 = Make("S4", Sleeper);
        Traced s5 = Make("S5", Sleeper);
        _scenario.Run(Make("clock", Clock(8)), s1, Make("A", A), s2, s3, Make("B", B), s4, Make("C", C), s5);
        _scenario.ShouldHaveWritten("wakes_and_activations");

        static IEnumerator<Yield> Sleeper(Traced me)
        {
            me.Log("pauses");
            me.Pause();
            yield return 1;
            me.Log("woken");
            me.ReceiveAll();
            yield return 1;
            me.Log("end");
        }

        IEnumerator<Yield> A(Traced me)
        {
            yield return 1;
            yield return 1;
            yield return 1;
            s2.Unpause();
            Make("N1", Steps(2)).Activate();
            s1.Unpause();
            me.Log("asked");
            yield return new NewComponent(Make("N2", Steps(1)));
        }

        IEnumerator<Yield> B(Traced me)
        {
            me.Link((me, "outbox"), (s4, "inbox"));
            me.Link((me, "signal"), (s3, "control"));
            yield return 1;
            yield return 1;
            yield return 1;
            me.Send("hello");
            me.Log("asked");
            yield return new NewComponent(Make("N3", Steps(2)), Make("N4", Steps(0)));
        }

        IEnumerator<Yield> C(Traced me)
        {
            yield return 1;
            yield return 1;
            yield return 1;
            s2.Unpause();
            s5.Unpause();
            Make("N5", Steps(2)).Activate();
            s3.Unpause();
            s4.Unpause();
            me.Log("asked");
            yield return 1;
            me.Log("end");
        }
    }

    [Fact]
    [Trait("Spec", "AX-CMP-60")]
    [Trait("Spec", "AX-CMP-61")]
    [Trait("Spec", "AX-CMP-62")]
    public void OldStyleBody_AsInAxon()
    {
        OldStyle a = new(_scenario, "A", 0, 4);
        OldStyle b = new(_scenario, "B", new NewComponent(Make("early", Steps(2))), 7);
        OldStyle c = new(_scenario, "C", null, 1);
        a.Link((c, "outbox"), (a, "inbox"));
        b.Link((a, "outbox"), (b, "inbox"));
        _scenario.Run(Make("clock", Clock(14)), a, b, c, Make("waker", Waker));
        _scenario.ShouldHaveWritten("old_style");

        IEnumerator<Yield> Waker(Traced me)
        {
            for (int i = 0; i < 5; i++)
            {
                yield return 1;
            }

            me.Log("wakes A");
            a.Unpause();
            yield return 1;
            yield return 1;
            yield return 1;
            yield return 1;
            me.Log("wakes B");
            b.Unpause();
        }
    }

    [Fact]
    [Trait("Spec", "AX-SCH-63")]
    [Trait("Spec", "AX-SCH-64")]
    [Trait("Spec", "AX-SCH-65")]
    [Trait("Spec", "AX-SCH-66")]
    [Trait("Spec", "AX-SCH-67")]
    [Trait("Spec", "AX-SCH-69")]
    public void Detour_OfTheLastInTheQueue_AsInAxon()
    {
        Traced last = Make("D", D);
        _scenario.Run(Make("clock", Clock(17)), Make("sender", Sender), Make("N", Steps(16)), last);
        _scenario.ShouldHaveWritten("detour");

        static IEnumerator<Yield> D(Traced me)
        {
            me.Log("step", 1);
            yield return 1;
            me.Log("step", 2);
            yield return new WaitComplete(Detour(me));
            me.Log("step", 3);
            me.ReceiveAll();
            yield return new WaitComplete(Empty(me));
            me.Log("step", 4);
            me.Pause();
            yield return new WaitComplete(Empty(me), tag: "paused");
            me.Log("step", 5);
            yield return 1;
            me.ReceiveAll();
            me.Log("end");
        }

        static IEnumerator<Yield> Inner(Traced me)
        {
            me.Log("inner", 1);
            yield return 1;
            me.ReceiveAll();
            me.Log("inner", 2);
        }

        static IEnumerator<Yield> Detour(Traced me)
        {
            me.Log("detour", 1);
            yield return 1;
            me.ReceiveAll();
            me.Log("detour", 2);
            yield return new WaitComplete(Inner(me));
            me.Log("detour", 3);
            yield return 1;
            me.Log("detour end");
        }

        static IEnumerator<Yield> Empty(Traced me)
        {
            me.Log("empty");
            yield break;
        }

        IEnumerator<Yield> Sender(Traced me)
        {
            me.Link((me, "outbox"), (last, "inbox"));
            for (int number = 1; number < 16; number++)
            {
                me.Log("send", number);
                me.Send(number);
                yield return 1;
            }

            me.Log("end");
        }
    }

    [Fact]
    [Trait("Spec", "AX-MP-11")]
    [Trait("Spec", "AX-MP-12")]
    [Trait("Spec", "AX-MP-16")]
    [Trait("Spec", "AX-SCH-35")]
    [Trait("Spec", "AX-SCH-37")]
    public void Stop_OfOneselfAndOthers_AsInAxon()
    {
        Traced a = Make("A", Endless);
        Traced b = Make("B", Endless);
        Traced c = Make("C", Endless);
        _scenario.Run(Make("clock", Clock(12)), a, Make("self", StopsItself), Make("stopper", Stopper), b, Make("N", Steps(8)), c);
        _scenario.ShouldHaveWritten("stop");

        static IEnumerator<Yield> StopsItself(Traced me)
        {
            me.Log("step", 1);
            yield return 1;
            me.Log("step", 2);
            me.Stop();
            me.Log("stopped", me.IsStopped);
            yield return 1;
            me.Log("never");
        }

        static IEnumerator<Yield> Endless(Traced me)
        {
            for (int step = 1; ; step++)
            {
                me.Log("step", step);
                me.ReceiveAll();
                yield return 1;
            }
        }

        IEnumerator<Yield> Stopper(Traced me)
        {
            me.Link((me, "outbox"), (c, "inbox"));
            yield return 1;
            yield return 1;
            me.Log("stops A and B");
            a.Stop();
            b.Stop();
            me.Log("stopped", a.IsStopped, b.IsStopped, c.IsStopped);
            Traced fresh = Make("fresh", Endless);
            fresh.Activate();
            fresh.Stop();
            yield return 1;
            a.Unpause();
            b.Pause();
            yield return 1;
            yield return 1;
            me.Send("last");
            c.Stop();
            me.Log("end");
        }
    }

    private Traced Make(string label, Func<Traced, IEnumerator<Yield>> body) => _scenario.Make(label, body);

    private sealed class OldStyle(Scenario scenario, string label, object? first, int turns) : Component
    {
        private int _turns = turns;

        protected override object? InitialiseComponent()
        {
            scenario.Write("initialise", label);
            return first;
        }

        protected override object? MainBody()
        {
            _turns--;
            scenario.Write("body", label, _turns);
            while (DataReady())
            {
                scenario.Write("recv", label, Recv());
            }

            if (_turns == 2)
            {
                Pause();
            }

            return _turns;
        }

        protected override object? CloseDownComponent()
        {
            scenario.Write("close", label);
            Send("closed");
            return new NewComponent(scenario.Make($"after {label}", Steps(1)));
        }
    }
}
