// Licensed under the Apache License, Version 2.0. See LICENSE.

using Xunit.Abstractions;

namespace Axon.Tests;

/// <summary>What a component costs that does nothing. Measured for the whole process, so no other test runs meanwhile.</summary>
[Collection(nameof(MeasuredAlone))]
public class BoxMemoryTests(ITestOutputHelper output)
{
    private const int Count = 20_000;

    [Fact]
    public void IdleComponent_WithFourStandardBoxes_CostsAtMostFiveHundredBytes()
    {
        long each = BytesEach(component => component);

        Assert.InRange(each, 50, 500);
    }

    [Fact]
    public void IdleComponent_WithAllFourBoxesUsedBefore_CostsAtMostSixHundredAndFortyBytes()
    {
        // A box is made when it is first asked for. Here all four exist, as in a component that has worked and fell idle: more than the
        // 500 bytes of one that was never used, and this is to notice if it becomes more still.
        long each = BytesEach(component =>
        {
            component.GetInbox("inbox");
            component.GetInbox("control");
            component.GetOutbox("outbox");
            component.GetOutbox("signal");
            return component;
        });

        Assert.InRange(each, 50, 640);
    }

    private long BytesEach(Func<BoxIdler, BoxIdler> prepare)
    {
        Scheduler warm = new();
        prepare(new BoxIdler()).Activate(warm);
        warm.RunCycle();
        warm.RunCycle();
        Scheduler scheduler = new();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Count; i++)
        {
            prepare(new BoxIdler()).Activate(scheduler);
        }

        for (int i = 0; i < 4; i++)
        {
            scheduler.RunCycle();
        }

        long after = GC.GetTotalMemory(forceFullCollection: true);
        bool asleep = scheduler.IsIdle;
        int known = scheduler.ListAll().Count;
        GC.KeepAlive(scheduler);

        Assert.True(asleep, "They were to sleep.");
        Assert.Equal(Count, known);
        output.WriteLine($"{(after - before) / Count} bytes each");
        return (after - before) / Count;
    }
}

[CollectionDefinition(nameof(MeasuredAlone), DisableParallelization = true)]
public class MeasuredAlone;
