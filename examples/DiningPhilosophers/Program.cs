// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Examples/STM. Copyright BBC and Kamaelia Contributors.

using Axon;

string[] names = ["Plato", "Kant", "Hypatia", "Laozi", "Arendt"];

// The table: a fork that lies there is null, one that is in use is the name of its user.
Store table = new();
for (int seat = 0; seat < names.Length; seat++)
{
    string right = $"fork {(seat + 1) % names.Length + 1}";
    new Philosopher(names[seat], table, $"fork {seat + 1}", right).Activate();
}

Scheduler.Default.RunThreads();

// Eats twice, whenever both forks are free. Takes both in one commit: who held one and waited for the other could wait for ever.
internal sealed class Philosopher(string name, Store table, string left, string right) : Component
{
    private const int Meals = 2;

    protected override IEnumerator<Yield> Main()
    {
        for (int meals = 0; meals < Meals; meals++)
        {
            StmCollection? forks = TryTakeForks();
            while (forks is null)
            {
                yield return 1; // think, and look again in the next cycle
                forks = TryTakeForks();
            }

            Console.WriteLine($"{name} eats with {left} and {right}");
            yield return 1;

            while (!TryPutBack(forks))
            {
                yield return 1;
            }

            Console.WriteLine($"{name} puts them back");
            yield return 1;
        }
    }

    // Null if one of them is in use, or was taken between the look and the commit.
    private StmCollection? TryTakeForks()
    {
        if (!table.TryUsing(out StmCollection? forks, left, right) || forks.Values.Any(fork => fork.Value is not null))
        {
            return null;
        }

        foreach (StmValue fork in forks.Values)
        {
            fork.Value = name;
        }

        return forks.TryCommit() == CommitResult.Committed ? forks : null;
    }

    // The same copies again: while the forks were in use, nobody else committed them.
    private static bool TryPutBack(StmCollection forks)
    {
        foreach (StmValue fork in forks.Values)
        {
            fork.Value = null;
        }

        return forks.TryCommit() == CommitResult.Committed;
    }
}
