// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Threading.Channels;

namespace Axon.Benchmarks;

/// <summary>Messages between threads: what one costs, how long a sleeper takes to wake, and what sleeping costs.</summary>
/// <remarks>
/// Beside each figure stands <c>System.Threading.Channels</c> between two threads that block when there is nothing to do, by turns in the
/// same process. Threads of a busy machine get in each other's way, so the least of many rounds says most about the cost.
/// </remarks>
internal static class ThreadsRunner
{
    private const int Messages = 1_000_000;
    private const int QueueLength = 1000;
    private const int Wakes = 2000;
    private const int DefaultRounds = 9;

    private static readonly object s_message = new();
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(3);

    public static void Run(string[] options, TextWriter output)
    {
        string[] names = [.. options.Where(option => !int.TryParse(option, out _))];
        int rounds = options.Select(option => int.TryParse(option, out int number) ? number : 0).FirstOrDefault(number => number > 0, DefaultRounds);
        (string Name, Action Axon, Action Channel)[] contests =
        [
            ($"thread to scheduler, queue of {QueueLength}", ThreadToScheduler, () => ThroughChannel(Bounded())),
            ($"scheduler to thread, queue of {QueueLength}", SchedulerToThread, () => ThroughChannel(Bounded())),
            ("thread to scheduler, no limit", () => ThreadToScheduler(0), () => ThroughChannel(Unbounded(manyWriters: false, manyReaders: false))),
            ($"scheduler to scheduler, limit of {QueueLength}", () => SchedulerToScheduler(QueueLength), () => ThroughChannel(Bounded())),
            ("scheduler to scheduler, no limit", () => SchedulerToScheduler(null), () => ThroughChannel(Unbounded(manyWriters: false, manyReaders: false))),
            ("Put of a handle to component, beside a channel that a component hands on from", HandlePut, ChannelToComponent),
            ("Put of a handle to component, beside a channel alone", HandlePut, () => ThroughChannel(Unbounded(manyWriters: true, manyReaders: false))),
            ("component to Get of a handle", HandleGet, () => ThroughChannel(Unbounded(manyWriters: false, manyReaders: true))),
        ];
        output.WriteLine("| messages | Axon min, ns | median | Channel min, ns | median | ratio of min | of medians |");
        output.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach ((string name, Action axon, Action channel) in contests.Where(contest => IsChosen(contest.Name)))
        {
            List<double> ours = [];
            List<double> theirs = [];

            // The first two rounds are for the compiler.
            for (int round = -2; round < rounds; round++)
            {
                double one = Nanoseconds(axon) / Messages;
                double other = Nanoseconds(channel) / Messages;
                if (round >= 0)
                {
                    ours.Add(one);
                    theirs.Add(other);
                }
            }

            output.WriteLine(
                $"| {name} | {ours.Min():F1} | {Median(ours):F1} | {theirs.Min():F1} | {Median(theirs):F1} " +
                $"| {ours.Min() / theirs.Min():F2} | {Median(ours) / Median(theirs):F2} |");
        }

        output.WriteLine();
        if (names.Length == 0)
        {
            PrintTwoCores(rounds, output);
            PrintWakes(output);
            PrintIdle(output);
        }

        output.WriteLine($"{rounds} rounds of {Messages:N0} messages; .NET {Environment.Version}, {Environment.ProcessorCount} processors.");

        bool IsChosen(string contest) => names.Length == 0 || names.Any(name => contest.Contains(name, StringComparison.OrdinalIgnoreCase));
    }

    private static void ThreadToScheduler() => ThreadToScheduler(QueueLength);

    private static void ThreadToScheduler(int queueLength)
    {
        Source source = new(queueLength);
        Counter counter = new();
        counter.Link((source, "outbox"), (counter, "inbox"));
        Scheduler scheduler = new();
        source.Activate(scheduler);
        counter.Activate(scheduler);
        scheduler.RunThreads();
    }

    private static void SchedulerToThread()
    {
        Producer producer = new();
        Sink sink = new();
        producer.Link((producer, "outbox"), (sink, "inbox"), pipeWidth: QueueLength);
        Scheduler scheduler = new();
        producer.Activate(scheduler);
        sink.Activate(scheduler);
        scheduler.RunThreads();
    }

    private static void SchedulerToScheduler(int? limit)
    {
        Producer producer = new();
        Counter counter = new();
        producer.Link((producer, "outbox"), (counter, "inbox"), pipeWidth: limit);
        using SchedulerGroup group = new(2);
        group.Activate(producer, counter);
        group.Run();
    }

    // Two pipelines that have nothing to do with each other: on one scheduler, and on one each.
    private static void PrintTwoCores(int rounds, TextWriter output)
    {
        double one = double.MaxValue;
        double two = double.MaxValue;
        for (int round = -2; round < rounds; round++)
        {
            double onOne = Nanoseconds(() => TwoPipelines(1));
            double onTwo = Nanoseconds(() => TwoPipelines(2));
            if (round >= 0)
            {
                one = Math.Min(one, onOne);
                two = Math.Min(two, onTwo);
            }
        }

        output.WriteLine($"Two independent pipelines: {one / 2 / Messages:F1} ns a message on one scheduler; two schedulers pass {one / two:F2} times as many.");
        output.WriteLine();
    }

    private static void TwoPipelines(int schedulers)
    {
        using SchedulerGroup group = new(schedulers);
        for (int i = 0; i < 2; i++)
        {
            Producer producer = new();
            Counter counter = new();
            producer.Link((producer, "outbox"), (counter, "inbox"), pipeWidth: QueueLength);
            producer.Activate(group[i % schedulers]);
            counter.Activate(group[i % schedulers]);
        }

        group.Run();
    }

    private static void HandlePut()
    {
        Scheduler scheduler = new();
        Handle handle = new Handle(new Counter()).Activate(scheduler);
        using Background background = new Background(scheduler).Start();
        for (int i = 0; i < Messages; i++)
        {
            handle.Put(s_message);
        }

        background.Join();
    }

    // The same work as a Put: from any thread to a component on a scheduler, which sleeps while there is nothing.
    private static void ChannelToComponent()
    {
        Channel<object?> channel = Channel.CreateUnbounded<object?>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = false, AllowSynchronousContinuations = true });
        Scheduler scheduler = new();
        ChannelReading reading = new(channel.Reader);
        Counter counter = new();
        reading.Link((reading, "outbox"), (counter, "inbox"));
        reading.Activate(scheduler);
        counter.Activate(scheduler);
        using Background background = new Background(scheduler).Start();
        for (int i = 0; i < Messages; i++)
        {
            channel.Writer.TryWrite(s_message);
        }

        channel.Writer.Complete();
        background.Join();
    }

    private static void HandleGet()
    {
        Scheduler scheduler = new();
        Handle handle = new Handle(new Producer()).Activate(scheduler);
        using Background background = new Background(scheduler).Start();
        for (int i = 0; i < Messages; i++)
        {
            if (!handle.TryGet(out _))
            {
                handle.Get(Timeout.InfiniteTimeSpan);
            }
        }
    }

    private static Channel<object?> Bounded() =>
        Channel.CreateBounded<object?>(new BoundedChannelOptions(QueueLength) { SingleReader = true, SingleWriter = true });

    private static Channel<object?> Unbounded(bool manyWriters, bool manyReaders) =>
        Channel.CreateUnbounded<object?>(new UnboundedChannelOptions { SingleReader = !manyReaders, SingleWriter = !manyWriters });

    private static void ThroughChannel(Channel<object?> channel)
    {
        Thread writer = new(() =>
        {
            for (int i = 0; i < Messages; i++)
            {
                while (!channel.Writer.TryWrite(s_message))
                {
                    channel.Writer.WaitToWriteAsync().AsTask().Wait();
                }
            }

            channel.Writer.Complete();
        });
        writer.Start();
        int received = 0;
        while (true)
        {
            while (channel.Reader.TryRead(out _))
            {
                received++;
            }

            if (!channel.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                break;
            }
        }

        Check(received);
    }

    // A thread and a component send a message to and fro; whoever gets it was asleep. Half of the way there and back is a wake.
    private static void PrintWakes(TextWriter output)
    {
        Pinger pinger = new();
        Ponger ponger = new();
        pinger.Link((pinger, "outbox"), (ponger, "inbox"));
        pinger.Link((ponger, "outbox"), (pinger, "inbox"));
        Scheduler scheduler = new();
        pinger.Activate(scheduler);
        ponger.Activate(scheduler);
        scheduler.RunThreads();
        output.WriteLine($"Wake across threads, to a sleeper: median {Median(pinger.Microseconds):F1} us, least {pinger.Microseconds.Min():F1} us, of {Wakes:N0}.");
        output.WriteLine();
    }

    private static void PrintIdle(TextWriter output)
    {
        Scheduler scheduler = new();
        Sleeper sleeper = new Sleeper().Activate(scheduler);
        Handle handle = new Handle(new Counter()).Activate(scheduler);
        using Background background = new Background(scheduler).Start();
        Thread.Sleep(TimeSpan.FromMilliseconds(500));
        using Process process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        Thread.Sleep(s_idle);
        process.Refresh();
        TimeSpan used = process.TotalProcessorTime - before;
        output.WriteLine(
            $"Idle: a sleeping threaded component, a handle and a background scheduler used {used.TotalMilliseconds:F0} ms of processor time " +
            $"in {s_idle.TotalSeconds:F0} s, the rest of the process included.");
        output.WriteLine();
        GC.KeepAlive((sleeper, handle));
    }

    private static double Nanoseconds(Action run)
    {
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    private static double Median(IEnumerable<double> figures) => figures.Order().ElementAt(figures.Count() / 2);

    private static void Check(int received)
    {
        if (received != Messages)
        {
            throw new InvalidOperationException($"{received} of {Messages} messages arrived.");
        }
    }

    private sealed class Source(int queueLength) : ThreadedComponent(queueLength)
    {
        protected override void ThreadMain()
        {
            for (int i = 0; i < Messages; i++)
            {
                while (!TrySend(s_message))
                {
                    Pause();
                }
            }
        }
    }

    private sealed class Sink() : ThreadedComponent(QueueLength)
    {
        protected override void ThreadMain()
        {
            for (int i = 0; i < Messages; i++)
            {
                Recv();
            }
        }
    }

    private sealed class Counter : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            int received = 0;
            while (true)
            {
                while (TryRecv(out object? _))
                {
                    received++;
                }

                if (received >= Messages)
                {
                    Check(received);
                    yield break;
                }

                yield return Pause();
            }
        }
    }

    private sealed class Producer : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            for (int i = 0; i < Messages; i++)
            {
                while (!TrySend(s_message))
                {
                    yield return Pause();
                }
            }
        }
    }

    private sealed class ChannelReading(ChannelReader<object?> reader) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            Action wake = Unpause;
            while (true)
            {
                while (reader.TryRead(out object? message))
                {
                    Send(message);
                }

                Task<bool> more = reader.WaitToReadAsync().AsTask();
                if (!more.IsCompleted)
                {
                    more.GetAwaiter().UnsafeOnCompleted(wake);
                    while (!more.IsCompleted)
                    {
                        yield return Pause();
                    }
                }

                if (!more.GetAwaiter().GetResult())
                {
                    yield break;
                }

                yield return 1;
            }
        }
    }

    private sealed class Pinger : ThreadedComponent
    {
        public List<double> Microseconds { get; } = new(Wakes);

        protected override void ThreadMain()
        {
            for (int i = 0; i < Wakes; i++)
            {
                // Long enough for the other side to have gone to sleep.
                long start = Stopwatch.GetTimestamp();
                while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMicroseconds(200))
                {
                }

                start = Stopwatch.GetTimestamp();
                Send(s_message);
                Recv();
                Microseconds.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / 2);
            }

            Send(null);
        }
    }

    private sealed class Ponger : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                while (TryRecv(out object? message))
                {
                    if (message is null)
                    {
                        yield break;
                    }

                    Send(message);
                }

                yield return Pause();
            }
        }
    }

    private sealed class Sleeper : ThreadedComponent
    {
        protected override void ThreadMain()
        {
            while (true)
            {
                Pause();
            }
        }
    }
}
