// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Reflection;

namespace Axon.Tests;

public class IdGenTests
{
    // In a copy of the library of its own: here all other tests take numbers too.
    [Fact]
    [Trait("Spec", "AX-ID-01")]
    public void AllKinds_FirstRequestsOfTheProcess_CountUpFromOneTogether()
    {
        using FreshAxon axon = new();
        MethodInfo numericId = axon.Method(nameof(IdGen), nameof(IdGen.NumericId));
        MethodInfo stringId = axon.Method(nameof(IdGen), nameof(IdGen.StringId));
        MethodInfo both = axon.Method(nameof(IdGen), nameof(IdGen.Both));

        Assert.Equal(1, numericId.Invoke(null, []));
        Assert.Equal("String_2", stringId.Invoke(null, ["thing"]));
        Assert.Equal((3, "Object_3"), both.Invoke(null, [new object()]));
        Assert.Equal("Object_4", stringId.Invoke(null, [new object()]));
        Assert.Equal(5, numericId.Invoke(null, []));
    }

    [Fact]
    [Trait("Spec", "AX-ID-01")]
    public void NumericId_MicroprocessesAndLinkages_ShareTheNumbers()
    {
        int before = IdGen.NumericId();
        Component one = new();
        Linkage linkage = new(one, one);
        int after = IdGen.NumericId();

        Assert.True(before < one.Id && one.Id < linkage.Id && linkage.Id < after);
    }

    [Fact]
    [Trait("Spec", "AX-ID-02")]
    public void Both_Object_ReturnsTheSameNumberInBothForms()
    {
        (int number, string text) = IdGen.Both(new Component());

        Assert.Equal($"Component_{number}", text);
    }

    [Fact]
    [Trait("Spec", "AX-ID-02")]
    public void StringId_Object_IsTypeNameUnderscoreAndANewNumber()
    {
        object thing = new Component();

        string first = IdGen.StringId(thing);
        string second = IdGen.StringId(thing);

        Assert.Matches(@"^Component_[1-9]\d*$", first);
        Assert.Matches(@"^Component_[1-9]\d*$", second);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Both_Null_Throws()
    {
        Assert.Throws<ArgumentNullException>("thing", () => IdGen.Both(null!));
    }

    [Fact]
    [Trait("Spec", "AX-ID-03")]
    [Trait("Category", "Stress")]
    public void NumericId_FourThreads_NoNumberTwice()
    {
        const int Threads = 4;
        const int Each = 20_000;
        int[][] taken = new int[Threads][];
        using Barrier start = new(Threads);
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            int[] mine = new int[Each];
            start.SignalAndWait();
            for (int i = 0; i < Each; i++)
            {
                mine[i] = IdGen.NumericId();
            }

            taken[number] = mine;
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(30)), "A thread does not end."));

        Assert.Equal(Threads * Each, taken.SelectMany(mine => mine).Distinct().Count());
        Assert.All(taken, mine => Assert.Equal(mine.Order(), mine));
    }
}
