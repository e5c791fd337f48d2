// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Examples/STM. Copyright BBC and Kamaelia Contributors.

using System.Collections.Concurrent;
using Axon.TestKit;

namespace Axon.Tests.Stm;

public class PhilosopherTests
{
    private const int Philosophers = 5;
    private const int Meals = 200;

    private readonly Store _forks = new();
    private readonly int[] _owners = new int[Philosophers];
    private readonly int[] _eaten = new int[Philosophers];
    private readonly ConcurrentBag<string> _quarrels = [];

    [Fact]
    [Trait("Spec", "AX-STM-11")]
    [Trait("Spec", "AX-EX-06")]
    public void Philosophers_OnThreads_AllEatAndNeverShareAFork()
    {
        StoreTests.Together(Philosophers, Dine);

        AssertAllHaveEaten();
    }

    [Fact]
    [Trait("Spec", "AX-STM-11")]
    public void Philosophers_AsComponents_AllEatAndNeverShareAFork()
    {
        SteppedScheduler system = new();
        for (int seat = 0; seat < Philosophers; seat++)
        {
            system.Activate(new Actor(Dine(seat)));
        }

        system.RunToEnd(cycleBudget: 20 * Philosophers * Meals);

        AssertAllHaveEaten();

        Func<Actor, IEnumerator<Yield>> Dine(int seat) => _ => Body(seat);

        IEnumerator<Yield> Body(int seat)
        {
            while (_eaten[seat] < Meals)
            {
                if (TryTake(seat) is { } forks)
                {
                    Eat(seat);
                    yield return 1;
                    PutBack(forks);
                }

                yield return 1;
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-STM-11")]
    [Trait("Spec", "AX-EX-06")]
    public void Philosophers_AsThreadedComponents_AllEatAndNeverShareAFork()
    {
        Scheduler scheduler = new();
        for (int seat = 0; seat < Philosophers; seat++)
        {
            int mine = seat;
            new Threaded(_ => Dine(mine)).Activate(scheduler);
        }

        using Background background = new Background(scheduler).Start();

        Assert.True(background.Join(Patience.Limit), $"They have eaten {string.Join(", ", _eaten)} times.");
        AssertAllHaveEaten();
    }

    // With the forks in hand or without, others get the processor.
    private void Dine(int seat)
    {
        while (_eaten[seat] < Meals)
        {
            if (TryTake(seat) is { } forks)
            {
                Eat(seat);
                Thread.Yield();
                PutBack(forks);
            }

            Thread.Yield();
        }
    }

    private static string[] ForksOf(int seat) => [$"fork.{seat}", $"fork.{(seat + 1) % Philosophers}"];

    // Both forks or none.
    private StmCollection? TryTake(int seat)
    {
        if (!_forks.TryUsing(out StmCollection? forks, ForksOf(seat)) || forks.Values.Any(fork => fork.Value is not null))
        {
            return null;
        }

        foreach (StmValue fork in forks.Values)
        {
            fork.Set(seat);
        }

        return forks.TryCommit() == CommitResult.Committed ? forks : null;
    }

    private void Eat(int seat)
    {
        int[] forks = [seat, (seat + 1) % Philosophers];
        foreach (int fork in forks)
        {
            if (Interlocked.Exchange(ref _owners[fork], seat + 1) != 0)
            {
                _quarrels.Add($"{seat} took fork {fork} out of another's hand");
            }
        }

        _eaten[seat]++;
    }

    // Nobody else can have changed them, so that only the crowd at the door can be in the way.
    private void PutBack(StmCollection forks)
    {
        int seat = (int)forks.Values.First().Value!;
        Interlocked.Exchange(ref _owners[seat], 0);
        Interlocked.Exchange(ref _owners[(seat + 1) % Philosophers], 0);
        foreach (StmValue fork in forks.Values)
        {
            fork.Set(null);
        }

        CommitResult result = forks.TryCommit();
        while (result == CommitResult.Busy)
        {
            result = forks.TryCommit();
        }

        if (result != CommitResult.Committed)
        {
            _quarrels.Add($"the forks of {seat} were {result}");
        }
    }

    private void AssertAllHaveEaten()
    {
        Assert.Empty(_quarrels);
        Assert.All(_eaten, meals => Assert.Equal(Meals, meals));
        Assert.All(_forks.Using([.. Enumerable.Range(0, Philosophers).Select(number => $"fork.{number}")]).Values, fork => Assert.Null(fork.Value));
    }
}
