// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

// Two pipelines, each on a core of its own, and what they find comes together on the first.
//
//   first core    Numbers -> Primes ---.
//                                       > Sum
//   second core   Numbers -> Primes ---'
const int Limit = 200_000;
using SchedulerGroup group = new(2);
Sum sum = new(pipelines: 2);
for (int i = 0; i < 2; i++)
{
    Numbers numbers = new(from: i * Limit / 2, to: (i + 1) * Limit / 2);
    Primes primes = new();
    sum.Link((numbers, "outbox"), (primes, "inbox"), pipeWidth: 1000);
    sum.Link((numbers, "signal"), (primes, "control"));
    sum.Link((primes, "outbox"), (sum, "inbox")); // crosses threads, for one of the two
    sum.Link((primes, "signal"), (sum, "control"));
    numbers.Activate(group[i]);
    primes.Activate(group[i]);
}

sum.Activate(group[0]);
group.Run();
Console.WriteLine($"{sum.Count} primes below {Limit}");

// Sends the numbers of a range, as fast as they are taken.
internal sealed class Numbers(int from, int to) : Component
{
    protected override IEnumerator<Yield> Main()
    {
        for (int number = from; number < to; number++)
        {
            while (!TrySend(number))
            {
                yield return Pause();
            }
        }

        Send(new ProducerFinished(this), "signal");
    }
}

// Lets primes through.
internal sealed class Primes : Component
{
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            while (TryRecv(out int number))
            {
                if (IsPrime(number))
                {
                    Send(number);
                }
            }

            if (TryRecv(out object? end, "control"))
            {
                Send(end, "signal");
                yield break;
            }

            yield return Pause();
        }
    }

    private static bool IsPrime(int number)
    {
        for (int divisor = 2; divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0)
            {
                return false;
            }
        }

        return number >= 2;
    }
}

// Counts what arrives until all pipelines have finished.
internal sealed class Sum(int pipelines) : Component
{
    public int Count { get; private set; }

    protected override IEnumerator<Yield> Main()
    {
        for (int finished = 0; finished < pipelines;)
        {
            yield return Pause();
            while (TryRecv(out object? _, "control"))
            {
                finished++;
            }

            while (TryRecv(out object? _))
            {
                Count++;
            }
        }
    }
}
