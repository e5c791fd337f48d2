// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests.Conformance;

/// <summary>A component with a label, whose body is given the component; the counterpart of the class in <c>traced.py</c>.</summary>
internal class Traced(Scenario scenario, string label, Func<Traced, IEnumerator<Yield>> body) : Component
{
    public string Label => label;

    public Scenario Scenario => scenario;

    /// <summary>Comes first in the queue and never sleeps, so that its lines part the cycles.</summary>
    public static Func<Traced, IEnumerator<Yield>> Clock(int cycles)
    {
        return Body;

        IEnumerator<Yield> Body(Traced me)
        {
            for (int cycle = 1; cycle <= cycles; cycle++)
            {
                me.Scenario.Write("cycle", cycle);
                yield return 1;
            }
        }
    }

    /// <summary>So many steps, and the end.</summary>
    public static Func<Traced, IEnumerator<Yield>> Steps(int count)
    {
        return Body;

        IEnumerator<Yield> Body(Traced me)
        {
            for (int step = 1; step <= count; step++)
            {
                me.Log("step", step);
                yield return 1;
            }

            me.Log("end");
        }
    }

    public void Log(string what, params ReadOnlySpan<object?> more) => scenario.Write([what, label, .. more]);

    public void ReceiveAll(string box = "inbox")
    {
        while (DataReady(box))
        {
            Log("recv", Recv(box));
        }
    }

    protected override IEnumerator<Yield> Main() => body(this);
}
