// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

public class SmokeTests
{
    [Fact]
    [Trait("Spec", "AX-SCH-01")]
    [Trait("Spec", "AX-SCH-02")]
    public void Cycle_ThreeMicroprocesses_StepInOrderOfActivation()
    {
        SteppedScheduler system = new(TraceKinds.Step);
        foreach (string name in (string[])["A", "B", "C"])
        {
            system.Activate(new Endless(), name);
        }

        system.Cycles(3);

        system.Trace.Expect(["step A", "step B", "step C", "step A", "step B", "step C"]);
    }

    private sealed class Endless : Microprocess
    {
        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                yield return 1;
            }
        }
    }
}
