// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;
using Xunit.Abstractions;

namespace Guards;

/// <summary>Bytes of a component that does nothing. Counted for the whole process, so no other test runs meanwhile.</summary>
[Collection(nameof(MeasuredAlone))]
[Trait("Guard", "Cost")]
public class MemoryGuards(ITestOutputHelper output)
{
    private const int Count = 100_000;

    private static readonly Dictionary<string, Func<Component>> s_kinds = new()
    {
        ["idle component"] = static () => new Actor(Bodies.Sleep),
        ["idle component, four boxes made"] = static () => WithBoxes(new Actor(Bodies.Sleep)),
        ["idle async component"] = static () => new AsyncActor(static async self => await self.Inbox().ReadAsync()),
        ["component with a timer"] = static () => new Actor(SleepLong),
    };

    public static TheoryData<string> Names => [.. s_kinds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Component_TakesNoMoreThanItsLimit(string name)
    {
        BytesEach(s_kinds[name], 1000);

        // The least of three: what the test runner itself keeps meanwhile does not come every time.
        double least = Enumerable.Range(0, 3).Min(_ => BytesEach(s_kinds[name], Count));

        Limit.Check(output, ($"{name}: bytes", least));
    }

    private static double BytesEach(Func<Component> make, int count)
    {
        Scheduler scheduler = new();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < count; i++)
        {
            make().Activate(scheduler);
        }

        // To take them in, to step them, to let them leave the run queue.
        for (int i = 0; i < 4; i++)
        {
            scheduler.RunCycle();
        }

        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(scheduler.IsIdle, "They were to sleep.");
        Assert.Equal(count, scheduler.ListAll().Count);
        return (after - before) / (double)count;
    }

    private static Actor WithBoxes(Actor component)
    {
        component.GetInbox("inbox");
        component.GetInbox("control");
        component.GetOutbox("outbox");
        component.GetOutbox("signal");
        return component;
    }

    private static IEnumerator<Yield> SleepLong(Actor self)
    {
        yield return self.Sleep(TimeSpan.FromDays(1));
    }
}

[CollectionDefinition(nameof(MeasuredAlone), DisableParallelization = true)]
public class MeasuredAlone;
