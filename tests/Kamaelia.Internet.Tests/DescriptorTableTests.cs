// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Internet.Tests;

/// <summary>Sockets by number: small numbers, and those that only some systems give out.</summary>
public class DescriptorTableTests
{
    private readonly DescriptorTable<string> _table = new();

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(10_000)]
    [InlineData((1 << 20) - 1)]
    [InlineData(1 << 20)]
    [InlineData(int.MaxValue)]
    [InlineData(-2)]
    public void SetFindRemove_WhateverTheNumber(int number)
    {
        Assert.Null(_table.Find(number));

        _table.Set(number, "one");

        Assert.Equal("one", _table.Find(number));
        Assert.Null(_table.Find(number ^ 1));

        _table.Remove(number, "one");

        Assert.Null(_table.Find(number));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public void Set_NumberGivenAway_ReplacesTheFormer_WhichTakesNobodyOut(int number)
    {
        _table.Set(number, "former");

        _table.Set(number, "present");
        _table.Remove(number, "former");

        Assert.Equal("present", _table.Find(number));
    }

    [Fact]
    public void Grown_ByUnevenSteps_StillFindsTheLargeNumbers()
    {
        _table.Set(600_000, "uneven");
        _table.Set(700_000, "more");
        _table.Set(1 << 20, "large");

        Assert.Equal("large", _table.Find(1 << 20));
        _table.Remove(1 << 20, "large");
        Assert.Null(_table.Find(1 << 20));
        Assert.Equal(("uneven", "more"), (_table.Find(600_000), _table.Find(700_000)));
    }

    [Fact]
    public void Grown_KeepsWhoIsIn()
    {
        string[] all = [.. Enumerable.Range(0, 1000).Select(static number => $"{number}")];

        for (int number = 0; number < all.Length; number++)
        {
            _table.Set(number, all[number]);
        }

        Assert.Equal(all, Enumerable.Range(0, 1000).Select(_table.Find));
    }
}
