// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;
using Kamaelia.Internet.Simulate;

namespace Kamaelia.Internet.Tests.Simulate;

/// <summary>The stages that spoil a stream. Their dice are seeded, so every number below is the same in each run.</summary>
public class BrokenNetworkTests
{
    private const int Many = 2000;

    private readonly SteppedScheduler _system = new(TraceKinds.Scheduling);

    public static TheoryData<string> Stages => [nameof(Duplicate), nameof(Throwaway), nameof(Reorder), nameof(Delay)];

    [Fact]
    [Trait("Spec", "INT-SIM-01")]
    public void Duplicate_PassesEverythingInOrder_AndATenthTwiceInARow()
    {
        int[] output = Pass(new Duplicate(random: new Random(1)), Many);

        Assert.InRange(output.Length, Many + (Many * 8 / 100), Many + (Many * 12 / 100));
        Assert.Equal(Enumerable.Range(0, Many), output.Distinct());
        Assert.Equal(output.Order(), output);
        Assert.All(output.CountBy(item => item), count => Assert.InRange(count.Value, 1, 2));
    }

    [Fact]
    [Trait("Spec", "INT-SIM-02")]
    public void Throwaway_LosesATenth_AndKeepsTheOrder()
    {
        int[] output = Pass(new Throwaway(random: new Random(2)), Many);

        Assert.InRange(output.Length, Many * 88 / 100, Many * 92 / 100);
        Assert.Equal(output.Distinct().Order(), output);
    }

    [Fact]
    [Trait("Spec", "INT-SIM-03")]
    [Trait("Spec", "INT-SIM-04")]
    public void Reorder_HoldsSeven_AndEmitsOneOfTheOldestSevenForEachThatArrives()
    {
        Probe stage = Start(new Reorder(random: new Random(3)));
        List<int> held = [];
        HashSet<int> places = [];

        for (int item = 0; item < Many; item++)
        {
            stage.Feed(item);
            _system.RunUntilIdle();
            held.Add(item);
            if (item < 7)
            {
                Assert.Equal(0, stage.Waiting());
                continue;
            }

            int emitted = Assert.IsType<int>(Assert.Single(stage.Collect()));
            Assert.InRange(held.IndexOf(emitted), 0, 6);
            places.Add(held.IndexOf(emitted));
            held.Remove(emitted);
            Assert.Equal(7, held.Count);
        }

        Assert.Equal(Enumerable.Range(0, 7), places.Order());
    }

    [Fact]
    [Trait("Spec", "INT-SIM-03")]
    public void Reorder_ChoosesAllPlacesAlike()
    {
        // Without a model of its dice: how many items an item is overtaken by, or overtakes, is spread evenly only if the choice is.
        const int Rounds = 7000;
        Probe stage = Start(new Reorder(random: new Random(4)));
        int[] chosen = new int[7];
        List<int> held = [.. Enumerable.Range(0, 7)];
        stage.Feed([.. held.Cast<object?>()]);
        for (int item = 7; item < 7 + Rounds; item++)
        {
            stage.Feed(item);
            held.Add(item);
            _system.RunUntilIdle();
            int place = held.IndexOf(Assert.IsType<int>(stage.CollectOne()));
            chosen[place]++;
            held.RemoveAt(place);
        }

        Assert.All(chosen, count => Assert.InRange(count, 900, 1100));
    }

    [Fact]
    [Trait("Spec", "INT-SIM-05")]
    public void Reorder_ToldToFinish_ReleasesWhatItHolds_ThenPassesTheMessageOn()
    {
        Probe stage = Start(new Reorder(random: new Random(5)));
        ProducerFinished finish = new();
        stage.Feed([.. Enumerable.Range(0, 20).Cast<object?>()]);
        stage.FeedTo("control", finish);

        _system.RunUntilIdle();

        Assert.Equal(Enumerable.Range(0, 20), stage.Collect().Cast<int>().Order());
        Assert.Same(finish, Assert.Single(stage.Collect("signal")));
        Assert.Empty(_system.Scheduler.ListAll());
    }

    [Theory]
    [MemberData(nameof(Stages))]
    [Trait("Spec", "INT-SIM-05")]
    public void ToldToFinish_LetsOutWhatItHas_ThenPassesTheMessageOnAndEnds(string name)
    {
        Probe stage = Start(Make(name, random: new Random(6)));
        ProducerFinished finish = new();

        // The message first: what waits in the inbox counts as sent before it all the same.
        stage.FeedTo("control", finish);
        stage.Feed(1, 2, 3);
        _system.RunToEnd();

        Assert.Equal([1, 2, 3], stage.Collect().Cast<int>().Distinct().Order());
        Assert.Same(finish, Assert.Single(stage.Collect("signal")));
    }

    [Theory]
    [MemberData(nameof(Stages))]
    [Trait("Spec", "INT-SIM-06")]
    public void ToldToStop_PassesTheMessageOnAtOnce_AndDropsWhatItHolds(string name)
    {
        Probe stage = Start(Make(name, random: new Random(7)));
        ShutdownMicroprocess stop = new();
        stage.Feed(1, 2, 3);
        _system.RunUntilIdle();
        int sent = stage.Collect().Count;

        stage.FeedTo("control", stop);
        stage.Feed(4, 5, 6);
        _system.RunUntilIdle();

        Assert.Equal(name is nameof(Duplicate) or nameof(Throwaway) ? 3 : 0, sent);
        Assert.Same(stop, Assert.Single(stage.Collect("signal")));
        Assert.Equal(0, stage.Waiting());
        Assert.Empty(_system.Scheduler.ListAll());
    }

    [Theory]
    [MemberData(nameof(Stages))]
    [Trait("Spec", "INT-SIM-06")]
    public void ToldToStop_WhileItFinishesOrIsRefused_Stops(string name)
    {
        Probe stage = Start(Make(name, random: new Random(8)));
        ShutdownMicroprocess stop = new();
        stage.Limit(1);
        stage.Feed([.. Enumerable.Range(0, 20).Cast<object?>()]);
        stage.FeedTo("control", new ProducerFinished());
        _system.RunUntilIdle();
        _system.Clock.Advance(TimeSpan.FromSeconds(2));
        _system.RunUntilIdle();
        Assert.Equal(1, stage.Waiting());

        stage.FeedTo("control", stop, new ProducerFinished(), new ShutdownMicroprocess());
        _system.RunUntilIdle();

        Assert.Same(stop, Assert.Single(stage.Collect("signal")));
        Assert.Equal(1, stage.Waiting());
        Assert.Empty(_system.Scheduler.ListAll());
    }

    [Theory]
    [MemberData(nameof(Stages))]
    [Trait("Spec", "INT-SIM-07")]
    public void SameSeed_SameResult_AndAnotherSeedAnotherOne(string name)
    {
        int[] once = Run(11);

        Assert.Equal(once, Run(11));
        Assert.NotEqual(once, Run(12));

        int[] Run(int seed)
        {
            SteppedScheduler system = new(TraceKinds.None);
            Component stage = name == nameof(Delay)
                ? new Delay(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), new Random(seed))
                : Make(name, 0.1, new Random(seed));
            return Pass(system, stage, Many);
        }
    }

    [Theory]
    [MemberData(nameof(Stages))]
    [Trait("Spec", "INT-SIM-07")]
    public void WithoutDiceOfItsOwn_TakesTheSchedulers(string name)
    {
        Assert.Equal(Run(), Run());

        int[] Run()
        {
            SteppedScheduler system = new(TraceKinds.None, options: new SchedulerOptions { Choices = new Seeded(13) });
            return Pass(system, name == nameof(Delay) ? new Delay(TimeSpan.Zero, TimeSpan.FromSeconds(1)) : Make(name, 0.1, random: null), Many);
        }
    }

    [Theory]
    [MemberData(nameof(Stages))]
    [Trait("Spec", "INT-SIM-08")]
    public void Idle_TakesNoSteps(string name)
    {
        Probe stage = Start(Make(name, random: new Random(14)));
        stage.Feed(1);
        _system.RunUntilIdle();
        while (_system.JumpToNextTimer())
        {
            _system.RunUntilIdle();
        }

        _system.Trace.Clear();

        stage.Collect();
        _system.Cycles(50);
        _system.Clock.Advance(TimeSpan.FromSeconds(10));
        _system.Cycles(50);

        _system.Trace.Expect("");
    }

    [Theory]
    [MemberData(nameof(Stages))]
    [Trait("Spec", "INT-SIM-09")]
    public void Items_AreTheSameObjects_WhateverTheirType(string name)
    {
        Probe stage = Start(Make(name, random: new Random(15)));
        object?[] items = [new Same(), new Same(), null, new ProducerFinished(), "text", 5, new byte[] { 1 }, new Same(), null];

        stage.Feed(items);
        stage.FeedTo("control", new ProducerFinished());
        _system.RunToEnd();

        IReadOnlyList<object?> output = stage.Collect();
        Assert.Equal(items.Length, output.Count);
        Assert.All(items, item => Assert.Equal(Times(items, item), Times(output, item)));

        static int Times(IEnumerable<object?> where, object? item) => where.Count(other => ReferenceEquals(other, item));
    }

    [Fact]
    [Trait("Spec", "INT-SIM-09")]
    public void Reorder_EqualItems_RemovesThePlaceAndNotTheFirstEqual()
    {
        // All are equal; removing "the first equal one" would let one of them out twice and another never.
        Same[] items = [.. Enumerable.Range(0, 200).Select(_ => new Same())];
        Probe stage = Start(new Reorder(random: new Random(16)));

        stage.Feed(items);
        stage.FeedTo("control", new ProducerFinished());
        _system.RunUntilIdle();

        Assert.Equal(200, stage.Collect().Distinct(ReferenceEqualityComparer.Instance).Count());
    }

    [Fact]
    [Trait("Spec", "INT-SIM-10")]
    public void ProbabilityZero_ChangesNothing_AndOneHitsEverything()
    {
        Assert.Equal(Enumerable.Range(0, Many), Pass(new Duplicate(0), Many));
        Assert.Equal(Enumerable.Range(0, Many), Pass(new Throwaway(0), Many));
        Assert.Equal(Enumerable.Range(0, Many).SelectMany(item => new[] { item, item }), Pass(new Duplicate(1), Many));
        Assert.Empty(Pass(new Throwaway(1), Many));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Spec", "INT-SIM-10")]
    public void Reorder_SmallestWindows_KeepTheOrder(int window)
    {
        Assert.Equal(Enumerable.Range(0, Many), Pass(new Reorder(window), Many));
    }

    [Fact]
    [Trait("Spec", "INT-SIM-10")]
    public void Parameters_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Duplicate(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Duplicate(1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Throwaway(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Reorder(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Delay(TimeSpan.FromTicks(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Delay(TimeSpan.Zero, TimeSpan.FromTicks(-1)));
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void ReceiverFull_TakesNothingMore_AndLosesNothing(string name)
    {
        Component component = Make(name, 0, new Random(17));
        Probe stage = Start(component);
        stage.Limit(3);
        component.SetInboxSize("inbox", 20);
        stage.Feed([.. Enumerable.Range(0, 20).Cast<object?>()]);
        stage.FeedTo("control", new ProducerFinished());
        List<object?> output = [];

        _system.RunUntilIdle();
        while (!component.IsStopped || stage.Waiting() > 0)
        {
            _system.JumpToNextTimer();
            _system.RunUntilIdle();
            Assert.InRange(stage.Waiting(), 1, 3);
            output.Add(stage.CollectOne());
            _system.RunUntilIdle();
        }

        Assert.Equal(Enumerable.Range(0, 20), output.Cast<int>().Order());
        Assert.Single(stage.Collect("signal"));
    }

    [Fact]
    public void Delay_LetsEachOutWhenItsTimeHasCome_AndNotEarlier()
    {
        Probe stage = Start(new Delay(TimeSpan.FromMilliseconds(100)));
        stage.Feed(1, 2);
        _system.RunUntilIdle();
        _system.Clock.Advance(TimeSpan.FromMilliseconds(60));
        stage.Feed(3);
        _system.RunUntilIdle();

        _system.Clock.Advance(TimeSpan.FromMilliseconds(39.9999));
        _system.RunUntilIdle();
        Assert.Empty(stage.Collect());
        Assert.True(_system.JumpToNextTimer());
        _system.RunUntilIdle();
        Assert.Equal(TimeSpan.FromMilliseconds(100), _system.Clock.Elapsed);
        Assert.Equal([1, 2], stage.Collect());
        Assert.True(_system.JumpToNextTimer());
        _system.RunUntilIdle();
        Assert.Equal(TimeSpan.FromMilliseconds(160), _system.Clock.Elapsed);
        Assert.Equal([3], stage.Collect());
        Assert.False(_system.JumpToNextTimer());
    }

    [Fact]
    public void Delay_Jitter_SpreadsTheTimesAndLetsItemsOvertake()
    {
        Probe stage = Start(new Delay(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), new Random(18)));
        stage.Feed([.. Enumerable.Range(0, Many).Cast<object?>()]);
        _system.RunUntilIdle();
        List<int> output = [];
        int inFirstHalf = 0;

        while (_system.JumpToNextTimer())
        {
            _system.RunUntilIdle();
            output.AddRange(stage.Collect().Cast<int>());
            Assert.InRange(_system.Clock.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
            inFirstHalf = _system.Clock.Elapsed < TimeSpan.FromSeconds(1.5) ? output.Count : inFirstHalf;
        }

        Assert.Equal(Enumerable.Range(0, Many), output.Order());
        Assert.NotEqual(output.Order(), output);
        Assert.InRange(inFirstHalf, Many * 45 / 100, Many * 55 / 100);
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void Items_CostNoAllocation(string name)
    {
        const int Items = 20_000;
        object item = new();
        Scheduler scheduler = new(new SchedulerOptions { Clock = _system.Clock });
        Component stage = name == nameof(Delay) ? new Delay(TimeSpan.Zero, TimeSpan.Zero, new Random(19)) : Make(name, 0.1, new Random(19));
        Drain drain = new();
        drain.Link((stage, "outbox"), (drain, "inbox"));
        drain.Link((drain, "outbox"), (stage, "inbox"));
        stage.Activate(scheduler);
        drain.Activate(scheduler);
        Feed(1000);
        long bytes = GC.GetAllocatedBytesForCurrentThread();

        Feed(Items);

        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        Assert.InRange(drain.Count, (Items + 1000) * 8 / 10, (Items + 1000) * 12 / 10);
        Assert.True(bytes < Items / 10, $"{Items} items allocated {bytes} bytes.");

        void Feed(int items)
        {
            for (int i = 0; i < items; i++)
            {
                drain.Send(item);
                scheduler.RunCycle();
            }
        }
    }

    private static Component Make(string name, double probability = 0, Random? random = null) => name switch
    {
        nameof(Duplicate) => new Duplicate(probability, random),
        nameof(Throwaway) => new Throwaway(probability, random),
        nameof(Reorder) => new Reorder(random: random),
        nameof(Delay) => new Delay(TimeSpan.FromSeconds(1), random: random),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static int[] Pass(SteppedScheduler system, Component component, int count)
    {
        Probe stage = system.Probe(system.Activate(component));
        stage.Feed([.. Enumerable.Range(0, count).Cast<object?>()]);
        stage.FeedTo("control", new ProducerFinished());
        system.RunToEnd(10 * count);
        return [.. stage.Collect().Cast<int>()];
    }

    private int[] Pass(Component component, int count) => Pass(_system, component, count);

    private Probe Start(Component component)
    {
        Probe stage = _system.Probe(_system.Activate(component));
        _system.RunUntilIdle();
        return stage;
    }

    /// <summary>Equal to all others of its kind.</summary>
    private sealed record Same;

    private sealed class Seeded(int seed) : SchedulerChoices
    {
        public override Random Random { get; } = new(seed);
    }

    private sealed class Drain : Component
    {
        public int Count { get; private set; }

        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                while (TryRecv(out _))
                {
                    Count++;
                }

                yield return Pause();
            }
        }
    }
}
